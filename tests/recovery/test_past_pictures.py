"""As of a day, a world looks as it was on that day: each event counts from its own day on.

From everything landed until now, by the days inside the reports: what came back on 5 March was
missing on 1 March. A reconciliation without a row of its own has no day; it counts from the day up
to which the ledger's reading speaks.
"""

from pathlib import Path
from typing import Any

import pytest

from services.database.engine import Database
from tests.common.reports.amazon import ORDER, came_back, ordered, refunded, returns_cover, settle
from tests.common.reports.files import REPLACEMENTS
from tests.common.reports.walmart import month
from tests.common.worlds.recovery import (
    INVENTORY,
    LEDGER,
    OLD_LEDGER,
    REIMBURSEMENTS,
    World,
    case,
    found,
    lost,
    old,
    paid,
    quiet,
    reversal,
    units,
)


def picture(world: World, as_of: str) -> dict[str, int]:
    """The units of the world's only discrepancy; open = future and ready together."""
    told = units(world.one(as_of))
    still_open = told.pop("future", 0) + told.pop("ready", 0)
    return told | ({"open": still_open} if still_open else {})


# What came back -------------------------------------------------------------------------------


def test_a_refunded_unit_was_missing_until_it_came_back(world: World) -> None:
    # Refunded on 20 February, back on 5 March.
    settle(world, ordered("2026-02-10", 1, "19.50"), refunded("2026-02-20", "19.50"))
    returns_cover(world, "2026-02-01", "2026-03-31", came_back("2026-03-05"))
    assert world.all("2026-02-19") == []
    assert picture(world, "2026-02-20") == {"open": 1}
    assert picture(world, "2026-03-01") == {"open": 1}
    assert picture(world, "2026-03-04") == {"open": 1}
    assert picture(world, "2026-03-05") == {"found": 1}
    assert picture(world, "2026-06-30") == {"found": 1}


def test_a_return_late_in_the_pacific_evening_is_of_that_day(world: World) -> None:
    # 07:30 UTC on 6 March is 23:30 on 5 March in Los Angeles.
    settle(world, ordered("2026-02-10", 1, "19.50"), refunded("2026-02-20", "19.50"))
    late = came_back("2026-03-05", **{"return-date": "2026-03-06T07:30:00+00:00"})
    returns_cover(world, "2026-02-01", "2026-03-31", late)
    assert picture(world, "2026-03-04") == {"open": 1}
    assert picture(world, "2026-03-05") == {"found": 1}


def test_of_two_refunded_units_one_came_back(world: World) -> None:
    settle(world, ordered("2026-02-10", 2, "39.00"), refunded("2026-02-20", "39.00"))
    returns_cover(world, "2026-02-01", "2026-06-30", came_back("2026-03-05"))
    assert picture(world, "2026-03-04") == {"open": 2}
    assert picture(world, "2026-03-05") == {"found": 1, "open": 1}


def test_a_unit_back_before_its_refund_was_never_missing(world: World) -> None:
    settle(world, ordered("2026-02-10", 1, "19.50"), refunded("2026-03-01", "19.50"))
    returns_cover(world, "2026-02-01", "2026-06-30", came_back("2026-02-25"))
    for day in ("2026-03-01", "2026-06-01"):
        assert [row for row in world.all(day) if row["units"]["found"] != 1] == []


def test_a_replaced_unit_was_missing_until_the_first_one_came_back(world: World) -> None:
    # Sent again on 5 March, the first unit back on 20 March.
    world.land(
        REPLACEMENTS,
        {
            "shipment-date": "2026-03-05T20:00:00+00:00",
            "sku": "SKU-A",
            "asin": "B001",
            "fulfillment-center-id": "LEX1",
            "quantity": 1,
            "replacement-reason-code": "7",
            "replacement-amazon-order-id": "222-2222222-2222222",
            "original-amazon-order-id": ORDER,
        },
    )
    returns_cover(world, "2026-02-01", "2026-06-30", came_back("2026-03-20"))
    assert picture(world, "2026-03-19") == {"open": 1}
    assert picture(world, "2026-03-20") == {"found": 1}


# What was found -------------------------------------------------------------------------------


def test_a_found_row_counts_from_its_day_where_we_net(world: World) -> None:
    world.land(OLD_LEDGER, old(lost("2026-05-14", 10)), old(found("2026-05-16", 3)))
    assert picture(world, "2026-05-15") == {"open": 10}
    assert picture(world, "2026-05-16") == {"found": 3, "open": 7}


