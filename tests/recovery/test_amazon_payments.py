"""Amazon payments: what their reasons mean, and which were too low for the seller's cost."""

from pathlib import Path
from typing import Any

import pytest

from services.database.engine import Database
from services.marketplaces.amazon.recovery import RECOVERY
from tests.common.reports.amazon import ORDER
from tests.common.reports.files import every_row
from tests.common.worlds.recovery import (
    COST,
    LEDGER,
    REIMBURSEMENTS,
    World,
    case,
    cost,
    lost,
    paid,
    reversal,
    units,
)
from wording.subtypes import SUBTYPES


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def _below_cost(world: World, as_of: str) -> list[dict[str, Any]]:
    return [one for one in world.all(as_of) if one["subtype"] == "paid_below_cost"]


# Paid below the seller's sourcing cost ------------------------------------------------------


def test_a_payment_below_cost_has_a_countdown_of_its_own(world: World) -> None:
    # Two units at a cost of 6.00, paid 8.40 = 4.20 each: 1.80 short each, 3.60 in all. Sixty days
    # from 20 May 2026 end on 19 July.
    world.land(COST, cost("6.00"), delimiter=",")
    world.land(REIMBURSEMENTS, paid("2026-05-20", 2, "8.40"))
    one = world.one("2026-05-20")
    assert (one["type"], one["subtype"], units(one)) == (
        "inventory",
        "paid_below_cost",
        {"ready": 2},
    )
    assert (one["basis"], one["amount"]["ready"]) == ("cost_difference", "3.60")
    assert (one["opens_on"], one["expires_on"]) == ("2026-05-20", "2026-07-19")
    assert len(one["evidence"]) == 2  # the payment and the cost
    assert units(world.one("2026-07-19")) == {"ready": 2}
    assert units(world.one("2026-07-20")) == {"expired": 2}


def test_one_cent_below_cost_is_rounding(world: World) -> None:
    world.land(COST, cost("4.21"), delimiter=",")
    world.land(REIMBURSEMENTS, paid("2026-05-20", 2, "8.40"))
    assert world.all("2026-05-21") == []


@pytest.mark.parametrize(("day", "found"), [("2025-03-30", 0), ("2025-03-31", 1)])
def test_before_the_end_of_march_2025_amazon_owed_no_cost(
    world: World, day: str, found: int
) -> None:
    # Approved at 12:00 UTC, which is the same day in the channel's time zone.
    world.land(COST, cost("6.00"), delimiter=",")
    world.land(REIMBURSEMENTS, paid(day, 1, "4.20"))
    assert len(world.all("2026-01-01")) == found


def test_the_cost_in_force_on_the_day_of_the_payment_counts(world: World) -> None:
    # 4.00 until 31 May, 6.00 from 1 June: 4.20 was enough in May and 1.80 short in June.
    world.land(COST, cost("4.00"), cost("6.00", since="2026-06-01"), delimiter=",")
    world.land(REIMBURSEMENTS, paid("2026-05-31", 1, "4.20"), paid("2026-06-01", 1, "4.20"))
    one = world.one("2026-06-02")
    assert (one["event_on"], one["amount"]["ready"]) == ("2026-06-01", "1.80")


def test_only_losses_before_an_order_are_paid_at_cost(world: World) -> None:
    world.land(COST, cost("6.00"), delimiter=",")
    rows = [
        paid("2026-05-20", 1, "4.20", reason=reason)
        for reason in ("CustomerReturn", "CustomerServiceIssue", "Fee_Correction", "Moon_Dust")
    ]
    world.land(REIMBURSEMENTS, *rows, paid("2026-05-21", 1, "4.20", reason="Lost_Inbound"))
    assert world.one("2026-05-22")["event_on"] == "2026-05-21"


def test_a_payment_in_goods_is_not_below_cost(world: World) -> None:
    world.land(COST, cost("6.00"), delimiter=",")
    goods = {"quantity-reimbursed-cash": 0, "quantity-reimbursed-inventory": 1}
    world.land(REIMBURSEMENTS, paid("2026-05-20", 1, "0.00", **goods))
    assert world.all("2026-05-21") == []


