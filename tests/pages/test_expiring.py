"""Expiring: order, horizon, weeks, pages of rows, and what has no known window."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from components.tables import pressed_key
from pages.shared import address
from services.insights.answers import Filters
from services.insights.expiring import View
from tests.common.looking import button, page, tables, words
from tests.common.worlds.insights import World, in_days


@pytest.fixture
def seller(world: World) -> World:
    """Four deadlines, and one item that nobody names a window for."""
    world.discrepancy(expires_on=in_days(1), sku="TOMORROW")  # 10.00 / 2 days = 5
    world.discrepancy(units=9, expires_on=in_days(8), sku="LARGE")  # 90.00 / 9 days = 10
    world.discrepancy(units=3, expires_on=in_days(40), sku="FAR", unit_amount=None)
    world.discrepancy(
        "walmart-us",
        type="shipment",
        subtype="inbound_shortage",
        expires_on=in_days(20),
        sku="SHORT",
    )
    world.discrepancy("walmart-us", units=2, opens_on=None, expires_on=None, sku="NOBODY-KNOWS")
    return world.sum_up()


def skus(app: AppTest, position: int = 0) -> list[str]:
    return [row["Item"].split(" · ")[0] for row in tables(app)[position]]


def test_most_money_a_day_left_comes_first(seller: World) -> None:
    app = page("expiring", seller.account_id)
    assert not app.exception
    assert skus(app) == ["LARGE", "TOMORROW", "SHORT", "FAR"]
    assert "most money a day left first" in words(app)


def test_the_order_by_deadline_is_in_the_address(seller: World) -> None:
    app = page("expiring", seller.account_id, order="By deadline")
    assert skus(app) == ["TOMORROW", "LARGE", "SHORT", "FAR"]


@pytest.mark.parametrize(
    ("within", "last"),
    [
        ("7 days", "TOMORROW"),
        ("14 days", "LARGE"),
        ("30 days", "SHORT"),
        ("45 days", "FAR"),
        ("2 months", "FAR"),
        ("3 months", "FAR"),
    ],
)
def test_expires_in_narrows_to_a_horizon(seller: World, within: str, last: str) -> None:
    app = page("expiring", seller.account_id, within=within, order="By deadline")
    assert skus(app)[-1] == last


def test_the_headline_says_what_the_money_leaves_out(seller: World) -> None:
    read = words(page("expiring", seller.account_id))
    # 10 + 90 + 10 known; three units of FAR are not.
    assert "$110.00 · 4 items · 3 units without a known amount" in read


def test_what_has_no_known_window_stands_apart(seller: World) -> None:
    app = page("expiring", seller.account_id)
    assert skus(app, 1) == ["NOBODY-KNOWS"]
    read = words(app)
    assert "Window unknown" in read
    assert "$20.00 · 1 item" in read


def test_a_week_narrows_the_rows_and_not_the_chart(seller: World) -> None:
    whole = page("expiring", seller.account_id)
    week = page("expiring", seller.account_id, week="2026-06-22")
    assert skus(week) == ["LARGE"]  # 15 June is a Monday: eight days on is the next week
    assert _bars(week) == _bars(whole)
    assert "Week of 22 Jun 2026" in str([one.options for one in week.pills])
    assert "$90.00 · 1 item · most money a day left first" in words(week)


def _bars(app: AppTest) -> list[float]:
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    return [float(value) for trace in spec["data"] for value in trace["y"]]


def test_rows_turn_page_by_page(world: World) -> None:
    for number in range(120):
        world.discrepancy(expires_on=in_days(number), sku=f"S{number:03}")
    world.sum_up()
    app = page("expiring", world.account_id, order="By deadline")
    seen = skus(app)
    assert "1–50 of 120" in words(app)
    for said in ("51–100 of 120", "101–120 of 120"):
        button(app, "rows-next").click().run()
        seen += skus(app)
        assert said in words(app)
    assert seen == [f"S{number:03}" for number in range(120)]
    assert button(app, "rows-next").disabled
    button(app, "rows-previous").click().run()
    assert skus(app)[0] == "S050"
    assert "51–100 of 120" in words(app)
    app.query_params["rows"] = app.query_params["rows"][0].replace("-2.", "-2e9.")
    assert "51–100" not in words(app.run())


def test_a_position_in_the_list_is_forgotten_when_the_filters_change(world: World) -> None:
    for number in range(60):
        world.discrepancy(expires_on=in_days(number), sku=f"S{number:03}")
    world.sum_up()
    app = page("expiring", world.account_id, order="By deadline")
    button(app, "rows-next").click().run()
    assert skus(app)[0] == "S050"
    app.session_state["order"] = "priority"
    app.run()
    assert len(skus(app)) == 50


def test_a_pressed_row_tells_its_story(seller: World) -> None:
    with seller.database.reading(seller.account_id) as connection:
        number = connection.exec_driver_sql(
            "select discrepancy_id from discrepancy where sku = 'LARGE'"
        ).scalar_one()
    app = page("expiring", seller.account_id)
    sign = address.sign_of(seller.account_id, Filters("USD"), View(order="priority"))
    app.session_state[pressed_key(f"expiring-{sign}")] = str(number)
    app.run()
    assert "| Reported | 9 |" in words(app)


def test_nothing_within_the_horizon_says_so(world: World) -> None:
    world.discrepancy(expires_on=in_days(60))
    world.sum_up()
    app = page("expiring", world.account_id, within="7 days")
    assert not app.exception
    assert "Nothing runs out here" in words(app)


def test_what_is_held_back_stands_at_its_deadline_with_its_reason(world: World) -> None:
    held = {
        "units": 2,
        "held_units": 2,
        "held_because": "report",
        "awaits_kind": "amazon_reimbursements",
    }
    world.discrepancy(expires_on=in_days(1), sku="FIRST")
    world.discrepancy(expires_on=in_days(2), sku="HELD", **held)
    world.discrepancy(expires_on=in_days(3), sku="UNREAD", **{**held, "held_because": "unread_row"})
    world.discrepancy(expires_on=None, opens_on=None, sku="UNDATED", **held)
    app = page("expiring", world.sum_up().account_id, order="By deadline")
    assert [(row["Item"].split(" · ")[0], row["State"]) for row in tables(app)[0]] == [
        ("FIRST", "Ready"),
        ("HELD", "Future: awaits FBA reimbursements"),
        ("UNREAD", "Future: awaits a readable row"),
    ]
    assert [row["State"] for row in tables(app)[1]] == ["Future: awaits FBA reimbursements"]
    assert "claim early what is ready" in words(app)
