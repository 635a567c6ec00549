"""Since a day: what counts, from which day on, and that each figure is the sum of its list."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import Connection, text

from services.database.engine import Database
from services.insights.answers import Counted, Filters
from services.insights.cases import Search, cases
from services.insights.parts import PartName, PartView, part_rows
from services.insights.payments import Wanted, Way, payments
from services.insights.since import Since, no_further_back, since
from services.insights.totals import currencies
from tests.common.paging import by_page
from tests.common.worlds.insights import NOW, USD, World, in_days

CALL = in_days(-10)
EARLIER = in_days(-11)


def clock_of(world: World, began: date, code: str = "amazon-us") -> None:
    """The first reports of the channel came on this day."""
    world.row("figure_clock", channel_id=world.channel(code), rolled_to=in_days(0), since=began)


def became_known(world: World, discrepancy_id: int, at: datetime) -> None:
    world.row(
        "discrepancy_change",
        discrepancy_id=discrepancy_id,
        changed_at=at,
        cause="new",
        units_before=0,
        units_after=1,
    )


def told(world: World, filters: Filters = USD, day: date = CALL) -> Since:
    with world.database.reading(world.account_id) as connection:
        return since(connection, world.account_id, filters, NOW, day)


def amounts(figure: Counted) -> tuple[int, Decimal]:
    return figure.count, figure.known_amount


@pytest.fixture
def client(world: World) -> World:
    """On every list something of the day of the call, of the day before, and of another kind."""
    clock_of(world, in_days(-100))
    old = world.discrepancy(units=1, sku="KNOWN-BEFORE")
    became_known(world, old, datetime(2026, 6, 5, 6, 59, tzinfo=UTC))  # 4 June in Los Angeles
    new = world.discrepancy(units=3, found_units=1, sku="NEW", event_on=in_days(-60))  # 20.00
    became_known(world, new, datetime(2026, 6, 5, 7, 0, tzinfo=UTC))  # 5 June: the call's day
    back = world.discrepancy(units=2, found_units=2, sku="FOUND-AGAIN")
    became_known(world, back, NOW)
    world.reimbursement(amount="40.00", approved_on=CALL)
    world.reimbursement(amount="30.00", approved_on=EARLIER)
    world.reimbursement(amount="-5.00", approved_on=in_days(-1), is_reversal=True, units_cash=-1)
    world.discrepancy(units=4, expires_on=CALL, sku="RAN-OUT")  # 40.00
    world.discrepancy(units=9, expires_on=EARLIER, sku="HAD-RUN-OUT")
    world.discrepancy(units=9, expires_on=in_days(0), sku="LAST-DAY")
    world.discrepancy(units=2, denied_units=2, denied_on=CALL, sku="NO")  # 20.00
    world.discrepancy(units=2, denied_units=2, denied_on=EARLIER, unit_amount=None)
    world.case("FILED", opened_on=CALL, requested_amount="11.00")
    world.case(
        "CLOSED", opened_on=in_days(-50), closed_on=CALL, status="closed", requested_amount="12.00"
    )
    world.case("STEP", opened_on=in_days(-50), requested_amount="13.00")
    world.case_event("STEP", datetime(2026, 6, 5, 7, 0, tzinfo=UTC), "open", "Documents sent")
    world.case("STILL", opened_on=in_days(-50), requested_amount="99.00")
    world.case_event("STILL", datetime(2026, 6, 5, 6, 59, tzinfo=UTC), "open")
    return world.sum_up()


def test_the_day_itself_counts_and_the_day_before_does_not(client: World) -> None:
    answer = told(client)
    assert amounts(answer.found) == (1, Decimal("20.00"))
    assert amounts(answer.recovered) == (1, Decimal("40.00"))
    assert amounts(answer.reversed) == (1, Decimal("-5.00"))
    assert amounts(answer.expired) == (1, Decimal("40.00"))
    assert amounts(answer.denied) == (1, Decimal("20.00"))
    assert amounts(answer.cases) == (3, Decimal("36.00"))  # 11 + 12 + 13


def test_what_the_first_reports_told_counts_by_the_day_it_happened(world: World) -> None:
    clock_of(world, in_days(-3))
    world.discrepancy(units=1, event_on=CALL, sku="HAPPENED-SINCE")
    world.discrepancy(units=1, event_on=EARLIER, sku="HAPPENED-BEFORE")
    later = world.discrepancy(units=1, event_on=EARLIER, sku="TOLD-BY-A-LATER-REPORT")
    became_known(world, later, NOW)
    world.sum_up()
    assert told(world).found.count == 2
    assert told(world, day=in_days(-2)).found.count == 1  # by then the first reports were known


def test_units_without_an_amount_are_counted_and_never_worth_nothing(client: World) -> None:
    assert told(client, day=EARLIER).denied.without_amount == 1
    assert told(client, day=EARLIER).denied.amount == Decimal("20.00")
    assert Counted(2, Decimal(0), 2).amount is None


def test_filters_hold_for_every_figure(client: World) -> None:
    client.discrepancy("walmart-us", units=1, denied_units=1, denied_on=CALL)
    client.sum_up()
    here = told(client, Filters("USD", channel="walmart-us"))
    assert (here.denied.count, here.recovered.count, here.cases.count) == (1, 0, 0)
    nowhere = told(client, Filters("CAD"))
    assert not any(
        (
            nowhere.found.count,
            nowhere.recovered.count,
            nowhere.expired.count,
            nowhere.denied.count,
            nowhere.cases.count,
        )
    )
    assert told(client, Filters("USD", type="shipment")).recovered.count == 0


def sum_of(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))


def test_every_figure_is_the_sum_of_its_list_to_the_cent(client: World) -> None:
    for day in (in_days(-90), EARLIER, CALL, in_days(-1), in_days(0)):
        answer = told(client, day=day)
        with client.database.reading(client.account_id) as connection:
            asked = (connection, client.account_id, USD)
            parts: tuple[PartName, ...] = ("found", "expired", "denied")
            for name in parts:
                rows = part_rows(*asked, NOW, PartView(name, since=day)).rows
                figure: Counted = getattr(answer, name)
                assert (len(rows), sum_of(row.amount for row in rows)) == amounts(figure)
            ways: dict[Way, Counted] = {"paid": answer.recovered, "reversed": answer.reversed}
            for way, figure in ways.items():
                paid = payments(*asked, Wanted(way=way, since=day)).rows
                assert (len(paid), sum_of(row.amount for row in paid)) == amounts(figure)
            moved = cases(*asked, Search(since=day)).rows
            assert (len(moved), sum_of(row.requested for row in moved)) == amounts(answer.cases)


def test_recovered_less_reversed_is_what_the_sums_say(client: World) -> None:
    answer = told(client)
    with client.database.reading(client.account_id) as connection:
        net = connection.execute(
            text("""select sum(gross - reversed) from claimed_total
                where account_id = :account_id and approved_on >= :day"""),
            {"account_id": client.account_id, "day": CALL},
        ).scalar_one()
    assert answer.recovered.known_amount + answer.reversed.known_amount == net


def test_another_account_is_in_none_of_them(client: World) -> None:
    other = World(client.database, name="Somebody else")
    clock_of(other, in_days(-3))
    other.discrepancy(units=7, denied_units=7, denied_on=CALL, event_on=CALL)
    other.reimbursement(amount="77.00", approved_on=CALL)
    other.case("THEIRS", opened_on=CALL)
    other.sum_up()
    assert told(client) == told(client)
    assert told(client).recovered.known_amount == Decimal("40.00")


def test_a_year_back_at_most() -> None:
    assert no_further_back(in_days(-9999), in_days(0)) == in_days(-366)
    assert no_further_back(in_days(-5), in_days(0)) == in_days(-5)


def test_in_the_sample_world_every_figure_is_the_sum_of_its_pages(
    sample_database: Database,
) -> None:
    now = datetime.now(UTC)
    day = now.date() - timedelta(days=30)
    with sample_database.listing_accounts() as connection:
        accounts = connection.exec_driver_sql("select account_id from account").scalars().all()
    seen = 0
    for account_id in accounts:
        with sample_database.reading(account_id) as connection:
            for currency in currencies(connection, account_id):
                asked = (connection, account_id, Filters(currency))
                answer = since(*asked, now, day)
                seen += answer.found.count
                assert amounts(answer.found) == paged(asked, now, PartView("found", since=day))
                assert amounts(answer.expired) == paged(asked, now, PartView("expired", since=day))
                paid = list(by_page(partial(payments, *asked, Wanted(since=day))))
                net = answer.recovered.known_amount + answer.reversed.known_amount
                assert (len(paid), sum_of(row.amount for row in paid)) == (
                    answer.recovered.count + answer.reversed.count,
                    net,
                )
    assert seen > 100


def paged(
    asked: tuple[Connection, int, Filters], now: datetime, view: PartView
) -> tuple[int, Decimal]:
    rows = list(by_page(lambda cursor: part_rows(*asked, now, replace(view, cursor=cursor))))
    return len(rows), sum_of(row.amount for row in rows)
