"""What expires, in which order, page by page, and what it comes to week by week."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.insights.answers import Figure, Filters, Page, Pile, Week
from services.insights.expiring import (
    Open,
    Order,
    View,
    expiring,
    weeks_ending,
    window_unknown,
    window_unknown_sum,
)
from tests.common.worlds.insights import NOW, USD, World, in_days


def read(world: World, filters: Filters = USD, now: datetime = NOW, **view: Any) -> Page[Open]:
    with world.database.reading(world.account_id) as connection:
        return expiring(connection, world.account_id, filters, now, View(**view))


def ids(page: Page[Open]) -> list[int]:
    return [row.discrepancy_id for row in page.rows]


def weeks(world: World, filters: Filters = USD, **view: Any) -> tuple[Week, ...]:
    with world.database.reading(world.account_id) as connection:
        return weeks_ending(connection, world.account_id, filters, NOW, View(**view))


def test_the_soonest_comes_first_and_what_has_gone_is_not_there(world: World) -> None:
    later = world.discrepancy(expires_on=in_days(9))
    today = world.discrepancy(expires_on=in_days(0))
    world.discrepancy(expires_on=in_days(-1))
    world.discrepancy(expires_on=in_days(5), in_progress_units=1)  # nothing remains
    world.discrepancy(opens_on=None, expires_on=None)
    world.sum_up()
    assert ids(read(world)) == [today, later]
    assert [row.days_left for row in read(world).rows] == [0, 9]


def test_priority_is_money_a_day_left(world: World) -> None:
    world.discrepancy(units=7, unit_amount="100.00", expires_on=in_days(9))  # 700 / 10 = 70
    world.discrepancy(units=1, unit_amount="90.00", expires_on=in_days(0))  # 90 / 1 = 90
    world.discrepancy(units=1, unit_amount="30.00", expires_on=in_days(2))  # 30 / 3 = 10
    world.discrepancy(units=9, unit_amount=None, expires_on=in_days(0))  # unknown: last
    world.sum_up()
    page = read(world, order="priority")
    assert [row.priority for row in page.rows] == [90, 70, 10, 0]
    assert page.rows[-1].amount is None


def test_a_row_says_what_a_seller_asks(world: World) -> None:
    world.discrepancy(
        units=6,
        found_units=2,
        unit_amount="30.40",
        opens_on=in_days(2),
        expires_on=in_days(20),
        event_on_approximate=True,
    )
    world.sum_up()
    (row,) = read(world).rows
    assert (row.channel, row.channel_name) == ("amazon-us", "Amazon United States")
    assert (row.units, row.unit_amount, row.amount) == (4, Decimal("30.40"), Decimal("121.60"))
    assert (row.state, row.days_left, row.event_on_approximate) == ("future", 20, True)


@pytest.mark.parametrize(
    ("within", "last"),
    [
        ("7d", date(2026, 2, 7)),
        ("45d", date(2026, 3, 17)),
        ("2m", date(2026, 3, 31)),
        ("3m", date(2026, 4, 30)),
        (None, date(2026, 9, 1)),
    ],
)
def test_a_horizon_counts_calendar_months(world: World, within: str | None, last: date) -> None:
    # From 31 January: two months are 31 March, three are 30 April.
    january = datetime(2026, 1, 31, 20, 0, tzinfo=UTC)
    for day in (
        date(2026, 2, 7),
        date(2026, 3, 17),
        date(2026, 3, 31),
        date(2026, 4, 1),
        date(2026, 4, 30),
        date(2026, 5, 1),
        date(2026, 9, 1),
    ):
        world.discrepancy(event_on=date(2026, 1, 1), expires_on=day)
    world.sum_up()
    assert read(world, now=january, within=within).rows[-1].expires_on == last


def test_filters_and_one_week_narrow_the_list(world: World) -> None:
    monday = world.discrepancy(expires_on=date(2026, 6, 22))
    sunday = world.discrepancy("walmart-us", type="shipment", expires_on=date(2026, 6, 28))
    world.discrepancy(expires_on=date(2026, 6, 29))
    world.sum_up()
    for order in ("soonest", "priority"):
        week = {"week": date(2026, 6, 22), "order": order}
        assert sorted(ids(read(world, **week))) == sorted([monday, sunday])
        assert ids(read(world, Filters("USD", "walmart-us"), **week)) == [sunday]
        assert ids(read(world, Filters("USD", None, "inventory"), **week)) == [monday]
        assert ids(read(world, Filters("CAD"), **week)) == []


def test_what_expires_goes_by_calendar_week(world: World) -> None:
    world.discrepancy(units=2, expires_on=date(2026, 6, 21))  # Sunday of this week
    world.discrepancy(units=3, unit_amount=None, expires_on=date(2026, 6, 15))
    world.discrepancy(units=5, expires_on=date(2026, 7, 4))  # two weeks on, none between
    world.discrepancy(units=9, expires_on=date(2026, 6, 14))  # gone
    world.sum_up()
    assert weeks(world) == (
        Week(date(2026, 6, 15), date(2026, 6, 21), Pile(2, Figure(5, Decimal("20.00"), 3))),
        Week(date(2026, 6, 22), date(2026, 6, 28), Pile()),
        Week(date(2026, 6, 29), date(2026, 7, 5), Pile(1, Figure(5, Decimal("50.00")))),
    )
    assert len(weeks(world, within="7d")) == 1
    assert weeks(world, Filters("CAD")) == ()


def test_what_has_no_known_window_stands_apart(world: World) -> None:
    first = world.discrepancy("walmart-us", units=2, opens_on=None, expires_on=None)
    second = world.discrepancy(units=1, opens_on=None, expires_on=None, unit_amount=None)
    world.discrepancy()
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        listed = window_unknown(connection, world.account_id, USD, NOW)
        pile = window_unknown_sum(connection, world.account_id, USD)
        one = window_unknown_sum(connection, world.account_id, Filters("USD", "walmart-us"))
    assert ids(listed) == [first, second]
    assert {(row.expires_on, row.days_left, row.priority) for row in listed.rows} == {(None,) * 3}
    assert pile == Pile(2, Figure(3, Decimal("20.00"), 1))
    assert one == Pile(1, Figure(2, Decimal("20.00")))


def test_each_row_counts_its_own_channels_days(world: World) -> None:
    late = datetime(2026, 6, 16, 6, 30, tzinfo=UTC)  # still the 15th in Los Angeles
    american = world.discrepancy("amazon-us", expires_on=date(2026, 6, 15))
    world.discrepancy("amazon-uk", expires_on=date(2026, 6, 15))
    world.sum_up()
    for order in ("soonest", "priority"):
        assert ids(read(world, now=late, order=order)) == [american]


def test_an_address_that_makes_no_sense_shows_the_first_page(world: World) -> None:
    row = world.discrepancy()
    world.sum_up()
    for cursor in (
        "",
        "after",
        "after~x~1",
        "after~2026-06-15~-1",
        "beside~2026-06-15~1",
        "after~2026-06-15~999999999999999999999",
        "after~2026-06-15~1~1",
    ):
        assert ids(read(world, cursor=cursor)) == [row]
    for cursor in ("after~NaN~2026-06-15~1", "after~1e999999~2026-06-15~1"):
        assert ids(read(world, cursor=cursor, order="priority")) == [row]


DISCREPANCIES = st.lists(
    st.tuples(
        st.integers(0, 4),  # few days and few amounts: many ties
        st.sampled_from([None, "0.00", "1.00", "3.00", "3.01"]),
        st.sampled_from(["amazon-us", "walmart-us"]),
    ),
    max_size=12,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=DISCREPANCIES, order=st.sampled_from(["soonest", "priority"]), size=st.integers(1, 5))
def test_pages_leave_nothing_out_and_repeat_nothing(
    world: World, rows: list[tuple[int, str | None, str]], order: Order, size: int
) -> None:
    with world.database.loading() as connection:
        connection.execute(text("delete from discrepancy"))
    for days, amount, code in rows:
        world.discrepancy(code, expires_on=in_days(days), unit_amount=amount)
    world.sum_up()
    whole = ids(read(world, order=order, size=100))
    onwards, last = walk(world, order, size)
    assert onwards == whole
    assert len(whole) == len(rows)
    assert back(world, order, size, last) == whole[: len(whole) - len(last.rows)]


def walk(world: World, order: Order, size: int) -> tuple[list[int], Page[Open]]:
    page = read(world, order=order, size=size)
    assert page.preceding is None
    seen = ids(page)
    while page.following:
        page = read(world, order=order, size=size, cursor=page.following)
        seen += ids(page)
    return seen, page


def back(world: World, order: Order, size: int, page: Page[Open]) -> list[int]:
    """The ids on every page before this one, in the list's order."""
    seen: list[int] = []
    while page.preceding:
        page = read(world, order=order, size=size, cursor=page.preceding)
        seen = ids(page) + seen
    return seen


