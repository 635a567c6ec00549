"""What a unit is worth where nobody knows its cost: which payments tell it, on which day."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.database.engine import Database
from services.insights.as_of import When, discrepancies
from services.recovery import clock
from services.recovery.identify import identify
from tests.common.databases import emptied
from tests.common.reports.amazon import (
    came_back,
    line,
    ordered,
    refunded,
    returns_cover,
    settle,
)
from tests.common.reports.walmart import adjustment, month, period, receipt, whole_world
from tests.common.worlds.recovery import (
    COST,
    INVENTORY,
    LEDGER,
    RECEIPTS,
    RECON,
    REIMBURSEMENTS,
    Row,
    World,
    cost,
    lost,
    paid,
    quiet,
    reversal,
)

RETURNED = {"reason": "CustomerReturn", "amazon-order-id": "111-2222222-2222222"}
UNKNOWN = ("unknown", None)


def worth(one: Any) -> tuple[str, str | None]:
    """The basis, and what the open units may be worth together."""
    (state,) = (name for name in ("future", "ready", "expired") if one["units"][name])
    return one["basis"], one["amount"][state]


def averaged(world: World, *payments: Row, as_of: str = "2026-06-30") -> tuple[str, str | None]:
    """What one unit lost on 1 June may be worth, where these were paid."""
    world.land(LEDGER, lost("2026-06-01", 1, unreconciled=1), quiet("2026-06-29"))
    world.land(REIMBURSEMENTS, *payments)
    return worth(world.one(as_of))


# Of the same moment -------------------------------------------------------------------------


def test_a_loss_before_an_order_is_not_worth_what_was_paid_after_one(world: World) -> None:
    # Paid 4.00 for a warehouse loss and 12.40 for a customer's return: 4.00, not 8.20.
    payments = paid("2026-02-01", 1, "4.00"), paid("2026-03-01", 1, "12.40", **RETURNED)
    assert averaged(world, *payments) == ("past_payments", "4.00")


def test_a_return_is_not_worth_what_was_paid_before_an_order(world: World) -> None:
    # Its order is in no settlement. Paid 12.40 for another return, 4.00 for a warehouse loss.
    world.land(
        REIMBURSEMENTS, paid("2026-02-01", 1, "4.00"), paid("2026-03-01", 1, "12.40", **RETURNED)
    )
    broken = came_back("2026-06-01", **{"detailed-disposition": "CARRIER_DAMAGED"})
    returns_cover(world, "2026-05-01", "2026-09-01", broken)
    assert worth(world.one("2026-06-30")) == ("past_payments", "12.40")


@pytest.mark.parametrize("reason", ["Lost_Inbound", "Damaged_Inbound", "REMOVAL_ORDER_LOST"])
def test_what_is_lost_on_its_way_in_is_lost_before_an_order_too(world: World, reason: str) -> None:
    # In the United States Amazon values both at the sourcing cost.
    payments = paid("2026-02-01", 2, "8.00"), paid("2026-03-01", 1, "5.50", reason=reason)
    # 8.00 + 5.50 for 3 units.
    assert averaged(world, *payments) == ("past_payments", "4.50")


@pytest.mark.parametrize(
    "reason",
    [
        "Fee_Correction",
        "INCORRECT_FEES_ITEMS",
        "GeneralAdjustment",
        "CustomerServiceIssue",
        "MULTICHANNEL_ORDER_LOST",
        "Moon_Dust",
    ],
)
def test_a_fee_given_back_and_an_unknown_payment_tell_nothing(world: World, reason: str) -> None:
    assert averaged(world, paid("2026-02-01", 1, "1.24", reason=reason)) == UNKNOWN


def test_a_unit_given_in_goods_tells_no_amount(world: World) -> None:
    in_goods = {"quantity-reimbursed-inventory": 1, "quantity-reimbursed-total": 1}
    assert averaged(world, paid("2026-02-01", 0, "6.00", **in_goods)) == UNKNOWN


def test_another_item_tells_nothing(world: World) -> None:
    assert averaged(world, paid("2026-02-01", 1, "6.00", sku="SKU-B", fnsku="X002")) == UNKNOWN


# Of the same regime -------------------------------------------------------------------------


def test_a_payment_of_sale_proceeds_says_nothing_of_sourcing_cost(world: World) -> None:
    # Until 30 March 2025 Amazon paid sale proceeds, since the 31st the sourcing cost.
    payments = paid("2025-03-30", 1, "17.00"), paid("2025-03-31", 1, "4.00")
    assert averaged(world, *payments) == ("past_payments", "4.00")


def test_and_the_other_way_round(world: World) -> None:
    # Lost under the old regime, without a sale of the 90 days before: only 17.00 counts.
    world.land(LEDGER, lost("2025-03-29", 1, unreconciled=1), quiet("2025-04-30"))
    world.land(REIMBURSEMENTS, paid("2025-03-28", 1, "17.00"), paid("2025-04-10", 1, "4.00"))
    assert worth(world.one("2025-04-30")) == ("past_payments", "17.00")


def test_walmart_values_inbound_losses_in_a_way_of_their_own(
    database: Database, tmp_path: Path
) -> None:
    # Inbound by the average sales price, in the warehouse by no published method. 9.00 was paid
    # for a unit lost in the warehouse; 4 units short of the item's shipment have no amount.
    for world in whole_world(database, tmp_path):
        world.land(RECEIPTS, receipt(), delimiter=",")
        world.land(RECON, period(), adjustment("WFS LostInventory", "9.00", 1), delimiter=",")
        assert worth(world.one("2026-06-30")) == UNKNOWN


# Net of what was taken back -----------------------------------------------------------------


def test_a_payment_taken_back_tells_nothing_any_more(world: World) -> None:
    # 10.00 on 1 February, taken back on 2 June: from that day on nothing is left to tell it.
    first = paid("2026-02-01", 1, "10.00", **{"reimbursement-id": "R-1"})
    assert averaged(world, first, reversal("2026-06-02", "R-1", 1, "-10.00")) == UNKNOWN
    assert worth(world.one("2026-06-02")) == UNKNOWN
    assert worth(world.one("2026-06-01")) == ("past_payments", "10.00")


def test_of_a_payment_taken_back_in_part_the_rest_tells_it(world: World) -> None:
    # 18.00 for 3 units less 6.00 for 1, and 10.00 for 1: (12.00 + 10.00) / 3 = 7.33.
    first = paid("2026-02-01", 3, "18.00", **{"reimbursement-id": "R-1"})
    taken = reversal("2026-03-01", "R-1", 1, "-6.00")
    last = paid("2026-04-01", 1, "10.00")
    assert averaged(world, first, taken, last) == ("past_payments", "7.33")


def test_money_taken_back_whole_leaves_no_cent_with_the_other_payments(world: World) -> None:
    # Of 10.00 only 9.00 was taken back, but no unit is left: the other payment alone tells it.
    first = paid("2026-02-01", 1, "10.00", **{"reimbursement-id": "R-1"})
    taken = reversal("2026-03-01", "R-1", 1, "-9.00")
    assert averaged(world, first, taken, paid("2026-04-01", 1, "5.00")) == ("past_payments", "5.00")


def test_a_reversal_of_another_kind_of_payment_takes_nothing_off(world: World) -> None:
    first = paid("2026-02-01", 1, "12.40", **{"reimbursement-id": "R-1"}, **RETURNED)
    taken = reversal("2026-03-01", "R-1", 1, "-12.40")
    assert averaged(world, first, taken, paid("2026-04-01", 1, "5.00")) == ("past_payments", "5.00")


@pytest.fixture
def walmart(database: Database, tmp_path: Path) -> Iterator[World]:
    """One unit lost in May, where Walmart's reports never say what is taken back."""
    for world in whole_world(database, tmp_path):
        world.land(INVENTORY, month("2026-05", Lost=-1), delimiter=",")
        yield world


