"""The buckets and their months, each figure by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.insights.answers import Figure, Filters, Month
from services.insights.totals import Totals, currencies, kept, monthly, summed, totals_by_subtype
from tests.common.worlds.insights import NOW, USD, World, in_days


def total(world: World, filters: Filters = USD, now: datetime = NOW) -> Totals:
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        rows = totals_by_subtype(connection, world.account_id, filters.currency, now)
    return summed(kept(rows, filters))


def months(world: World, filters: Filters = USD, now: datetime = NOW) -> tuple[Month, ...]:
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        return monthly(connection, world.account_id, filters, now)


def test_the_calendar_says_which_part_the_remaining_units_belong_to(world: World) -> None:
    world.discrepancy(units=2, opens_on=in_days(1))  # future: 2 x 10.00
    world.discrepancy(units=3, opens_on=in_days(0))  # ready: opens today
    world.discrepancy(units=4, expires_on=in_days(0))  # ready: today is the last day
    world.discrepancy(units=5, expires_on=in_days(-1))  # expired yesterday
    seen = total(world)
    assert seen.future == Figure(2, Decimal("20.00"))
    assert seen.ready == Figure(7, Decimal("70.00"))  # 3 + 4
    assert seen.expired == Figure(5, Decimal("50.00"))
    assert seen.unclaimed == Figure(9, Decimal("90.00"))  # 2 + 7
    assert seen.lost == Figure(5, Decimal("50.00"))
    assert seen.discrepancies == 3  # the expired one can no longer be claimed


def test_units_in_a_case_neither_expire_nor_wait(world: World) -> None:
    # Of 10 units 4 are in a case, 3 were refused, 1 was found: 2 are left to the calendar.
    world.discrepancy(
        units=10,
        in_progress_units=4,
        denied_units=3,
        denied_on=in_days(-40),
        found_units=1,
        expires_on=in_days(-50),
        opens_on=in_days(-90),
    )
    seen = total(world)
    assert seen.in_progress == Figure(4, Decimal("40.00"))
    assert seen.denied == Figure(3, Decimal("30.00"))
    assert seen.expired == Figure(2, Decimal("20.00"))
    assert seen.lost == Figure(5, Decimal("50.00"))


def test_what_is_not_known_is_counted_and_not_valued(world: World) -> None:
    world.discrepancy(units=6, unit_amount=None)
    world.discrepancy(units=2, opens_on=None, expires_on=None)  # window unknown
    seen = total(world)
    assert seen.ready == Figure(8, Decimal("20.00"), 6)
    assert seen.ready.amount == Decimal("20.00")
    assert seen.window_unknown == Figure(2, Decimal("20.00"))


def test_an_amount_is_unknown_when_that_of_every_unit_is(world: World) -> None:
    world.discrepancy(units=6, unit_amount=None)
    seen = total(world)
    assert seen.ready.amount is None
    assert seen.unclaimed.amount is None
    assert seen.lost.amount == 0  # nothing was lost: that is known


def test_what_expires_within_days_includes_today_and_the_last_day(world: World) -> None:
    for days, units in ((0, 1), (7, 2), (8, 4), (30, 8), (31, 16)):
        world.discrepancy(units=units, expires_on=in_days(days))
    seen = total(world)
    assert seen.within_7_days.units == 3  # 1 + 2
    assert seen.within_30_days.units == 15  # 1 + 2 + 4 + 8


def test_claimed_is_gross_less_reversed_by_way_of_payment(world: World) -> None:
    world.reimbursement(amount="100.00", units_cash=4)
    world.reimbursement(amount="60.00", units_cash=2, case_id="C1")
    world.reimbursement(amount="-25.00", units_cash=-1, units_inventory=1, is_reversal=True)
    world.reimbursement(amount="-10.00", units_cash=-1, is_reversal=True, case_id="C1")
    claimed = total(world).claimed
    assert claimed.gross == Decimal("160.00")  # 100 + 60
    assert claimed.reversed == Decimal("35.00")  # 25 + 10
    assert claimed.net == Decimal("125.00")
    assert claimed.automatic == Decimal("75.00")  # 100 - 25
    assert claimed.via_case == Decimal("50.00")  # 60 - 10
    assert (claimed.units_cash, claimed.units_inventory) == (4, 1)  # 4 + 2 - 1 - 1


def test_what_moved_this_month(world: World) -> None:
    world.reimbursement(amount="30.00", approved_on=date(2026, 6, 1))
    world.reimbursement(amount="-4.00", units_cash=-1, is_reversal=True, approved_on=in_days(0))
    world.reimbursement(amount="99.00", approved_on=date(2026, 5, 31))  # last month
    world.discrepancy(units=5, found_units=2, event_on=date(2026, 6, 2))  # 3 new, 30.00
    world.discrepancy(units=1, event_on=date(2026, 5, 31), expires_on=date(2026, 6, 14))
    world.discrepancy(units=7, event_on=date(2026, 1, 1), expires_on=date(2026, 5, 30))
    # Claimable on the last of May still: lost from the first of June on.
    world.discrepancy(units=6, event_on=date(2026, 1, 1), expires_on=date(2026, 5, 31))
    world.discrepancy(
        units=2, denied_units=2, denied_on=date(2026, 6, 9), event_on=date(2026, 4, 1)
    )
    seen = total(world)
    assert seen.claimed_this_month.net == Decimal("26.00")  # 30 - 4
    assert seen.found_this_month == Figure(3, Decimal("30.00"))
    assert seen.expired_this_month == Figure(7, Decimal("70.00"))
    assert seen.denied_this_month == Figure(2, Decimal("20.00"))
    assert seen.lost_this_month == Figure(9, Decimal("90.00"))
    assert seen.expired == Figure(14, Decimal("140.00"))  # 7 in May, 7 in June


def test_each_channel_counts_its_own_day_at_half_past_eleven_pacific(world: World) -> None:
    # 23:30 on the 15th in Los Angeles is 06:30 on the 16th in Greenwich, 07:30 in London.
    late = datetime(2026, 6, 16, 6, 30, tzinfo=UTC)
    world.discrepancy("amazon-us", units=1, expires_on=date(2026, 6, 15))
    world.discrepancy("amazon-uk", units=2, expires_on=date(2026, 6, 15))
    seen = total(world, now=late)
    assert seen.ready.units == 1  # still the 15th there: the last day counts
    assert seen.expired.units == 2  # the 16th here
    assert total(world, now=datetime(2026, 6, 16, 7, 1, tzinfo=UTC)).expired.units == 3


def test_a_month_turns_over_on_each_channel_by_itself(world: World) -> None:
    # 1 July 06:30 UTC is still 30 June, 23:30, in Los Angeles and already July in London.
    turn = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
    world.discrepancy("amazon-us", units=1, expires_on=date(2026, 6, 29))
    world.discrepancy("amazon-us", units=2, expires_on=date(2026, 6, 30))
    world.discrepancy("amazon-uk", units=4, expires_on=date(2026, 6, 30))
    seen = total(world, now=turn)
    assert (seen.ready.units, seen.expired.units) == (2, 5)
    assert seen.expired_this_month.units == 5  # June's on the American channel; July's in Britain
    lost = {month.month: month.lost.units for month in months(world, now=turn)}
    assert lost[date(2026, 6, 1)] == 1
    assert lost[date(2026, 7, 1)] == 4  # its last day was the last of June: lost the day after


def test_filters_narrow_by_channel_and_type(world: World) -> None:
    world.discrepancy("amazon-us", units=1)
    world.discrepancy("walmart-us", units=2, type="shipment", subtype="inbound_shortage")
    world.discrepancy("walmart-us", units=4)
    assert total(world, Filters("USD", "walmart-us")).ready.units == 6
    assert total(world, Filters("USD", None, "inventory")).ready.units == 5
    assert total(world, Filters("USD", "walmart-us", "shipment")).ready.units == 2
    assert total(world, Filters("USD", "amazon-us", "shipment")) == Totals()


def test_currencies_are_never_added_up(world: World) -> None:
    world.discrepancy("amazon-us", units=1)
    world.discrepancy("amazon-ca", units=2, currency="CAD")
    assert total(world, Filters("USD")).ready.units == 1
    assert total(world, Filters("CAD")).ready.units == 2


def test_currencies_come_with_most_money_first(world: World) -> None:
    world.channel("amazon-uk")  # nothing yet: last
    world.discrepancy("amazon-us", units=1)
    world.discrepancy("amazon-ca", units=2, currency="CAD")
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        assert currencies(connection, world.account_id) == ("CAD", "USD", "GBP")


def test_twelve_months_without_a_hole(world: World) -> None:
    world.reimbursement(amount="40.00", approved_on=date(2026, 2, 10))
    world.reimbursement(
        amount="-15.00", units_cash=-1, is_reversal=True, approved_on=date(2026, 2, 20)
    )
    world.discrepancy(units=3, event_on=date(2026, 3, 5), expires_on=date(2026, 5, 4))
    world.discrepancy(units=5, event_on=date(2026, 4, 30), expires_on=date(2026, 6, 14))
    world.discrepancy(units=2, event_on=date(2025, 6, 30), expires_on=date(2025, 8, 29))
    series = months(world)
    assert [month.month for month in series][:2] == [date(2025, 7, 1), date(2025, 8, 1)]
    assert len(series) == 12
    by_month = {month.month: month for month in series}
    february = by_month[date(2026, 2, 1)]
    assert (february.paid, february.reversed, february.net) == (40, 15, 25)
    assert by_month[date(2026, 5, 1)].lost == Figure(3, Decimal("30.00"))
    assert by_month[date(2026, 6, 1)].lost == Figure(5, Decimal("50.00"))  # gone since the 15th
    assert by_month[date(2025, 8, 1)].lost.units == 2
    assert by_month[date(2026, 3, 1)].found == Figure(3, Decimal("30.00"))
    assert by_month[date(2026, 1, 1)].paid == 0


def test_an_empty_account_has_no_totals_and_no_months(world: World) -> None:
    assert total(world) == Totals()
    assert months(world) == ()


def test_another_account_is_not_seen(world: World) -> None:
    other = World(world.database, "Someone else")
    other.discrepancy(units=9)
    other.sum_up()
    world.channel("amazon-us")
    with world.database.reading(world.account_id) as connection:
        assert totals_by_subtype(connection, other.account_id, "USD", NOW) == ()
        assert currencies(connection, other.account_id) == ()
    assert total(world) == Totals()


def test_a_moment_without_a_zone_is_refused(world: World) -> None:
    with (
        world.database.reading(world.account_id) as connection,
        pytest.raises(ValueError, match="time zone"),
    ):
        totals_by_subtype(connection, world.account_id, "USD", NOW.replace(tzinfo=None))
