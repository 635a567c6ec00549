"""One small world a marketplace, whole files, in which every rule has a claim and its denial.

Beside each open claim stands one that another row or report takes away: found, paid, returned,
received, corrected, or too late. Every claim has a SKU, item and order of its own. All that takes a
claim away is older than the seven days by which one report may lag behind another, rows stand in
the order of their days, and no report was asked for a range: it speaks from its first row to its
last. Days count back from today.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from sample.products import check_digit
from tests.common.reports import walmart
from tests.common.reports.amazon import came_back, days_ago, line, ordered, refunded
from tests.common.reports.files import (
    FEE_PREVIEW,
    REMOVAL_RECEIPTS,
    REMOVAL_SHIPMENTS,
    REPLACEMENTS,
    SETTLEMENT,
    WFS_SETTLEMENT,
)
from tests.common.worlds.recovery import (
    COST,
    INVENTORY,
    LEDGER,
    OLD_LEDGER,
    RECEIPTS,
    RECON,
    REIMBURSEMENTS,
    RETURNS,
    Row,
    cost,
    found,
    lost,
    old,
    paid,
    quiet,
)

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A report as a table: its header is the first row."""

    name: str
    rows: tuple[Cells, ...]
    delimiter: str = "\t"

    @property
    def content(self) -> bytes:
        """As it is delivered."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\n")
        writer.writerows(self.rows)
        return out.getvalue().encode()

    def with_rows(self, rows: Iterable[Sequence[str]]) -> "Sheet":
        """The same report with other rows."""
        return replace(self, rows=tuple(map(tuple, rows)))


@dataclass(frozen=True)
class Answer:
    """A report as an API's answer."""

    name: str
    content: bytes


File = Sheet | Answer


def _sheet(name: str, header: Sequence[str], rows: Iterable[Row], delimiter: str = "\t") -> Sheet:
    cells = [tuple(str(row.get(column, "")) for column in header) for row in rows]
    return Sheet(name, (tuple(header), *cells), delimiter)


def _answer(name: str, said: object) -> Answer:
    return Answer(name, json.dumps(said, indent=1).encode())


# Amazon ---------------------------------------------------------------------------------------


def _item(number: int, sku: str) -> dict[str, str]:
    return {"FNSKU": f"X00{number}", "MSKU": sku, "ASIN": f"B00{number}"}


def _pays(ago: int, units: int, number: int, sku: str, reason: str, **more: object) -> Row:
    money = f"{Decimal('9.00') * units}"
    return paid(
        days_ago(ago),
        units,
        money,
        reason=reason,
        sku=sku,
        fnsku=f"X00{number}",
        asin=f"B00{number}",
        **{"reimbursement-id": f"7000000{number}"} | more,
    )


def _reconciled(ago: int, units: int, **more: object) -> Row:
    return found(
        days_ago(ago), units, **{"Reconciled Quantity": units, "Unreconciled Quantity": 0} | more
    )


def _receipt(ago: int, units: int, shipment: str, **more: object) -> Row:
    return {
        **lost(days_ago(ago), 1),
        "Event Type": "Receipts",
        "Reference ID": shipment,
        "Quantity": units,
        "Reason": "",
        **more,
    }


def _new_ledger() -> Sheet:
    damaged = _item(104, "DAMAGED-OPEN")
    rows = [
        quiet(days_ago(40)),
        lost(days_ago(30), 2, unreconciled=2, **_item(101, "645397938446")),
        lost(days_ago(29), 1, unreconciled=0, **_item(102, "00123")),
        lost(days_ago(28), 2, unreconciled=0, **_item(103, "LOST-PAID")),
        _reconciled(27, 1, **_item(102, "00123")),
        lost(days_ago(26), 1, unreconciled=1, Reason="E", **damaged),
        {
            **lost(days_ago(26), 1, **damaged),
            "Quantity": 1,
            "Reason": "P",
            "Disposition": "WAREHOUSE_DAMAGED",
        },
        lost(days_ago(25), 1, unreconciled=0, Reason="E", **_item(105, "DAMAGED-PAID")),
        _receipt(24, 96, "FBA15AAA", **_item(106, "SHORT-OPEN")),
        _receipt(24, 90, "FBA15BBB", **_item(107, "SHORT-LATE")),
        _receipt(24, 96, "FBA15CCC", **_item(108, "SHORT-PAID")),
        _receipt(23, 2, "FBA15DDD", Disposition="CARRIER_DAMAGED", **_item(109, "CARRIER-OPEN")),
        _receipt(23, 2, "FBA15EEE", Disposition="CARRIER_DAMAGED", **_item(110, "CARRIER-PAID")),
        _receipt(12, 10, "FBA15BBB", **_item(107, "SHORT-LATE")),
        quiet(days_ago(1)),
    ]
    return _sheet("ledger", LEDGER, rows)


