"""Case tracker: statuses, search by any id, and nothing that writes."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from components.tables import pressed_key
from pages.shared import address
from services.insights.answers import Filters
from services.insights.cases import Search
from tests.common.looking import button, page, tables, words
from tests.common.worlds.insights import World, in_days


@pytest.fixture
def seller(world: World) -> World:
    """One case in each status; the partial one has been paid and partly taken back."""
    world.case("OPEN-1", opened_on=in_days(-1))
    world.case("CLOSED-1", status="closed", opened_on=in_days(-2))
    world.case(
        "PART-1",
        status="partially_reimbursed",
        opened_on=in_days(-20),
        requested_amount="80.00",
        approved_amount="50.00",
    )
    world.case("FULL-1", "walmart-us", status="fully_reimbursed", opened_on=in_days(-4))
    world.case("NO-1", status="not_eligible", opened_on=in_days(-5))
    paid = world.reimbursement(case_id="PART-1", amount="50.00", external_id="R-777")
    world.reimbursement(amount="-12.50", units_cash=-1, is_reversal=True, original_key=paid)
    world.case_event("PART-1", datetime(2026, 6, 1, tzinfo=UTC), "open", "invoice sent")
    world.case_event(
        "PART-1", datetime(2026, 6, 9, tzinfo=UTC), "partially_reimbursed", "five of eight"
    )
    world.discrepancy(case_id="PART-1", units=8, case_units=8, sku="KETTLE")
    return world.sum_up()


def ids(app: AppTest) -> list[str]:
    shown = tables(app)
    return [row["Case"] for row in shown[0]] if shown else []


def test_all_cases_the_newest_first(seller: World) -> None:
    app = page("case_tracker", seller.account_id)
    assert not app.exception
    assert ids(app) == ["OPEN-1", "CLOSED-1", "FULL-1", "NO-1", "PART-1"]


def test_paid_and_taken_back_are_the_marketplaces_own(seller: World) -> None:
    row = next(
        row for row in tables(page("case_tracker", seller.account_id))[0] if row["Case"] == "PART-1"
    )
    assert (row["Requested"], row["Paid"], row["Taken back"]) == ("$80.00", "$50.00", "−$12.50")


def test_reimbursed_cases_are_those_with_a_yes(seller: World) -> None:
    app = page("case_tracker", seller.account_id, cases="Reimbursed cases")
    assert ids(app) == ["FULL-1", "PART-1"]


def test_a_status_is_pressed_and_taken_back(seller: World) -> None:
    app = page("case_tracker", seller.account_id)
    assert "**Open** 1" in button(app, "status-open").label
    button(app, "status-closed").click().run()
    assert ids(app) == ["CLOSED-1"]
    button(app, "status-closed").click().run()
    assert len(ids(app)) == 5


@pytest.mark.parametrize("wanted", ["part-1", "KETTLE", "R-777", "X001"])
def test_any_id_finds_a_case(seller: World, wanted: str) -> None:
    assert "PART-1" in ids(page("case_tracker", seller.account_id, search=wanted))


def test_a_hit_that_a_filter_hides_is_said_and_shown(seller: World) -> None:
    app = page("case_tracker", seller.account_id, search="PART-1", status="open")
    assert ids(app) == []
    assert "1 case matches but is hidden by the filter “Status”" in words(app)
    button(app, "show-hidden").click().run()
    assert ids(app) == ["PART-1"]
    assert "hidden by" not in words(app)


def test_a_hit_in_another_currency_is_shown_in_it(seller: World) -> None:
    seller.case("CANADA-1", "amazon-ca", currency="CAD")
    app = page("case_tracker", seller.account_id, search="CANADA")
    app.session_state["channel"], app.session_state["type"] = "amazon-us", "fee"
    app.run()
    assert "hidden by the filters “Currency” and “Marketplace” and “Type”" in words(app)
    button(app, "show-hidden").click().run()
    assert ids(app) == ["CANADA-1"]


def test_a_search_without_a_hit_says_so(seller: World) -> None:
    read = words(page("case_tracker", seller.account_id, search="![x](http://evil.example)"))
    assert "No case shown for" in read
    assert "hidden by" not in read


def press(app: AppTest, world: World, case: str) -> None:
    sign = address.sign_of(world.account_id, Filters("USD"), Search())
    app.session_state[pressed_key(f"cases-{sign}")] = case
    app.run()


def test_a_case_opens_with_timeline_figures_and_proof(seller: World) -> None:
    app = page("case_tracker", seller.account_id)
    press(app, seller, "amazon-us~PART-1")
    read = words(app)
    assert "**Partially reimbursed** · Amazon US · Lost in warehouse" in read
    for amount in ("**$80.00**", "**$50.00**", "**−$12.50**"):
        assert amount in read
    assert "invoice sent" in read
    assert "five of eight" in read
    proof = next(rows for rows in tables(app) if rows and "Payment" in rows[0])
    assert proof[0]["Payment"] == "R-777"
    covered = next(rows for rows in tables(app) if rows and "In this case" in rows[0])
    assert [(row["Item"], row["In this case"]) for row in covered] == [
        ("KETTLE · Enamel kettle", "8")
    ]


def test_nothing_on_the_page_writes(seller: World) -> None:
    """The dashboard's role could not write a case; the page does not even seem to."""
    app = page("case_tracker", seller.account_id)
    pressable = {one.key for one in app.button}
    assert all(key.startswith(("status-", "rows-", "show-hidden")) for key in pressable)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "could be appealed until 14 Jun 2026."),
        (0, "**15 Jun 2026**: today is the last day"),
        (2, "**17 Jun 2026**: 2 days left"),
    ],
)
def test_an_appeal_that_is_over_reads_so(world: World, days: int, said: str) -> None:
    world.case(
        "NO-2",
        "walmart-us",
        status="not_eligible",
        opened_on=in_days(-50),
        closed_on=in_days(days - 30),
    )
    world.discrepancy(
        "walmart-us",
        case_id="NO-2",
        case_units=1,
        denied_units=1,
        denied_on=in_days(days - 30),
        appeal_until=in_days(days),
    )
    app = page("case_tracker", world.sum_up().account_id)
    press(app, world, "walmart-us~NO-2")
    assert said in words(app)


def test_where_the_marketplace_waits_it_is_said_first_and_leads_to_its_cases(
    seller: World,
) -> None:
    seller.their_case("NO-1", "waits_for_you")
    seller.their_case("OPEN-1", "resolved")
    app = page("case_tracker", seller.account_id)
    assert ids(app) == ["NO-1", "OPEN-1", "CLOSED-1", "FULL-1", "PART-1"]
    assert "Amazon waits for you** in 1 case." in words(app)
    [row] = [row for row in tables(app)[0] if row["Case"] == "OPEN-1"]
    assert row["Status"] == "Open · Resolved at Amazon"
    button(app, "show-waiting").click().run()
    assert not app.exception
    assert ids(app) == ["NO-1"]
    assert "in 1 case" not in words(app)


def test_overview_counts_where_the_marketplace_waits(seller: World) -> None:
    seller.their_case("NO-1", "waits_for_you")
    app = page("overview", seller.account_id)
    assert not app.exception
    assert "Amazon waits for you** in 1 case." in words(app)