def test_a_payment_that_was_taken_back_is_no_longer_too_low(world: World) -> None:
    # Two units paid, one of them taken back: one unit stays 1.80 short. Both back: none.
    world.land(COST, cost("6.00"), delimiter=",")
    first = paid("2026-05-20", 2, "8.40", **{"reimbursement-id": "R-A"})
    world.land(REIMBURSEMENTS, first, reversal("2026-05-25", "R-A", 1, "-4.20", given_back=1))
    one = world.one("2026-05-26")
    assert (units(one), one["amount"]["ready"]) == ({"ready": 1}, "1.80")
    world.land(
        REIMBURSEMENTS,
        first,
        reversal("2026-05-25", "R-A", 1, "-4.20", given_back=1),
        reversal("2026-05-26", "R-A", 1, "-4.20", given_back=1),
    )
    assert world.all("2026-05-27") == []


def test_a_later_payment_for_the_same_item_does_not_settle_it(world: World) -> None:
    # The payment of 1 June is for another loss, and is too low itself.
    world.land(COST, cost("6.00"), delimiter=",")
    world.land(REIMBURSEMENTS, paid("2026-05-20", 1, "4.20"), paid("2026-06-01", 1, "4.20"))
    assert [units(one) for one in world.all("2026-06-02")] == [{"ready": 1}, {"ready": 1}]


def test_our_case_and_its_payment_settle_it(world: World) -> None:
    world.land(COST, cost("6.00"), delimiter=",")
    world.land(REIMBURSEMENTS, paid("2026-05-20", 1, "4.20"))
    world.land_cases(case("open", "2026-06-01", subtype="paid_below_cost"))
    assert units(world.one("2026-06-02")) == {"in_progress": 1}
    more = paid("2026-06-20", 1, "1.80", reason="GeneralAdjustment", **{"case-id": "C1"})
    world.land(REIMBURSEMENTS, more)
    (one,) = _below_cost(world, "2026-06-21")
    assert (units(one), one["amount"]["claimed_net"]) == ({"paid_cash": 1}, "1.80")


def test_the_loss_stays_settled_while_its_price_is_disputed(world: World) -> None:
    # The lost unit is paid; what it was paid too little is an event of its own.
    world.land(COST, cost("6.00"), delimiter=",")
    world.land(LEDGER, lost("2026-05-14", 1, unreconciled=1))
    world.land(REIMBURSEMENTS, paid("2026-05-20", 1, "4.20"))
    found = [(one["subtype"], units(one)) for one in world.all("2026-05-21")]
    assert sorted(found) == [
        ("lost_in_warehouse", {"paid_cash": 1}),
        ("paid_below_cost", {"ready": 1}),
    ]


# Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "subtype"),
    [
        ("Lost:Warehouse", "lost_in_warehouse"),
        ("Damaged: Warehouse", "damaged_in_warehouse"),
        ("FeeCorrection", "fee_correction"),
        ("Lost:Outbound", "customer_service_issue"),
        ("MISSING_FROM_INBOUND", "inbound_shortage"),
        ("MULTICHANNEL_ORDER_LOST", "multichannel_order"),
        ("RE_EVALUATION", "unknown"),
    ],
)
def test_what_a_reason_stands_for(world: World, reason: str, subtype: str) -> None:
    world.land(
        REIMBURSEMENTS, paid("2026-05-20", 1, "4.20", reason=reason, **{"amazon-order-id": ORDER})
    )
    (row,) = world.totals("2026-05-21")
    assert (row["subtype"], row["amount"]["claimed_net"]) == (subtype, "4.20")


def test_every_kind_of_claim_with_a_window_has_a_rule_or_says_what_is_missing(
    database: Database,
) -> None:
    told = {rule.subtype for rule in RECOVERY.rules}
    untold = {entry.subtype for entry in RECOVERY.untold}
    windows = every_row(
        database, "select distinct subtype from claim_window where marketplace = 'amazon'"
    )
    assert {str(subtype) for (subtype,) in windows} <= told | untold
    assert not told & untold
    assert told | untold <= set(SUBTYPES)
    assert all(entry.missing.endswith(".") for entry in RECOVERY.untold)