def _old_ledger() -> Sheet:
    whole = _item(124, "OLD-WHOLE")
    rows = [
        quiet(days_ago(59)),
        lost(days_ago(50), 1, **_item(121, "OLD-OPEN")),
        lost(days_ago(50), 1, **_item(122, "OLD-FOUND")),
        lost(days_ago(50), 1, **_item(123, "OLD-PAID")),
        lost(days_ago(49), 1, Reason="E", **whole),
        found(days_ago(48), 1, **_item(122, "OLD-FOUND")),
        lost(days_ago(47), 1, Reason="Q", Disposition="WAREHOUSE_DAMAGED", **whole),
        found(days_ago(47), 1, Reason="P", **whole),
        quiet(days_ago(41)),
    ]
    return _sheet("older ledger", OLD_LEDGER, map(old, rows))


def _order(number: int) -> str:
    return f"111-{number:07}-{number:07}"


def _reimbursements() -> Sheet:
    def order(number: int) -> dict[str, str]:
        return {"amazon-order-id": _order(number)}

    rows = [
        _pays(130, 1, 901, "ELSE-1", "Lost_Warehouse"),
        _pays(45, 1, 123, "OLD-PAID", "Lost_Warehouse"),
        _pays(35, 1, 203, "REFUND-PAID", "CustomerReturn", **order(3)),
        _pays(34, 1, 213, "AGAIN-PAID", "CustomerReturn", **order(13)),
        _pays(30, 2, 303, "REMOVED-PAID", "REMOVAL_ORDER_LOST", **{"amazon-order-id": "RM-3"}),
        _pays(20, 2, 103, "LOST-PAID", "Lost_Warehouse"),
        _pays(15, 1, 105, "DAMAGED-PAID", "Damaged_Warehouse"),
        _pays(12, 1, 131, "CHEAP", "Lost_Warehouse"),
        _pays(10, 4, 108, "SHORT-PAID", "Lost_Inbound"),
        _pays(10, 2, 110, "CARRIER-PAID", "Damaged_Inbound"),
        _pays(9, 1, 208, "FEE-PAID", "Fee_Correction", **order(10)),
        _pays(2, 1, 902, "ELSE-2", "Lost_Warehouse"),
    ]
    return _sheet("reimbursements", REIMBURSEMENTS, rows)


def _bought(number: int, ago: int, sku: str) -> Row:
    return ordered(days_ago(ago), 1, "19.50", **_of(number, sku))


def _given_back(number: int, ago: int, sku: str, amount: str = "19.50", **more: Any) -> Row:
    return refunded(days_ago(ago), amount, **_of(number, sku), **more)


def _of(number: int, sku: str) -> dict[str, Any]:
    return {
        "order-id": _order(number),
        "merchant-order-id": _order(number),
        "sku": sku,
        "order-item-code": f"15503795246{number:04}",
    }


def _charged(number: int, ago: int, sku: str, commission: str, fulfilment: str) -> list[Row]:
    return [
        _bought(number, ago, sku),
        line(days_ago(ago), commission, "ItemFees/Commission", **_of(number, sku)),
        line(days_ago(ago), fulfilment, "ItemFees/FBAPerUnitFulfillmentFee", **_of(number, sku)),
    ]


_REFUNDS: Final = {  # order: SKU, days ago that it was refunded
    1: ("645397938453", 100),
    2: ("00456", 100),
    3: ("REFUND-PAID", 100),
    4: ("BROKEN-OPEN", 100),
    5: ("BROKEN-LATE", 125),
    6: ("MORE-OPEN", 95),
    14: ("REFUND-LATE", 125),
}


