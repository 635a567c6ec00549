"""One discrepancy, explained down to the report rows."""

from decimal import Decimal

from sqlalchemy import text

from services.insights.answers import Story
from services.insights.story import cells_of, story
from services.marketplaces.registry import FORMATS
from tests.common.worlds.insights import NOW, World, in_days


def read(world: World, discrepancy_id: int) -> Story | None:
    with world.database.reading(world.account_id) as connection:
        return story(connection, world.account_id, discrepancy_id, NOW)


def ledger_row(world: World, document: int, row_number: int) -> None:
    world.row(
        "amazon_ledger_event",
        document_id=document,
        row_number=row_number,
        channel_id=world.channel("amazon-us"),
        country="US",
        day=in_days(-30),
        fnsku="X001",
        msku="SKU-A",
        title="",
        event_type="Adjustments",
        quantity=-4,
        reason="M",
        event_key=f"row {row_number}",
    )


def a_window(world: World) -> int:
    with world.database.owning() as connection:
        return int(
            connection.execute(
                text(
                    "select min(claim_window_id) from claim_window where marketplace = 'amazon'"
                    " and subtype = 'lost_in_warehouse' and confidence = 'official'"
                )
            ).scalar_one()
        )


def test_a_story_tells_units_window_payments_and_rows(world: World) -> None:
    document = world.document()
    ledger_row(world, document, 7)
    ledger_row(world, document, 9)
    number = world.discrepancy(
        units=4,
        found_units=1,
        paid_cash_units=1,
        unit_amount="8.25",
        document_id=document,
        row_number=7,
        claim_window_id=a_window(world),
        claimed_gross="12.50",
        reversed="2.50",
    )
    world.row(
        "discrepancy_evidence",
        discrepancy_id=number,
        document_id=document,
        row_number=9,
        role="found",
        day=in_days(-20),
        units=1,
    )
    world.settles(number, world.reimbursement(amount="25.00", units_cash=2), "12.50")
    back = world.reimbursement(
        amount="-2.50", units_cash=0, is_reversal=True, approved_on=in_days(-1)
    )
    world.settles(number, back, "-2.50", units_cash=0)
    told = read(world, number)
    assert told is not None
    assert (told.remaining_units, told.remaining_state) == (2, "ready")  # 4 - 1 found - 1 paid
    assert told.amount == Decimal("16.50")  # 2 x 8.25
    assert told.window is not None
    assert (told.window.subtype, told.window.confidence) == ("lost_in_warehouse", "official")
    assert [payment.amount for payment in told.payments] == [Decimal("12.50"), Decimal("-2.50")]
    assert [(one.role, one.row_number, one.units) for one in told.evidence] == [
        ("event", 7, 4),
        ("found", 9, 1),
    ]
    landed = dict(told.evidence[0].landed)
    # Under the file's own headers, and without what is ours or empty.
    assert (landed["Reason"], landed["Quantity"], landed["Event Type"]) == (
        "M",
        "-4",
        "Adjustments",
    )
    assert not {"Account id", "Event key", "Title"} & landed.keys()


def test_amounts_are_shown_with_the_decimals_of_the_file(world: World) -> None:
    document = world.document(kind="sourcing_cost")
    world.row(
        "sourcing_cost",
        document_id=document,
        row_number=2,
        sku="SKU-A",
        currency="USD",
        unit_cost="4.10",
        valid_from=in_days(-90),
    )
    number = world.discrepancy(document_id=document, row_number=2)
    told = read(world, number)
    assert told is not None
    assert dict(told.evidence[0].landed)["Unit cost"] == "4.10"


def test_a_row_that_a_newer_file_replaced_is_named_without_cells(world: World) -> None:
    told = read(world, world.discrepancy())
    assert told is not None
    (event,) = told.evidence
    assert (event.kind, event.landed) == ("amazon_ledger_detail", ())


def test_the_rows_of_every_report_kind_can_be_shown(world: World) -> None:
    values = {"account_id": world.account_id, "documents": [1], "rows": [1]}
    with world.database.reading(world.account_id) as connection:
        for report in FORMATS:
            rows = connection.execute(text(cells_of(report.table)), values)
            assert rows.all() == []


def test_case_automatic_payment_and_waiting_are_told(world: World) -> None:
    world.case("C1", status="not_eligible", closed_on=in_days(-5))
    world.case_event("C1", NOW, "not_eligible", "No proof of delivery")
    with world.database.owning() as connection:
        automatic = connection.execute(
            text("select min(automatic_payment_id) from automatic_payment")
        ).scalar_one()
    number = world.discrepancy(
        case_id="C1",
        denied_units=1,
        denied_on=in_days(-5),
        appeal_until=in_days(25),
        automatic_payment_id=automatic,
        awaits_kind="amazon_customer_returns",
        covered_until=in_days(-40),
    )
    told = read(world, number)
    assert told is not None
    assert told.case is not None
    assert (told.case.status, [step.note for step in told.case_events]) == (
        "not_eligible",
        ["No proof of delivery"],
    )
    assert told.automatic is not None
    assert told.automatic.source
    assert (told.appeal_until, told.awaits_kind) == (in_days(25), "amazon_customer_returns")


def test_what_has_passed_is_told_as_expired(world: World) -> None:
    told = read(world, world.discrepancy(expires_on=in_days(-1)))
    assert told is not None
    assert (told.remaining_state, told.days_left, told.window) == ("expired", -1, None)


def test_another_accounts_discrepancy_gives_nothing(world: World) -> None:
    theirs = World(world.database, "Someone else").discrepancy()
    assert read(world, theirs) is None
    with world.database.reading(world.account_id) as connection:
        other = connection.execute(text("select max(account_id) from account")).scalar_one()
        assert other == world.account_id
        assert story(connection, world.account_id + 1, theirs, NOW) is None
