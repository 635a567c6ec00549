"""Cases: found by any id, never silently hidden, with what the marketplace paid for them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pages.shared.case_difference import difference_words
from services.insights.answers import CaseFile, Filters, Hidden
from services.insights.cases import (
    Search,
    case_file,
    case_statuses,
    cases,
    cases_sum,
    difference,
    hidden_cases,
    waiting_for_you,
)
from services.insights.totals import summed, totals_by_subtype
from tests.common.worlds.insights import NOW, USD, World, in_days


def found(world: World, search: Search, filters: Filters = USD) -> list[str]:
    with world.database.reading(world.account_id) as connection:
        return [row.case_id for row in cases(connection, world.account_id, filters, search).rows]


def hidden(world: World, search: Search, filters: Filters = USD) -> Hidden:
    with world.database.reading(world.account_id) as connection:
        return hidden_cases(connection, world.account_id, filters, search)


def whole(world: World, case_id: str, code: str = "amazon-us") -> CaseFile:
    with world.database.reading(world.account_id) as connection:
        answer = case_file(connection, world.account_id, code, case_id, NOW)
    assert answer is not None
    return answer


def test_the_newest_case_comes_first(world: World) -> None:
    world.case("C1", opened_on=in_days(-9))
    world.case("C2", opened_on=in_days(-2))
    assert found(world, Search()) == ["C2", "C1"]


def test_the_reimbursed_view_shows_what_was_approved_or_paid(world: World) -> None:
    world.case("open")
    world.case("closed", status="closed")
    world.case("part", status="partially_reimbursed")
    world.case("full", status="fully_reimbursed")
    world.case("paid")
    world.reimbursement(case_id="paid")
    assert set(found(world, Search())) == {"open", "closed", "part", "full", "paid"}
    assert set(found(world, Search("reimbursed"))) == {"part", "full", "paid"}
    assert found(world, Search("reimbursed", "open")) == ["paid"]


@pytest.mark.parametrize(
    "wanted",
    [
        "1234",
        " 12345678 ",
        "x00a",
        "kettle-1",
        "114-77",
        "FBA15",
        "B0CASE",
        "R900",
        "65791330026",
        "00065791330026",
        "1Z999",
    ],
)
def test_any_id_finds_the_case(world: World, wanted: str) -> None:
    world.case("12345678", reference_ids=["X00A", "1Z999AA1"])
    world.case("another", reference_ids=["Y"])
    world.discrepancy(
        case_id="12345678",
        sku="KETTLE-1",
        fnsku="X00A",
        item_code="B0CASE",
        order_id="114-7777777-1111111",
        reference="FBA15XYZ",
    )
    world.discrepancy(case_id="12345678", item_code="00065791330026")
    world.reimbursement(case_id="12345678", external_id="R900")
    assert found(world, Search(text=wanted)) == ["12345678"]


def test_a_payment_that_names_no_case_leads_to_the_case_it_settles(world: World) -> None:
    world.case("W1", "walmart-us")
    number = world.discrepancy("walmart-us", case_id="W1")
    key = world.reimbursement("walmart-us", external_id="WFS-77")
    world.settles(number, key, "12.50", "walmart-us")
    assert found(world, Search(text="WFS-77")) == ["W1"]


def test_signs_of_a_pattern_stand_for_themselves(world: World) -> None:
    world.case("AB1")
    world.case("A%1")
    assert found(world, Search(text="A%")) == ["A%1"]
    assert found(world, Search(text="A_1")) == []
    assert found(world, Search(text="\\")) == []
    assert found(world, Search(text="\0AB")) == ["AB1"]


def test_a_search_says_which_filters_hide_a_hit(world: World) -> None:
    world.case("C100", status="closed")
    world.case("C101", "walmart-us", status="open")
    search = Search(status="open", text="C10")
    assert found(world, search) == ["C101"]
    assert hidden(world, search) == Hidden(1, ("status",))
    assert hidden(world, Search(text="C10")) == Hidden(0, ())
    narrow = Filters("CAD", "amazon-us", "return")
    assert hidden(world, Search("reimbursed", "open", "C10"), narrow) == Hidden(
        2, ("currency", "channel", "type", "status", "kind"), "USD"
    )
    assert hidden(world, Search(status="denied")) == Hidden(0, ())  # nothing is looked for


def test_statuses_are_counted_with_their_money(world: World) -> None:
    world.case("A", requested_amount="10.00")
    world.case("B", requested_amount=None)
    world.case("C", status="not_eligible", requested_amount="5.00", approved_amount="0")
    with world.database.reading(world.account_id) as connection:
        rows = case_statuses(connection, world.account_id, USD, Search(status="open"))
    assert {row.status: (row.cases, row.requested) for row in rows} == {
        "open": (2, Decimal("10.00")),
        "not_eligible": (1, Decimal("5.00")),
    }


def test_paid_and_reversed_come_from_the_payments(world: World) -> None:
    world.case("C1", requested_amount="60.00", approved_amount="50.00")
    paid = world.reimbursement(case_id="C1", amount="50.00", units_cash=4)
    world.reimbursement(amount="-12.50", units_cash=-1, is_reversal=True, original_key=paid)
    world.reimbursement(amount="99.00")  # automatic, for something else
    told = whole(world, "C1")
    assert (told.case.requested, told.case.approved) == (Decimal("60.00"), Decimal("50.00"))
    assert (told.case.paid, told.case.reversed, told.case.net) == (50, Decimal("12.50"), 37.5)
    assert [payment.amount for payment in told.payments] == [50, Decimal("-12.50")]
    assert told.payments[1].original_id == told.payments[0].external_id


def test_a_payment_without_a_case_counts_for_the_units_it_settles(world: World) -> None:
    world.case("W1", "walmart-us", opened_on=in_days(-20))
    number = world.discrepancy("walmart-us", case_id="W1", units=3, case_units=3)
    before = world.reimbursement("walmart-us", amount="9.00", approved_on=in_days(-21))
    after = world.reimbursement("walmart-us", amount="40.00", units_cash=4)
    world.settles(number, before, "9.00", "walmart-us")
    world.settles(number, after, "20.00", "walmart-us", units_cash=2)  # its other half elsewhere
    told = whole(world, "W1", "walmart-us")
    assert told.case.paid == 20  # not the 9.00: the case was not yet open
    assert [(one.amount, one.units_cash) for one in told.payments] == [(20, 2)]
    assert [(item.discrepancy_id, item.case_units) for item in told.items] == [(number, 3)]


def test_a_reversal_is_counted_once_however_it_is_linked(world: World) -> None:
    world.case("C1")
    number = world.discrepancy(case_id="C1")
    paid = world.reimbursement(case_id="C1", amount="50.00")
    undo = world.reimbursement(amount="-50.00", is_reversal=True, original_key=paid)
    world.settles(number, paid, "50.00")
    world.settles(number, undo, "-50.00", units_cash=-1)
    assert (whole(world, "C1").case.paid, whole(world, "C1").case.reversed) == (50, 50)


def test_a_timeline_is_in_order(world: World) -> None:
    world.case("C1")
    world.case_event("C1", datetime(2026, 6, 3, tzinfo=UTC), "open", "documents sent")
    world.case_event("C1", datetime(2026, 6, 1, tzinfo=UTC), "open")
    assert [event.note for event in whole(world, "C1").events] == [None, "documents sent"]


def test_pages_of_cases_neither_skip_nor_repeat(world: World) -> None:
    for number in range(60):
        world.case(f"C{number:02}", opened_on=in_days(-(number % 7)))
    with world.database.reading(world.account_id) as connection:
        first = cases(connection, world.account_id, USD, Search())
        second = cases(connection, world.account_id, USD, Search(), first.following)
        again = cases(connection, world.account_id, USD, Search(), second.preceding)
    assert (len(first.rows), len(second.rows)) == (50, 10)
    assert len({row.case_id for row in first.rows + second.rows}) == 60
    assert again.rows == first.rows


def test_another_accounts_case_gives_nothing(world: World) -> None:
    other = World(world.database, "Someone else")
    other.case("THEIRS")
    world.case("MINE")
    assert found(world, Search(text="THEIRS")) == []
    assert hidden(world, Search(text="THEIRS")) == Hidden(0, ())
    with world.database.reading(world.account_id) as connection:
        assert case_file(connection, world.account_id, "amazon-us", "THEIRS", NOW) is None
        assert case_file(connection, other.account_id, "amazon-us", "THEIRS", NOW) is None


def test_open_cases_and_in_progress_differ_by_parts_that_add_up(world: World) -> None:
    for case, status, asked in (
        ("FULL", "open", "100.00"),
        ("PART", "open", "50.00"),
        ("ABROAD", "open", "70.00"),
        ("YES", "fully_reimbursed", "40.00"),
        ("UNNAMED", "open", None),
        ("UNVALUED", "open", "9.00"),
    ):
        world.case(case, status=status, requested_amount=asked)
    for case, units, more in (
        ("FULL", 8, {}),
        ("PART", 2, {"paid_cash_units": 1, "claimed_gross": "12.00"}),
        ("YES", 4, {}),
        ("UNNAMED", 3, {}),
        ("UNVALUED", 3, {"unit_amount": None}),
    ):
        world.discrepancy(
            units=units,
            in_progress_units=units - (case == "PART"),
            case_id=case,
            case_units=units,
            **more,
        )
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        told = difference(connection, world.account_id, USD)
        totals = summed(totals_by_subtype(connection, world.account_id, "USD", NOW))
        asked_for = cases_sum(connection, world.account_id, USD, Search(status="open"))
    assert (told.in_progress, told.requested) == (totals.in_progress.amount, asked_for.amount)
    assert told.requested == (
        told.in_progress
        + told.not_found
        + told.paid
        + told.beyond
        + told.unvalued
        - told.unnamed
        - told.decided
    )
    parts = (told.not_found, told.paid, told.beyond, told.unvalued, told.unnamed, told.decided)
    assert parts == (70, 12, 48, 9, 30, 40)  # beyond: 20 + 28
    assert difference_words(told, "USD") == (
        "Open cases ask for $229.00; In progress is $160.00. The difference, +$69.00, is"
        " +$70.00 for what nothing here waits for, +$12.00 paid already,"
        " +$48.00 beyond our estimates, +$9.00 where some units have no known amount,"
        " \N{MINUS SIGN}$30.00 in cases that name no amount,"
        " \N{MINUS SIGN}$40.00 approved and not yet paid (no open case any more)."
    )


# The marketplace's own record ---------------------------------------------------------------


def test_what_waits_for_the_seller_comes_first_on_every_page_of_the_list(world: World) -> None:
    for number in range(130):
        world.case(f"C{number:03}", opened_on=in_days(-number))
    for number in (40, 90, 125):
        world.their_case(f"C{number:03}", "waits_for_you")
    world.their_case("C007", "waits_for_marketplace")
    seen: list[str] = []
    with world.database.reading(world.account_id) as connection:
        page = cases(connection, world.account_id, USD, Search())
        seen += [row.case_id for row in page.rows]
        while page.following:
            page = cases(connection, world.account_id, USD, Search(), page.following)
            seen += [row.case_id for row in page.rows]
        back = cases(connection, world.account_id, USD, Search(), page.preceding)
    assert seen[:4] == ["C040", "C090", "C125", "C000"]
    assert sorted(seen) == [f"C{number:03}" for number in range(130)]
    assert [row.case_id for row in back.rows] == seen[50:100]


def test_only_those_that_wait_and_what_that_hides(world: World) -> None:
    world.case("MINE-1")
    world.case("MINE-2")
    world.their_case("MINE-1", "waits_for_you")
    waits = Search(waits=True)
    assert found(world, waits) == ["MINE-1"]
    assert hidden(world, Search(waits=True, text="MINE")) == Hidden(1, ("waits",))
    with world.database.reading(world.account_id) as connection:
        assert cases_sum(connection, world.account_id, USD, waits).count == 1
        [status] = case_statuses(connection, world.account_id, USD, waits)
    assert status.cases == 1


def test_a_case_of_the_same_number_elsewhere_is_another(world: World) -> None:
    world.case("SAME")
    world.case("SAME", "walmart-us")
    world.their_case("SAME", "waits_for_you", region="EU")
    other = World(world.database, "Other")
    other.case("SAME")
    other.their_case("SAME", "resolved")
    with world.database.reading(world.account_id) as connection:
        listed = cases(connection, world.account_id, USD, Search()).rows
        assert {row.their_state for row in listed} == {None}
        assert waiting_for_you(connection, world.account_id, USD) == ()
    world.their_case("SAME", "waits_for_marketplace", marketplace="walmart", region="US")
    assert whole(world, "SAME", "walmart-us").case.their_state == "waits_for_marketplace"
    assert whole(world, "SAME").case.their_state is None


@pytest.mark.parametrize(
    ("ours", "theirs", "disagree"),
    [
        ("open", "waits_for_you", False),
        ("open", "resolved", True),
        ("open", "moved", False),
        ("open", "unknown", False),
        ("closed", "resolved", False),
        ("fully_reimbursed", "waits_for_marketplace", True),
        ("not_eligible", "waits_for_you", True),
    ],
)
def test_where_the_two_records_do_not_agree(
    world: World, ours: str, theirs: str, disagree: bool
) -> None:
    world.case("C1", status=ours)
    world.their_case("C1", theirs)
    case = whole(world, "C1").case
    assert case.disagrees is disagree
    assert case.their_day == in_days(-2)


def test_where_it_waits_is_counted_in_whatever_currency(world: World) -> None:
    world.case("US-1")
    world.case("US-2")
    world.case("CA-1", "amazon-ca", currency="CAD")
    for case_id in ("US-1", "US-2", "CA-1"):
        world.their_case(case_id, "waits_for_you")
    with world.database.reading(world.account_id) as connection:
        told = waiting_for_you(connection, world.account_id, Filters("CAD"))
    assert [(one.currency, one.cases) for one in told] == [("CAD", 1), ("USD", 2)]
