"""Money taken back: from which payment, and what becomes of the units. Worlds worked out by hand.

Unless a test says otherwise the ledger is one without reconciled quantities: found rows and
payments are netted by us, the latest loss first.
"""

from typing import Any

import pytest

from services.database.engine import Database
from tests.common.reports import walmart
from tests.common.reports.amazon import ORDER, came_back, ordered, refunded, returns_cover, settle
from tests.common.worlds.recovery import (
    INVENTORY,
    LEDGER,
    OLD_LEDGER,
    RECEIPTS,
    RECON,
    REIMBURSEMENTS,
    Row,
    World,
    case,
    found,
    held,
    lost,
    old,
    paid,
    quiet,
    reversal,
    units,
)

R1 = {"reimbursement-id": "R1"}


def ledger(world: World, *rows: Row) -> None:
    world.land(OLD_LEDGER, *(old(row) for row in rows))


def open_units(one: dict[str, Any]) -> int:
    return sum(units(one).get(name, 0) for name in ("future", "ready", "expired"))


# Which payment ------------------------------------------------------------------------------


def test_a_reversal_of_a_payment_that_is_not_loaded_undoes_no_other(world: World) -> None:
    # R5 paid the loss. R0, which the reversal names, stands in no report: the loss stays paid.
    ledger(world, lost("2026-05-01", 1), quiet("2026-05-15"))
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 1, "4.20", **{"reimbursement-id": "R5"}),
        reversal("2026-05-15", "R0", 1, "-3.90"),
    )
    assert units(world.one("2026-05-16")) == {"paid_cash": 1}


@pytest.mark.parametrize("lines", [(1, 1), (2,)])
def test_two_equal_lines_of_one_id_are_both_undone(world: World, lines: tuple[int, ...]) -> None:
    # R1 has two lines of one unit; two reversals of one unit, or one of two, take both back.
    ledger(world, lost("2026-05-01", 2), quiet("2026-05-20"))
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 1, "4.20", **R1),
        paid("2026-05-10", 1, "4.20", **R1),
        *(reversal("2026-05-18", "R1", n, f"{-4.2 * n:.2f}") for n in lines),
    )
    one = world.one("2026-05-20")
    assert (open_units(one), one["amount"]["claimed_net"]) == (2, "0.00")


def test_of_two_reasons_under_one_id_the_one_that_is_named_is_undone(world: World) -> None:
    damaged = {"reason": "Damaged_Warehouse", **R1}
    ledger(world, lost("2026-05-01", 1), lost("2026-05-02", 1, Reason="E"), quiet("2026-05-20"))
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 1, "4.20", **R1),
        paid("2026-05-10", 1, "4.20", **damaged),
        reversal("2026-05-18", "R1", 1, "-4.20")
        | {"original-reimbursement-type": "Damaged_Warehouse"},
    )
    told = {one["subtype"]: units(one) for one in world.all("2026-05-20")}
    assert told["lost_in_warehouse"] == {"paid_cash": 1}
    assert "paid_cash" not in told["damaged_in_warehouse"]


@pytest.mark.parametrize("empty", [("fnsku",), ("fnsku", "asin"), ("sku",)])
def test_a_reversal_undoes_the_payment_that_it_names_by_id(
    world: World, empty: tuple[str, ...]
) -> None:
    ledger(world, lost("2026-05-01", 1), quiet("2026-05-19"))
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 1, "4.20", **R1),
        reversal("2026-05-18", "R1", 1, "-4.20") | dict.fromkeys(empty, ""),
    )
    assert open_units(world.one("2026-05-19")) == 1


def wfs(amount: str, count: int, day: str, key: str, kind: str = "WFS LostInventory") -> Row:
    return walmart.adjustment(kind, amount, count, day, **{"Transaction Key": key})