_REPLACED: Final = ((11, "AGAIN-OPEN"), (12, "AGAIN-BACK"), (13, "AGAIN-PAID"))


def _settlements() -> tuple[Sheet, Sheet]:
    shipping = {"amount-description": "Shipping", "quantity-purchased": "", "amount": "4.99"}
    # The parts of an order are shipped within 30 days: the settlements reach back so far.
    first = [_bought(989, 160, "ELSE-1")]
    first += [_bought(number, 128, sku) for number, (sku, _) in _REFUNDS.items()]
    first += [_bought(number, 128, sku) for number, sku in _REPLACED]
    first += [
        _bought(7, 128, "MORE-NONE"),
        {**_bought(7, 128, "MORE-NONE"), **shipping},
    ]
    first += sorted(
        [_given_back(number, ago, sku) for number, (sku, ago) in _REFUNDS.items()]
        + [
            _given_back(6, 94, "MORE-OPEN", "5.00", what="ItemPrice/Goodwill"),
            _given_back(7, 95, "MORE-NONE"),
            _given_back(7, 95, "MORE-NONE", "4.99", what="ItemPrice/Shipping"),
        ],
        key=lambda row: str(row["posted-date"]),
    )
    first.append(_bought(990, 60, "ELSE-1"))
    second = [
        _bought(991, 59, "ELSE-1"),
        *_charged(8, 30, "FEE-OPEN", "-3.90", "-5.42"),
        *_charged(9, 30, "FEE-BACK", "-3.90", "-5.42"),
        *_charged(10, 30, "FEE-PAID", "-2.93", "-5.42"),
        _fee_back(9, 25, "FEE-BACK", "3.90", "ItemFees/Commission"),
        _fee_back(9, 25, "FEE-BACK", "5.42", "ItemFees/FBAPerUnitFulfillmentFee"),
        _bought(992, 3, "ELSE-1"),
    ]
    return (
        _settlement("older settlement", "26000000001", first),
        _settlement("settlement", "26000000002", second),
    )


def _fee_back(number: int, ago: int, sku: str, amount: str, what: str) -> Row:
    return {**_given_back(number, ago, sku, what=what), "amount": amount}


def _settlement(name: str, number: str, lines: Sequence[Row]) -> Sheet:
    days = sorted(str(one["posted-date"]) for one in lines)
    summary = {
        "settlement-id": number,
        "settlement-start-date": f"{days[0]} 00:00:00 UTC",
        "settlement-end-date": f"{days[-1]} 23:59:59 UTC",
        "deposit-date": f"{days[-1]} 23:59:59 UTC",
        "currency": "USD",
        "total-amount": str(sum(Decimal(str(one["amount"])) for one in lines)),
    }
    return _sheet(name, SETTLEMENT, [summary, *({**one, "settlement-id": number} for one in lines)])


def _back(number: int, ago: int, sku: str, disposition: str = "SELLABLE") -> Row:
    return came_back(
        days_ago(ago),
        plate=f"LPN{number:04}",
        **{
            "order-id": _order(number),
            "sku": sku,
            "asin": f"B002{number:02}",
            "fnsku": f"X002{number:02}",
            "detailed-disposition": disposition,
        },
    )


def _returns() -> Sheet:
    rows = [
        _back(980, 130, "ELSE-1"),
        _back(5, 110, "BROKEN-LATE", "CARRIER_DAMAGED"),
        _back(4, 90, "BROKEN-OPEN", "CARRIER_DAMAGED"),
        _back(6, 88, "MORE-OPEN"),
        _back(7, 88, "MORE-NONE"),
        _back(2, 85, "00456"),
        _back(12, 70, "AGAIN-BACK"),
        _back(981, 2, "ELSE-1"),
    ]
    return _sheet("returns", RETURNS, rows)


