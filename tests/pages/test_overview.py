"""The Overview: three buckets, two charts, the first rows, and what a press does."""

import json
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.figures import clicked_key
from components.tables import pressed_key
from pages.seller.overview_sections import figures as overview_figures
from pages.shared.address import sign_of
from services.insights.answers import Filters
from tests.common.looking import button, figures, page, tables, words
from tests.common.worlds.insights import World, in_days


@pytest.fixture
def seller(world: World) -> World:
    """Something in every part of every bucket, on two marketplaces."""
    world.discrepancy(units=3, expires_on=in_days(2), sku="SOON")  # ready, 30.00
    world.discrepancy(units=2, opens_on=in_days(3), sku="LATER")  # future, 20.00
    world.discrepancy(units=1, in_progress_units=1, case_id="C1", sku="CASE")  # 10.00
    world.discrepancy(
        "walmart-us", units=4, type="shipment", subtype="inbound_shortage", sku="SHORT"
    )  # ready, 40.00
    world.discrepancy(units=5, expires_on=in_days(-1), sku="GONE")  # expired, 50.00
    world.discrepancy(units=1, denied_units=1, denied_on=in_days(-2), sku="NO")  # 10.00
    world.reimbursement(amount="100.00", case_id="C1", units_cash=4)
    world.reimbursement(amount="-25.00", units_cash=-1, is_reversal=True)
    world.case("C1")
    return world.sum_up()


def skus(app: AppTest) -> list[str]:
    (rows,) = tables(app)
    return [row["Item"].split(" · ")[0] for row in rows]


def chart(app: AppTest, position: int) -> tuple[Any, str]:
    drawn = app.get("plotly_chart")[position].proto
    return json.loads(drawn.spec), drawn.alt


def test_the_three_buckets_to_the_cent(seller: World) -> None:
    app = page("overview", seller.account_id)
    assert not app.exception
    assert figures(app) == {
        "Unclaimed": "$100.00",  # 30 + 20 + 10 + 40
        "Claimed": "$75.00",  # 100 - 25
        "Lost": "$60.00",  # 50 + 10
    }
    assert button(app, "bucket-unclaimed-ready").label.endswith("Ready  \n$70.00")
    assert button(app, "bucket-lost-denied").label.endswith("Denied  \n$10.00")
    assert "$30.00 expires within 7 days →" in [one.proto.label for one in app.get("page_link")]
    assert button(app, "bucket-claimed-fact").label == "$25.00 of $100.00 was taken back"
    assert button(app, "bucket-lost-fact").label == "Most expired: Lost in warehouse"


def test_every_chart_says_its_headline_to_a_screen_reader(seller: World) -> None:
    app = page("overview", seller.account_id)
    alts = [one.proto.alt for one in app.get("plotly_chart")]
    assert len(alts) == 5  # three bars of parts, two charts
    assert all(alts)
    assert any("$100.00" in alt and "Amazon US" in alt for alt in alts)


def test_the_first_rows_are_what_expires_next(seller: World) -> None:
    app = page("overview", seller.account_id)
    assert skus(app) == ["SOON", "LATER", "SHORT"]
    read = words(app)
    assert "Expires next" in read
    assert "$30.00 in 7 days" in read


@pytest.mark.parametrize(
    ("bucket", "part", "rows"),
    [
        ("unclaimed", "ready", ["SOON", "SHORT"]),
        ("unclaimed", "future", ["LATER"]),
        ("unclaimed", "in_progress", ["CASE"]),
        ("lost", "expired", ["GONE"]),
        ("lost", "denied", ["NO"]),
    ],
)
def test_a_press_on_a_part_shows_its_rows_and_a_second_press_takes_it_back(
    seller: World, bucket: str, part: str, rows: list[str]
) -> None:
    app = page("overview", seller.account_id)
    button(app, f"bucket-{bucket}-{part}").click().run()
    assert skus(app) == rows
    assert app.query_params["show"] == part
    button(app, f"bucket-{bucket}-{part}").click().run()
    assert "show" not in app.query_params
    assert skus(app) == ["SOON", "LATER", "SHORT"]


def test_claimed_money_drills_into_payments(seller: World) -> None:
    app = page("overview", seller.account_id, show="via_case")
    assert [row["Amount"] for row in tables(app)[0]] == ["$100.00"]
    assert "1 payment · $100.00" in words(app)
    button(app, "bucket-claimed-fact").click().run()
    assert [row["Amount"] for row in tables(app)[0]] == ["−$25.00"]
    assert "Taken back" in words(app)


