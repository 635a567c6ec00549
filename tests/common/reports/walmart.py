"""Walmart's reports for small worlds: one row, one answer of an API, each told in one line."""

from calendar import monthrange
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from services.database.engine import Database
from tests.common.reports.files import every_row
from tests.common.worlds.recovery import GTIN, Row, World

OTHER_GTIN: Final = "00065791330033"


def whole_world(database: Database, folder: Path) -> Iterator[World]:
    """A Walmart seller's world, of which every row must have been readable.

    Otherwise a test that finds no event would find none for a row that never landed.
    """
    world = World(database, folder, "walmart-us", at_once=False)
    yield world
    world.import_waiting()
    rejected = every_row(database, "select column_name, expected, found from rejected_row")
    assert rejected == []


def receipt(**more: object) -> Row:
    """One line of the inbound receipts: 100 expected, 96 received, delivered on 10 April."""
    return {
        "Inbound Order ID": "1234567GDM",
        "PO Number": "PO1",
        "GTIN": GTIN,
        "SKU": "W-1",
        "Description": "Filter",
        "PO Create Date": "04/01/2026",
        "PO Delivered Date": "04/10/2026",
        "PO Status": "CLOSED",
        "Expected Units": 100,
        "Checked-in Units at ICC": 100,
        "Received Units": 96,
        "Damaged Units": 0,
    } | more


def shipments(*said: dict[str, Any]) -> dict[str, Any]:
    """GET /v3/fulfillment/inbound-shipments: each as `shipment` tells it."""
    return {"headers": {"limit": 10, "offset": 0, "totalCount": len(said)}, "payload": list(said)}


def shipment(number: str = "7654321GDM", **more: object) -> dict[str, Any]:
    """One shipment, delivered on 10 April and still being received."""
    return {
        "inboundOrderId": "spring-1",
        "shipmentId": number,
        "shipToAddress": {"fcName": "NJ3"},
        "status": "RECEIVING_IN_PROGRESS",
        "createdDate": "2026-04-01T19:02:30.467Z",
        "shipmentUnits": 100,
        "receivedUnits": 90,
        "expectedDeliveryDate": "2026-04-10T00:00:00.000Z",
        "actualDeliveryDate": "2026-04-10T00:00:00.000Z",
    } | more


def items(*said: dict[str, Any]) -> dict[str, Any]:
    """GET /v3/fulfillment/inbound-shipment-items: each as `item` tells it."""
    return shipments(*said)


def item(number: str = "7654321GDM", **more: object) -> dict[str, Any]:
    """One item of a shipment: 100 sent, 90 received, none damaged."""
    return {
        "inboundOrderId": "spring-1",
        "shipmentId": number,
        "gtin": GTIN,
        "sku": "W-1",
        "itemDesc": "Filter",
        "itemQty": 100,
        "vendorPackQty": 1,
        "innerPackQty": 1,
        "receivedQty": 90,
        "damagedQty": 0,
        "fillRate": 90,
        "expectedDeliveryDate": "2026-04-10T00:00:00.000Z",
    } | more


def month(name: str, **more: object) -> Row:
    """One item in one warehouse and month of the WFS inventory reconciliation."""
    return {
        "Start Date": f"{name}-01",
        "End Date": f"{name}-{_days_of(name)}",
        "GTIN": GTIN,
        "Item ID": "9",
        "Product Name": "Filter",
        "Vendor (Seller) SKU": "W-1",
        "Fulfillment Center": "ATL1",
        "Lost": 0,
        "Found": 0,
    } | more


def _days_of(name: str) -> int:
    return monthrange(int(name[:4]), int(name[5:]))[1]


def log(*said: dict[str, Any], gtin: str = GTIN) -> dict[str, Any]:
    """GET /v3/fulfillment/inventory-log of one item: each entry as `entry` tells it."""
    return {
        "headers": {"limit": 50, "offset": 0, "totalCount": len(said)},
        "payload": {
            "gtin": gtin,
            "vendorSku": "W-1",
            "productName": "Filter",
            "inventoryLog": list(said),
        },
    }


def entry(number: str, units: int, reason: str, **more: object) -> dict[str, Any]:
    """One adjustment of sellable stock, on 13 May in Los Angeles."""
    return {
        "id": number,
        "fcName": "ATL1",
        "changedUnits": units,
        "transactionTime": "2026-05-13T18:00:00.000Z",
        "transactionLocation": "Inventory",
        "transactionReasonCode": "ADJ",
        "transactionReasonDesc": reason,
        "transactionType": "Adjustment",
        "shipmentId": "",
    } | more


def sold(number: str, day: str) -> dict[str, Any]:
    """A sale in the log: it says nothing but that the log of the item reaches to this day."""
    return entry(
        number,
        -1,
        "Shipped to Customer",
        transactionType="Ship",
        transactionTime=f"{day}T18:00:00.000Z",
    )


