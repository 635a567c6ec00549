"""Walmart's other files: WFS settlements, and what its API answers on returns, stock, shipments."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sample.model import (
    InboundLine,
    LogEntry,
    Market,
    Payment,
    Product,
    ReturnOrder,
    Sale,
    Story,
)
from sample.text import columns, comma, save
from sample.walmart.calendar import API_DAYS, PERIOD, periods, settled_from

SETTLEMENT_COLUMNS: Final = columns("""
    Walmart.com Order #, Walmart.com Order Line #, Walmart.com PO #, Walmart.com PO Line #,
    Transaction Type, Reason Code, Detail, WFSReferenceID, Transaction Date/Time, Qty, Partner ID,
    Partner GTIN, Partner Item Name, Category, Sub Category, Net Payable, CustomerOrderID,
    OrderChannelID
""")
_BROKEN_GTIN: Final = "6.57913E+12"
_SELLER: Final = "10001234567"
_PAGE: Final = 50
_EXCEL_DAY_ZERO: Final = date(1899, 12, 30)

Cells = dict[str, str]


def write_wfs_settlements(folder: Path, story: Story, market: Market) -> list[Path]:
    """One WFS settlement per payment period that the seller has kept."""
    told = [line for line in _settled(story, market) if line[0] >= settled_from(market)]
    return [
        _write_settlement(folder, market, span, [line for line in told if _within(line[0], span)])
        for span in periods(market)
        if span[0] >= settled_from(market)
    ]


def _within(day: date, span: tuple[date, date]) -> bool:
    return span[0] <= day <= span[1]


def _settled(story: Story, market: Market) -> Iterator[tuple[date, Cells]]:
    for sale in story.sales:
        if sale.market == market:
            yield sale.on, _fee(sale)
    for payment in story.payments:
        if payment.market == market and payment.reason.startswith("WFS"):
            yield payment.paid_on, _settled_payment(payment)


def _item(product: Product) -> Cells:
    return {
        "Partner ID": _SELLER,
        "Partner GTIN": f'="{product.gtin}"',
        "Partner Item Name": product.title,
        "Category": product.category,
    }


def _fee(sale: Sale) -> Cells:
    return _item(sale.product) | {
        "Walmart.com Order #": sale.customer_order,
        "Walmart.com Order Line #": "1",
        "Walmart.com PO #": sale.purchase_order,
        "Walmart.com PO Line #": "1",
        "Transaction Type": "FulfillmentFee",
        "Detail": "Standard",
        "WFSReferenceID": f"WFS-F{sale.purchase_order[-8:]}",
        "Qty": "1",
        "Net Payable": f"{sale.fulfilment_fee:.2f}",
        "CustomerOrderID": sale.customer_order,
        "OrderChannelID": "1",
    }


def _settled_payment(payment: Payment) -> Cells:
    """The same money as in the payments report; its sign is the other way round here."""
    number = payment.payment_id[-6:]
    cells = _item(payment.product) | {
        "Walmart.com PO #": payment.reference,
        "Transaction Type": payment.reason.removeprefix("WFS "),
        "Reason Code": payment.note,
        "WFSReferenceID": f"WFS-P{payment.payment_id.replace('_', '')}",
        "Qty": str(abs(payment.cash)),
        "Net Payable": f"{-payment.amount:.2f}",
        "OrderChannelID": "1",
    }
    broken = int(number) % 7 == 0 and payment.reason != "WFS Refund"
    return cells | {"Partner GTIN": _BROKEN_GTIN} if broken else cells


def _write_settlement(
    folder: Path, market: Market, span: tuple[date, date], lines: Sequence[tuple[date, Cells]]
) -> Path:
    rows = [
        line | {"Transaction Date/Time": _written(day, number)}
        for number, (day, line) in enumerate(sorted(lines, key=_order))
    ]
    preamble: tuple[list[str], ...] = (
        [f"{market.account} LLC".upper()],
        [f"Reporting period: {span[0]:%m/%d/%Y} - {span[1]:%m/%d/%Y}"],
        [],
    )
    table = [[row.get(name, "") for name in SETTLEMENT_COLUMNS] for row in rows]
    content = comma([*preamble, SETTLEMENT_COLUMNS, *table], "utf-8-sig")
    return save(folder / f"wfs-settlement_{span[1]}.csv", content)


def _order(line: tuple[date, Cells]) -> tuple[date, str]:
    return line[0], line[1]["WFSReferenceID"]


def _written(day: date, number: int) -> str:
    """A day in one of the forms that these files mix, one of them a spreadsheet's number."""
    if number % 19 == 0:
        return str((day - _EXCEL_DAY_ZERO).days)
    if number % 5 == 0:
        return day.isoformat()
    return f"{day.month}/{day.day}/{day.year} {8 + number % 12}:{number % 60:02}"