@pytest.mark.parametrize(
    ("taken_back", "expected"),
    [
        ([wfs("-9.00", 1, "05/14/2026", "K3"), wfs("-9.00", 1, "05/15/2026", "K4")], {"open": 2}),
        ([wfs("-18.00", 2, "05/14/2026", "K3")], {"open": 2}),
        (
            [
                wfs("-9.00", 1, "05/14/2026", "K3", "WFS FoundInventory"),
                wfs("-9.00", 1, "05/15/2026", "K4", "WFS FoundInventory"),
            ],
            {"paid_inventory": 2},
        ),
    ],
)
def test_what_exceeds_one_payment_is_taken_from_the_one_before(
    database: Database, tmp_path: Any, taken_back: list[Row], expected: dict[str, int]
) -> None:
    # Walmart never says which payment: April lost 2, each paid 9.00, all 18.00 taken back.
    world = World(database, tmp_path, "walmart-us", at_once=False)
    world.land(
        INVENTORY,
        walmart.month("2026-04", Lost=-2),
        walmart.month("2026-05", Lost=0),
        delimiter=",",
    )
    world.land(
        RECON,
        walmart.period("05/02/2026", "05/15/2026"),
        wfs("9.00", 1, "05/10/2026", "K1"),
        wfs("9.00", 1, "05/12/2026", "K2"),
        *taken_back,
        delimiter=",",
    )
    one = world.one("2026-05-20")
    assert one["amount"]["claimed_net"] == "0.00"
    assert open_units(one) == expected.get("open", 0)
    assert one["units"]["paid_inventory"] == expected.get("paid_inventory", 0)


def test_a_reversal_that_names_an_order_undoes_that_orders_payment(
    database: Database, tmp_path: Any
) -> None:
    # PO1: 4 short, delivered 1 April (to be claimed until 21 May), paid 20 April. PO2: 2 short,
    # paid 10 May. On 15 May PO1's 36.00 are taken back: PO1 is open again, PO2 stays paid.
    world = World(database, tmp_path, "walmart-us", at_once=False)
    other = {"Inbound Order ID": "222GDM", "PO Number": "PO2", "PO Delivered Date": "05/01/2026"}
    world.land(
        RECEIPTS,
        walmart.receipt(**{"PO Delivered Date": "04/01/2026"}),
        walmart.receipt(**other, **{"Received Units": 98}),
        delimiter=",",
    )

    def money(amount: str, count: int, day: str, order: str) -> Row:
        about = {"Transaction Reason Description": "Inbound shortage", "Purchase Order #": order}
        return walmart.adjustment("WFS Refund", amount, count, day, **about)

    world.land(
        RECON,
        walmart.period("04/18/2026", "05/01/2026"),
        money("36.00", 4, "04/20/2026", "PO1"),
        delimiter=",",
    )
    world.land(
        RECON,
        walmart.period("05/02/2026", "05/15/2026"),
        money("18.00", 2, "05/10/2026", "PO2"),
        money("-36.00", 4, "05/15/2026", "PO1"),
        delimiter=",",
    )
    one, two = world.all("2026-05-25")
    assert (units(one), units(two)) == ({"expired": 4}, {"paid_cash": 2})


# What becomes of the units ------------------------------------------------------------------


def test_money_taken_back_for_a_unit_that_was_returned_opens_nothing(world: World) -> None:
    # Refunded 20 February, paid 25 April, came back 5 May, the money taken back on 10 May.
    settle(world, ordered("2026-02-10", 1, "19.50"), refunded("2026-02-20", "19.50"))
    returns_cover(world, "2026-02-01", "2026-06-30", came_back("2026-05-05"))
    about = {"amazon-order-id": ORDER}
    world.land(
        REIMBURSEMENTS,
        paid("2026-04-25", 1, "15.00", reason="CustomerReturn", **R1, **about),
        reversal("2026-05-10", "R1", 1, "-15.00")
        | {"original-reimbursement-type": "CustomerReturn", **about},
    )
    assert units(world.one("2026-05-06")) == {"paid_cash": 1}
    assert units(world.one("2026-05-11")) == {"found": 1}


def test_what_a_case_was_paid_for_open_units_is_open_when_it_is_taken_back(world: World) -> None:
    # The ledger calls all 4 open. C1 paid 2 of them on 10 May, taken back on 20 May: nothing found.
    world.land(LEDGER, lost("2026-05-01", 4, unreconciled=4), quiet("2026-05-30"))
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 2, "8.40", **R1, **{"case-id": "C1"}),
        reversal("2026-05-20", "R1", 2, "-8.40"),
    )
    world.land_cases(case("fully_reimbursed", "2026-05-05", closed="2026-05-12", units=2))
    assert world.one("2026-05-31")["units"]["found"] == 0


