"""Lost this month is by how much Lost has grown: today's picture less that of the month's end."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest

from services.insights.answers import Figure, Filters
from services.insights.as_of import When, totals
from services.insights.totals import SubtypeTotals, kept, summed, totals_by_subtype
from services.recovery import clock
from tests.common.worlds.insights import NOW, TODAY, World, in_days

MONTH_END: Final = TODAY.replace(day=1) - timedelta(days=1)
BEFORE: Final = MONTH_END - timedelta(days=10)  # last month
POOL: Final = "before_order:sourcing_cost"


@pytest.fixture(autouse=True)
def of_that_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def ran_out(world: World, **more: object) -> int:
    """Ten units at 10.00 whose window passed last month."""
    return world.discrepancy(
        **{"units": 10, "event_on": in_days(-90), "expires_on": BEFORE, **more}
    )


def nothing_moved(world: World) -> None:
    ran_out(world)


def last_day_was_the_months_last(world: World) -> None:
    """Claimable on that day still: it is lost from the first of this month on."""
    ran_out(world, expires_on=MONTH_END)


def paid_after_it_ran_out(world: World) -> None:
    lost = ran_out(world, paid_cash_units=3)
    world.settles(lost, world.reimbursement(units_cash=3, amount="30.00"), "30.00", units_cash=3)


def taken_back_after_it_ran_out(world: World) -> None:
    lost = ran_out(world)
    paid = world.reimbursement(units_cash=3, amount="30.00", approved_on=BEFORE)
    back = world.reimbursement(
        units_cash=-3, amount="-30.00", approved_on=in_days(-2), is_reversal=True, original_key=paid
    )
    world.settles(lost, paid, "30.00", units_cash=3)
    world.settles(lost, back, "-30.00", units_cash=-3)


def found_after_it_ran_out(world: World) -> None:
    lost = ran_out(world, found_units=4)
    world.row(
        "discrepancy_evidence",
        discrepancy_id=lost,
        document_id=world.document(),
        row_number=7,
        role="found",
        day=in_days(-3),
        units=4,
    )


def denied_last_month_and_open_again(world: World) -> None:
    case = world.case("C1", status="open", opened_on=in_days(-60), units=5)
    world.case_event(case, datetime(2026, 4, 20, tzinfo=UTC), "open")
    world.case_event(case, datetime(2026, 5, 20, tzinfo=UTC), "not_eligible")
    world.case_event(case, datetime(2026, 6, 9, tzinfo=UTC), "open")
    lost = world.discrepancy(
        units=5, in_progress_units=5, case_id=case, case_units=5, event_on=in_days(-90)
    )
    world.row(
        "discrepancy_case", discrepancy_id=lost, channel_id=world.channel("amazon-us"), case_id=case
    )


def refused_this_month(world: World) -> None:
    case = world.case(
        "C2", status="not_eligible", opened_on=in_days(-60), units=5, closed_on=in_days(-2)
    )
    lost = world.discrepancy(
        units=5,
        denied_units=5,
        denied_on=in_days(-2),
        case_id=case,
        case_units=5,
        event_on=in_days(-90),
    )
    world.row(
        "discrepancy_case", discrepancy_id=lost, channel_id=world.channel("amazon-us"), case_id=case
    )


def worth_more_by_a_newer_payment(world: World) -> None:
    """An average of past payments is one of those up to the day: 10.00 then, 15.00 now."""
    for day, amount in ((BEFORE, "10.00"), (in_days(-2), "20.00")):
        world.reimbursement(sku="POOLED", pool=POOL, amount=amount, approved_on=day)
    ran_out(
        world,
        sku="POOLED",
        unit_amount="15.00",
        basis="past_payments",
        basis_inputs=json.dumps({"pool": POOL}),
    )


Scenario = Callable[[World], None]
SCENARIOS: Final[dict[Scenario, tuple[int, str]]] = {
    nothing_moved: (0, "0.00"),
    last_day_was_the_months_last: (10, "100.00"),
    paid_after_it_ran_out: (-3, "-30.00"),
    taken_back_after_it_ran_out: (3, "30.00"),
    found_after_it_ran_out: (-4, "-40.00"),
    denied_last_month_and_open_again: (-5, "-50.00"),
    refused_this_month: (5, "50.00"),
    worth_more_by_a_newer_payment: (0, "50.00"),
}


def card(world: World, filters: Filters, now: datetime = NOW) -> tuple[SubtypeTotals, ...]:
    with world.database.reading(world.account_id) as connection:
        return kept(totals_by_subtype(connection, world.account_id, filters.currency, now), filters)


def lost(world: World, filters: Filters, day: date | None, now: datetime = NOW) -> Figure:
    with world.database.reading(world.account_id) as connection:
        rows = totals(connection, world.account_id, When(now, day), filters.channel)
    those = [row for row in rows if filters.type in (None, row["type"])]
    return Figure(_sum(those, "units", int), _sum(those, "amount", Decimal))


def _sum(rows: list[dict[str, Any]], what: str, kind: type) -> Any:
    return sum((kind(row[what][part]) for row in rows for part in ("expired", "denied")), kind(0))


def grown(world: World, filters: Filters, now: datetime = NOW) -> Figure:
    month_end = now.date().replace(day=1) - timedelta(days=1)
    return lost(world, filters, None, now) - lost(world, filters, month_end, now)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_this_month_lost_is_the_growth(world: World, scenario: Scenario) -> None:
    scenario(world)
    world.sum_up()
    units, amount = SCENARIOS[scenario]
    told = summed(card(world, Filters("USD"))).lost_this_month
    assert told == grown(world, Filters("USD")) == Figure(units, Decimal(amount))


def test_so_it_is_of_all_together_in_any_filter_and_in_later_months(world: World) -> None:
    for scenario in SCENARIOS:
        scenario(world)
    ran_out(world, code="amazon-ca", type="return", subtype="refunded_not_returned", units=2)
    world.discrepancy("amazon-ca", expires_on=in_days(-3), units=7)
    world.discrepancy(expires_on=in_days(30), units=6)
    world.sum_up()
    for filters in (
        Filters("USD"),
        Filters("USD", "amazon-us"),
        Filters("USD", "amazon-ca"),
        Filters("USD", type="return"),
        Filters("USD", "amazon-ca", "inventory"),
    ):
        for days in (0, 10, 20, 45, 90):
            now = NOW + timedelta(days=days)
            told = summed(card(world, filters, now)).lost_this_month
            assert told == grown(world, filters, now), (filters, days)
