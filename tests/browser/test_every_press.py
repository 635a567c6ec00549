"""What there is to press is pressed, as each person, on accounts with one and two currencies.

Every page is looked at in each run. Of the presses each day has another part, so that all of them
are walked within days; all at once, with every row and bar: docs/hardening.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from playwright.sync_api import Page
from sqlalchemy import URL, text

from pages.seller.story.dialog import ID
from pages.shared import places
from pages.shared.places import EVERY, Place
from services.access.rights import Right, Role, rights_of
from services.database.engine import Database
from tests.browser.walk import Faults, Part, View, Walker
from tests.common.databases import fresh_database
from tests.common.serving.dashboards import served
from tests.common.worlds.insights import World

# Its presses write: a server and a database of its own.
pytestmark = pytest.mark.xdist_group("walk")

TWO_CURRENCIES, ONE_CURRENCY = "Northwind Kitchen", "Harbor Goods"
PARTS: Final = 16
# These show other tables, charts and links where money comes in several currencies.
BY_CURRENCY: Final = (
    places.OVERVIEW,
    places.EXPIRING,
    places.CASES,
    places.OF_MARKETPLACES["amazon"],
)


@dataclass(frozen=True)
class Walked:
    """A dashboard in local mode, and of each account its number and one of its discrepancies."""

    address: str
    accounts: dict[str, tuple[int, int]]

    def views(self, role: Role) -> list[View]:
        """Every page that is open to them, in each currency where it differs. Of what is a
        seller's too, others have their own presses on Overview."""
        sellers = rights_of([Role.SELLER]) if role is not Role.SELLER else ()
        return [
            View(f"/{place.path}?{query}", role.words)
            for place in EVERY
            if place.right in rights_of([role])
            and (place.right not in sellers or place is places.OVERVIEW)
            for query in self._queries(place)
        ]

    def _queries(self, place: Place) -> list[str]:
        (two, lost), (one, _) = self.accounts[TWO_CURRENCIES], self.accounts[ONE_CURRENCY]
        if place is places.DISCREPANCY:
            return [f"account={two}&{ID}={lost}"]
        if place is places.PRESENT:
            return [f"account={two}&currency=CAD"]
        if place not in BY_CURRENCY:
            return [f"account={two}"] if place.right is Right.SEE_RECOVERY else [""]
        return [f"account={two}", f"account={two}&currency=CAD", f"account={one}"]


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


def _accounts(database: Database) -> dict[str, tuple[int, int]]:
    with database.owning() as connection:
        found = connection.execute(
            text(
                "select name, account_id, min(discrepancy_id) as lost"
                " from account join discrepancy using (account_id) group by name, account_id"
            )
        )
        return {row.name: (row.account_id, row.lost) for row in found}


def _part() -> Part:
    return Part(datetime.now(UTC).toordinal(), PARTS)


def _told(faults: Faults) -> str:
    return "\n".join([f"{len(faults.told)} of {faults.pressed} presses failed", *faults.told])


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_what_is_pressed_does_something_and_breaks_nothing(
    page: Page, walked: Walked, role: Role
) -> None:
    walker = Walker(page, walked.address, part=_part())
    walker.everywhere(*walked.views(role))
    assert not walker.faults.told, _told(walker.faults)
    assert walker.faults.found


@pytest.mark.parametrize(
    "place", [places.OVERVIEW, places.OF_MARKETPLACES["amazon"]], ids=lambda place: place.path
)
def test_what_is_pressed_by_keyboard_does_the_same(
    page: Page, walked: Walked, place: Place
) -> None:
    walker = Walker(page, walked.address, part=_part(), hand="keyboard")
    account, _ = walked.accounts[TWO_CURRENCIES]
    walker.walk(View(f"/{place.path}?account={account}&currency=CAD"))
    assert not walker.faults.told, _told(walker.faults)
    assert walker.faults.found
