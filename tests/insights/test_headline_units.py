"""A unit that was paid too low is one that was lost: no sum over subtypes counts it twice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.activation.at_risk import at_risk_in_queue, at_risk_of
from services.activation.queue import QueueView, queue
from services.exports.calendar import deadlines_calendar
from services.insights.answers import Figure, Pile
from services.insights.deadlines import deadlines
from services.insights.expiring import weeks_ending, window_unknown_sum
from services.insights.portfolio import Portfolio, book, clients
from services.insights.totals import monthly, summed, summed_alike, totals_by_subtype
from services.insights.week_past import week_past
from tests.common.worlds.activation import requested
from tests.common.worlds.insights import NOW, TODAY, USD, World, in_days

SUPPORT = 3  # the persona of local mode
BELOW = {"subtype": "paid_below_cost", "basis": "cost_difference", "unit_amount": "2.00"}
# 3 units at 10.00 and 1 whose amount nobody knows; 3 of them were paid 2.00 too low.
BOTH = Figure(4, Decimal("36.00"), 1)
MONEY_ALONE = Figure(0, Decimal("6.00"))


def lost_and_paid_too_low(world: World, **more: object) -> World:
    """In one part of a bucket: 3 units lost, 1 of an unknown amount, and 3 paid too low."""
    for given in ({"units": 3}, {"units": 1, "unit_amount": None}, {"units": 3, **BELOW}):
        world.discrepancy(**{**given, **more})
    return world.sum_up()


def paid_too_low(world: World, **more: object) -> World:
    world.discrepancy(**{"units": 3, **BELOW, **more})
    return world.sum_up()


def test_a_bucket_counts_each_unit_once_and_all_the_money(world: World) -> None:
    lost_and_paid_too_low(world, expires_on=in_days(5))
    with world.database.reading(world.account_id) as connection:
        rows = totals_by_subtype(connection, world.account_id, "USD", NOW)
    totals = summed(rows)
    for figure in (totals.ready, totals.unclaimed, totals.within_7_days, totals.within_30_days):
        assert figure == BOTH
    assert totals.discrepancies == 3  # claims, each of its own
    (own,) = [row for row in rows if row.subtype == "paid_below_cost"]
    assert summed_alike([own]).ready == Figure(3, Decimal("6.00"))


def test_without_other_losses_there_is_money_without_units(world: World) -> None:
    paid_too_low(world)
    with world.database.reading(world.account_id) as connection:
        rows = totals_by_subtype(connection, world.account_id, "USD", NOW)
    assert summed(rows).ready == MONEY_ALONE
    assert summed(rows).ready.amount == Decimal("6.00")
    assert not summed(rows).ready.is_nothing


def test_money_paid_too_low_is_known_beside_units_of_which_no_amount_is() -> None:
    assert Figure(2, Decimal("6.00"), 2).amount == Decimal("6.00")
    assert Figure(2, Decimal(0), 2).amount is None


def test_what_was_paid_for_a_difference_pays_no_unit_again(world: World) -> None:
    world.reimbursement(amount="30.00", units_cash=3)
    world.reimbursement(amount="6.00", units_cash=3, subtype="paid_below_cost")
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        claimed = summed(totals_by_subtype(connection, world.account_id, "USD", NOW)).claimed
    assert (claimed.units_cash, claimed.net) == (3, Decimal("36.00"))


@pytest.mark.parametrize("last_day", [in_days(-1), in_days(-40)])
def test_a_month_of_losses_counts_each_unit_once(world: World, last_day: date) -> None:
    lost_and_paid_too_low(world, expires_on=last_day, event_on=in_days(-60))
    with world.database.reading(world.account_id) as connection:
        months = monthly(connection, world.account_id, USD, NOW)
    assert sum((month.lost for month in months), Figure()) == BOTH
    assert sum((month.found for month in months), Figure()) == BOTH


def test_a_month_of_refusals_counts_each_unit_once(world: World) -> None:
    lost_and_paid_too_low(world, expires_on=in_days(-40), event_on=in_days(-60))
    denied = {"denied_units": 2, "units": 2, "denied_on": in_days(-2)}
    world.discrepancy(**denied)
    world.discrepancy(**denied, **BELOW)
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        *_, this_month = monthly(connection, world.account_id, USD, NOW)
    assert this_month.lost == Figure(2, Decimal("24.00"))  # 2 at 10.00 and 2.00 more for each


def test_a_week_of_losses_counts_each_unit_once(world: World) -> None:
    lost_and_paid_too_low(world, expires_on=in_days(-7))
    for given in ({"units": 3}, {"units": 3, **BELOW}):
        world.discrepancy(**{**given, "denied_units": 3, "denied_on": in_days(-6)})
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        told = week_past(connection, world.account_id, "USD", TODAY - timedelta(days=7))
    assert told.expired == BOTH
    assert told.denied == Figure(3, Decimal("36.00"))


def test_what_expires_counts_each_unit_once(world: World) -> None:
    lost_and_paid_too_low(world, expires_on=in_days(5))
    lost_and_paid_too_low(world, expires_on=None, opens_on=None)
    with world.database.reading(world.account_id) as connection:
        (week,) = [
            one
            for one in weeks_ending(connection, world.account_id, USD, NOW)
            if one.pile.discrepancies
        ]
        unknown = window_unknown_sum(connection, world.account_id, USD)
    assert week.pile == unknown == Pile(3, BOTH)


def test_a_deadline_counts_each_unit_once(world: World) -> None:
    lost_and_paid_too_low(world, expires_on=in_days(5))
    with world.database.reading(world.account_id) as connection:
        (day,) = deadlines(connection, world.account_id, USD, NOW)
    assert (day.units, day.units_without_amount, day.amount) == (4, 1, Decimal("36.00"))


def test_a_deadline_of_money_alone_says_its_amount(world: World) -> None:
    paid_too_low(world, expires_on=in_days(5))
    said = deadlines_calendar(world.database, world.account_id, USD, NOW)
    assert b"last day to claim 1 item\\, $6.00 may be" in said


def test_a_client_and_all_clients_count_each_unit_once(world: World) -> None:
    lost_and_paid_too_low(world, expires_on=in_days(5))
    asked = Portfolio((world.account_id,), "USD", NOW, TODAY)
    with world.database.comparing((world.account_id,)) as connection:
        (client,) = clients(connection, asked).rows
        together = book(connection, asked)
    assert together is not None
    for one in (client, *together.sums):
        assert one.within_7_days == one.within_30_days == one.at_risk == BOTH


def test_a_request_and_the_queue_count_each_unit_once(world: World) -> None:
    lost_and_paid_too_low(world, expires_on=in_days(5))
    key = requested(world.database, world.account_id)
    with world.database.triaging() as connection:
        of_request = at_risk_of(connection, key, NOW)
        of_queue = at_risk_in_queue(connection, NOW)
        (waiting,) = queue(connection, SUPPORT, QueueView(), NOW).rows
    for one in (*of_request, *of_queue, waiting.at_risk):
        assert Figure(one.units, one.known_amount, one.units_without_amount) == BOTH


def test_a_request_with_money_alone_has_an_amount(world: World) -> None:
    paid_too_low(world)
    key = requested(world.database, world.account_id)
    with world.database.triaging() as connection:
        (only,) = at_risk_of(connection, key, NOW)
    assert (only.units, only.amount) == (0, Decimal("6.00"))
