"""Walmart's report files: payments every two weeks, inventory every month, inbound receipts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from sample.model import (
    Charge,
    InboundLine,
    Market,
    Payment,
    Product,
    Sale,
    StockMonth,
    Story,
)
from sample.text import Row, columns, comma, save, zipped
from sample.walmart.calendar import (
    complete_months,
    month_end,
    period_end,
    periods,
    settled_from,
)

RECON_COLUMNS: Final = columns("""
    Period Start Date, Period End Date, Total Payable, Currency, Transaction Key,
    Transaction Posted Timestamp, Transaction Type, Transaction Description, Customer Order #,
    Customer Order line #, Purchase Order #, Purchase Order line #, Amount, Amount Type, Ship Qty,
    Commission Rate, Base Commission Rate, Transaction Reason Description, Partner Item Id,
    Partner GTIN, Partner Item Name, Product Tax Code, Ship to State, Ship to City,
    Ship to Zipcode, Contract Category, Product Type, Commission Rule, Shipping Method,
    Fulfillment Type, Fulfillment Details, Original Commission
""")
INVENTORY_COLUMNS: Final = columns("""
    Start Date, End Date, GTIN, Item ID, Product Name, Vendor (Seller) SKU, Fulfillment Center,
    Starting Quantity, Received, Sold, Lost, Found, Undelivered, Transferred, Returned To Seller,
    Removed, Ending Quantity
""")
_LEGEND: Final = columns("""
    Start of the period, End of the period, 14-digit GTIN, Walmart item ID, Name, Your SKU, FC,
    Units at start, Units received, Units sold, Units lost, Units found, Units undelivered,
    Units transferred, Units returned, Units removed, Units at end
""")
RECEIPT_COLUMNS: Final = columns("""
    Inbound Order ID, PO Number, Original PO Number, GTIN, UPC, SKU, Description, PO Create Date,
    PO Delivered Date, PO Status, Expected Units, Checked-in Units at ICC, Received Units,
    Damaged Units