def _moment(market: Market, day: date, hour: int) -> str:
    at = datetime.combine(day, time(hour, 21, 8), ZoneInfo(market.zone))
    return f"{at.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S}.000Z"


def _midnight(day: date) -> str:
    """A day without a time, as Walmart writes it."""
    return f"{day}T00:00:00.000Z"


def _money(amount: Decimal, market: Market) -> dict[str, Any]:
    return {"currencyAmount": float(amount), "currencyUnit": market.currency}


def _pages(path: Path, pages: Sequence[Mapping[str, Any]]) -> Path:
    return save(path, f"{json.dumps(pages, indent=1, ensure_ascii=False)}\n".encode())


def write_return_orders(folder: Path, story: Story, market: Market) -> Path:
    """Every return order, in the pages of GET /v3/returns."""
    orders = sorted(
        (returned for returned in story.return_orders if returned.market == market),
        key=lambda returned: (returned.on, returned.return_id),
    )
    pages = [
        {
            "meta": {"totalCount": len(orders), "limit": _PAGE},
            "returnOrders": [_return_order(one) for one in orders[start : start + _PAGE]],
        }
        for start in range(0, len(orders), _PAGE)
    ]
    return _pages(folder / "returns.json", pages)


def _return_order(returned: ReturnOrder) -> dict[str, Any]:
    sale, market = returned.sale, returned.market
    return {
        "returnOrderId": returned.return_id,
        "customerOrderId": sale.customer_order,
        "refundMode": "POST_DELIVERY",
        "returnOrderDate": _moment(market, returned.on, 9),
        "returnByDate": _moment(market, returned.by, 9),
        "returnType": returned.kind,
        "totalRefundAmount": _money(sale.price + sale.refunded_more, market),
        "returnChannel": {"channelName": "ONLINE"},
        "returnLineGroups": [],
        "returnOrderLines": [_return_line(returned)],
    }


def _return_line(returned: ReturnOrder) -> dict[str, Any]:
    sale, market = returned.sale, returned.market
    price = _money(sale.price + sale.refunded_more, market)
    return {
        "returnOrderLineNumber": 1,
        "salesOrderLineNumber": 1,
        "returnReason": returned.reason,
        "purchaseOrderId": sale.purchase_order,
        "purchaseOrderLineNumber": 1,
        "item": {"sku": sale.product.sku, "productName": sale.product.title},
        "charges": [
            {
                "chargeCategory": "PRODUCT",
                "chargeName": "ItemPrice",
                "chargePerUnit": price,
                "isDiscount": False,
                "isBillable": True,
                "tax": [{"taxName": "Tax1", "taxPerUnit": _money(sale.tax, market)}],
            }
        ],
        "unitPrice": _money(sale.price, market),
        "quantity": {"unitOfMeasure": "EACH", "measurementValue": 1},
        "returnExpectedFlag": not returned.keep_it,
        "isKeepIt": returned.keep_it,
        "refundedQty": 1 if sale.refunded_on else 0,
        "refundChannel": returned.channel,
        "returnTrackingDetail": [
            {"sequenceNo": number, "eventTag": tag, "eventTime": _moment(market, day, 10 + number)}
            for number, (tag, day) in enumerate(returned.events)
        ],
        "status": returned.status,
        "statusTime": _moment(market, returned.events[-1][1], 15),
    }


