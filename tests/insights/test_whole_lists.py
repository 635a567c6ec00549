"""Every list: its pages, read whole or one after the other, are the rows that it counts, once each.

Names are whatever a seller or a marketplace calls things: no value may be taken for a sign of ours.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from services.database.engine import Database
from services.insights import cases, changes, documents, expiring, keyset, parts, payments
from services.insights.cases import Search, cases_list
from services.insights.changes import movements_list
from services.insights.documents import documents_list, rejected_list
from services.insights.expiring import View, expiring_list, window_unknown_list
from services.insights.keyset import Asked
from services.insights.parts import PartView, part_list
from services.insights.payments import Wanted, payments_list
from services.insights.portfolio import Portfolio, clients_list
from tests.common.paging import by_page
from tests.common.worlds.insights import NOW, TODAY, USD, World, in_days

AWKWARD: Final = (
    "~",
    "a~b",
    "after~1~2",
    "%7E",
    "50% off",
    "+1 =2&3",
    'say "no"',
    "ä/Ω·店",
    " ",
    "\\",
)
ROWS: Final = 4 * len(AWKWARD)

Ask = Callable[[Connection, World], Asked[Any]]
LISTS: Final[Mapping[str, Ask]] = {
    "payments": lambda _, w: payments_list(w.account_id, USD, Wanted()),
    "expired": lambda _, w: part_list(w.account_id, USD, NOW, PartView("expired")),
    "in progress": lambda _, w: part_list(w.account_id, USD, NOW, PartView("in_progress")),
    "denied": lambda _, w: part_list(w.account_id, USD, NOW, PartView("denied")),
    "found": lambda _, w: part_list(w.account_id, USD, NOW, PartView("found")),
    "soonest": lambda _, w: expiring_list(w.account_id, USD, NOW, View()),
    "by priority": lambda _, w: expiring_list(w.account_id, USD, NOW, View(order="priority")),
    "window unknown": lambda _, w: window_unknown_list(w.account_id, USD, NOW),
    "cases": lambda it, w: cases_list(it, w.account_id, USD, Search()),
    "movements": lambda _, w: movements_list(w.account_id, USD, NOW),
    "documents": lambda _, w: documents_list(w.account_id),
    "rejected rows": lambda _, w: rejected_list(w.account_id),
    "clients": lambda _, w: clients_list(Portfolio((w.account_id,), None, NOW, TODAY)),
}
DOORS: Final[dict[str, Any]] = {"clients": lambda database, one: database.comparing((one,))}
COUNTED: Final = set(LISTS) - {"cases", "documents", "rejected rows", "clients"}  # sum no amount


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    for number in range(ROWS):
        name = f"{AWKWARD[number % len(AWKWARD)]}{number}"
        told = {"sku": name, "fnsku": name, "item_code": name, "units": 6}
        made.discrepancy(**told, expires_on=in_days(number % 3))
        made.discrepancy(**told, expires_on=in_days(-1 - number % 3))
        made.discrepancy(**told, opens_on=None, expires_on=None)
        made.discrepancy(
            **told, in_progress_units=1, denied_units=1, denied_on=in_days(-2), case_id=name
        )
        made.case(name, opened_on=in_days(-number % 2))
        made.reimbursement(reimbursement_key=f"{name}|{name}~", approved_on=in_days(-number % 2))
        document = made.document(file_name=name)
        made.row(
            "rejected_row", document_id=document, row_number=number, column_name=name,
            expected="a day", found=name, raw_text=name,
        )  # fmt: skip
        made.row(
            "figure_change", channel_id=made.channel("amazon-us"), changed_on=in_days(-number % 5),
            type="inventory", subtype=f"s{number}", cause="new", currency="USD", discrepancies=1,
            units=1, amount="1.00",
        )  # fmt: skip
    made.row("figure_clock", channel_id=made.channel("amazon-us"), rolled_to=TODAY, since=TODAY)
    return made.sum_up()


@pytest.mark.parametrize("name", LISTS)
def test_its_pages_are_the_whole_list_once(world: World, name: str) -> None:
    with DOORS.get(name, Database.reading)(world.database, world.account_id) as connection:
        asked = LISTS[name](connection, world)
        whole = list(asked.every(connection, 1_000))
        for size in (3, 7, len(whole)):
            assert list(by_page(partial(asked.page, connection, size=size))) == whole
        assert _backwards(asked, connection) == whole
        assert len(whole) == len(set(map(repr, whole)))
        if name in COUNTED:
            assert asked.total(connection).count == len(whole)
    assert len(whole) >= (1 if name == "clients" else ROWS)


@pytest.mark.parametrize("name", ["in_progress", "denied", "found"])
def test_what_stands_in_a_sum_stands_in_its_list_whatever_its_day(
    database: Database, name: parts.PartName
) -> None:
    """A case's days are written by hand: five days ahead is a slip, and no reason to hide."""
    made = World(database)
    told = {"units": 2, "case_id": "C1", "event_on": in_days(5)}
    made.discrepancy(**told, in_progress_units=1, denied_units=1, denied_on=in_days(5))
    made.row("figure_clock", channel_id=made.channel("amazon-us"), rolled_to=TODAY, since=TODAY)
    view = PartView(name)
    with database.reading(made.sum_up().account_id) as connection:
        asked = part_list(made.account_id, USD, NOW, view)
        assert parts.part_sum(connection, made.account_id, USD, NOW, view).count == 1
        assert asked.total(connection).count == len(asked.page(connection).rows) == 1
        assert len(list(asked.every(connection, 10))) == 1


def _backwards(asked: Asked[Any], connection: Connection) -> list[Any]:
    """From the last page to the first, page by page, put back in order."""
    page = asked.page(connection, None, 5)
    while page.following:
        page = asked.page(connection, page.following, 5)
    rows = list(page.rows)
    while page.preceding:
        page = asked.page(connection, page.preceding, 5)
        rows[:0] = page.rows
    return rows


# What any value of a key can be, by the way it is read.
VALUES: Final[dict[Callable[[str], object], st.SearchStrategy[Any]]] = {
    keyset.plain: st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))),
    keyset.number: st.integers(0, 10**18 - 1),
    keyset.day: st.dates(),
    keyset.moment: st.datetimes(timezones=st.just(UTC)),
    keyset.amount: st.decimals(-(10**12), 10**12, places=12),
}
KEYS: Final = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value.key
    for module in (cases, changes, documents, expiring, payments)
    for name, value in vars(module).items()
    if isinstance(value, keyset.Listing)
} | {"parts": parts._KEY}


@pytest.mark.parametrize("name", KEYS)
@given(data=st.data(), side=st.sampled_from(("after", "before")))
def test_a_cursor_is_read_as_it_was_written(name: str, data: st.DataObject, side: str) -> None:
    key = KEYS[name]
    row = {part: data.draw(VALUES[reader]) for part, (reader, _) in key.items()}
    cursor = keyset._write_cursor(side, SimpleNamespace(**row), key)
    assert keyset._read_cursor(cursor, key) == (row, side == "before")


@given(cursor=st.text() | st.from_regex(r"(after|before)(~[^~]*){0,5}", fullmatch=True))
def test_whatever_stands_in_an_address_is_a_cursor_or_the_first_page(cursor: str) -> None:
    key: keyset.Key = {"day": (keyset.day, "infinity"), "name": (keyset.plain, "")}
    found, _ = keyset._read_cursor(cursor, key)
    assert found is None or (isinstance(found["day"], date) and "\0" not in str(found["name"]))
