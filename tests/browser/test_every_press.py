"""Everything there is to press is pressed, as each person, on accounts with one and two currencies.

The short form of the walk; the long one presses every row and bar: docs/hardening.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import URL, text

from pages.shared.places import EVERY, HOMES, SECTIONS
from services.access.rights import Role, rights_of
from services.database.engine import Database
from tests.browser.conftest import served
from tests.browser.walk import Faults, View, Walker
from tests.conftest import fresh_database
from tests.insights.world import World

# Its presses write: a server and a database of its own.
pytestmark = pytest.mark.xdist_group("walk")

TWO_CURRENCIES, ONE_CURRENCY = "Northwind Kitchen", "Harbor Goods"


@dataclass(frozen=True)
class Walked:
    """A dashboard in local mode, and its accounts' numbers by name."""

    address: str
    accounts: dict[str, int]

    def views(self, role: Role) -> list[View]:
        """Where a person begins; a seller with each account, and with each of its currencies."""
        home = f"/{HOMES[role].path}"
        if home != "/overview":
            return [View(home, role.words)]
        two, one = self.accounts[TWO_CURRENCIES], self.accounts[ONE_CURRENCY]
        wanted = (f"account={two}", f"account={two}&currency=CAD", f"account={one}")
        pages = [
            place.path
            for places in (SECTIONS["Recovery"], SECTIONS["Marketplaces"])
            for place in places
        ]
        return [View(f"/{page}?{query}", role.words) for page in pages for query in wanted]


@pytest.fixture(scope="module")
def walked(
    server: URL, sample_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walked]:
    with fresh_database(server, sample_template) as own:
        _one_currency(own)
        with served(own, tmp_path_factory.mktemp("walked")) as address:
            yield Walked(address, _accounts(own))


def _one_currency(database: Database) -> None:
    """Something of each bucket, all of it in one currency."""
    world, today = World(database, ONE_CURRENCY), datetime.now(UTC).date()

    def on(days: int) -> date:
        return today + timedelta(days)

    for days, amount in ((5, "12.00"), (40, "7.50"), (-3, "30.00"), (20, None)):
        world.discrepancy(event_on=on(-50), expires_on=on(days), unit_amount=amount)
    paid = world.discrepancy(event_on=on(-50), expires_on=on(9))
    world.settles(paid, world.reimbursement(approved_on=on(-2)), "12.50")
    world.case("1234567890", opened_on=on(-9))
    world.sum_up()


def _accounts(database: Database) -> dict[str, int]:
    with database.owning() as connection:
        found = connection.execute(text("select name, account_id from account"))
        return {row.name: row.account_id for row in found}


def _told(faults: Faults) -> str:
    return "\n".join([f"{len(faults.told)} of {faults.pressed} presses failed", *faults.told])


def _pages_of(role: Role) -> set[str]:
    return {f"/{place.path}" for place in EVERY if place.right in rights_of([role])}


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_every_press_of_every_page(page: Page, walked: Walked, role: Role) -> None:
    walker = Walker(page, walked.address, short=True)
    seen = walker.everywhere(*walked.views(role))
    assert not walker.faults.told, _told(walker.faults)
    assert seen >= _pages_of(role), "pages that no press leads to"


def test_every_press_by_keyboard(page: Page, walked: Walked) -> None:
    walker = Walker(page, walked.address, short=True, hand="keyboard")
    account = walked.accounts[TWO_CURRENCIES]
    for path in ("overview", "amazon"):
        walker.walk(View(f"/{path}?account={account}&currency=CAD"))
    assert not walker.faults.told, _told(walker.faults)
