"""What is held back: by which report, up to which day, by when, and how much of it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.insights.answers import Awaited, Figure, Filters, Pile
from services.insights.waiting import REACHES_WITHIN_DAYS, awaited, held_by_unread
from services.recovery import holding
from tests.common.worlds.insights import NOW, TODAY, USD, World, in_days

LEDGER, RETURNS = "amazon_ledger_detail", "amazon_customer_returns"


def held(world: World, code: str = "amazon-us", **more: Any) -> int:
    """Two units of 10.00, held back because the ledger speaks up to the 1st only."""
    given = {
        "units": 2,
        "held_units": 2,
        "held_because": "report",
        "awaits_kind": LEDGER,
        "covered_until": date(2026, 6, 1),
    }
    return world.discrepancy(code, **{**given, **more})


def read(world: World, filters: Filters = USD) -> tuple[Awaited, ...]:
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        return awaited(connection, world.account_id, filters, NOW)


def unread(world: World, filters: Filters = USD) -> Pile:
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        return held_by_unread(connection, world.account_id, filters, NOW)


def covers(world: World, kind: str, first: date, last: date, **more: Any) -> None:
    number = world.document(kind=kind, last_day=last, first_day=first)
    for days in range((last - first).days + 1):
        world.row(
            "report_coverage",
            kind=kind,
            scope="amazon:NA",
            day=first + timedelta(days=days),
            document_id=number,
            **{"part": "amazon-us", **more},
        )


def test_the_days_that_a_report_may_lag_are_those_of_identification() -> None:
    assert REACHES_WITHIN_DAYS == holding.REACHES_WITHIN_DAYS


def test_a_report_is_named_with_its_day_its_deadline_and_what_waits(world: World) -> None:
    world.documents["amazon-us"] = world.document(last_day=in_days(-1))  # of the region the newest
    held(world, expires_on=in_days(9))
    held(world, expires_on=in_days(4), unit_amount=None)
    held(world, expires_on=in_days(-1))  # lost already: it waits for nothing
    world.discrepancy()
    (one,) = read(world)
    assert (one.because, one.kind, one.channels) == ("report", LEDGER, ("amazon-us",))
    assert (one.covered_until, one.needed_until) == (date(2026, 6, 1), date(2026, 6, 7))
    assert one.is_behind
    assert (one.expires_on, one.days_left) == (in_days(4), 4)
    assert one.pile == Pile(2, Figure(4, Decimal("20.00"), 2))


def test_only_part_of_a_discrepancy_may_wait(world: World) -> None:
    held(world, units=5, held_units=2)
    (one,) = read(world)
    assert one.pile.figure == Figure(2, Decimal("20.00"))


def test_no_report_can_be_needed_for_a_day_to_come(world: World) -> None:
    world.document(last_day=in_days(30))
    held(world)
    assert read(world)[0].needed_until == TODAY - timedelta(days=7)


def test_most_money_comes_first_then_later_days_then_decisions(world: World) -> None:
    held(world, units=9, held_units=9, awaits_kind=RETURNS, covered_until=in_days(-1))
    held(world, units=1, held_units=1, awaits_kind="amazon_reimbursements")
    held(world)
    held(
        world,
        units=50,
        held_units=50,
        held_because="closed_case",
        awaits_kind=None,
        covered_until=None,
    )
    told = read(world)
    assert [one.kind for one in told] == [LEDGER, "amazon_reimbursements", RETURNS, None]
    # Returns reach as far as can be asked of them: it is later days that are awaited.
    assert [one.is_behind for one in told[:3]] == [True, True, False]


def test_what_has_no_known_last_day_waits_without_a_deadline(world: World) -> None:
    held(world, expires_on=None, opens_on=None)
    (one,) = read(world)
    assert (one.expires_on, one.days_left) == (None, None)
    assert one.pile.figure.units == 2


def test_filters_narrow_what_waits(world: World) -> None:
    held(world)
    held(world, "walmart-us", type="shipment", awaits_kind="walmart_payments")
    held(world, "amazon-ca", currency="CAD")
    assert len(read(world)) == 2
    for filters in (Filters("USD", "walmart-us"), Filters("USD", None, "shipment")):
        assert [one.kind for one in read(world, filters)] == ["walmart_payments"]
    assert [one.channels for one in read(world, Filters("CAD"))] == [("amazon-ca",)]
    assert read(world, Filters("EUR")) == ()


def test_one_report_of_a_region_is_one_line(world: World) -> None:
    for code in ("amazon-uk", "amazon-de"):
        held(world, code, currency="EUR")
    held(world, "amazon-de", currency="EUR", covered_until=date(2026, 5, 1))
    told = read(world, Filters("EUR"))
    assert [one.channels for one in told] == [("amazon-de", "amazon-uk"), ("amazon-de",)]


def test_a_report_that_speaks_of_other_days_only_says_up_to_which(world: World) -> None:
    covers(world, RETURNS, date(2026, 6, 10), TODAY)
    covers(world, LEDGER, date(2026, 6, 1), TODAY, part="US", has_unnamed=True)
    held(world, awaits_kind=RETURNS, covered_until=None)
    held(world, covered_until=None, units=1, held_units=1)
    returns, ledger = read(world)
    assert (returns.covered_until, returns.loaded_until) == (None, TODAY)
    assert ledger.loaded_until is None  # of these days nothing is proven


def test_rows_that_could_not_be_read_are_told_apart(world: World) -> None:
    held(world, held_because="unread_row", covered_until=None)
    held(world, held_because="unread_row", covered_until=None, unit_amount=None)
    held(world, held_because="unread_row", covered_until=None, expires_on=in_days(-1))
    assert read(world) == ()
    assert unread(world) == Pile(2, Figure(4, Decimal("20.00"), 2))
    assert unread(world, Filters("CAD")) == Pile()


def test_units_paid_too_low_bring_their_money_alone(world: World) -> None:
    held(world, subtype="paid_below_cost", unit_amount="2.50")
    assert read(world)[0].pile.figure == Figure(0, Decimal("5.00"))


def test_another_accounts_held_units_are_not_seen(world: World) -> None:
    other = World(world.database, "Someone else")
    held(other)
    other.sum_up()
    with world.database.reading(world.account_id) as connection:
        assert awaited(connection, other.account_id, USD, NOW) == ()
        assert held_by_unread(connection, other.account_id, USD, NOW) == Pile()
