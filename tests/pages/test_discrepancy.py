"""The Discrepancy page: each sentence on it, and nothing of anyone else's."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from components.tables import pressed_key
from pages.seller.story.held import REASONS
from pages.shared.address import sign_of
from services.exports.lists import movements_table
from services.insights.answers import Filters
from services.marketplaces.registry import RECOVERIES
from tests.common.exported import as_csv
from tests.common.looking import button, page, tables, words
from tests.common.worlds.insights import NOW, TODAY, World, in_days
from wording.holds import HOLDS

TIMES = "\u00d7"


def open_page(world: World, number: int | str) -> AppTest:
    return page("discrepancy", world.account_id, id=str(number))


def read(world: World, number: int | str) -> str:
    app = open_page(world, number)
    assert not app.exception
    return words(app)


def test_units_and_money_add_up_on_the_page(world: World) -> None:
    # 9 units: 1 found, 2 paid (25.00 less 5.00 taken back), 1 in goods, 2 in a case, 1 denied,
    # 2 left; each of those still open or denied is worth 10.00.
    number = world.discrepancy(
        units=9,
        found_units=1,
        paid_cash_units=2,
        paid_inventory_units=1,
        in_progress_units=2,
        denied_units=1,
        denied_on=in_days(-2),
        case_id="C1",
        claimed_gross="25.00",
        reversed="5.00",
    )
    said = read(world, number)
    for line in (
        "| Reported | 9 | = 1 + 2 + 1 + 2 + 1 + 2 |",
        "| Found again | 1 | back in your stock |",
        "| Paid in cash | 2 | $25.00 less $5.00 taken back = $20.00 |",
        "| Paid in goods | 1 | in goods |",
        f"| In progress | 2 | 2 {TIMES} $10.00 = $20.00, an estimate |",
        f"| Denied | 1 | 1 {TIMES} $10.00 = $10.00 |",
        f"| Ready to claim | 2 | 2 {TIMES} $10.00 = $20.00, an estimate |",
    ):
        assert line in said
    # May still be eligible: 2 in progress + 2 left, 10.00 each.
    assert "May still be eligible]]  \n**$40.00**  \n:small[:gray[4 units]]" in said


def test_a_unit_without_an_amount_is_never_nought(world: World) -> None:
    said = read(world, world.discrepancy(units=2, unit_amount=None))
    assert "| Ready to claim | 2 | amount unknown |" in said
    assert "No amount yet" in said
    assert "May still be eligible]]  \n**unknown**" in said


def test_a_window_with_its_source_and_how_long_is_left(world: World) -> None:
    with world.database.owning() as connection:
        window = connection.execute(
            text(
                "select min(claim_window_id) from claim_window where marketplace = 'amazon'"
                " and subtype = 'lost_in_warehouse' and confidence = 'official'"
            )
        ).scalar_one()
    said = read(world, world.discrepancy(claim_window_id=window))
    assert "can be claimed now, until **15 Jul 2026** (30 days left)" in said
    assert "official source, checked on" in said
    assert "Amazon's inventory ledger takes units off your stock" in said


# What is held back -------------------------------------------------------------------------------


def held(world: World, because: str, **more: object) -> int:
    """Two units of 10.00, both held back; the newest report of the region is of today, 15 June."""
    return world.discrepancy(**{"units": 2, "held_units": 2, "held_because": because, **more})


def test_waiting_for_a_report_names_it_and_how_far_it_goes(world: World) -> None:
    said = read(
        world,
        held(
            world,
            "report",
            awaits_kind="amazon_customer_returns",
            covered_until=in_days(-20),
            expires_on=in_days(30),
        ),
    )
    assert "All 2 units left are **held back**" in said
    assert (
        "We wait for the report **Amazon FBA customer returns** to cover 8 Jun 2026 or later: it "
        "speaks of every day up to 26 May 2026"
    ) in said
    assert "can be claimed now" not in said
    assert (
        f"| Future claim | 2 | 2 {TIMES} $10.00 = $20.00, an estimate; held back: awaits FBA "
        "customer returns |"
    ) in said
    assert "Ready to claim" not in said
    assert "What is not proven by **15 Jul 2026** (30 days left) is lost." in said


def test_a_report_of_later_days_is_awaited_up_to_the_day_of_filing(world: World) -> None:
    said = read(
        world,
        held(
            world,
            "report",
            awaits_kind="amazon_customer_returns",
            covered_until=in_days(-1),
            opens_on=in_days(20),
        ),
    )
    assert "We wait for the next report **Amazon FBA customer returns**" in said
    assert "the day on which the claim may be filed, 5 Jul 2026" in said


def test_a_report_that_tells_nothing_of_these_days_says_so(world: World) -> None:
    said = read(world, held(world, "report", awaits_kind="amazon_settlement"))
    assert "none that is loaded speaks of the days of this event" in said
    assert "up to 8 Jun 2026 or later" in said


def test_what_is_held_back_without_any_known_window_names_no_false_day(world: World) -> None:
    number = held(
        world,
        "report",
        awaits_kind="amazon_customer_returns",
        covered_until=in_days(-20),
        opens_on=None,
        expires_on=None,
    )
    said = read(world, number)
    assert "9999" not in said
    assert "can be claimed" not in said
    assert "No source names a last day. It is held back until it is proven." in said


@pytest.mark.parametrize(
    ("because", "more", "expected"),
    [
        ("order_unknown", {"awaits_kind": "amazon_settlement"},
         "We wait for the **Amazon settlement** with the order's own lines"),
        ("refund_unknown", {"awaits_kind": "amazon_settlement"},
         "We wait for the **Amazon settlement** with the refund's line"),
        ("stray_return", {}, "A return of this order names no item of it"),
        ("arrival_unknown", {"awaits_kind": "amazon_ledger_detail"},
         "We wait for the **Amazon inventory ledger, detail** of the days in which the shipment"),
        ("nameless_receipt", {},
         "**Decide**: the ledger has receipts of this item that name no shipment; they may be of"),
        ("never_received", {}, "**Prove delivery first**: nothing of this shipment was ever"),
        ("delivery_contradicts", {},
         "**Decide**: the delivery that its carriers tell (a row of a report, see below) does not"),
        ("shop_unknown", {"awaits_kind": "amazon_ledger_detail"},
         "Amazon lists this shipment in several countries, and no report tells which of them"),
        ("reimbursed_unseen", {}, "Amazon's own report says that it was reimbursed, but no"),
        ("closed_case", {"case_id": "C7"},
         "**Decide: refile only with new evidence.** Our case C7 was closed without a payment"),
        ("newer_ledger", {"awaits_kind": "amazon_ledger_detail", "covered_until": in_days(-9)},
         "A payment that came after the ledger, whose last row is of 6 Jun 2026, may have been"),
        ("given_back", {}, "**Decide**: a unit of this item was given back for a payment, and the"),
        ("other_payment", {},
         "**Decide**: another payment for the same item may be for them"),
    ],
)  # fmt: skip
def test_why_it_is_held_back_and_what_releases_it(
    world: World, because: str, more: dict[str, object], expected: str
) -> None:
    said = read(world, held(world, because, **more))
    assert f"All 2 units left are **held back**. {expected}" in said
    assert "can be claimed now" not in said


def test_every_reason_has_its_sentence() -> None:
    assert REASONS.keys() == HOLDS.keys()


def test_of_some_units_held_back_the_others_are_ready(world: World) -> None:
    said = read(world, held(world, "closed_case", units=5))
    assert "2 of the 5 units left are **held back**" in said
    assert "3 units can be claimed now, until **15 Jul 2026** (30 days left)" in said
    assert "| Reported | 5 | = 3 + 2 |" in said
    assert f"| Ready to claim | 3 | 3 {TIMES} $10.00 = $30.00, an estimate |" in said
    assert "| Future claim | 2 |" in said
    assert "May be claimed from" in said  # the free ones


def test_a_row_that_could_not_be_read_is_shown_whole(world: World) -> None:
    number = held(world, "unread_row", awaits_kind="amazon_customer_returns")
    returns = world.document(
        kind="amazon_customer_returns",
        file_name="returns_<b>.txt",
        last_day=in_days(-3),
        parts=["amazon-us"],
    )
    for column, expected, found in (
        ("quantity", "a whole number", "six"),
        ("return-date", "a date and time", None),
    ):
        world.row(
            "rejected_row",
            document_id=returns,
            row_number=83,
            column_name=column,
            expected=expected,
            found=found,
            raw_text="SKU-A\tsix\t*late*",
        )
    world.row(
        "discrepancy_evidence",
        discrepancy_id=number,
        document_id=returns,
        row_number=83,
        role="unread",
        day=in_days(-30),
        units=0,
    )
    app = open_page(world, number)
    said = words(app)
    assert (
        "Row 83 of returns_<b>.txt (Amazon FBA customer returns) could not be read and may be "
        "about them"
    ) in said
    assert "in which that row can be read, and which reaches up to 12 Jun 2026 or later" in said
    assert "This rests on 1 report row, shown as they were landed. 1 row could not be read" in said
    assert [one.label.replace("\\", "") for one in app.expander][1] == (
        "**A row that could not be read:** row 83 of returns_<b>.txt (Amazon FBA customer returns)"
    )
    assert "**quantity**: found six" in said
    assert "Expected a whole number" in said
    assert "**return-date**: found nothing" in said
    assert [str(one.value) for one in app.code].count("SKU-A\tsix\t*late*") == 1


def test_a_payment_that_may_be_for_it_is_shown(world: World) -> None:
    number = held(world, "other_payment")
    payments = world.document(kind="amazon_reimbursements", file_name="payments.txt")
    world.row(
        "amazon_reimbursement",
        document_id=payments,
        row_number=5,
        region="NA",
        channel_id=world.channel("amazon-us"),
        reimbursement_id="R77",
        line_ordinal=1,
        approved_at=NOW,
        reason="Damaged_Warehouse",
        currency="USD",
        amount_total="12.00",
        sku="SKU-A",
        fnsku="X001",
        condition="NewItem",
        quantity_cash=1,
        quantity_inventory=0,
        quantity_total=1,
    )
    world.row(
        "discrepancy_evidence",
        discrepancy_id=number,
        document_id=payments,
        row_number=5,
        role="doubt",
        day=in_days(-30),
        units=0,
    )
    app = open_page(world, number)
    assert "may be for them: row 5 of payments.txt (Amazon FBA reimbursements)" in words(app)
    assert "R77" in [row["As landed"] for row in tables(app)[-1]]


def test_what_was_held_back_to_the_end_says_why_it_is_lost(world: World) -> None:
    said = read(world, held(world, "closed_case", expires_on=in_days(-1)))
    assert "All 2 units left were **held back**. **Decide: refile only with new" in said
    assert "Lost because the window passed: 2 units" in said
    assert "It is held back until" not in said
    assert "| Expired | 2 |" in said


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        ("is not null", "usually pays this by itself within"),
        ("is null", "pays this kind of loss by itself. No source says how long"),
    ],
)
def test_what_the_marketplace_pays_by_itself(world: World, within: str, expected: str) -> None:
    with world.database.owning() as connection:
        automatic = connection.execute(
            text(
                f"select min(automatic_payment_id) from automatic_payment"
                f" where pays_within_days {within}"
            )
        ).scalar_one()
    assert expected in read(world, world.discrepancy(automatic_payment_id=automatic))


def test_why_lost_because_the_window_passed(world: World) -> None:
    document = world.document(landed_at=NOW - timedelta(days=20))
    number = world.discrepancy(units=3, expires_on=in_days(-4), document_id=document)
    said = read(world, number)
    assert "the window passed: 3 units could last have been claimed on **11 Jun 2026**" in said
    assert "**First seen** :small[:gray[26 May 2026]]" in said
    assert "**Window passed** :small[:gray[12 Jun 2026]]" in said
    # Seen only after its last day, there was nothing for the calendar to take.
    late = read(world, world.discrepancy(expires_on=in_days(-4)))
    assert "**Window passed**" not in late


def test_why_lost_because_it_was_denied_and_how_long_to_appeal(world: World) -> None:
    world.case("C1", status="not_eligible", closed_on=in_days(-2))
    number = world.discrepancy(
        denied_units=1, denied_on=in_days(-2), case_id="C1", appeal_until=in_days(28)
    )
    said = read(world, number)
    assert "Lost because 1 unit was denied on 13 Jun 2026 in case C1." in said
    assert "The window runs from 16 May 2026 to **15 Jul 2026**. Nothing is left to claim" in said
    assert "can be appealed until **13 Jul 2026**: 28 days left" in said
    assert "filed 26 May 2026, closed 13 Jun 2026: not eligible" in said


def test_a_refused_item_counts_down_to_its_appeal_and_to_nothing_else(world: World) -> None:
    refused = {"denied_units": 1, "denied_on": in_days(-2), "case_id": "C1"}
    said = read(world, world.discrepancy("walmart-us", appeal_until=in_days(28), **refused))
    assert "Last day to appeal]]  \n**13 Jul 2026**  \n:small[:gray[28 days left]]" in said
    assert (
        "On appeals: Opens at once, closes 30 days after the day the decision was received." in said
    )
    assert "official source, checked on" in said
    assert "Last day to claim" not in said
    # No source says whether Amazon takes an appeal: then no day, and no days left.
    said = read(world, world.discrepancy(**refused))
    assert "Last day to appeal]]  \n**unknown**  \n:small[:gray[no source names one]]" in said
    assert "Whether Amazon's decision can be appealed, and until when, is unknown" in said
    assert "days left" not in said
    late = read(world, world.discrepancy("walmart-us", appeal_until=in_days(-1), **refused))
    assert "could be appealed until 14 Jun 2026" in late
    assert ":small[:gray[passed]]" in late


def test_what_is_settled_or_in_a_case_has_no_days_left(world: World) -> None:
    settled = read(world, world.discrepancy(paid_cash_units=1, claimed_gross="10.00"))
    assert "nothing is left to claim" in settled
    world.case("C9")
    covered = read(world, world.discrepancy(in_progress_units=1, case_id="C9"))
    assert "waits for the open case" in covered
    assert "days left" not in settled + covered


def test_a_shortage_shows_its_arithmetic(world: World) -> None:
    # 72 were to come, 49 came: 23 are missing.
    document = world.document("walmart-us", kind="walmart_inbound_receipts")
    world.row(
        "walmart_inbound_receipt",
        document_id=document,
        row_number=4,
        inbound_order_id="1GDM",
        channel_id=world.channel("walmart-us"),
        purchase_order_number="P1",
        gtin="0001",
        sku="SKU-A",
        expected_units=72,
        received_units=49,
        damaged_units=0,
    )
    number = world.discrepancy(
        "walmart-us",
        type="shipment",
        subtype="inbound_shortage",
        units=23,
        document_id=document,
        row_number=4,
    )
    assert "**72 expected \u2212 49 received = 23**" in read(world, number)


@pytest.mark.parametrize("channel", ["amazon-us", "walmart-us"])
def test_the_three_documents_of_a_shipments_claim_are_named(world: World, channel: str) -> None:
    shipment = {"type": "shipment", "subtype": "inbound_shortage"}
    said = read(world, world.discrepancy(channel, **shipment))
    _, _, listed = said.partition("**Have ready for the claim**")
    assert listed.count("\n- ") == 3
    assert "Proof of delivery: " in listed
    assert "Proof of ownership: " in listed
    who = "Amazon" if channel == "amazon-us" else "Walmart"
    assert f"not confirmed by {who}, checked on" in listed
    # Not where there is nothing to claim any more, and not where no source names any.
    assert "Have ready" not in read(
        world, world.discrepancy(channel, paid_cash_units=1, **shipment)
    )
    assert "Have ready" not in read(world, world.discrepancy(channel))


def test_an_approved_case_is_not_called_paid_before_it_is(world: World) -> None:
    world.case("C1", status="fully_reimbursed", approved_amount="100.00")
    number = world.discrepancy(in_progress_units=1, case_id="C1")
    said = read(world, number)
    assert "approved, not paid yet" in said
    assert "ully reimbursed" not in said
    # Paid in goods brings no money, and is paid.
    world.reimbursement(case_id="C1", units_cash=0, units_inventory=1, amount="0.00")
    assert "fully reimbursed" in read(world, number)


def test_why_lost_because_a_payment_was_taken_back_too_late(world: World) -> None:
    number = world.discrepancy(
        expires_on=in_days(-10), claimed_gross="12.50", reversed="12.50", units=1
    )
    world.settles(number, world.reimbursement(approved_on=in_days(-20)), "12.50")
    back = world.reimbursement(
        amount="-12.50", units_cash=-1, is_reversal=True, approved_on=in_days(-3)
    )
    world.settles(number, back, "-12.50", units_cash=-1)
    said = read(world, number)
    assert "$12.50 was taken back on 12 Jun 2026, after the window had closed" in said
    assert "could last have been claimed on **5 Jun 2026**" in said


@pytest.mark.parametrize(
    ("basis", "inputs", "expected"),
    [
        ("sourcing_cost", {"unit_cost": "10.00", "valid_from": "2026-01-02"},
         "Your cost of $10.00 a unit, valid since 2 Jan 2026."),
        ("past_payments",
         {"amount": "30.00", "units": 3, "payments": 2, "latest": "2026-05-01"},
         "$30.00 for 3 units in 2 payments = $10.00 a unit."),
        ("past_payments",
         {"amount": "30.00", "units": 3, "payments": 2, "pool": "before_order:sourcing_cost"},
         "$30.00 for 3 units in 2 payments = $10.00 a unit. Only payments for losses before a"
         " customer's order count, valued at the sourcing cost, less what was taken back."),
        ("past_payments",
         {"amount": "10.00", "units": 1, "payments": 1, "pool": "after_order:unpublished"},
         "$10.00 for 1 unit in 1 payment. Only payments for losses after a customer's order"
         " count, less what was taken back."),
        ("own_order_proceeds", {"price": "15.00", "fees": "5.00", "units": 1},
         "The order's price $15.00 \u2212 fees $5.00 = $10.00 for 1 unit."),
        ("own_order_proceeds",
         {"method_source": "our own estimate, because no rule is published for this country"},
         "This is our own estimate, because no rule is published for this country."),
        ("own_order_proceeds", {},
         "Basis: Our own estimate: price of the order less its fees."),
        ("order_proceeds", {"price": "15.00", "fees": "5.00", "units": 1, "order_id": "1-2"},
         "The order's price $15.00 \u2212 fees $5.00 = $10.00 for 1 unit."),
        ("sale_proceeds",
         {"price": "40.00", "fees": "10.00", "units": 3, "from": "2026-04-01", "to": "2026-04-30"},
         "Sales from 1 to 30 Apr 2026: price $40.00 \u2212 fees $10.00 = $30.00 for 3"
         " units = $10.00 a unit."),
        ("average_sales_price",
         {"price": "30.00", "fees": "9.00", "units": 3, "from": "2026-04-01", "to": "2026-04-30"},
         "Sales from 1 to 30 Apr 2026: $30.00 for 3 units = $10.00 a unit."),
        ("fee_difference", {"charged": "14.00", "expected": "4.00", "size_tier": "Large"},
         "Charged $14.00 \u2212 expected $4.00 = $10.00."),
        ("refund_difference", {"refunded": "30.00", "charged": "20.00"},
         "Refunded $30.00 \u2212 charged $20.00 = $10.00."),
        ("cost_difference", {"unit_cost": "15.00", "paid_per_unit": "5.00"},
         "Your cost of $15.00 \u2212 $5.00 paid a unit = $10.00."),
        ("sourcing_cost", {"unit_cost": "12.00", "valid_from": "2026-01-02",
                           "cap": {"amount": "10.00", "source": "the policy page"}},
         "The marketplace pays $10.00 a unit at most, so this counts. Source: the policy page."),
        ("sourcing_cost", {"something_new": "abc", "day": "2026-05-04"},
         "Also known: day 4 May 2026, something new abc."),
    ],
)  # fmt: skip
def test_the_arithmetic_of_an_amount(
    world: World, basis: str, inputs: dict[str, object], expected: str
) -> None:
    number = world.discrepancy(basis=basis, unit_amount="10.00")
    with world.database.loading() as connection:
        connection.execute(
            text(
                "update discrepancy set basis_inputs = cast(:inputs as jsonb)"
                " where account_id = :account_id"
            ),
            {"inputs": json.dumps(inputs), "account_id": world.account_id},
        )
    said = read(world, number)
    assert "**$10.00 a unit.**" in said
    assert expected in said


def test_report_rows_as_they_were_landed(world: World) -> None:
    document = world.document()
    world.row(
        "amazon_ledger_event",
        document_id=document,
        row_number=7,
        channel_id=world.channel("amazon-us"),
        country="US",
        day=TODAY,
        fnsku="X001",
        event_type="Adjustments",
        quantity=-1,
        reason="M",
        event_key="k",
    )
    app = open_page(world, world.discrepancy(document_id=document, row_number=7))
    labels = [one.label.replace("\\", "") for one in app.expander]
    assert labels == [
        "**What happened:** 1 unit, row 7 of report-1.txt (Amazon inventory ledger, detail)"
    ]
    cells = {row["Column"]: row["As landed"] for row in tables(app)[0]}
    assert (cells["Reason"], cells["Quantity"], cells["Event Type"]) == ("M", "-1", "Adjustments")


def test_what_moved_it_is_told_day_by_day(world: World) -> None:
    number = world.discrepancy(units=4)
    for day, cause, before, after in ((3, "found", 4, 3), (9, "paid", 3, 1)):
        world.row(
            "discrepancy_change",
            discrepancy_id=number,
            cause=cause,
            units_before=before,
            units_after=after,
            amount_before=before * 10,
            amount_after=after * 10,
            changed_at=datetime(2026, 6, day, 12, tzinfo=UTC),
        )
    said = read(world, number)
    assert "**Found again** :small[:gray[3 Jun 2026]]\n> :small[\u22121 unit, \u2212$10.00]" in said
    assert "**Paid by the marketplace** :small[:gray[9 Jun 2026]]" in said
    assert "\u22122 units, \u2212$20.00" in said
    assert "Nothing has moved" in read(world, world.discrepancy())


@pytest.mark.parametrize("number", ["999999", "x", "", "-1", "1; select 1", "9" * 30])
def test_a_wrong_number_says_so_and_shows_nothing(world: World, number: str) -> None:
    world.discrepancy()
    said = read(world, number)
    assert "There is no such discrepancy in this account" in said
    assert "$" not in said


def test_somebody_elses_number_reads_like_a_wrong_one(world: World) -> None:
    theirs = World(world.database, "Someone else").discrepancy(sku="THEIRS")
    world.discrepancy()
    said = read(world, theirs)
    assert "There is no such discrepancy in this account" in said
    assert "THEIRS" not in said
    assert said == read(world, 999_999)


def test_the_quick_look_leads_to_the_page(world: World) -> None:
    number = world.discrepancy()
    world.sum_up()
    app = page("overview", world.account_id)
    sign = sign_of(world.account_id, Filters("USD"), None, None)
    app.session_state[pressed_key(f"rows-{sign}")] = str(number)
    app.run()
    links = {one.proto.label: one.proto.query_string for one in app.get("page_link")}
    assert links["Open as a page"] == f"account={world.account_id}&id={number}"


def test_every_rule_has_its_sentence() -> None:
    for room in RECOVERIES:
        assert all(rule.told.endswith(".") for rule in room.rules)
        assert len({rule.told for rule in room.rules}) == len(room.rules)


# Why did this change? -----------------------------------------------------------------------------


@pytest.fixture
def moved(world: World) -> World:
    """10 June: 5 units, 50.00; 12 June: 2 found; 13 June: 1 expired, not yet written down."""
    channel = world.channel("amazon-us")
    world.row("figure_clock", channel_id=channel, rolled_to=in_days(-3), since=in_days(-5))
    for days, cause, units in ((-5, "new", 5), (-3, "found", -2)):
        world.row(
            "figure_change",
            channel_id=channel,
            changed_on=in_days(days),
            type="inventory",
            subtype="lost_in_warehouse",
            currency="USD",
            cause=cause,
            discrepancies=1,
            units=units,
            amount=units * 10,
        )
    kept = world.discrepancy(units=4, found_units=2, sku="KEPT")
    world.discrepancy(expires_on=in_days(-3), sku="GONE")
    world.row(
        "discrepancy_change",
        discrepancy_id=kept,
        cause="found",
        units_before=4,
        units_after=2,
        amount_before=40,
        amount_after=20,
        changed_at=NOW.replace(day=12),
    )
    return world.sum_up()


def test_the_card_tells_why_it_changed(moved: World) -> None:
    app = page("overview", moved.account_id)
    button(app, "bucket-unclaimed-why").click().run()
    assert app.query_params["show"] == "changes"
    (rows,) = tables(app)
    assert [(row["Why"], row["Units"], row["Moved by"]) for row in rows] == [
        ("Window passed", "−1", "−$10.00"),
        ("Found again", "−2", "−$20.00"),
        ("Where it began", "5", "+$50.00"),
    ]
    assert app.metric[0].value == "$20.00"  # Unclaimed, 2 units x 10.00: their sum


def test_a_line_opens_what_is_behind_it(moved: World) -> None:
    app = page("overview", moved.account_id, show="changes")
    sign = sign_of(moved.account_id, Filters("USD"), "changes", None)
    for key, sku in (
        ("2026-06-12~amazon-us~lost_in_warehouse~found~USD", "KEPT"),
        ("2026-06-13~amazon-us~lost_in_warehouse~expired~USD", "GONE"),
    ):
        app.session_state[pressed_key(f"rows-{sign}")] = key
        app.run()
        assert [row["Item"].split(" · ")[0] for row in tables(app)[-1]] == [sku]


def test_an_event_behind_a_line_opens_its_page(moved: World) -> None:
    app = page("overview", moved.account_id, show="changes")
    sign = sign_of(moved.account_id, Filters("USD"), "changes", None)
    line = "2026-06-12~amazon-us~lost_in_warehouse~found~USD"
    app.session_state[pressed_key(f"rows-{sign}")] = line
    with moved.database.reading(moved.account_id) as connection:
        number = connection.exec_driver_sql(
            "select discrepancy_id from discrepancy where sku = 'KEPT'"
        ).scalar_one()
    behind = "behind-2026-06-12-lost_in_warehouse-found"
    app.session_state[pressed_key(behind)] = str(number)
    app.run()
    assert app.query_params["id"] == str(number)
    assert "**KEPT · Enamel kettle**" in words(app)


def test_the_whole_list_as_a_file_adds_up_to_unclaimed(moved: World) -> None:
    with moved.database.reading(moved.account_id) as connection:
        content = as_csv(movements_table(connection, moved.account_id, Filters("USD"), NOW))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["Why"] for row in rows] == ["Window passed", "Found again", "Newly found"]
    assert sum(Decimal(row["Amount"]) for row in rows) == Decimal(20)  # 50 - 20 - 10


def test_nothing_moved_is_said_with_the_day(world: World) -> None:
    channel = world.channel("amazon-us")
    world.row("figure_clock", channel_id=channel, rolled_to=TODAY, since=in_days(-5))
    world.row(
        "figure_change",
        channel_id=channel,
        changed_on=in_days(-5),
        type="inventory",
        subtype="lost_in_warehouse",
        currency="USD",
        cause="new",
        discrepancies=1,
        units=1,
        amount=10,
    )
    world.discrepancy()
    world.sum_up()
    app = page("overview", world.account_id, show="changes")
    assert "Nothing has moved since 10 Jun 2026" in words(app)
    assert not tables(app)


# What no report tells -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "channel"), [("amazon", "amazon-us"), ("walmart", "walmart-us")])
def test_what_no_report_tells_is_said_with_what_is_missing(
    world: World, name: str, channel: str
) -> None:
    world.document(channel)
    world.sum_up()
    app = page(name, world.account_id)
    assert not app.exception
    said = words(app)
    (untold,) = (room.untold for room in RECOVERIES if room.marketplace == name)
    assert untold
    assert "What no report tells" in said
    for each in untold:
        assert each.missing in said


def test_no_subtype_is_both_looked_for_and_untold() -> None:
    for room in RECOVERIES:
        assert not {rule.subtype for rule in room.rules} & {each.subtype for each in room.untold}
