"""Amazon's settlement reports (V2): every money line of two weeks, and a line that sums them up.

America writes 2026-03-13 20:21:38 UTC and 19.50, Europe 13.03.2026 20:21:38 UTC; Germany 19,50.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from sample.model import Market, Order, Payment, Refund, Story
from sample.products import CENT
from sample.text import Row, columns, plain_tab, save

COLUMNS: Final = columns("""
    settlement-id, settlement-start-date, settlement-end-date, deposit-date, total-amount,
    currency, transaction-type, order-id, merchant-order-id, adjustment-id, shipment-id,
    marketplace-name, amount-type, amount-description, amount, fulfillment-id, posted-date,
    posted-date-time, order-item-code, merchant-order-item-id, merchant-adjustment-item-id, sku,
    quantity-purchased, promotion-id
""")
_PERIOD: Final = 14
_NAMES: Final = {"US": "Amazon.com", "CA": "Amazon.ca", "GB": "Amazon.co.uk", "DE": "Amazon.de"}
_TAXED_EVERY: Final = 6  # every so manieth American order shows the tax that Amazon withholds
_TAX: Final = Decimal("0.07")
# What a reimbursement is called in a settlement.
_PAID_AS: Final = {
    "Lost_Warehouse": "WAREHOUSE_LOST",
    "Damaged_Warehouse": "WAREHOUSE_DAMAGE",
    "Lost_Inbound": "MISSING_FROM_INBOUND",
    "Damaged_Inbound": "INBOUND_CARRIER_DAMAGE",
    "CustomerReturn": "REVERSAL_REIMBURSEMENT",
    "ReturnAdjustment": "REVERSAL_REIMBURSEMENT",
    "CustomerServiceIssue": "CS_ERROR_ITEMS",
    "Lost_Outbound": "CS_ERROR_ITEMS",
    "REMOVAL_ORDER_LOST": "REMOVAL_ORDER_LOST",
    "FREE_REPLACEMENT_REFUND_ITEMS": "FREE_REPLACEMENT_REFUND_ITEMS",
    "Fee_Correction": "INCORRECT_FEES_ITEMS",
    "GeneralAdjustment": "RE_EVALUATION",
    "Partial_Compensation_Review": "PAYMENT_RETRACTION_ITEMS",
    "Reimbursement_Reversal": "COMPENSATED_CLAWBACK",
}


@dataclass(frozen=True)
class Line:
    """One money line, dated by the channel's own clock."""

    at: datetime
    cells: dict[str, str]
    amount: Decimal


def write_settlements(folder: Path, story: Story, market: Market) -> list[Path]:
    """One file per settlement that the seller has kept, oldest first."""
    lines = sorted(_lines(story, market), key=lambda line: line.at)
    return [
        _write(folder, market, start, [line for line in lines if start <= line.at.date() <= last])
        for start, last in _periods(market)
    ]


def _periods(market: Market) -> Iterator[tuple[date, date]]:
    for number in range(market.settlements):
        start = market.settled_from + timedelta(days=number * _PERIOD)
        yield start, start + timedelta(days=_PERIOD - 1)


def _write(folder: Path, market: Market, start: date, lines: list[Line]) -> Path:
    begins = datetime.combine(start, time(), ZoneInfo(market.zone))
    number = str(24_000_000_000 + start.toordinal() * 10_000 + market.share)
    total = sum((line.amount for line in lines), Decimal(0))
    summary = {
        "settlement-id": number,
        "settlement-start-date": _moment(market, begins),
        "settlement-end-date": _moment(market, begins + timedelta(days=_PERIOD)),
        "deposit-date": _moment(market, begins + timedelta(days=_PERIOD + 2)),
        "total-amount": _money(market, total),
        "currency": market.currency,
    }
    rows = [summary, *({"settlement-id": number} | _cells(market, line) for line in lines)]
    content = plain_tab([COLUMNS, *(_row(cells) for cells in rows)])
    return save(folder / f"settlement_{number}.txt", content)


def _row(cells: dict[str, str]) -> Row:
    return [cells.get(name, "") for name in COLUMNS]