def _replacements() -> Sheet:
    rows = [
        {
            "shipment-date": f"{days_ago(90)}T20:00:00+00:00",
            "sku": sku,
            "asin": f"B002{number}",
            "fulfillment-center-id": "LEX1",
            "quantity": 1,
            "replacement-reason-code": "7",
            "replacement-amazon-order-id": f"222-{number:07}-{number:07}",
            "original-amazon-order-id": _order(number),
        }
        for number, sku in _REPLACED
    ]
    return _sheet("replacements", REPLACEMENTS, rows)


_SENT: Final = (
    ("FBA15AAA", "SHORT-OPEN", 106, 96),
    ("FBA15BBB", "SHORT-LATE", 107, 90),
    ("FBA15CCC", "SHORT-PAID", 108, 96),
)


def _inbound() -> tuple[Answer, Answer]:
    shipments = [
        {
            "ShipmentId": shipment,
            "ShipmentName": "Restock",
            "ShipmentStatus": "CLOSED",
            "DestinationFulfillmentCenterId": "LEX1",
            "LabelPrepType": "SELLER_LABEL",
            "AreCasesRequired": False,
            "BoxContentsSource": "NONE",
            "ShipFromAddress": {"Name": "Seller"},
        }
        for shipment, _, _, _ in _SENT
    ]
    items = [
        {
            "ShipmentId": shipment,
            "SellerSKU": sku,
            "FulfillmentNetworkSKU": f"X00{number}",
            "QuantityShipped": 100,
            "QuantityReceived": received,
            "QuantityInCase": 0,
            "PrepDetailsList": [],
        }
        for shipment, sku, number, received in _SENT
    ]
    return (
        _answer("shipments", {"payload": {"ShipmentData": shipments}}),
        _answer("shipped items", {"payload": {"ItemData": items}}),
    )


_REMOVED: Final = (
    (1, "REMOVED-OPEN", 7, 2),
    (2, "REMOVED-THERE", 10, 0),
    (3, "REMOVED-PAID", 8, 0),
)


def _removals() -> tuple[Sheet, Sheet]:
    sent = [
        {
            "request-date": f"{days_ago(45)}T10:00:00+00:00",
            "order-id": f"RM-{number}",
            "shipment-date": f"{days_ago(40)}T20:00:00+00:00",
            "sku": sku,
            "fnsku": f"X0030{number}",
            "disposition": "Unsellable",
            "shipped-quantity": 10,
            "carrier": "UPS_GR_PL",
            "tracking-number": f"1Z000000000000000{number}",
            "removal-order-type": "Return",
        }
        for number, sku, _, _ in _REMOVED
    ]
    arrived = [
        {
            "order_id": f"RM-{number}",
            "tracking_number": f"1Z000000000000000{number}",
            "sku": sku,
            "received_on": days_ago(30),
            "received_units": received,
            "damaged_units": damaged,
        }
        for number, sku, received, damaged in _REMOVED
    ]
    return (
        _sheet("removals", REMOVAL_SHIPMENTS, sent),
        _sheet("removal receipts", REMOVAL_RECEIPTS, arrived, ","),
    )


def _fee_preview() -> Sheet:
    rows = [
        {"sku": sku, "fnsku": f"X00{number}", "asin": f"B00{number}", "amazon-store": "US",
         "product-name": "Mug", "product-group": "Kitchen", "your-price": "19.50",
         "sales-price": "19.50", "longest-side": "5.90", "median-side": "4.30",
         "shortest-side": "4.00", "unit-of-dimension": "inches", "item-package-weight": "1.10",
         "unit-of-weight": "pounds", "product-size-tier": "UsLargeStandardSize",
         "currency": "USD", "estimated-fee-total": "7.09",
         "estimated-referral-fee-per-unit": "2.93", "expected-fulfillment-fee-per-unit": "4.16"}
        for number, sku in ((206, "FEE-OPEN"), (207, "FEE-BACK"), (208, "FEE-PAID"))
    ]  # fmt: skip
    return _sheet("fee preview", FEE_PREVIEW, rows)


def amazon() -> tuple[File, ...]:
    """Every report that a rule of Amazon's reads, in an order in which they may be imported."""
    costs = [cost("12.00", sku="CHEAP"), cost("9.00", sku="LOST-PAID")]
    return (
        _sheet("costs", COST, costs, ","),
        _old_ledger(),
        _new_ledger(),
        _reimbursements(),
        *_settlements(),
        _returns(),
        _replacements(),
        *_inbound(),
        *_removals(),
        _fee_preview(),
    )