def test_found_inventory_takes_the_latest_payment_off(walmart: World) -> None:
    # 9.00 and 7.00 were paid in April, 7.00 was taken back: 9.00 for 1 unit is left.
    walmart.land(
        RECON,
        period(),
        adjustment("WFS LostInventory", "9.00", 1, "04/20/2026"),
        adjustment("WFS LostInventory", "7.00", 1, "04/22/2026"),
        adjustment("WFS FoundInventory", "-7.00", 1, "04/25/2026"),
        delimiter=",",
    )
    assert worth(walmart.one("2026-06-30")) == ("past_payments", "9.00")


def test_all_of_them_taken_back_leave_nothing(walmart: World) -> None:
    walmart.land(
        RECON,
        period(),
        adjustment("WFS LostInventory", "9.00", 1, "04/20/2026"),
        adjustment("WFS LostInventory", "7.00", 1, "04/22/2026"),
        adjustment("WFS FoundInventory", "-7.00", 1, "04/25/2026"),
        adjustment("WFS FoundInventory", "-9.00", 1, "04/26/2026"),
        delimiter=",",
    )
    assert worth(walmart.one("2026-06-30")) == UNKNOWN


def test_what_undoes_a_payment_that_is_not_here_makes_no_average(walmart: World) -> None:
    # (9.00 + 9.00 - 2.00) / 1 = 16.00 a unit was never paid.
    walmart.land(
        RECON,
        period(),
        adjustment("WFS LostInventory", "9.00", 1, "04/20/2026"),
        adjustment("WFS LostInventory", "9.00", 1, "04/22/2026"),
        adjustment("WFS FoundInventory", "-2.00", 1, "04/25/2026"),
        delimiter=",",
    )
    assert worth(walmart.one("2026-06-30")) == UNKNOWN