def test_a_found_row_counts_from_its_day_where_amazon_nets(world: World) -> None:
    # 5 of 16 reconciled, all 5 by the row of 16 May.
    back = found("2026-05-16", 5, **{"Reconciled Quantity": 5, "Unreconciled Quantity": 0})
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), back, quiet("2026-05-30"))
    assert picture(world, "2026-05-14") == {"open": 16}
    assert picture(world, "2026-05-15") == {"open": 16}
    assert picture(world, "2026-05-16") == {"found": 5, "open": 11}


def test_a_reconciliation_without_a_row_counts_from_the_readings_last_day(world: World) -> None:
    # 5 of 16 reconciled by something that the ledger does not tell; its last row is of 30 May.
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), quiet("2026-05-30"))
    assert picture(world, "2026-05-20") == {"open": 16}
    assert picture(world, "2026-05-29") == {"open": 16}
    assert picture(world, "2026-05-30") == {"found": 5, "open": 11}


def test_a_dated_and_an_undated_reconciliation_each_have_their_day(world: World) -> None:
    # 5 of 16 reconciled: 3 by the row of 16 May, 2 by something untold, known on 30 May.
    back = found("2026-05-16", 3, **{"Reconciled Quantity": 3, "Unreconciled Quantity": 0})
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), back, quiet("2026-05-30"))
    assert picture(world, "2026-05-15") == {"open": 16}
    assert picture(world, "2026-05-16") == {"found": 3, "open": 13}
    assert picture(world, "2026-05-30") == {"found": 5, "open": 11}


def test_walmart_finds_by_the_month(database: Database, tmp_path: Path) -> None:
    # 5 lost in April; May's report, whose period ends on 31 May, has 1 found.
    world = World(database, tmp_path, "walmart-us", at_once=False)
    world.land(INVENTORY, month("2026-04", Lost=-5), delimiter=",")
    world.land(INVENTORY, month("2026-05", Found=1), delimiter=",")
    assert picture(world, "2026-05-30") == {"open": 5}
    assert picture(world, "2026-05-31") == {"found": 1, "open": 4}


# What was paid and taken back -----------------------------------------------------------------


def test_a_payment_counts_from_its_approval(world: World) -> None:
    # Paid on 20 May, inside the 5 that the ledger calls reconciled on 30 May.
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), quiet("2026-05-30"))
    world.land(REIMBURSEMENTS, paid("2026-05-20", 5, "21.00"))
    assert picture(world, "2026-05-19") == {"open": 16}
    assert picture(world, "2026-05-20") == {"paid_cash": 5, "open": 11}
    assert picture(world, "2026-05-31") == {"paid_cash": 5, "open": 11}


def test_a_payment_after_the_ledger_was_open_before(world: World) -> None:
    # Paid on 2 June: on 1 June all 16 were open, whatever the file of 30 May calls reconciled.
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=11), quiet("2026-05-30"))
    world.land(REIMBURSEMENTS, paid("2026-06-02", 5, "21.00"))
    assert picture(world, "2026-06-01") == {"open": 16}
    assert picture(world, "2026-06-02") == {"paid_cash": 5, "open": 11}


def test_a_reversal_opens_from_its_day_on(world: World) -> None:
    world.land(OLD_LEDGER, old(lost("2026-05-01", 1)), old(quiet("2026-05-20")))
    first = paid("2026-05-10", 1, "4.20", **{"reimbursement-id": "R-A"})
    world.land(REIMBURSEMENTS, first, reversal("2026-05-20", "R-A", 1, "-4.20"))
    assert picture(world, "2026-05-09") == {"open": 1}
    assert picture(world, "2026-05-10") == {"paid_cash": 1}
    assert picture(world, "2026-05-19") == {"paid_cash": 1}
    assert picture(world, "2026-05-20") == {"open": 1}


def test_a_paid_unit_found_later_was_paid_until_the_money_went_back(world: World) -> None:
    # Paid on 10 March, found on 20 March, taken back on 25 March.
    world.land(OLD_LEDGER, old(lost("2026-03-01", 1)), old(found("2026-03-20", 1)))
    first = paid("2026-03-10", 1, "4.20", **{"reimbursement-id": "R-A"})
    world.land(REIMBURSEMENTS, first, reversal("2026-03-25", "R-A", 1, "-4.20"))
    assert picture(world, "2026-03-09") == {"open": 1}
    assert picture(world, "2026-03-24") == {"paid_cash": 1}
    assert picture(world, "2026-03-25") == {"found": 1}