def test_a_month_and_a_filter_come_from_the_address(seller: World) -> None:
    app = page("overview", seller.account_id, month="2026-06", channel="Amazon US")
    assert figures(app)["Unclaimed"] == "$60.00"  # without Walmart's 40.00
    assert len(tables(app)[0]) == 2
    assert "Payments and reversals · Jun 2026" in words(app)


@pytest.mark.parametrize(
    "query",
    [
        {"show": "everything"},
        {"month": "2026-13"},
        {"month": "x"},
        {"rows": "a.b~c"},
        {"channel": "Amazon Mars"},
        {"type": "<b>"},
        {"currency": "XXX"},
    ],
)
def test_an_address_that_makes_no_sense_shows_everything(
    seller: World, query: dict[str, str]
) -> None:
    app = page("overview", seller.account_id, **query)
    assert not app.exception
    assert figures(app)["Unclaimed"] == "$100.00"
    assert skus(app) == ["SOON", "LATER", "SHORT"]


def test_a_click_on_a_bar_sets_type_and_marketplace(seller: World) -> None:
    app = page("overview", seller.account_id)
    app.session_state[clicked_key("unclaimed-by-type")] = {"type": "shipment"}
    spec, _ = chart(app, 3)
    marks = [point for trace in spec["data"] for point in trace["customdata"]]
    assert ["type", "shipment", "channel", "walmart-us"] in [mark[1:] for mark in marks]


def test_the_chart_of_types_does_not_depend_on_its_own_selection(seller: World) -> None:
    every = chart(page("overview", seller.account_id), 3)[1]
    one = chart(page("overview", seller.account_id, type="Shipments"), 3)[1]
    assert every == one


def test_a_pressed_row_tells_its_story(seller: World) -> None:
    app = page("overview", seller.account_id)
    with seller.database.reading(seller.account_id) as connection:
        number = connection.exec_driver_sql(
            "select discrepancy_id from discrepancy where sku = 'SOON'"
        ).scalar_one()
    sign = sign_of(seller.account_id, Filters("USD"), None, None)
    app.session_state[pressed_key(f"rows-{sign}")] = str(number)
    app.run()
    read = words(app)
    assert "**SOON · Enamel kettle**" in read
    assert "| Reported | 3 |" in read
    assert "| Ready to claim | 3 | 3 \u00d7 $10.00 = $30.00, an estimate |" in read
    assert "$10.00 a unit" in read


def test_what_the_amounts_leave_out_is_said(world: World) -> None:
    world.discrepancy(units=6, unit_amount=None)
    world.discrepancy("walmart-us", units=2, opens_on=None, expires_on=None)
    world.sum_up()
    read = words(page("overview", world.account_id))
    assert "6 units unclaimed without a known amount" in read
    assert "2 units without a known last day" in read


def test_money_paid_too_low_is_shown_where_no_unit_counts(world: World) -> None:
    # The 3 units are those of losses that were paid: here they bring 6.00, and no unit.
    below = {"units": 3, "subtype": "paid_below_cost", "unit_amount": "2.00"}
    world.discrepancy(expires_on=in_days(5), **below)
    world.discrepancy(opens_on=None, expires_on=None, **below)
    app = page("overview", world.sum_up().account_id)
    assert figures(app)["Unclaimed"] == "$12.00"
    assert "$6.00 expires within 7 days →" in [one.proto.label for one in app.get("page_link")]
    assert "an amount without a known last day" in words(app)
    spec, _ = chart(app, 0)
    (bar,) = spec["data"]
    assert "items" not in json.dumps(bar["customdata"])


def test_an_unknown_amount_is_never_shown_as_nought(world: World) -> None:
    world.discrepancy(units=6, unit_amount=None)
    world.sum_up()
    app = page("overview", world.account_id)
    assert figures(app)["Unclaimed"] == "unknown"
    assert button(app, "bucket-unclaimed-ready").label.endswith("unknown")
    assert tables(app)[0][0]["Amount"] == "unknown"


def test_currencies_are_shown_one_at_a_time(world: World) -> None:
    world.discrepancy("amazon-us", units=9)
    world.discrepancy("amazon-ca", units=2, currency="CAD", sku="MAPLE")
    world.sum_up()
    app = page("overview", world.account_id)
    assert figures(app)["Unclaimed"] == "$90.00"
    app = page("overview", world.account_id, currency="CAD")
    assert figures(app)["Unclaimed"] == "CA$20.00"
    assert skus(app) == ["MAPLE"]