# As of a day --------------------------------------------------------------------------------


def test_an_average_knows_the_payments_of_its_day_alone(world: World) -> None:
    # Lost on 1 June. 4.00 was paid on 20 June, 6.00 on 25 June: 4.00, then 10.00 / 2.
    payments = (
        paid("2026-06-20", 1, "4.00", fnsku="X009"),
        paid("2026-06-25", 1, "6.00", fnsku="X009"),
    )
    assert averaged(world, *payments) == ("past_payments", "5.00")
    assert worth(world.one("2026-06-24")) == ("past_payments", "4.00")
    assert worth(world.one("2026-06-19")) == UNKNOWN
    # Payments of the SKU under another FNSKU may be for it: the unit waits.
    (before,) = [row for row in world.totals("2026-06-19") if row["units"]["future"]]
    assert before["amount"]["future"] is None
    (after,) = [row for row in world.totals("2026-06-24") if row["units"]["future"]]
    assert after["amount"]["future"] == "4.00"


def test_a_cap_cuts_the_average_of_every_day(world: World) -> None:
    # Amazon pays at most 5,000.00: 6,000.00, and later (6,000.00 + 3,000.00) / 2.
    first, second = paid("2026-06-10", 1, "6000.00"), paid("2026-06-20", 1, "3000.00")
    assert averaged(world, {**first, "fnsku": "X009"}, {**second, "fnsku": "X009"}) == (
        "past_payments",
        "4500.00",
    )
    assert worth(world.one("2026-06-10")) == ("past_payments", "5000.00")


def test_a_known_cost_is_the_same_on_every_day(world: World) -> None:
    world.land(COST, cost("4.20"), delimiter=",")
    payment = paid("2026-06-20", 1, "9.00", fnsku="X009")
    assert averaged(world, payment) == ("sourcing_cost", "4.20")
    assert worth(world.one("2026-06-10")) == ("sourcing_cost", "4.20")


def test_a_payment_approved_after_today_is_not_known_today(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # At 06:30 in Greenwich on 20 June it is still the 19th in Los Angeles.
    stored = {}
    averaged(world, paid("2026-06-20", 1, "4.00", fnsku="X009"))
    for hour in (6, 8):
        moment = dt.datetime(2026, 6, 20, hour, 30, tzinfo=dt.UTC)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        with world.database.loading() as connection:
            identify(connection, world.account_id)
            stored[hour] = connection.execute(
                text("select basis, unit_amount from discrepancy")
            ).one()
            today = When(moment)
            (told,) = discrepancies(connection, world.account_id, today)
            assert told["basis"] == stored[hour].basis
    assert tuple(stored[6]) == ("unknown", None)
    assert tuple(stored[8]) == ("past_payments", Decimal("4.00"))


# Our own estimate ---------------------------------------------------------------------------


def _returned_in(database: Database, folder: Path, shop: str, currency: str) -> World:
    """Sold for 20.00 less fees of 3.00, refunded on 1 March, not returned."""
    country = {"Amazon.de": "de", "Amazon.co.uk": "uk", "Amazon.se": "se"}[shop]
    world = World(database, folder, f"amazon-{country}", at_once=False)
    sold = {"marketplace-name": shop}
    settle(
        world,
        ordered("2026-02-20", 1, "20.00", **sold),
        line("2026-02-20", "-3.00", "ItemFees/Commission", **sold),
        refunded("2026-03-01", "20.00", **sold),
        currency=currency,
    )
    returns_cover(world, "2026-01-01", "2026-12-31")
    return world


@pytest.mark.parametrize(("shop", "currency"), [("Amazon.de", "EUR"), ("Amazon.se", "SEK")])
def test_in_the_european_union_a_return_is_estimated_by_us(
    database: Database, tmp_path: Path, shop: str, currency: str
) -> None:
    world = _returned_in(database, tmp_path, shop, currency)
    one = world.one("2026-05-01")
    assert (one["subtype"], one["currency"]) == ("refunded_not_returned", currency)
    assert worth(one) == ("own_order_proceeds", "17.00")
    with world.database.loading() as connection:
        inputs = connection.execute(text("select basis_inputs from discrepancy")).scalar_one()
    assert inputs["method_source"].startswith(
        "our own estimate, because no rule is published for this country"
    )


def test_in_britain_nothing_is_estimated_by_us(database: Database, tmp_path: Path) -> None:
    world = _returned_in(database, tmp_path, "Amazon.co.uk", "GBP")
    assert worth(world.one("2026-05-01")) == UNKNOWN


def test_our_own_estimate_is_no_regime_of_the_marketplace(
    database: Database, tmp_path: Path
) -> None:
    # The order is not in the settlement: what was paid for another return tells it.
    world = World(database, tmp_path, "amazon-de", at_once=False)
    world.land(
        REIMBURSEMENTS, paid("2026-02-01", 1, "12.00", **{"currency-unit": "EUR"}, **RETURNED)
    )
    broken = came_back("2026-06-01", **{"detailed-disposition": "CARRIER_DAMAGED"})
    returns_cover(world, "2026-05-01", "2026-09-01", broken)
    assert worth(world.one("2026-06-30")) == ("past_payments", "12.00")
    with world.database.loading() as connection:
        pool = connection.execute(text("select pool from reimbursement")).scalar_one()
        inputs = connection.execute(text("select basis_inputs from discrepancy")).scalar_one()
    assert pool == inputs["pool"] == "after_order:unpublished"
    # An average is not how anybody said that it is valued.
    assert "method_source" not in inputs


# Laws ---------------------------------------------------------------------------------------

days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 7, 10)).map(str)
cents = st.integers(1, 99_999).map(lambda said: Decimal(said) / 100)