def test_a_state_narrows_the_list_to_what_may_be_filed_today(world: World) -> None:
    later = world.discrepancy(opens_on=in_days(1))
    now = world.discrepancy(opens_on=in_days(0))
    at_once = world.discrepancy(opens_on=None)
    world.sum_up()
    for order in ("soonest", "priority"):
        assert ids(read(world, order=order, state="future")) == [later]
        assert sorted(ids(read(world, order=order, state="ready"))) == [now, at_once]


HELD: dict[str, Any] = {
    "held_because": "report",
    "awaits_kind": "amazon_reimbursements",
    "covered_until": in_days(-20),
}


def test_what_is_held_back_keeps_its_place_and_is_never_ready(world: World) -> None:
    first = world.discrepancy(units=2, expires_on=in_days(3), held_units=2, **HELD)
    second = world.discrepancy(expires_on=in_days(4))
    world.sum_up()
    for order in ("soonest", "priority"):
        page = read(world, order=order)
        assert ids(page) == [first, second]
        assert [row.state for row in page.rows] == ["future", "ready"]
        assert [row.held_units for row in page.rows] == [2, 0]
    (row,) = read(world, state="future").rows
    assert (row.held_because, row.awaits_kind) == ("report", "amazon_reimbursements")
    assert ids(read(world, state="ready")) == [second]


def test_of_one_row_some_units_are_ready_and_others_held_back(world: World) -> None:
    world.discrepancy(units=5, held_units=2, **HELD)
    world.sum_up()
    told = {
        state: [(row.state, row.units, row.held_units) for row in read(world, state=state).rows]
        for state in (None, "ready", "future")
    }
    assert told == {
        None: [("ready", 5, 2)],
        "ready": [("ready", 3, 0)],
        "future": [("future", 2, 2)],
    }


def test_without_a_known_window_what_is_held_back_is_not_ready_either(world: World) -> None:
    undated: dict[str, Any] = {"opens_on": None, "expires_on": None}
    free = world.discrepancy(**undated)
    held = world.discrepancy(held_units=1, **undated, **HELD)
    world.sum_up()
    with world.database.reading(world.account_id) as connection:
        by_state = {
            state: ids(window_unknown(connection, world.account_id, USD, NOW, View(state=state)))
            for state in (None, "ready", "future")
        }
    assert by_state == {None: [free, held], "ready": [free], "future": [held]}