def test_a_part_that_breaks_leaves_the_rest(seller: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(overview_figures, "recovered_by_month", breaks)
    app = page("overview", seller.account_id)
    read = words(app)
    assert "This chart cannot be shown right now" in read
    assert "secret detail" not in read
    assert figures(app)["Unclaimed"] == "$100.00"
    assert skus(app) == ["SOON", "LATER", "SHORT"]


def test_a_marketplace_without_service_says_so_and_shows_no_nought(world: World) -> None:
    world.document("walmart-ca")
    app = page("overview", world.account_id)
    assert not app.exception
    read = words(app)
    assert "Walmart Canada is not served" in read
    assert "United States" in read
    assert not app.metric
    assert "What was landed?" in words(page("data", world.account_id))


def test_an_account_with_nothing_to_claim_is_not_told_to_remove_filters(world: World) -> None:
    world.document()
    world.sum_up()
    assert "Nothing runs out" in words(page("overview", world.account_id))
    read = words(page("overview", world.account_id, type="Fees"))
    assert "Nothing here with these filters" in read


def test_a_stale_channel_and_sample_data_are_said(shown: Any) -> None:
    world = World(shown, is_sample=True)
    world.document("walmart-us", last_day=in_days(-9))
    world.discrepancy()
    world.sum_up()
    read = words(page("overview", world.account_id))
    assert "Sample data" in read
    assert "Walmart US: no report after 6 Jun 2026" in read


# What waits ---------------------------------------------------------------------------------------


def held(world: World, code: str = "amazon-us", **more: Any) -> int:
    """Two units of 10.00; the ledger speaks up to 1 June, the newest report is of the 15th."""
    given = {
        "units": 2,
        "held_units": 2,
        "held_because": "report",
        "awaits_kind": "amazon_ledger_detail",
        "covered_until": date(2026, 6, 1),
        "expires_on": in_days(20),
    }
    return world.discrepancy(code, **{**given, **more})


def links(app: AppTest) -> dict[str, str]:
    return {one.proto.label: one.proto.page for one in app.get("page_link")}


def popovers(app: AppTest) -> list[str]:
    return [one.proto.popover.label for one in app.get("popover")]


def test_one_line_says_which_report_to_load_by_when_and_how_much_waits(world: World) -> None:
    held(world)
    held(world, expires_on=in_days(60), unit_amount=None)
    app = page("overview", world.sum_up().account_id)
    assert not app.exception
    assert (
        "Load the **Amazon inventory ledger, detail** from 2 Jun up to **8 Jun 2026** or later by "
        "**5 Jul 2026**: **$20.00 (4 units, 2 of them without a known amount)** waits for it."
    ) in words(app)
    assert links(app)["Load it →"] == "data"
    assert button(app, "bucket-unclaimed-ready").label.endswith("$0.00")
    assert not any(label.startswith("and ") for label in popovers(app))


def test_the_others_stand_behind_one_press(world: World) -> None:
    held(world, expires_on=in_days(2))
    held(world, units=9, held_units=9, awaits_kind="amazon_reimbursements")
    held(
        world,
        units=3,
        held_units=3,
        awaits_kind="amazon_customer_returns",
        covered_until=in_days(-1),
    )
    app = page("overview", world.sum_up().account_id)
    said = words(app)
    first, second, third = (
        said.index(f"**{name}**")
        for name in (
            "Amazon FBA reimbursements",
            "Amazon inventory ledger, detail",
            "Amazon FBA customer returns",
        )
    )
    assert first < second < third
    assert "**$20.00 (2 units)** waits for it." in said
    assert "by **17 Jun 2026 (2 days)**" in said
    assert (
        "Load the next **Amazon FBA customer returns** past 14 Jun 2026 by **5 Jul 2026**" in said
    )
    assert "and 2 more reports" in popovers(app)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, "**Amazon FBA customer returns** up to **8 Jun 2026** or later by"),
        (date(2026, 6, 3), "returns** of earlier days and up to **8 Jun 2026** or later by"),
        (date(2026, 6, 12), "returns** of earlier days as well by **5 Jul 2026**"),
    ],
)
def test_a_report_that_tells_nothing_of_the_event_is_asked_for_its_days(
    world: World, until: date | None, expected: str
) -> None:
    held(world, awaits_kind="amazon_customer_returns", covered_until=None)
    if until:
        world.row(
            "report_coverage",
            kind="amazon_customer_returns",
            scope="amazon:NA",
            part="amazon-us",
            day=until,
            document_id=world.document(),
        )
    assert expected in words(page("overview", world.sum_up().account_id))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {
                "held_because": "order_unknown",
                "awaits_kind": "amazon_settlement",
                "covered_until": None,
            },
            "Load the **Amazon settlement** with the orders' own lines by **5 Jul 2026**",
        ),
        (
            {"held_because": "newer_ledger"},
            "Load a newer **Amazon inventory ledger, detail** past 1 Jun 2026 by **5 Jul 2026**",
        ),
    ],
)
def test_a_report_that_would_settle_a_doubt_is_named(
    world: World, more: dict[str, object], expected: str
) -> None:
    held(world, **more)
    assert expected in words(page("overview", world.sum_up().account_id))