# Walmart --------------------------------------------------------------------------------------


def _gtin(number: int) -> str:
    body = f"00065791{number:05}"
    return body + check_digit(body)


def _po(number: int) -> str:
    return f"1291123456{number:05}"


def _month_first(ago: int) -> str:
    year, month, day = days_ago(ago).split("-")
    return f"{month}/{day}/{year}"


def _thing(number: int) -> dict[str, Any]:
    return {
        "Purchase Order #": _po(number),
        "Customer Order #": f"2000145331{number:05}",
        "Partner Item Id": f"W-{number}",
        "Partner GTIN": _gtin(number),
        "Transaction Key": f"K{number}",
    }


def _sold(number: int, ago: int, *, price: str = "20.00", commission: str = "-2.40") -> list[Row]:
    day = {"Transaction Posted Timestamp": _month_first(ago)}
    return [
        walmart.line("Product Price", price, **_thing(number) | day),
        walmart.line("Commission on Product", commission, **_thing(number) | day),
    ]


def _sent_back(number: int, ago: int, amount: str, what: str = "Product Price") -> Row:
    return walmart.refund(what, amount, _month_first(ago), **_thing(number))


def _stock_paid(word: str, number: int, ago: int, units: int, **more: object) -> Row:
    thing = {**_thing(number), "Purchase Order #": "", "Customer Order #": ""}
    return walmart.adjustment(word, f"{9 * units}.00", units, _month_first(ago), **thing | more)


def _recons() -> tuple[Sheet, ...]:
    returned = [_sold(number, 50) for number in (1, 2, 7, 8, 10)]
    older = [
        *(row for rows in returned for row in rows),
        *_sold(3, 50),
        *_sold(4, 50),
        *_sold(5, 50, commission="-5.00"),
        *_sold(6, 50, commission="-5.00"),
    ]
    newer = [
        *(_sent_back(number, 30, "-20.00") for number in (1, 2, 7, 8)),
        _sent_back(6, 30, "-20.00"),
        _sent_back(6, 30, "5.00", "Commission on Product"),
        _sent_back(3, 25, "-25.00"),
        _sent_back(4, 25, "-25.00"),
        _stock_paid("WFS LostInventory", 23, 20, 1),
        _stock_paid("WFS DamageInWarehouse", 32, 20, 1),
        _sent_back(4, 20, "5.00", "ExcessRefundAdjustment"),
        _stock_paid("WFS Refund", 42, 15, 4, **{"Purchase Order #": "PO42"}),
        _stock_paid("WFS Refund", 44, 15, 2, **{"Purchase Order #": "PO44"}),
        _stock_paid("Dispute won", 2, 10, 1, **{"Purchase Order #": _po(2)}),
        *_sold(99, 3),
    ]
    return (
        _recon("oldest recon", 110, 61, _sold(98, 70)),
        _recon("older recon", 60, 32, older),
        _recon("recon", 31, 2, newer),
    )


def _recon(name: str, first: int, last: int, lines: Sequence[Row]) -> Sheet:
    total = sum(Decimal(str(one["Amount"])) for one in lines)
    count = {"Period Start Date": f"Number of Lines in file {len(lines) + 2}"}
    summary = walmart.period(_month_first(first), _month_first(last))
    summary = {**summary, "Total Payable": str(total)}
    return _sheet(name, RECON, [count, summary, *lines], ",")


def _stock(name: str, first: int, last: int, *rows: tuple[int, int, int]) -> Sheet:
    said = [
        {
            "Start Date": days_ago(first),
            "End Date": days_ago(last),
            "GTIN": _gtin(number),
            "Item ID": "9",
            "Product Name": "Filter",
            "Vendor (Seller) SKU": f"W-{number}",
            "Fulfillment Center": "ATL1",
            "Lost": lost_units,
            "Found": found_units,
        }
        for number, lost_units, found_units in rows
    ]
    return _sheet(name, INVENTORY, said, ",")


