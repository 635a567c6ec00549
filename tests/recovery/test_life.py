"""What becomes of a claim: reversals, found units, appeals, waiting, and how it is valued."""

import datetime as dt
from pathlib import Path
from typing import Any

from sqlalchemy import text

from services.database.engine import Database
from services.insights.cases import case_file
from tests.common.reports.amazon import (
    another_return,
    line,
    ordered,
    refunded,
    returns_cover,
    settle,
)
from tests.common.reports.walmart import receipt
from tests.common.worlds.recovery import (
    COST,
    LEDGER,
    OLD_LEDGER,
    RECEIPTS,
    REIMBURSEMENTS,
    Row,
    World,
    case,
    cost,
    found,
    lost,
    old,
    paid,
    quiet,
    reversal,
    units,
)


def stored(world: World, column: str) -> Any:
    """A column of the world's only discrepancy that no answer of the command line shows."""
    with world.database.loading() as connection:
        return connection.execute(text(f"select {column} from discrepancy")).scalar_one()


# Money taken back ---------------------------------------------------------------------------


def _paid_and_taken_back(world: World, taken_on: str) -> None:
    world.land(COST, cost("4.20"), delimiter=",")
    world.land(OLD_LEDGER, old(lost("2026-03-01", 2)), old(quiet(taken_on)))
    first = paid("2026-03-10", 2, "8.40", **{"reimbursement-id": "R-1"})
    world.land(REIMBURSEMENTS, first, reversal(taken_on, "R-1", 2, "-8.40"))


def test_a_reversal_inside_the_window_makes_the_units_claimable_again(world: World) -> None:
    # Lost on 1 March, window to 30 April. Paid on 10 March, taken back on 20 April: 2 x 4.20.
    _paid_and_taken_back(world, "2026-04-20")
    assert units(world.one("2026-04-19")) == {"paid_cash": 2}
    assert units(world.one("2026-04-20")) == {"ready": 2}
    assert world.one("2026-04-30")["amount"]["ready"] == "8.40"
    assert units(world.one("2026-05-01")) == {"expired": 2}


def test_a_reversal_after_the_window_is_lost_at_once(world: World) -> None:
    # Taken back on 1 May, the day after the last: nothing can be claimed any more.
    _paid_and_taken_back(world, "2026-05-01")
    assert units(world.one("2026-04-30")) == {"paid_cash": 2}
    one = world.one("2026-05-01")
    assert units(one) == {"expired": 2}
    assert one["amount"]["expired"] == "8.40"


def test_a_unit_that_amazon_still_calls_reconciled_was_found_not_lost_again(world: World) -> None:
    # 3 lost, all reconciled by 20 May: 2 by the payment of 10 March, so 1 found, nobody says when:
    # by 20 May. On 5 April the payment is taken back, and on 20 May the ledger still says
    # reconciled: the 2 are there.
    world.land(LEDGER, lost("2026-03-01", 3, unreconciled=0), quiet("2026-05-20"))
    first = paid("2026-03-10", 2, "8.40", **{"reimbursement-id": "R-1"})
    world.land(REIMBURSEMENTS, first, reversal("2026-04-05", "R-1", 2, "-8.40"))
    assert units(world.one("2026-04-04")) == {"paid_cash": 2, "ready": 1}
    assert units(world.one("2026-04-05")) == {"found": 2, "ready": 1}
    assert units(world.one("2026-05-20")) == {"found": 3}


def test_money_taken_back_for_a_unit_that_amazon_opened_again(world: World) -> None:
    # 2 lost and paid; 1 taken back on 5 April; since then the ledger says 1 reconciled, 1 open.
    # The payment still stands for 1, and 1 can be claimed.
    world.land(LEDGER, lost("2026-03-01", 2, unreconciled=1), quiet("2026-04-20"))
    first = paid("2026-03-10", 2, "8.40", **{"reimbursement-id": "R-1"})
    world.land(REIMBURSEMENTS, first, reversal("2026-04-05", "R-1", 1, "-4.20"))
    assert units(world.one("2026-04-20")) == {"paid_cash": 1, "ready": 1}