def write_log(folder: Path, story: Story, market: Market) -> Path:
    """The inventory log, which is asked for one item at a time: one answer each."""
    by_sku: dict[str, list[LogEntry]] = {}
    for entry in story.log:
        if entry.market == market:
            by_sku.setdefault(entry.product.sku, []).append(entry)
    return _pages(folder / "inventory-log.json", [_log(by_sku[sku]) for sku in sorted(by_sku)])


def _log(entries: Sequence[LogEntry]) -> dict[str, Any]:
    product = entries[0].product
    listed = sorted(entries, key=lambda entry: (entry.on, entry.log_id))
    return {
        "headers": {"totalCount": len(listed), "limit": _PAGE, "offset": 0},
        "payload": {
            "gtin": product.gtin,
            "vendorSku": product.sku,
            "productName": product.title,
            "inventoryLog": [_entry(entry) for entry in listed],
        },
    }


def _entry(entry: LogEntry) -> dict[str, Any]:
    late = len(entry.log_id) + entry.units
    return {
        "id": entry.log_id,
        "fcName": entry.centre,
        "changedUnits": entry.units,
        "transactionTime": _moment(entry.market, entry.on, 23 if late % 4 == 0 else 11),
        "transactionLocation": entry.location,
        "transactionReasonCode": entry.code,
        "transactionReasonDesc": entry.words,
        "transactionType": entry.kind,
        "shipmentId": entry.shipment_id or None,
    }


def write_api_inbound(folder: Path, story: Story, market: Market) -> list[Path]:
    """Inbound shipments and their items of the last year, as the API tells them."""
    since = market.last_day - timedelta(days=API_DAYS)
    lines = sorted(
        (line for line in story.inbound if line.market == market and line.created_on >= since),
        key=lambda line: (line.created_on, line.inbound_order, line.product.sku),
    )
    orders: dict[str, list[InboundLine]] = {}
    for line in lines:
        orders.setdefault(line.inbound_order, []).append(line)
    shipments = [_api_shipment(of_order) for of_order in orders.values()]
    items = [_api_item(line) for line in lines]
    return [
        _pages(folder / "inbound-shipments.json", _answers(shipments)),
        _pages(folder / "inbound-shipment-items.json", _answers(items)),
    ]


def _answers(objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "headers": {"totalCount": len(objects), "limit": _PAGE, "offset": start},
            "payload": list(objects[start : start + _PAGE]),
        }
        for start in range(0, len(objects), _PAGE)
    ]


def _api_shipment(lines: Sequence[InboundLine]) -> dict[str, Any]:
    line = lines[0]
    cancelled = line.status.startswith("CANCELLED")
    expected = line.delivered_on or line.created_on + timedelta(days=PERIOD)
    told = {
        "inboundOrderId": line.purchase_order,
        "shipmentId": line.inbound_order,
        "shipToAddress": {"fcName": line.centre},
        "status": "CANCELLED" if cancelled else line.status,
        "createdDate": _moment(line.market, line.created_on, 12),
        "shipmentUnits": sum(one.expected for one in lines),
        "receivedUnits": sum(one.received for one in lines),
        "expectedDeliveryDate": _midnight(expected),
        "carrierName": "WFS-FEDEX",
    }
    delivered = {"actualDeliveryDate": _midnight(line.delivered_on)} if line.delivered_on else {}
    return told | delivered


def _api_item(line: InboundLine) -> dict[str, Any]:
    expected = line.delivered_on or line.created_on + timedelta(days=PERIOD)
    return {
        "inboundOrderId": line.purchase_order,
        "shipmentId": line.inbound_order,
        "gtin": line.product.gtin,
        "sku": line.product.sku,
        "itemDesc": line.product.title,
        "itemQty": line.expected,
        "vendorPackQty": 0,
        "innerPackQty": 0,
        "receivedQty": line.received,
        "damagedQty": line.damaged,
        "fillRate": round(100 * line.received / line.expected, 2),
        "expectedDeliveryDate": _midnight(expected),
        "updatedExpectedDeliveryDate": _midnight(expected),
    }