def period(start: str = "04/18/2026", end: str = "05/01/2026") -> Row:
    """The line of a payments report that names its period."""
    return {
        "Period Start Date": start,
        "Period End Date": end,
        "Total Payable": "",
        "Currency": "USD",
        "Transaction Type": "PaymentSummary",
    }


def line(amount_type: str, amount: str, **more: object) -> Row:
    """One money line of the sale of one unit, shipped by Walmart, on 29 April."""
    return {
        "Transaction Key": "K1",
        "Transaction Posted Timestamp": "04/29/2026",
        "Transaction Type": "Sale",
        "Transaction Description": "Purchase",
        "Customer Order #": "200",
        "Purchase Order #": "129",
        "Purchase Order line #": "1",
        "Amount": amount,
        "Amount Type": amount_type,
        "Ship Qty": 1,
        "Partner Item Id": "W-1",
        "Partner GTIN": GTIN,
        "Partner Item Name": "Filter",
        "Contract Category": "Automotive & Powersports",
        "Product Type": "Air Filters",
        "Fulfillment Type": "Walmart Fulfilled",
    } | more


def refund(amount_type: str, amount: str, day: str = "04/30/2026", **more: object) -> Row:
    """One money line of that sale's refund."""
    return line(
        amount_type,
        amount,
        **{
            "Transaction Type": "Refund",
            "Transaction Description": "Return Refund",
            "Transaction Posted Timestamp": day,
        }
        | more,
    )


def adjustment(
    description: str, amount: str, units: int | str, day: str = "04/29/2026", **more: object
) -> Row:
    """One money line that pays for stock, or takes the money back."""
    return line(
        "WFS Inventory Fee/Reimbursement",
        amount,
        **{
            "Transaction Type": "Adjustment",
            "Transaction Description": description,
            "Purchase Order #": "",
            "Ship Qty": units,
            "Transaction Posted Timestamp": day,
        }
        | more,
    )


def settled(kind: str, amount: str, **more: object) -> Row:
    """One line of the WFS settlement: what a payment was for."""
    return {
        "Walmart.com PO #": "PO1",
        "Transaction Type": kind,
        "WFSReferenceID": "WFS-2",
        "Transaction Date/Time": "4/30/2026",
        "Qty": 3,
        "Partner ID": "10001234567",
        "Partner GTIN": f'="{GTIN}"',
        "Partner Item Name": "Filter",
        "Net Payable": amount,
    } | more


def returns(*said: dict[str, Any]) -> dict[str, Any]:
    """GET /v3/returns: each order as `returned` tells it."""
    return {"meta": {"totalCount": len(said), "limit": 200}, "returnOrders": list(said)}


def returned(
    number: str,
    *tags: str,
    day: str = "2026-04-30",
    by: str = "2026-05-30",
    kind: str = "REFUND",
    units: int = 1,
    **more: object,
) -> dict[str, Any]:
    """One return of one order line; `more` are members of the line, camel-cased as they are."""
    amount = {"currencyAmount": 20.00, "currencyUnit": "USD"}
    one = {
        "returnOrderLineNumber": 1, "salesOrderLineNumber": 1, "returnReason": "DEFECTIVE",
        "purchaseOrderId": "129", "purchaseOrderLineNumber": 1,
        "item": {"sku": "w-1", "productName": "Filter"},
        "charges": [{
            "chargeCategory": "PRODUCT", "chargeName": "ItemPrice", "chargePerUnit": amount,
            "isDiscount": False, "isBillable": True, "tax": [], "references": [],
        }],
        "unitPrice": amount,
        "chargeTotals": [{"name": "lineUnitPrice", "value": amount}],
        "currentRefundStatus": "REFUND_COMPLETED", "currentTrackingStatuses": [],
        "quantity": {"unitOfMeasure": "EACH", "measurementValue": units},
        "returnExpectedFlag": True, "isKeepIt": False, "refundedQty": units,
        "refundChannel": "WALMART_TRIGGERED_REFUND",
        "returnTrackingDetail": [
            {"sequenceNo": position, "eventTag": tag, "eventTime": f"{day}T18:00:00.000Z"}
            for position, tag in enumerate(tags)
        ],
        "status": "COMPLETED", "statusTime": f"{day}T18:00:00.000Z",
    } | more  # fmt: skip
    return {
        "returnOrderId": number,
        "customerOrderId": "200",
        "refundMode": "POST_DELIVERY",
        "returnOrderDate": f"{day}T18:00:00.000Z",
        "returnByDate": f"{by}T18:00:00.000Z",
        "returnType": kind,
        "totalRefundAmount": amount,
        "returnOrderLines": [one],
    }