def test_an_estimate_knows_only_what_was_paid_by_then(world: World) -> None:
    # Without a cost: 4.20 was paid for another unit on 10 May. On 9 May the worth is unknown.
    world.land(OLD_LEDGER, old(lost("2026-05-01", 2)), old(quiet("2026-05-10")))
    world.land(REIMBURSEMENTS, paid("2026-05-10", 1, "4.20"))
    before, after = world.one("2026-05-09")["amount"], world.one("2026-05-10")["amount"]
    assert [before["future"], before["ready"]].count(None) == 1
    assert {after["future"], after["ready"]} == {"0.00", "4.20"}


# What was decided -----------------------------------------------------------------------------


def _three_lost(world: World, *cases: dict[str, Any]) -> None:
    world.land(LEDGER, lost("2026-05-01", 3, unreconciled=3), quiet("2026-06-20"))
    world.land_cases(*cases)


REFUSED = case("not_eligible", "2026-05-20", closed="2026-06-01")


@pytest.mark.parametrize("status", ["open", "not_eligible", "closed"])
def test_a_later_case_does_not_erase_an_earlier_refusal(world: World, status: str) -> None:
    # The first case was refused on 1 June, a second one opened on 10 June.
    closed = None if status == "open" else "2026-06-18"
    _three_lost(world, REFUSED, case(status, "2026-06-10", closed=closed, case_id="C2"))
    assert picture(world, "2026-05-19") == {"open": 3}
    assert picture(world, "2026-05-31") == {"in_progress": 3}
    assert picture(world, "2026-06-01") == {"denied": 3}
    assert picture(world, "2026-06-09") == {"denied": 3}
    assert picture(world, "2026-06-10") == {"in_progress": 3}


def test_two_refusals_are_a_refusal(world: World) -> None:
    again = case("not_eligible", "2026-06-10", closed="2026-06-18", case_id="C2")
    _three_lost(world, REFUSED, again)
    assert picture(world, "2026-06-18") == {"denied": 3}
    assert picture(world, "2026-06-30") == {"denied": 3}


def test_a_refused_unit_that_is_paid_later_was_denied_until_then(world: World) -> None:
    # Refused on 1 June; the second case is paid in full on 15 June.
    _three_lost(world, REFUSED, case("fully_reimbursed", "2026-06-10", case_id="C2"))
    world.land(REIMBURSEMENTS, paid("2026-06-15", 3, "12.60", **{"case-id": "C2"}))
    assert picture(world, "2026-06-05") == {"denied": 3}
    assert picture(world, "2026-06-12") == {"in_progress": 3}
    assert picture(world, "2026-06-15") == {"paid_cash": 3}


def test_a_case_is_in_progress_until_it_is_decided(world: World) -> None:
    _three_lost(world, REFUSED)
    assert picture(world, "2026-05-20") == {"in_progress": 3}
    assert picture(world, "2026-06-01") == {"denied": 3}


# All of it ------------------------------------------------------------------------------------


def test_each_days_picture_holds_every_unit(world: World) -> None:
    # 16 lost; found, paid, taken back and decided on days of their own: 16 units on each day.
    back = found("2026-05-16", 3, **{"Reconciled Quantity": 3, "Unreconciled Quantity": 0})
    world.land(LEDGER, lost("2026-05-14", 16, unreconciled=9), back, quiet("2026-05-30"))
    first = paid("2026-05-20", 2, "8.40", **{"reimbursement-id": "R-A"})
    late = paid("2026-06-02", 4, "16.80")
    world.land(REIMBURSEMENTS, first, reversal("2026-05-25", "R-A", 1, "-4.20"), late)
    world.land_cases(case("not_eligible", "2026-05-28", closed="2026-06-04", units=2))
    for day in (
        "2026-05-14",
        "2026-05-15",
        "2026-05-16",
        "2026-05-20",
        "2026-05-25",
        "2026-05-28",
        "2026-05-30",
        "2026-06-02",
        "2026-06-04",
        "2026-07-13",
        "2026-07-14",
    ):
        told = world.one(day)["units"]
        assert sum(told.values()) == 16, (day, told)
        assert min(told.values()) >= 0, (day, told)