def _cells(market: Market, line: Line) -> dict[str, str]:
    moment = _moment(market, line.at)
    return line.cells | {
        "amount": _money(market, line.amount),
        "posted-date": moment.split(" ", maxsplit=1)[0],
        "posted-date-time": moment,
    }


def _moment(market: Market, at: datetime) -> str:
    form = "%d.%m.%Y" if market.region == "EU" else "%Y-%m-%d"
    return at.astimezone(UTC).strftime(f"{form} %H:%M:%S UTC")


def _money(market: Market, amount: Decimal) -> str:
    text = f"{amount:.2f}"
    return text.replace(".", ",") if market.currency == "EUR" else text


def at_some_time(market: Market, day: date, number: int) -> datetime:
    """A moment of the channel's own day, now and then so late that it is tomorrow in UTC."""
    hour = 23 if number % 9 == 0 else 1 + number % 22
    return datetime.combine(day, time(hour, number % 59, number % 53), ZoneInfo(market.zone))


def _lines(story: Story, market: Market) -> Iterator[Line]:
    since = market.settled_from
    for number, order in enumerate(story.orders):
        if order.market == market:
            yield from _ordered(order, taxed=number % _TAXED_EVERY == 0)
    for number, refund in enumerate(story.refunds):
        if refund.market == market:
            yield from _refunded(refund, number)
    for payment in story.payments:
        if payment.market == market and payment.paid_on >= since and payment.amount:
            yield _paid(payment)
    for start, last in _periods(market):
        at = at_some_time(market, last, start.toordinal())
        fee = -Decimal(4_000 + start.toordinal() % 977) * market.share * CENT / 100
        yield Line(
            at,
            _kind("other-transaction", "FBA Inventory Storage Fee", "Storage Fee"),
            fee.quantize(CENT),
        )


def _kind(transaction: str, kind: str, description: str) -> dict[str, str]:
    return {
        "transaction-type": transaction,
        "amount-type": kind,
        "amount-description": description,
    }


def _item(about: Order | Refund) -> dict[str, str]:
    return {
        "order-id": about.order_id,
        "merchant-order-id": about.order_id,
        "marketplace-name": _NAMES[about.market.country],
        "fulfillment-id": "AFN",
        "order-item-code": about.order_item,
        "sku": about.product.sku,
    }


def _ordered(order: Order, *, taxed: bool) -> Iterator[Line]:
    at = at_some_time(order.market, order.on, int(order.order_item[-6:]))
    about = _item(order) | {"shipment-id": f"P{order.order_item[:8]}"}
    price = order.price * order.units
    bought = {"quantity-purchased": str(order.units)}

    def line(kind: str, description: str, amount: Decimal) -> Line:
        return Line(at, about | _kind("Order", kind, description), amount)

    principal = line("ItemPrice", "Principal", price)
    yield Line(at, principal.cells | bought, price)
    if taxed and order.market.country == "US":
        tax = (price * _TAX).quantize(CENT)
        yield line("ItemPrice", "Tax", tax)
        yield line("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", -tax)
    yield line("ItemFees", "FBAPerUnitFulfillmentFee", -order.fulfilment_fee * order.units)
    yield line("ItemFees", "Commission", -order.commission * order.units)


def _refunded(refund: Refund, number: int) -> Iterator[Line]:
    at = at_some_time(refund.market, refund.on, number)
    about = _item(refund) | {"adjustment-id": f"amzn1:crow:{refund.order_item[-9:]}{number:06}"}
    commission = (refund.amount * Decimal("0.15")).quantize(CENT)
    kept = (commission * Decimal("0.2")).quantize(CENT)
    for kind, description, amount in (
        ("ItemPrice", "Principal", -refund.amount),
        ("ItemFees", "Commission", commission),
        ("ItemFees", "RefundCommission", -kept),
    ):
        yield Line(at, about | _kind("Refund", kind, description), amount)


def _paid(payment: Payment) -> Line:
    """A reimbursement names no marketplace here: its settlement's currency says which."""
    at = at_some_time(payment.market, payment.paid_on, int(payment.payment_id))
    kind = _kind("other-transaction", "FBA Inventory Reimbursement", _PAID_AS[payment.reason])
    about = {"sku": payment.product.sku, "quantity-purchased": str(abs(payment.cash))}
    return Line(at, kind | about, payment.amount)