""")
# Older payment reports know neither the base rate nor what follows the fulfilment type.
_LATER_COLUMNS: Final = ("Base Commission Rate", "Fulfillment Details", "Original Commission")
_OLDER_PERIODS: Final = 10
_BROKEN_GTIN: Final = "6.57913E+12"  # what a spreadsheet makes of one

Line = dict[str, str]


def write_recon(folder: Path, story: Story, market: Market) -> list[Path]:
    """One payment report per period of two weeks, as the ZIP that Walmart delivers."""
    lines = _lines_by_period(story, market)
    return [
        _write_recon(folder, market, span, lines.get(span[1], []), number)
        for number, span in enumerate(periods(market))
    ]


def _lines_by_period(story: Story, market: Market) -> dict[date, list[tuple[date, Line]]]:
    told: dict[date, list[tuple[date, Line]]] = {}
    for day, line in _all_lines(story, market):
        told.setdefault(period_end(market, day), []).append((day, line))
    return {end: sorted(lines, key=_order) for end, lines in told.items()}


def _order(told: tuple[date, Line]) -> tuple[date, str]:
    return told[0], told[1]["Transaction Key"]


def _all_lines(story: Story, market: Market) -> Iterator[tuple[date, Line]]:
    known = {sale.product.sku for sale in story.sales if sale.market == market}
    for sale in story.sales:
        if sale.market == market:
            yield from ((sale.on, line) for line in _sold(sale))
            if sale.refunded_on:
                yield from ((sale.refunded_on, line) for line in _refunded(sale))
    for payment in story.payments:
        if payment.market == market:
            yield payment.paid_on, told_less(_paid(payment), payment, known)
    for charge in story.charges:
        if charge.market == market:
            yield charge.on, _charged(charge)


def _line(kind: str, description: str, amount: Decimal, amount_type: str) -> Line:
    return {
        "Transaction Type": kind,
        "Transaction Description": description,
        "Amount": f"{amount:.2f}",
        "Amount Type": amount_type,
    }


def _item(product: Product) -> Line:
    return {
        "Partner Item Id": product.sku,
        "Partner GTIN": product.gtin,
        "Partner Item Name": product.title,
        "Fulfillment Type": "Walmart Fulfilled",
    }


def _of_sale(sale: Sale, day: date) -> Line:
    state, city, code = sale.town
    return _item(sale.product) | {
        "Transaction Key": f"{day:%Y_%m_%d}_{sale.purchase_order[-7:]}",
        "Customer Order #": sale.customer_order,
        "Customer Order line #": "1",
        "Purchase Order #": sale.purchase_order,
        "Purchase Order line #": "1",
        "Product Tax Code": "2038710",
        "Ship to State": state,
        "Ship to City": city,
        "Ship to Zipcode": code,
        "Contract Category": sale.product.category,
        "Product Type": sale.product.title.split(" –", maxsplit=1)[0],
        "Shipping Method": "Marketplace standard",
    }


def _sold(sale: Sale) -> Iterator[Line]:
    about = _of_sale(sale, sale.on)
    one = {"Ship Qty": "1"}
    yield about | one | _line("Sale", "Purchase", sale.price, "Product Price")
    yield about | one | _line("Sale", "Purchase", sale.tax, "Product tax")
    yield about | one | _line("Sale", "Purchase", -sale.tax, "Product tax withheld")
    yield about | one | _commission(sale)
    yield about | _line(
        "Adjustment", "WFS Fulfillment fee", -sale.fulfilment_fee, "WFS Fee/Reimbursement"
    )


def _commission(sale: Sale) -> Line:
    return _line("Sale", "Purchase", -sale.commission, "Commission on Product") | {
        "Commission Rate": str(sale.rate),
        "Base Commission Rate": str(sale.rate),
        "Commission Rule": f"BSE-47-{sale.rate}.0",
        "Original Commission": f"{-sale.commission:.2f}",
    }


def _refunded(sale: Sale) -> Iterator[Line]:
    about = _of_sale(sale, sale.refunded_on or sale.on)
    given = sale.price + sale.refunded_more
    yield about | _line("Refund", "Return Refund", -given, "Product Price")
    yield about | _line("Refund", "Return Refund", sale.commission, "Commission on Product")


def _paid(payment: Payment) -> Line:
    kind = "Dispute Settlement" if payment.reason == "Dispute won" else "Adjustment"
    in_stock = payment.reason.endswith("Inventory") or payment.reason.endswith("Warehouse")
    amount_type = "WFS Inventory Fee/Reimbursement" if in_stock else "WFS Fee/Reimbursement"
    return (
        _item(payment.product)
        | _line(kind, payment.reason, payment.amount, amount_type)
        | {
            "Transaction Key": payment.payment_id,
            "Customer Order #": payment.order_id,
            "Purchase Order #": payment.reference,
            "Ship Qty": str(abs(payment.cash)),
            "Transaction Reason Description": payment.note,
        }
    )


def told_less(line: Line, payment: Payment, known: set[str]) -> Line:
    """The same line with less in it, as happens: no reason where the WFS settlement has it, or an
    item number that a spreadsheet broke where the SKU is known by it."""
    number = int(payment.payment_id[-6:])
    if payment.reason == "WFS Refund" and payment.paid_on >= settled_from(payment.market):
        return line | {"Transaction Reason Description": ""} if number % 3 == 0 else line
    broken = number % 17 == 0 and payment.product.sku in known
    return line | {"Partner GTIN": _BROKEN_GTIN} if broken else line


def _charged(charge: Charge) -> Line:
    line = _line(charge.transaction_type, charge.description, charge.amount, charge.amount_type)
    return line | {"Transaction Key": f"{charge.on:%Y_%m_%d}_1000000"}


def _write_recon(
    folder: Path,
    market: Market,
    span: tuple[date, date],
    lines: Sequence[tuple[date, Line]],
    number: int,
) -> Path:
    older = number < _OLDER_PERIODS
    columns = [name for name in RECON_COLUMNS if not (older and name in _LATER_COLUMNS)]
    rows = _recon_rows(market, span, lines, padded=number % 2 == 0)
    content = comma([columns, *([line.get(name, "") for name in columns] for line in rows)])
    name = f"recon_{span[1]:%m%d%Y}"
    if number % 13 == 12:  # some sellers get the bare CSV
        return save(folder / f"{name}.csv", content)
    return save(folder / f"{name}.zip", zipped(content, f"{name}.csv"))


def _recon_rows(
    market: Market, span: tuple[date, date], lines: Sequence[tuple[date, Line]], *, padded: bool
) -> Iterator[Line]:
    payable = sum((Decimal(line["Amount"]) for _, line in lines), Decimal(0))
    yield {RECON_COLUMNS[0]: f"Number of Lines in file {len(lines) + 1}"}
    yield {
        "Period Start Date": f"{span[0]:%m/%d/%Y}",
        "Period End Date": f"{span[1]:%m/%d/%Y}",
        "Total Payable": f"{payable:.2f}",
        "Currency": market.currency,
        "Transaction Type": "PaymentSummary",
    }
    for day, line in lines:
        posted = f"{day:%m/%d/%Y}" if padded else f"{day.month}/{day.day}/{day.year}"
        yield line | {"Transaction Posted Timestamp": posted}


def write_inventory(folder: Path, story: Story, market: Market) -> list[Path]:
    """One inventory reconciliation per complete calendar month."""
    months = complete_months(market)
    return [
        _write_inventory(
            folder,
            [line for line in story.stock if line.month == month],
            month,
            newest=month == months[-1],
        )
        for month in months
    ]


def _write_inventory(
    folder: Path, lines: Iterable[StockMonth], month: date, *, newest: bool
) -> Path:
    rows = [_stocked(line) for line in lines]
    if newest:
        quiet = next(row for row in rows if row[10] == "0" == row[11])
        rows.append((*quiet[:2], _BROKEN_GTIN, *quiet[3:]))
    content = comma([INVENTORY_COLUMNS, _LEGEND, *rows], "utf-8-sig")
    return save(folder / f"wfs-inventory-reconciliation_{month:%Y-%m}.csv", content)


def _stocked(line: StockMonth) -> Row:
    product = line.product
    return (
        line.month.isoformat(),
        month_end(line.month).isoformat(),
        f'="{product.gtin}"',
        product.item_id,
        product.title,
        product.sku,
        line.centre,
        str(line.starting),
        str(line.received),
        str(-line.sold),
        str(-line.lost),
        str(line.found),
        "0",
        "0",
        "0",
        str(-line.removed),
        str(line.ending),
    )


def write_receipts(folder: Path, story: Story, market: Market) -> list[Path]:
    """Inbound receipts by the day an order was made, in three overlapping downloads."""
    spans = ((600, 240), (270, 90), (120, 1))
    return [
        _write_receipts(
            folder,
            story,
            market,
            (story.today - timedelta(days=first), story.today - timedelta(days=last)),
        )
        for first, last in spans
    ]


def _write_receipts(folder: Path, story: Story, market: Market, span: tuple[date, date]) -> Path:
    lines = sorted(
        (
            line
            for line in story.inbound
            if line.market == market and line.in_receipts and span[0] <= line.created_on <= span[1]
        ),
        key=lambda line: (line.created_on, line.purchase_order, line.product.sku),
    )
    rows = [_received(line, span[1]) for line in lines]
    if span[1] == market.last_day:
        rows.insert(10, (*rows[9][:10], f"{rows[9][10]} pcs", *rows[9][11:]))  # somebody's addition
        rows.insert(20, (*rows[19][:3], _BROKEN_GTIN, *rows[19][4:]))
    return save(
        folder / f"wfs-inbound-receipts_{span[0]}_{span[1]}.csv",
        comma([RECEIPT_COLUMNS, *rows], "utf-8-sig"),
    )


def _received(line: InboundLine, told_on: date) -> tuple[str, ...]:
    there = line.delivered_on if line.delivered_on and line.delivered_on <= told_on else None
    waiting = line.delivered_on is not None and there is None
    received = 0 if waiting else line.received
    product = line.product
    return (
        line.inbound_order,
        line.purchase_order,
        "",
        product.gtin,
        product.gtin[2:],
        product.sku,
        product.title,
        f"{line.created_on:%m/%d/%Y}",
        f"{there:%m/%d/%Y}" if there else "",
        "AWAITING_DELIVERY" if waiting else line.status,
        str(line.expected),
        str(received),
        str(received),
        str(0 if waiting else line.damaged),
    )
