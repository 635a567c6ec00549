"""Exports hold every row that the filters leave, page after page, and nothing of anyone else."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from services.exports import lists
from services.exports.table import Table
from services.insights.answers import Filters
from services.insights.cases import Search
from services.insights.expiring import View
from services.insights.parts import PartView
from services.insights.payments import Wanted
from tests.common.exported import as_csv
from tests.common.worlds.insights import NOW, USD, World, in_days
from tests.exports.reading import read
from wording.holds import HOLDS


@pytest.fixture
def world(database: object) -> World:
    return World(database)  # type: ignore[arg-type]


def written(world: World, table: Callable[[Connection], Table]) -> list[dict[str, str]]:
    """A table as its CSV says it, read back."""
    with world.database.reading(world.account_id) as connection:
        return read(as_csv(table(connection)))


def expiring(world: World, filters: Filters = USD, **view: object) -> list[dict[str, str]]:
    wanted = View(**view)  # type: ignore[arg-type]
    return written(
        world, lambda it: lists.expiring_table(it, world.account_id, filters, NOW, wanted)
    )


def test_every_row_is_there_in_the_order_of_the_page(world: World) -> None:
    for number in range(30):
        world.discrepancy(expires_on=in_days(number), sku=f"S{number:02}")
    world.discrepancy(opens_on=None, expires_on=None, sku="NOBODY-KNOWS")
    world.sum_up()
    rows = expiring(world)
    assert [row["SKU"] for row in rows] == [
        *(f"S{number:02}" for number in range(30)),
        "NOBODY-KNOWS",
    ]
    assert (rows[0]["Last day"], rows[0]["Days left"], rows[0]["Amount"]) == (
        "2026-06-15",
        "0",
        "10.00",
    )
    assert (rows[-1]["Last day"], rows[-1]["Days left"]) == ("", "")
    assert len(expiring(world, within="7d")) == 8  # today and seven more; no unknown window
    assert expiring(world, Filters("USD", "walmart-us")) == []


def test_a_sellers_own_words_start_no_formula(world: World) -> None:
    world.discrepancy(sku='=HYPERLINK("http://evil.example")', title="-2+3", unit_amount=None)
    world.sum_up()
    (row,) = expiring(world)
    assert row["SKU"].startswith("'=HYPERLINK")
    assert row["Title"] == "'-2+3"
    assert row["Amount"] == ""  # unknown, not nought


def test_what_is_held_back_says_why_and_is_never_called_ready(world: World) -> None:
    held = {"held_because": "report", "awaits_kind": "amazon_reimbursements"}
    world.discrepancy(units=2, held_units=2, expires_on=in_days(1), sku="HELD", **held)
    world.discrepancy(
        units=5, held_units=2, expires_on=in_days(2), sku="PART", held_because="other_payment"
    )
    world.discrepancy(expires_on=in_days(3), sku="FREE")
    world.discrepancy(held_units=1, opens_on=None, expires_on=None, sku="UNDATED", **held)
    world.sum_up()
    why = ("State", "Units held back", "Held back because", "Awaited report")
    told = {row["SKU"]: tuple(row[name] for name in why) for row in expiring(world)}
    assert told == {
        "HELD": ("Future claim", "2", HOLDS["report"].words, "Amazon FBA reimbursements"),
        "PART": ("Ready to claim: 3 of 5 units", "2", HOLDS["other_payment"].words, ""),
        "FREE": ("Ready to claim", "", "", ""),
        "UNDATED": ("Future claim", "1", HOLDS["report"].words, "Amazon FBA reimbursements"),
    }
    ready = [(row["SKU"], row["Units"], row["State"]) for row in expiring(world, state="ready")]
    assert ready == [("PART", "3", "Ready to claim"), ("FREE", "1", "Ready to claim")]
    future = [(row["SKU"], row["Units"], row["State"]) for row in expiring(world, state="future")]
    assert future == [
        ("HELD", "2", "Future claim"),
        ("PART", "2", "Future claim"),
        ("UNDATED", "1", "Future claim"),
    ]


def test_a_file_that_is_cut_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS", 2)
    for _ in range(3):
        world.discrepancy()
    world.sum_up()
    rows = expiring(world)
    assert len(rows) == 3
    assert rows[2]["Days left"] == "Only the first 2 rows are here: narrow the filters."


def test_parts_payments_cases_and_rejected_rows(world: World) -> None:
    world.discrepancy(expires_on=in_days(-1), units=2, case_id="C1")
    paid = world.reimbursement(amount="40.00", case_id="C1", external_id="R1")
    world.reimbursement(amount="-15.00", is_reversal=True, original_key=paid, units_cash=-1)
    world.case("C1", requested_amount="50.00", reference_ids=["X001", "B001"])
    number = world.document()
    world.row(
        "rejected_row",
        document_id=number,
        row_number=7,
        column_name="Quantity",
        expected="a number",
        found="=six",
        raw_text="X\t=six",
    )
    mine = world.account_id
    (lost,) = written(world, lambda it: lists.part_table(it, mine, USD, NOW, PartView("expired")))
    assert (lost["Units"], lost["Amount"], lost["Case"]) == ("2", "20.00", "C1")
    paid_and_undone = written(world, lambda it: lists.payments_table(it, mine, USD, Wanted()))
    money = {row["Amount"]: row["Undoes payment"] for row in paid_and_undone}
    assert money == {"40.00": "", "-15.00": "R1"}
    (case,) = written(world, lambda it: lists.cases_table(it, mine, USD, Search()))
    assert (case["Requested"], case["Paid"], case["Taken back"]) == ("50.00", "40.00", "15.00")
    (rejected,) = written(world, lambda it: lists.rejected_table(it, mine))
    assert (rejected["Row"], rejected["Found"]) == ("7", "'=six")


def test_another_accounts_rows_are_not_in_it(world: World) -> None:
    other = World(world.database, "Someone else")
    other.discrepancy(sku="THEIRS")
    other.sum_up()
    world.sum_up()
    assert expiring(world) == []