def test_units_of_which_no_amount_is_known_wait_as_units(world: World) -> None:
    held(world, unit_amount=None, expires_on=None, opens_on=None)
    said = words(page("overview", world.sum_up().account_id))
    assert "or later: **2 units** without a known amount wait for it." in said


def test_the_channel_is_named_where_another_of_the_marketplace_is_not_meant(world: World) -> None:
    world.channel("amazon-ca")
    held(world)
    held(world, "walmart-us", awaits_kind="walmart_payments", units=1, held_units=1)
    said = words(page("overview", world.sum_up().account_id))
    assert "Load the **Amazon inventory ledger, detail** for Amazon US from 2 Jun" in said
    assert "Load the **Walmart reconciliation (payments)** from 2 Jun" in said


def test_what_no_report_releases_asks_for_a_decision(world: World) -> None:
    held(world, held_because="closed_case", awaits_kind=None, covered_until=None)
    app = page("overview", world.sum_up().account_id)
    assert (
        "Decide: refile only with new evidence, our case was closed without a payment: "
        "**$20.00 (2 units)** by **5 Jul 2026**."
    ) in words(app)
    assert links(app)["See them →"] == "expiring"


def test_filters_narrow_what_waits(world: World) -> None:
    held(world)
    held(world, "walmart-us", awaits_kind="walmart_payments")
    world.sum_up()
    said = words(page("overview", world.account_id, channel="Walmart US"))
    assert "Walmart reconciliation (payments)" in said
    assert "Amazon inventory ledger" not in said


def test_a_file_that_was_not_read_whole_is_said_with_what_waits_for_its_rows(world: World) -> None:
    number = world.document(
        kind="amazon_customer_returns",
        file_name="returns.txt",
        rows_landed=9,
        rows_rejected=1,
        is_whole=False,
    )
    app = page("overview", world.account_id)
    assert "**returns.txt** was not read whole: 1 row could not be read." in words(app)
    assert links(app)["See the rows →"] == "data"
    held(
        world, held_because="unread_row", awaits_kind="amazon_customer_returns", document_id=number
    )
    said = words(page("overview", world.sum_up().account_id))
    assert "1 row could not be read. **$20.00 (2 units)** waits for it." in said
    assert "Load the" not in said
    world.document(kind="amazon_settlement", is_whole=False)
    assert "**2 files** were not read whole: 1 row" in words(page("overview", world.account_id))


def test_lines_that_do_not_add_up_are_said(world: World) -> None:
    world.document(kind="amazon_settlement", file_name="cut.txt", is_whole=False)
    said = words(page("overview", world.account_id))
    assert (
        "**cut.txt** was not read whole: its lines do not add up to the total that it states."
        in said
    )


def test_where_nothing_waits_nothing_is_said(seller: World) -> None:
    said = words(page("overview", seller.account_id))
    assert "waits for" not in said
    assert "not read whole" not in said


def test_a_held_row_keeps_its_place_among_what_expires_next(world: World) -> None:
    held(world, expires_on=in_days(2), sku="HELD")
    held(world, units=5, expires_on=in_days(3), sku="PART", held_because="closed_case")
    world.discrepancy(expires_on=in_days(4), sku="FREE")
    (rows,) = tables(page("overview", world.sum_up().account_id))
    assert [(row["Item"].split(" · ")[0], row["State"]) for row in rows] == [
        ("HELD", "Future: awaits inventory ledger, detail"),
        ("PART", "3 ready · 2: refile only with new evidence"),
        ("FREE", "Ready"),
    ]