def _received() -> Sheet:
    def one(number: int, units: int, damaged: int = 0, **more: object) -> Row:
        return walmart.receipt(
            **{
                "Inbound Order ID": f"71000{number}GDM",
                "PO Number": f"PO{number}",
                "GTIN": _gtin(number),
                "SKU": f"W-{number}",
                "PO Create Date": _month_first(45),
                "PO Delivered Date": _month_first(30),
                "Received Units": units,
                "Damaged Units": damaged,
            }
            | more
        )

    moved = {"Inbound Order ID": "71000MTR", "PO Delivered Date": _month_first(31)}
    rows = [one(41, 96), one(42, 96), one(43, 100, 2), one(44, 100, 2), one(45, 98, **moved)]
    return _sheet("receipts", RECEIPTS, rows, ",")


def _wfs_settlement() -> Sheet:
    def one(number: int, amount: str, units: int, reason: str) -> Row:
        return walmart.settled(
            "Refund",
            amount,
            **{
                "Walmart.com PO #": f"PO{number}",
                "WFSReferenceID": f"WFS-{number}",
                "Qty": units,
                "Transaction Date/Time": _month_first(15),
                "Partner GTIN": f'="{_gtin(number)}"',
                "Reason Code": reason,
            },
        )

    rows = [
        one(42, "36.00", 4, "Inbound shortage"),
        one(44, "18.00", 2, "Inbound damaged"),
        {**one(97, "1.00", 1, "Other"), "Transaction Date/Time": _month_first(3)},
    ]
    return _sheet("wfs settlement", WFS_SETTLEMENT, rows, ",")


def _return_orders() -> Answer:
    def one(
        number: int, *tags: str, ago: int = 30, by: int = -60, **more: object
    ) -> dict[str, Any]:
        return walmart.returned(
            f"R{number}",
            *tags,
            day=days_ago(ago),
            by=days_ago(by),
            purchaseOrderId=_po(number),
            item={"sku": f"W-{number}", "productName": "Filter"},
            **more,
        )

    gone = {"returnReason": "LOST_IN_TRANSIT", "returnExpectedFlag": False}
    there = ("RETURN_INITIATED", "RETURN_IN_TRANSIT", "DELIVERED_AFTER_INVOICE")
    return _answer(
        "return orders",
        walmart.returns(
            one(1, "REFUND_ISSUED", **gone),
            one(2, "REFUND_ISSUED", **gone),
            {**one(10, "RETURN_INITIATED", refundedQty=0, **gone), "returnType": "REPLACEMENT"},
            one(7, "RETURN_INITIATED", "REFUND_ISSUED", by=20),
            one(8, *there, by=20, returnReason="DAMAGED"),
            one(9, *there, ago=3),
        ),
    )


def _logs() -> tuple[Answer, ...]:
    def at(ago: int) -> dict[str, str]:
        return {"transactionTime": f"{days_ago(ago)}T18:00:00.000Z"}

    def one(number: int, *said: dict[str, Any]) -> Answer:
        return _answer(f"log {number}", walmart.log(*said, gtin=_gtin(number)))

    def last(number: int) -> dict[str, Any]:
        return walmart.sold(f"S{number}", days_ago(3))

    broken = "Damaged in warehouse"
    return (
        one(31, walmart.entry("L1", -3, broken, **at(40)), last(31)),
        one(32, walmart.entry("L2", -1, broken, **at(40)), last(32)),
        one(
            33,
            walmart.entry("L3", -1, broken, **at(40)),
            walmart.entry("L4", 1, broken, **at(30)),
            last(33),
        ),
        one(34, walmart.entry("L5", -2, "Destroyed", **at(40)), last(34)),
    )


def walmart_files() -> tuple[File, ...]:
    """Every report that a rule of Walmart's reads."""
    return (
        *_recons(),
        _stock("oldest stock", 92, 62, (21, -2, 0), (22, -1, 0), (23, -1, 0)),
        _stock("older stock", 61, 33, (22, 0, 1)),
        _stock("stock", 32, 3, (24, 0, 0)),
        _received(),
        _wfs_settlement(),
        _return_orders(),
        *_logs(),
    )