def test_a_unit_found_after_it_was_paid_is_not_paid_twice(world: World) -> None:
    # 1 lost and paid; found again on 20 March, the money is taken back on 25 March without goods.
    world.land(OLD_LEDGER, old(lost("2026-03-01", 1)), old(found("2026-03-20", 1)))
    first = paid("2026-03-10", 1, "4.20", **{"reimbursement-id": "R-1"})
    world.land(REIMBURSEMENTS, first, reversal("2026-03-25", "R-1", 1, "-4.20"))
    assert units(world.one("2026-03-24")) == {"paid_cash": 1}
    assert units(world.one("2026-03-25")) == {"found": 1}
    (total,) = world.totals("2026-03-25")
    # Claimed: 4.20 gross, 4.20 taken back.
    assert (total["amount"]["claimed_gross"], total["amount"]["claimed_net"]) == ("4.20", "0.00")


def test_a_found_row_of_another_loss_does_not_close_the_reopened_unit(world: World) -> None:
    # Two lost; one found on 20 March (it closes the second loss), the first paid and taken back.
    world.land(
        OLD_LEDGER,
        old(lost("2026-03-01", 1)),
        old(lost("2026-03-15", 1)),
        old(found("2026-03-20", 1)),
    )
    first = paid("2026-03-10", 1, "4.20", **{"reimbursement-id": "R-1"})
    world.land(REIMBURSEMENTS, first, reversal("2026-03-25", "R-1", 1, "-4.20"))
    assert [units(one) for one in world.all("2026-03-25")] == [{"ready": 1}, {"found": 1}]


# Countdowns ---------------------------------------------------------------------------------


def test_a_refusal_by_walmart_can_be_appealed_for_thirty_days(
    database: Database, tmp_path: Path
) -> None:
    # Refused on 2 May: 30 days, the last day is 1 June. Amazon has no such window.
    world = World(database, tmp_path, "walmart-us", at_once=False)
    world.land(RECEIPTS, receipt(), delimiter=",")
    refused = case(
        "not_eligible",
        "2026-04-21",
        closed="2026-05-02",
        channel="walmart-us",
        type="shipment",
        subtype="inbound_shortage",
        reference_ids=["1234567GDM"],
    )
    world.land_cases(refused)
    assert units(world.one("2026-05-03")) == {"denied": 4}
    assert str(stored(world, "appeal_until")) == "2026-06-01"
    with world.database.reading(world.account_id) as connection:
        told = case_file(
            connection, world.account_id, "walmart-us", "C1", dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
        )
    assert told is not None
    assert told.today == dt.date(2026, 5, 31)  # Walmart's own
    assert [item.appeal_until for item in told.items] == [dt.date(2026, 6, 1)]


def test_a_refusal_by_amazon_has_no_known_appeal(world: World) -> None:
    world.land(LEDGER, lost("2026-03-01", 1, unreconciled=1), quiet("2026-05-20"))
    world.land_cases(case("not_eligible", "2026-03-05", closed="2026-03-20"))
    assert units(world.one("2026-05-21")) == {"denied": 1}
    assert stored(world, "appeal_until") is None


def test_where_the_marketplace_pays_by_itself_the_claim_waits(
    database: Database, tmp_path: Path
) -> None:
    # Australia: damage is paid within 10 days. Damaged on 1 March: future to 11 March, then ready
    # (no window is known there).
    world = World(database, tmp_path, "amazon-au", at_once=False)
    world.land(LEDGER, lost("2026-03-01", 1, Reason="E", Country="AU"), quiet("2026-03-30"))
    assert units(world.one("2026-03-11")) == {"future": 1}
    assert units(world.one("2026-03-12")) == {"ready": 1}
    assert stored(world, "automatic_payment_id") == 1003


def test_an_automatic_payment_of_unknown_length_holds_nothing_back(world: World) -> None:
    world.land(LEDGER, lost("2026-03-01", 1, unreconciled=1), quiet("2026-03-30"))
    assert units(world.one("2026-03-01")) == {"ready": 1}
    assert stored(world, "automatic_payment_id") == 1001


# Waiting for another report -----------------------------------------------------------------


def test_what_another_report_may_still_disprove_is_never_ready(world: World) -> None:
    # Refunded on 10 January: open from 11 March (60 days) to 10 May. The returns report ends on
    # 10 March: the day before.
    settle(world, ordered("2026-01-01", 1, "20.00"), refunded("2026-01-10", "20.00"))
    returns_cover(world, "2026-01-01", "2026-03-10", *_daily("2026-01-02", 67))
    assert units(world.one("2026-03-11")) == {"future": 1}
    assert units(world.one("2026-05-10")) == {"future": 1}
    assert stored(world, "awaits_kind") == "amazon_customer_returns"
    # A newer returns report covers 11 March, and the unit has not come back.
    returns_cover(world, "2026-01-01", "2026-03-11", *_daily("2026-01-02", 68))
    assert units(world.one("2026-03-10")) == {"future": 1}
    assert units(world.one("2026-03-11")) == {"ready": 1}
    assert stored(world, "awaits_kind") is None


