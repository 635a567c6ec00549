"""Shipments to Walmart and between its warehouses: each figure worked out beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.database.engine import Database
from tests.common.reports.files import WFS_SETTLEMENT
from tests.common.reports.walmart import (
    OTHER_GTIN,
    adjustment,
    item,
    items,
    line,
    period,
    receipt,
    settled,
    shipment,
    shipments,
    whole_world,
)
from tests.common.worlds.recovery import COST, RECEIPTS, RECON, Row, World, cost, units


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    yield from whole_world(database, tmp_path)


def evidence(row: dict[str, object]) -> int:
    return len(row["evidence"])  # type: ignore[arg-type]


def test_a_short_shipment_may_be_claimed_from_day_10_to_day_50(world: World) -> None:
    # 100 expected, 96 received: 4 short. Delivered 10 April: day 9 is 19 April, day 10 is
    # 20 April, day 50 is 30 May. No sale is known: the seller's cost, 4 x 6.00.
    world.land(COST, cost("6.00", sku="W-1"), delimiter=",")
    world.land(RECEIPTS, receipt(), delimiter=",")
    one = world.one("2026-04-19")
    assert (one["opens_on"], one["expires_on"]) == ("2026-04-20", "2026-05-30")
    assert (one["subtype"], units(one)) == ("inbound_shortage", {"future": 4})
    assert (one["amount"]["future"], one["basis"]) == ("24.00", "sourcing_cost")
    assert units(world.one("2026-04-20")) == {"ready": 4}
    assert units(world.one("2026-05-30")) == {"ready": 4}
    assert units(world.one("2026-05-31")) == {"expired": 4}


def test_a_short_shipment_is_worth_the_average_sales_price(world: World) -> None:
    # Sold before 10 April: 2 for 20.00 and 1 for 13.00: 33.00 over 3 units is 11.00 each.
    # 4 short: 44.00, although the seller's own cost is 6.00.
    world.land(COST, cost("6.00", sku="W-1"), delimiter=",")
    world.land(
        RECON,
        period("03/21/2026", "04/03/2026"),
        line(
            "Product Price",
            "20.00",
            **{"Transaction Posted Timestamp": "04/01/2026"} | {"Ship Qty": 2},
        ),
        line(
            "Product Price",
            "13.00",
            **{"Transaction Posted Timestamp": "04/02/2026"}
            | {"Customer Order #": "201", "Purchase Order #": "130"},
        ),
        delimiter=",",
    )
    world.land(RECEIPTS, receipt(), delimiter=",")
    one = world.one("2026-04-20")
    assert (one["basis"], one["amount"]["ready"]) == ("average_sales_price", "44.00")


def test_damaged_receipts_stand_apart_from_short_ones(world: World) -> None:
    # 100 expected, 97 received, 2 of them damaged: 3 short and 2 damaged.
    row = receipt(**{"Received Units": 97, "Damaged Units": 2})
    world.land(RECEIPTS, row, delimiter=",")
    found = {row["subtype"]: units(row) for row in world.all("2026-05-01")}
    assert found == {"inbound_shortage": {"ready": 3}, "inbound_damaged": {"ready": 2}}


def test_a_newer_file_says_what_was_received(world: World) -> None:
    world.land(RECEIPTS, receipt(**{"Received Units": 40}), delimiter=",")
    assert units(world.one("2026-05-01")) == {"ready": 60}
    world.land(RECEIPTS, receipt(**{"Received Units": 100}), delimiter=",")
    assert world.all("2026-05-01") == []


@pytest.mark.parametrize("more", [{"PO Status": "CANCELLED_GDM"}, {"PO Delivered Date": ""}])
def test_what_was_cancelled_or_not_delivered_is_not_short(world: World, more: Row) -> None:
    world.land(RECEIPTS, receipt(**more), delimiter=",")
    assert world.all("2026-12-01") == []


def test_a_transfer_short_of_units_has_no_known_deadline(world: World) -> None:
    world.land(RECEIPTS, receipt(**{"Inbound Order ID": "1MTR"}), delimiter=",")
    one = world.one("2026-12-01")
    assert (one["subtype"], one["expires_on"]) == ("transfer_shortage", None)
    assert (one["event_on"], units(one)) == ("2026-04-01", {"ready": 4})
    # Its first day is known: 30 days after 1 April.
    assert units(world.one("2026-04-30")) == {"future": 4}
    assert units(world.one("2026-05-01")) == {"ready": 4}


def test_a_transfer_on_its_way_is_not_short(world: World) -> None:
    # Nothing has arrived yet: 100 units on a lorry are not 100 units lost.
    on_its_way = {"Inbound Order ID": "1MTR", "PO Delivered Date": "", "Received Units": 0}
    world.land(RECEIPTS, receipt(**on_its_way, **{"PO Status": "IN_TRANSIT"}), delimiter=",")
    assert world.all("2026-12-01") == []
    world.land(RECEIPTS, receipt(**on_its_way, **{"PO Status": "CLOSED"}), delimiter=",")
    # Closed, but without a day of delivery: whether it ever arrived has to be proven first.
    one = world.one("2026-12-01")
    assert (units(one), one["held"]["because"]) == ({"future": 100}, "never_received")
    delivered = {"PO Status": "CLOSED", "PO Delivered Date": "04/10/2026"}
    world.land(RECEIPTS, receipt(**on_its_way | delivered), delimiter=",")
    assert units(world.one("2026-12-01")) == {"ready": 100}


def test_items_of_the_api_count_where_no_receipts_file_knows_them(world: World) -> None:
    # 100 sent, 90 received, 3 of them damaged: 10 short and 3 damaged, while the shipment is
    # still being received. Delivered 10 April (a day without a time is that day): from 20 April.
    world.land_json(shipments(shipment()))
    world.land_json(items(item(damagedQty=3)))
    found = {row["subtype"]: row for row in world.all("2026-04-20")}
    assert {name: units(row) for name, row in found.items()} == {
        "inbound_shortage": {"ready": 10},
        "inbound_damaged": {"ready": 3},
    }
    short = found["inbound_shortage"]
    assert (short["event_on"], short["opens_on"]) == ("2026-04-10", "2026-04-20")
    assert evidence(short) == 2  # the item, and the shipment that says when it was delivered


def test_a_delivery_with_a_time_is_on_the_channels_own_day(world: World) -> None:
    # 04:30 on 11 April in Greenwich is the evening of 10 April in Los Angeles.
    world.land_json(shipments(shipment(actualDeliveryDate="2026-04-11T04:30:00.000Z")))
    world.land_json(items(item()))
    assert world.one("2026-05-01")["event_on"] == "2026-04-10"


@pytest.mark.parametrize("more", [{"actualDeliveryDate": None}, {"status": "CANCELLED"}])
def test_items_not_delivered_or_cancelled_are_not_short(world: World, more: Row) -> None:
    said = {name: value for name, value in shipment(**more).items() if value is not None}
    world.land_json(shipments(said))
    world.land_json(items(item()))
    assert world.all("2026-12-01") == []


def test_items_without_their_shipment_wait_for_it(world: World) -> None:
    world.land_json(items(item()))
    assert world.all("2026-12-01") == []
    world.land_json(shipments(shipment()))
    assert units(world.one("2026-05-01")) == {"ready": 10}


@pytest.mark.parametrize("named", ["Inbound Order ID", "PO Number"])
def test_a_file_and_the_api_telling_of_one_order_are_one_event(world: World, named: str) -> None:
    # The receipts say 96 of 100, the API says 98: the larger is the newer. 2 short, once.
    world.land_json(shipments(shipment()))
    world.land_json(items(item(receivedQty=98)))
    world.land(RECEIPTS, receipt(**{named: "7654321GDM"}), delimiter=",")
    one = world.one("2026-05-01")
    assert units(one) == {"ready": 2}


def test_a_moved_order_of_the_api_is_a_transfer(world: World) -> None:
    world.land_json(shipments(shipment("1MTR")))
    world.land_json(items(item("1MTR")))
    one = world.one("2026-12-01")
    assert (one["subtype"], one["event_on"]) == ("transfer_shortage", "2026-04-01")


def wfs_refund(amount: str, units_paid: int | str = 3, **more: object) -> Row:
    return adjustment(
        "WFS Refund",
        amount,
        units_paid,
        "04/30/2026",
        **{
            "Purchase Order #": "PO1",
            "Amount Type": "WFS Fee/Reimbursement",
        }
        | more,
    )


def test_the_settlement_tells_what_a_refund_was_for(world: World) -> None:
    # 4 short; 45.00 came on 30 April. The payments report does not say for what nor for how many;
    # the settlement does: inbound shortage, 3 units. 1 is left. The money is counted once.
    world.land(RECEIPTS, receipt(), delimiter=",")
    world.land(RECON, period(), wfs_refund("45.00", ""), delimiter=",")
    (before,) = [row for row in world.totals("2026-05-02") if row["subtype"] == "unknown"]
    assert before["amount"]["claimed_net"] == "45.00"
    line_of_it = settled("Refund", "-45.00", **{"Reason Code": "Inbound shortage"})
    world.land(WFS_SETTLEMENT, line_of_it, delimiter=",")
    (after,) = world.totals("2026-05-02")
    assert (after["subtype"], units(after)) == ("inbound_shortage", {"paid_cash": 3, "ready": 1})
    assert after["amount"]["claimed_net"] == "45.00"


def test_a_refund_for_damage_settles_damage(world: World) -> None:
    # 4 short and 3 damaged; the 3 damaged were paid.
    world.land(RECEIPTS, receipt(**{"Damaged Units": 3}), delimiter=",")
    world.land(RECON, period(), wfs_refund("45.00"), delimiter=",")
    line_of_it = settled("Refund", "45.00", **{"Reason Code": "Inbound damaged"})
    world.land(WFS_SETTLEMENT, line_of_it, delimiter=",")
    found = {row["subtype"]: units(row) for row in world.all("2026-05-02")}
    assert found == {"inbound_shortage": {"ready": 4}, "inbound_damaged": {"paid_cash": 3}}


@pytest.mark.parametrize(
    "more",
    [{"Walmart.com PO #": "PO2"}, {"Net Payable": "45.01"}, {"Reason Code": "Customer return"}],
)
def test_another_line_of_the_settlement_tells_nothing(world: World, more: Row) -> None:
    world.land(RECON, period(), wfs_refund("45.00"), delimiter=",")
    other = settled("Refund", "45.00", **{"Reason Code": "Inbound shortage"} | more)
    world.land(WFS_SETTLEMENT, other, delimiter=",")
    (row,) = world.totals("2026-05-02")
    assert (row["subtype"], row["amount"]["claimed_net"]) == ("unknown", "45.00")


def test_a_payment_whose_item_number_was_lost_keeps_its_money(world: World) -> None:
    # A spreadsheet made 6.57913E+12 of the number. The SKU's other lines all say which item it
    # is: so the 3 units settle the shortage of 4 as well.
    world.land(RECEIPTS, receipt(), delimiter=",")
    lost_number = {"Partner GTIN": "6.57913E+12", "Transaction Reason Description": "Inbound claim"}
    world.land(
        RECON,
        period(),
        line("Product Price", "20.00"),
        wfs_refund("45.00", **lost_number),
        delimiter=",",
    )
    (row,) = world.totals("2026-05-02")
    assert (row["subtype"], units(row)) == ("inbound_shortage", {"paid_cash": 3, "ready": 1})
    assert row["amount"]["claimed_net"] == "45.00"


def test_an_unknown_item_number_settles_nothing_and_keeps_its_money(world: World) -> None:
    world.land(RECEIPTS, receipt(), delimiter=",")
    lost_number = {"Partner GTIN": "6.57913E+12", "Transaction Reason Description": "Inbound claim"}
    world.land(RECON, period(), wfs_refund("45.00", **lost_number), delimiter=",")
    assert units(world.one("2026-05-02")) == {"ready": 4}
    (row,) = world.totals("2026-05-02")
    assert row["amount"]["claimed_net"] == "45.00"


def test_leading_zeros_do_not_part_a_payment_from_its_item(world: World) -> None:
    # 65791330026 in the payments report is 00065791330026 in the receipts.
    world.land(RECEIPTS, receipt(), delimiter=",")
    short = {"Partner GTIN": "65791330026", "Transaction Reason Description": "Inbound claim"}
    world.land(RECON, period(), wfs_refund("45.00", **short), delimiter=",")
    assert units(world.one("2026-05-02")) == {"paid_cash": 3, "ready": 1}


def test_a_settlement_line_whose_item_number_was_lost_tells_by_order_and_sum(world: World) -> None:
    # The settlement's number is 6.57913E+12; purchase order PO1 and 45.00 say which line it is.
    world.land(RECEIPTS, receipt(), delimiter=",")
    world.land(RECON, period(), wfs_refund("45.00", ""), delimiter=",")
    lost_number = {"Partner GTIN": "6.57913E+12", "Reason Code": "Inbound shortage"}
    world.land(WFS_SETTLEMENT, settled("Refund", "45.00", **lost_number), delimiter=",")
    assert units(world.one("2026-05-02")) == {"paid_cash": 3, "ready": 1}


def test_settlement_lines_that_disagree_tell_nothing(world: World) -> None:
    # Two lines fit the payment, one says shortage and 3 units, the other damage and 2.
    world.land(RECON, period(), wfs_refund("45.00", ""), delimiter=",")
    world.land(
        WFS_SETTLEMENT,
        settled("Refund", "45.00", **{"Reason Code": "Inbound shortage"}),
        settled("Refund", "-45.00", **{"Reason Code": "Inbound damaged", "Qty": 2}),
        delimiter=",",
    )
    (row,) = world.totals("2026-05-02")
    assert (row["subtype"], units(row)) == ("unknown", {"paid_cash": 1})


# Payments that name no purchase order --------------------------------------------------------


INBOUND = {"Reason Code": "Inbound shortage"}
SAYS_INBOUND = {"Transaction Reason Description": "Inbound shortage"}


def bare_refund(amount: str = "45.00", units_paid: int | str = 3, **more: object) -> Row:
    """A refund of 30 April for which the payments report names no order at all."""
    nobody = {"Purchase Order #": "", "Purchase Order line #": "", "Customer Order #": ""}
    return wfs_refund(amount, units_paid, **nobody | more)


@pytest.mark.parametrize("known", ["order", "reason", "nothing"])
def test_a_paid_shortage_is_paid_however_its_payment_is_written(world: World, known: str) -> None:
    # 4 short, 45.00 came for 3: 3 paid, 1 left, whether the payments report names the purchase
    # order, only the reason, or neither. The settlement's line has the order.
    how = {"order": {"Purchase Order #": "PO1"}, "reason": SAYS_INBOUND, "nothing": {}}[known]
    world.land(RECEIPTS, receipt(), delimiter=",")
    world.land(RECON, period(), bare_refund(**how), delimiter=",")
    world.land(WFS_SETTLEMENT, settled("Refund", "-45.00", **INBOUND), delimiter=",")
    (row,) = world.totals("2026-05-02")
    assert (row["subtype"], units(row)) == ("inbound_shortage", {"paid_cash": 3, "ready": 1})
    assert row["amount"]["claimed_net"] == "45.00"


def test_the_settlements_order_says_whose_shortage_was_paid(world: World) -> None:
    # Both shipments of the item are 4 short. PO2 came later, so that the item alone would say PO2;
    # the settlement says PO1.
    world.land(
        RECEIPTS,
        receipt(),
        receipt(
            **{"Inbound Order ID": "2GDM", "PO Number": "PO2", "PO Delivered Date": "04/12/2026"}
        ),
        delimiter=",",
    )
    world.land(RECON, period(), bare_refund(), delimiter=",")
    world.land(WFS_SETTLEMENT, settled("Refund", "-45.00", **INBOUND), delimiter=",")
    assert _by_delivery(world) == {
        "2026-04-10": {"paid_cash": 3, "ready": 1},
        "2026-04-12": {"ready": 4},
    }


def test_a_reason_that_says_inbound_settles_the_items_latest_shortage(world: World) -> None:
    # No settlement was landed: of two shipments the later one before the payment is taken.
    world.land(
        RECEIPTS,
        receipt(),
        receipt(
            **{"Inbound Order ID": "2GDM", "PO Number": "PO2", "PO Delivered Date": "04/12/2026"}
        ),
        delimiter=",",
    )
    world.land(RECON, period(), bare_refund(**SAYS_INBOUND), delimiter=",")
    assert _by_delivery(world) == {
        "2026-04-10": {"ready": 4},
        "2026-04-12": {"paid_cash": 3, "ready": 1},
    }


def _by_delivery(world: World) -> dict[str, dict[str, int]]:
    return {one["event_on"]: units(one) for one in world.all("2026-05-02")}


@pytest.mark.parametrize(
    ("damaged", "subtype"), [("Inbound damaged", "inbound_damaged"), ("Inbound", "transfer")]
)
def test_damage_and_transfers_are_found_by_item_too(
    world: World, damaged: str, subtype: str
) -> None:
    is_transfer = subtype == "transfer"
    row = receipt(
        **{"Inbound Order ID": "1MTR"}
        if is_transfer
        else {"Received Units": 100, "Damaged Units": 4}
    )
    world.land(RECEIPTS, row, delimiter=",")
    paid = bare_refund(**{"Transaction Reason Description": damaged})
    world.land(RECON, period(), paid, delimiter=",")
    one = world.one("2026-05-02")
    assert one["subtype"] == ("transfer_shortage" if is_transfer else subtype)
    assert units(one) == {"paid_cash": 3, "ready": 1}


def test_a_payment_that_names_its_order_settles_no_other_orders_shortage(world: World) -> None:
    world.land(RECEIPTS, receipt(), delimiter=",")
    named = wfs_refund("45.00", **{"Purchase Order #": "PO2"} | SAYS_INBOUND)
    world.land(RECON, period(), named, delimiter=",")
    assert units(world.one("2026-05-02")) == {"ready": 4}


@pytest.mark.parametrize(
    "more",
    [
        {"Transaction Date/Time": "4/29/2026"},
        {"Qty": 2},
        {"Net Payable": "45.01"},
        {"Partner GTIN": OTHER_GTIN},
        {"Transaction Type": "LostInventory"},
    ],
)
def test_a_settlement_line_that_differs_in_anything_names_no_order(world: World, more: Row) -> None:
    world.land(RECEIPTS, receipt(), delimiter=",")
    world.land(RECON, period(), bare_refund(), delimiter=",")
    other = settled("Refund", "-45.00", **INBOUND | more)
    world.land(WFS_SETTLEMENT, other, delimiter=",")
    # What was paid for nobody knows what may be for it: as many units wait.
    assert units(world.one("2026-05-02")) == {"future": 3, "ready": 1}


def test_the_settlement_says_for_how_many_units_a_bare_payment_was(world: World) -> None:
    world.land(RECEIPTS, receipt(), delimiter=",")
    world.land(RECON, period(), bare_refund("45.00", ""), delimiter=",")
    world.land(WFS_SETTLEMENT, settled("Refund", "-45.00", **INBOUND), delimiter=",")
    assert units(world.one("2026-05-02")) == {"paid_cash": 3, "ready": 1}


def test_one_settlement_line_explains_one_payment(world: World) -> None:
    # Two equal payments and one line: nobody can say which of them it is for.
    world.land(RECEIPTS, receipt(**{"Received Units": 90}), delimiter=",")
    twice = [bare_refund(**{"Transaction Key": key}) for key in ("K1", "K2")]
    world.land(RECON, period(), *twice, delimiter=",")
    world.land(WFS_SETTLEMENT, settled("Refund", "-45.00", **INBOUND), delimiter=",")
    # What was paid for nobody knows what may be for it: as many units wait.
    assert units(world.one("2026-05-02")) == {"future": 6, "ready": 4}
    second = settled("Refund", "-45.00", **INBOUND, WFSReferenceID="WFS-3")
    world.land(WFS_SETTLEMENT, second, delimiter=",")
    assert units(world.one("2026-05-02")) == {"paid_cash": 6, "ready": 4}


def test_a_line_that_a_payment_names_by_its_order_is_that_payments(world: World) -> None:
    # One payment names PO1, an equal one of the same day names nothing; the one line is of PO1.
    world.land(RECEIPTS, receipt(**{"Received Units": 90}), delimiter=",")
    rows = wfs_refund("45.00"), bare_refund(**{"Transaction Key": "K2"})
    world.land(RECON, period(), *rows, delimiter=",")
    world.land(WFS_SETTLEMENT, settled("Refund", "-45.00", **INBOUND), delimiter=",")
    # What was paid for nobody knows what may be for it: as many units wait.
    assert units(world.one("2026-05-02")) == {"paid_cash": 3, "future": 3, "ready": 4}


def test_settlement_lines_of_two_orders_name_neither(world: World) -> None:
    world.land(RECEIPTS, receipt(), delimiter=",")
    world.land(RECON, period(), bare_refund(), delimiter=",")
    lines = [
        settled("Refund", "-45.00", **INBOUND, **{"Walmart.com PO #": order})
        for order in ("PO1", "PO2")
    ]
    world.land(WFS_SETTLEMENT, *lines, delimiter=",")
    # What was paid for nobody knows what may be for it: as many units wait.
    assert units(world.one("2026-05-02")) == {"future": 3, "ready": 1}


def test_a_delivery_that_is_planned_turns_no_days_round(world: World) -> None:
    # 10 October 2025, short 4; another order is expected in 2098, on 5 December.
    world.covers = False  # no payments of 2098
    world.land(
        RECEIPTS,
        receipt(**{"PO Delivered Date": "10/10/2025", "PO Create Date": "10/01/2025"}),
        receipt(
            **{
                "Inbound Order ID": "9GDM",
                "PO Number": "PO9",
                "PO Status": "OPEN",
                "PO Create Date": "11/05/2025",
                "PO Delivered Date": "12/05/2098",
                "Received Units": 0,
            }
        ),
        delimiter=",",
    )
    assert [one["event_on"] for one in world.all("2025-11-20")] == ["2025-10-10"]
