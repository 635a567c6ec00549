"""Walmart's rules: small worlds, each figure worked out beside it."""

from pathlib import Path

import pytest

from services.database.engine import Database
from tests.recovery.world import COST, GTIN, INVENTORY, RECEIPTS, RECON, Row, World, cost, units


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path, "walmart-us")


def receipt(**more: object) -> Row:
    return {
        "Inbound Order ID": "1234567GDM", "PO Number": "PO1", "GTIN": GTIN, "SKU": "W-1",
        "Description": "Filter", "PO Create Date": "04/01/2026", "PO Delivered Date": "04/10/2026",
        "PO Status": "CLOSED", "Expected Units": 100, "Checked-in Units at ICC": 100,
        "Received Units": 96, "Damaged Units": 0,
    } | more  # fmt: skip


def month(name: str, **more: object) -> Row:
    return {
        "Start Date": f"{name}-01", "End Date": f"{name}-28", "GTIN": GTIN, "Item ID": "9",
        "Product Name": "Filter", "Vendor (Seller) SKU": "W-1", "Fulfillment Center": "ATL1",
        "Lost": 0, "Found": 0,
    } | more  # fmt: skip


PERIOD: Row = {
    "Period Start Date": "04/18/2026", "Period End Date": "05/01/2026", "Total Payable": "0.00",
    "Currency": "USD", "Transaction Type": "PaymentSummary",
}  # fmt: skip


def line(amount_type: str, amount: str, **more: object) -> Row:
    return {
        "Transaction Key": "K1", "Transaction Posted Timestamp": "04/29/2026",
        "Transaction Type": "Sale", "Transaction Description": "Purchase",
        "Customer Order #": "200", "Purchase Order #": "129", "Purchase Order line #": "1",
        "Amount": amount, "Amount Type": amount_type, "Ship Qty": 1, "Partner Item Id": "W-1",
        "Partner GTIN": GTIN, "Partner Item Name": "Filter",
        "Contract Category": "Automotive & Powersports",
    } | more  # fmt: skip


def adjustment(description: str, amount: str, units: int, day: str = "04/29/2026") -> Row:
    return line("WFS Inventory Fee/Reimbursement", amount, **{
        "Transaction Type": "Adjustment", "Transaction Description": description,
        "Purchase Order #": "", "Ship Qty": units, "Transaction Posted Timestamp": day,
    })  # fmt: skip


def test_a_short_shipment_may_be_claimed_from_day_10_to_day_50(world: World) -> None:
    # 100 expected, 96 received: 4 short. Delivered 10 April: 20 April to 30 May.
    world.land(COST, cost("6.00", sku="W-1"), delimiter=",")
    world.land(RECEIPTS, receipt(), delimiter=",")
    one = world.one("2026-04-19")
    assert (one["opens_on"], one["expires_on"]) == ("2026-04-20", "2026-05-30")
    assert (one["subtype"], units(one)) == ("inbound_shortage", {"future": 4})
    assert one["amount"]["future"] == "24.00"
    assert units(world.one("2026-04-20")) == {"ready": 4}
    assert units(world.one("2026-05-30")) == {"ready": 4}
    assert units(world.one("2026-05-31")) == {"expired": 4}


def test_damaged_receipts_stand_apart_from_short_ones(world: World) -> None:
    world.land(RECEIPTS, receipt(**{"Received Units": 100, "Damaged Units": 2}), delimiter=",")
    one = world.one("2026-05-01")
    assert (one["subtype"], units(one)) == ("inbound_damaged", {"ready": 2})


def test_a_transfer_short_of_units_has_no_known_deadline(world: World) -> None:
    world.land(RECEIPTS, receipt(**{"Inbound Order ID": "1MTR"}), delimiter=",")
    one = world.one("2026-12-01")
    assert (one["subtype"], one["expires_on"]) == ("transfer_shortage", None)


@pytest.mark.parametrize("more", [{"PO Status": "CANCELLED_GDM"}, {"PO Delivered Date": ""}])
def test_what_was_cancelled_or_not_delivered_is_not_short(world: World, more: Row) -> None:
    world.land(RECEIPTS, receipt(**more), delimiter=",")
    assert world.all("2026-12-01") == []


def test_lost_units_are_netted_by_found_and_paid(world: World) -> None:
    # April: 5 lost. May: 1 found. One payment for 2 on 29 April: 2 open, no window published.
    world.land(INVENTORY, month("2026-04", Lost=-5), delimiter=",")
    world.land(INVENTORY, month("2026-05", Found=1), delimiter=",")
    world.land(RECON, PERIOD, adjustment("WFS LostInventory", "18.00", 2), delimiter=",")
    one = world.one("2026-06-30")
    assert units(one) == {"found": 1, "paid_cash": 2, "ready": 2}
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-04-01", True)
    assert one["expires_on"] is None


def test_found_inventory_takes_the_money_back_and_the_unit_is_there_again(world: World) -> None:
    world.land(INVENTORY, month("2026-04", Lost=-1), delimiter=",")
    world.land(
        RECON,
        PERIOD,
        adjustment("WFS LostInventory", "9.00", 1),
        adjustment("WFS FoundInventory", "-9.00", 1, "04/30/2026"),
        delimiter=",",
    )
    one = world.one("2026-05-02")
    assert units(one) == {"paid_inventory": 1}
    assert (one["amount"]["claimed_gross"], one["amount"]["reversed"]) == ("9.00", "9.00")


def test_a_referral_fee_above_the_schedule(world: World) -> None:
    # Automotive is 12 %: of 20.00 + 5.00 shipping that is 3.00; charged 5.00: 2.00 too much.
    # Settled with the period that ended on 1 May: 90 days, to 30 July.
    world.land(
        RECON,
        PERIOD,
        line("Product Price", "20.00"),
        line("Shipping", "5.00"),
        line("Product tax", "1.85"),
        line("Product tax withheld", "-1.85"),
        line("Commission on Product", "-4.00"),
        line("Commission on Shipping", "-1.00"),
        delimiter=",",
    )
    one = world.one("2026-05-02")
    assert (one["subtype"], one["amount"]["ready"]) == ("referral_fee", "2.00")
    assert (one["basis"], one["expires_on"]) == ("fee_difference", "2026-07-30")


def test_a_fee_as_published_is_no_discrepancy(world: World) -> None:
    price, fee = line("Product Price", "20.00"), line("Commission on Product", "-2.40")
    world.land(RECON, PERIOD, price, fee, delimiter=",")
    assert world.all("2026-05-02") == []


def test_a_category_without_a_known_rate_is_not_judged(world: World) -> None:
    other = {"Contract Category": "Moon Dust"}
    price = line("Product Price", "20.00", **other)
    world.land(RECON, PERIOD, price, line("Commission on Product", "-9.00", **other), delimiter=",")
    assert world.all("2026-05-02") == []