def _daily(first: str, days: int) -> list[Row]:
    start = dt.date.fromisoformat(first)
    return [another_return((start + dt.timedelta(day)).isoformat()) for day in range(days)]


# What a unit is worth -----------------------------------------------------------------------


def _sold(day: str, order: str, units_sold: int, price: str, fee: str) -> list[Row]:
    more = {"order-id": order}
    return [
        ordered(day, units_sold, price, **more),
        line(day, f"-{fee}", "ItemFees/Commission", **more),
    ]


def test_before_2025_03_31_a_loss_is_valued_by_sale_proceeds(world: World) -> None:
    # Sold in the 90 days up to 30 March 2025: 2 units for 40.00 less 6.00, 1 for 20.00 less 3.00.
    # (60.00 - 9.00) / 3 = 17.00 a unit. The sale of 29 December is 91 days before: not counted.
    world.land(COST, cost("4.20"), delimiter=",")
    settle(
        world,
        *_sold("2024-12-29", "O-0", 1, "99.00", "1.00"),
        *_sold("2025-02-01", "O-1", 2, "40.00", "6.00"),
        *_sold("2025-03-01", "O-2", 1, "20.00", "3.00"),
    )
    world.land(LEDGER, lost("2025-03-30", 2, unreconciled=2), quiet("2025-04-30"))
    one = world.one("2025-04-30")
    assert (one["basis"], one["amount"]["ready"]) == ("sale_proceeds", "34.00")


def test_since_2025_03_31_it_is_valued_by_sourcing_cost(world: World) -> None:
    world.land(COST, cost("4.20"), delimiter=",")
    settle(world, *_sold("2025-03-01", "O-2", 1, "20.00", "3.00"))
    world.land(LEDGER, lost("2025-03-31", 2, unreconciled=2), quiet("2025-04-30"))
    one = world.one("2025-04-30")
    assert (one["basis"], one["amount"]["ready"]) == ("sourcing_cost", "8.40")


def test_after_an_order_the_order_itself_says_the_worth(world: World) -> None:
    # 2 units sold for 40.00 and 5.00 shipping, fees 9.00: (45.00 - 9.00) / 2 = 18.00 a unit; one
    # was refunded (20.00).
    world.land(COST, cost("4.20"), delimiter=",")
    settle(
        world,
        ordered("2026-01-01", 2, "40.00"),
        line("2026-01-01", "5.00", "ItemPrice/Shipping"),
        line("2026-01-01", "-9.00", "ItemFees/Commission"),
        refunded("2026-01-10", "20.00"),
    )
    returns_cover(world, "2026-01-01", "2026-03-20", *_daily("2026-01-02", 77))
    one = world.one("2026-03-20")
    assert (one["subtype"], one["basis"]) == ("refunded_not_returned", "order_proceeds")
    assert one["amount"]["ready"] == "18.00"


def test_an_estimate_is_cut_to_the_most_that_is_paid_for_a_unit(world: World) -> None:
    # The cost is 6,000.00; Amazon pays at most 5,000.00 a unit in the United States.
    world.land(COST, cost("6000.00"), delimiter=",")
    world.land(LEDGER, lost("2026-03-01", 2, unreconciled=2), quiet("2026-03-30"))
    one = world.one("2026-03-30")
    assert (one["basis"], one["amount"]["ready"]) == ("sourcing_cost", "10000.00")
    inputs = stored(world, "basis_inputs")
    assert inputs["cap"]["amount"] == "5000"
    assert inputs["cap"]["instead_of"] == "6000.00"


def test_the_average_of_payments_stands_in_for_an_unknown_cost(world: World) -> None:
    # 16.80 for 4 units and 9.00 for 2: 25.80 / 6 = 4.30.
    world.land(LEDGER, lost("2026-03-20", 1, unreconciled=1), quiet("2026-03-30"))
    world.land(REIMBURSEMENTS, paid("2026-01-10", 4, "16.80"), paid("2026-02-10", 2, "9.00"))
    one = world.one("2026-03-30")
    assert (one["basis"], one["amount"]["ready"]) == ("past_payments", "4.30")