def test_what_was_paid_taken_back_and_paid_again_is_not_ready(world: World) -> None:
    # A lost 1 April, B 1 May. R1 pays B on 10 May and is taken back on 20 May; R2 pays 1 on 30 May:
    # for B again, or for A. A's last day was 31 May; B is not ready.
    ledger(world, lost("2026-04-01", 1), lost("2026-05-01", 1), quiet("2026-06-14"))
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 1, "4.20", **R1),
        reversal("2026-05-20", "R1", 1, "-4.20"),
        paid("2026-05-30", 1, "4.20"),
    )
    _, may = world.all("2026-06-15")
    assert (units(may), held(may)) == ({"future": 1}, (1, "other_payment"))


# Units given back ---------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"original-reimbursement-type": ""}])
def test_the_find_of_a_unit_given_back_explains_no_other_loss(
    world: World, more: dict[str, object]
) -> None:
    # 1 lost on 1 March in an old file. 2 lost on 1 May, both paid on 10 May; one of them is found
    # on 1 June, taken back on 2 June and given: that find is not March's, which expired.
    ledger(world, lost("2026-03-01", 1), quiet("2026-04-30"))
    world.land(
        LEDGER,
        lost("2026-05-01", 2, unreconciled=0),
        found("2026-06-01", 1, **{"Reconciled Quantity": 1, "Unreconciled Quantity": 0}),
    )
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 2, "8.40", **R1),
        reversal("2026-06-02", "R1", 1, "-4.20", given_back=1) | more,
    )
    march, may = world.all("2026-06-03")
    assert units(march) == {"expired": 1}
    assert units(may) == {"paid_cash": 1, "paid_inventory": 1}


def test_a_find_that_may_be_either_holds_the_other_loss_back(world: World) -> None:
    # A lost 1 May, B lost 6 May and paid 12 May; one find on 3 May; B's money is taken back on
    # 1 June and a unit given. Whose the find is no report says: A waits, and is never ready.
    ledger(
        world,
        lost("2026-05-01", 1),
        found("2026-05-03", 1),
        lost("2026-05-06", 1),
        quiet("2026-06-01"),
    )
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-12", 1, "4.20", **R1),
        reversal("2026-06-01", "R1", 1, "-4.20", given_back=1),
    )
    one, other = world.all("2026-06-02")
    assert (units(one), held(one)) == ({"future": 1}, (1, "given_back"))
    assert units(other) == {"paid_inventory": 1}


def test_a_unit_paid_in_goods_and_its_find_do_not_settle_two(world: World) -> None:
    # 2 lost, 1 given in goods on 10 May, one find on the same day: it may be that very unit.
    ledger(world, lost("2026-05-01", 2), found("2026-05-10", 1), quiet("2026-05-14"))
    goods = {"quantity-reimbursed-cash": 0, "quantity-reimbursed-inventory": 1}
    world.land(REIMBURSEMENTS, paid("2026-05-10", 1, "0.00", **goods))
    assert units(world.one("2026-05-15")) == {"paid_inventory": 1, "future": 1}


def test_a_find_of_a_whole_month_may_be_the_unit_given_back_within_it(
    database: Database, tmp_path: Any
) -> None:
    # April lost 2, May lost 1 and was paid; on 12 June that unit is given back, and June's report,
    # which dates all to 30 June, has 1 found: April's 2 stay open.
    world = World(database, tmp_path, "walmart-us", at_once=False)
    for month, rows in (
        ("2026-04", {"Lost": -2}),
        ("2026-05", {"Lost": -1}),
        ("2026-06", {"Found": 1}),
    ):
        world.land(INVENTORY, walmart.month(month, **rows), delimiter=",")
    world.land(
        RECON,
        walmart.period("05/16/2026", "05/29/2026"),
        wfs("9.00", 1, "05/20/2026", "K1"),
        delimiter=",",
    )
    given = wfs("-9.00", 1, "06/12/2026", "K2", "WFS FoundInventory")
    world.land(RECON, walmart.period("06/06/2026", "06/19/2026"), given, delimiter=",")
    april, may = world.all("2026-07-01")
    assert (april["units"]["found"], open_units(april)) == (0, 2)
    assert units(may) == {"paid_inventory": 1}


def test_a_unit_given_back_for_a_payment_that_no_report_shows_was_found(world: World) -> None:
    ledger(world, lost("2026-05-01", 1), found("2026-06-01", 1))
    world.land(REIMBURSEMENTS, reversal("2026-06-02", "R1", 1, "-4.20", given_back=1))
    assert units(world.one("2026-06-03")) == {"found": 1}