@st.composite
def in_the_pool(draw: st.DrawFn) -> list[Row]:
    """A payment for a warehouse loss of the item, and perhaps a part of it taken back."""
    units, each = draw(st.integers(1, 4)), draw(cents)
    number = f"P{draw(st.uuids()).hex}"
    reason = draw(st.sampled_from(["Lost_Warehouse", "Damaged_Warehouse", "Lost_Inbound"]))
    first = paid(
        draw(days),
        units,
        str(each * units),
        reason=reason,
        fnsku="X009",
        **{"reimbursement-id": number},
    )
    back = draw(st.integers(0, units))
    if not back:
        return [first]
    taken = reversal(draw(days), number, back, str(-each * back))
    return [first, {**taken, "fnsku": "X009", "original-reimbursement-type": reason}]


@st.composite
def outside_the_pool(draw: st.DrawFn) -> Row:
    """A payment that tells nothing of a unit lost in the warehouse in June 2026."""
    other: Row = draw(
        st.sampled_from(
            [
                {"reason": "CustomerReturn"},
                {"reason": "Fee_Correction"},
                {"reason": "Moon_Dust"},
                {"reason": "GeneralAdjustment"},
                {"sku": "SKU-B"},
                {"approval-date": "2025-03-30T12:00:00+00:00"},
                {"quantity-reimbursed-cash": 0, "quantity-reimbursed-inventory": 1},
            ]
        )
    )
    row = paid(
        draw(days),
        draw(st.integers(1, 4)),
        str(draw(cents)),
        fnsku="X009",
        **{"reimbursement-id": f"O{draw(st.uuids()).hex}"},
    )
    return {**row, **other}


def _left(pooled: list[list[Row]], day: str) -> list[Decimal]:
    """What each payment of the day still stands for, a unit."""
    return [
        Decimal(rows[0]["amount-total"]) / rows[0]["quantity-reimbursed-cash"]  # type: ignore[arg-type, operator]
        for rows in pooled
        if _approved(rows[0]) <= day
        and sum(row["quantity-reimbursed-cash"] for row in rows if _approved(row) <= day) > 0  # type: ignore[misc]
    ]


def _approved(row: Row) -> str:
    return str(row["approval-date"])[:10]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pooled=st.lists(in_the_pool(), max_size=5),
    others=st.lists(outside_the_pool(), max_size=4),
    as_of=st.dates(dt.date(2026, 6, 1), dt.date(2026, 7, 10)).map(str),
)
def test_an_average_lies_between_the_payments_it_rests_on_and_nothing_else_moves_it(
    kept: Database, tmp_path: Path, pooled: list[list[Row]], others: list[Row], as_of: str
) -> None:
    told = []
    for payments in (pooled, [*pooled, others]):
        with emptied(kept) as database:
            world = World(database, tmp_path, at_once=False)
            world.land(LEDGER, lost("2026-06-01", 1, unreconciled=1), quiet("2026-07-10"))
            world.land(REIMBURSEMENTS, *(row for rows in payments for row in rows))
            told.append(worth(world.one(as_of)))
    assert told[0] == told[1]
    basis, amount = told[0]
    each = _left(pooled, as_of)
    if not each:
        assert (basis, amount) == UNKNOWN
        return
    assert basis == "past_payments"
    assert min(each) <= Decimal(amount or "NaN") <= max(each)
