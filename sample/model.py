"""What the sample world is made of: what truly happened, before any report tells of it.

Days are the channel's own days; money is in the channel's currency; units are counted positive
where something goes missing and, in a payment, negative where it is taken back.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeVar


class Fate(StrEnum):
    """What becomes of a loss."""

    FOUND = "found"
    AUTOMATIC = "automatic"
    BY_CASE = "by_case"
    TWO_PAYMENTS = "two_payments"
    SHARED_PAYMENT = "shared_payment"
    IN_GOODS = "in_goods"
    GIVEN_BACK = "given_back"
    DECLARED_INVALID = "declared_invalid"
    PART_FOUND = "part_found"
    PARTLY_REFUSED = "partly_refused"
    REFUSED = "refused"
    CASE_CLOSED = "case_closed"
    UNTOUCHED = "untouched"
    PART_PAID = "part_paid"
    IN_PROGRESS = "in_progress"
    AWAITING_PAYMENT = "awaiting_payment"
    PART_PAID_CASE_OPEN = "part_paid_case_open"


@dataclass(frozen=True)
class Market:
    """One channel of one account, and the days its reports cover."""

    account: str
    channel: str
    region: str
    country: str  # as the marketplace's own reports write it: GB
    currency: str
    zone: str
    centres: tuple[str, ...]
    share: int  # its size beside the largest channel, per cent
    first_day: date
    last_day: date
    served: bool = True  # our service is active there
    settlements: int = 0  # how many Amazon settlements of two weeks the seller has kept

    @property
    def is_amazon(self) -> bool:
        return self.channel.startswith("amazon-")

    @property
    def settled_days(self) -> int:
        """Days up to the last one that the kept settlements tell of."""
        return self.settlements * 14

    @property
    def settled_from(self) -> date:
        """The first day that the kept settlements tell of."""
        return self.last_day - timedelta(days=self.settled_days - 1)


@dataclass(frozen=True)
class Product:
    """Something a seller sells. Cost and price are in the account's own currency."""

    sku: str
    fnsku: str
    asin: str
    gtin: str
    item_id: str
    title: str
    cost: Decimal
    price: Decimal
    popularity: int
    category: str  # Walmart's contract category
    valued_by: str  # cost_file, past_payments or nothing
    paid_share: Decimal  # what Amazon pays for a lost unit, as a share of its cost
    repriced: bool  # its cost was another until half a year ago


@dataclass(frozen=True)
class Loss:
    """One event that may qualify for reimbursement."""

    number: int
    market: Market
    subtype: str
    product: Product
    event_on: date
    units: int
    fate: Fate
    location: str  # fulfilment centre; of an inbound shipment, the inbound order
    reason: str  # ledger code or disposition: the marketplace's own word
    reference: str  # ledger adjustment, purchase order or licence plate
    order_id: str = ""
    unit_amount: Decimal | None = None  # where the event itself says it: a fee's difference


@dataclass(frozen=True)
class Found:
    """Units of a loss that turned up again."""

    loss: int
    on: date
    units: int


@dataclass(frozen=True)
class Settled:
    """How many units of one loss a payment settles; negative: takes back."""

    loss: int
    cash: int
    inventory: int


@dataclass(frozen=True)
class Payment:
    """One line of money or goods from the marketplace, or one taken back."""

    payment_id: str
    market: Market
    paid_on: date
    reason: str
    product: Product
    cash: int
    inventory: int
    unit_amount: Decimal
    amount: Decimal
    settles: tuple[Settled, ...] = ()
    case_id: str = ""
    order_id: str = ""
    reference: str = ""  # Walmart: purchase order
    note: str = ""  # Walmart: transaction reason
    undoes: "Payment | None" = None


@dataclass(frozen=True)
class CaseEvent:
    """One line of a case's history."""

    on: date
    status: str
    note: str


@dataclass(frozen=True)
class Case:
    """A claim that the service team filed."""

    case_id: str
    market: Market
    subtype: str
    status: str
    opened_on: date
    closed_on: date | None
    requested: Decimal
    approved: Decimal | None
    units: int
    losses: tuple[int, ...]
    events: tuple[CaseEvent, ...]
    reference_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Movement:
    """One ordinary row of Amazon's inventory ledger."""

    market: Market
    country: str
    on: date
    product: Product
    event_type: str
    quantity: int
    centre: str
    disposition: str = "SELLABLE"
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True)
class CustomerReturn:
    """One returned unit."""

    market: Market
    on: date
    product: Product
    order_id: str
    plate: str
    centre: str
    disposition: str
    reason: str
    comment: str
    loss: int | None = None


@dataclass(frozen=True)
class Order:
    """One product of one customer's order on Amazon; prices and fees are per unit."""

    market: Market
    on: date
    order_id: str
    order_item: str
    product: Product
    units: int
    price: Decimal
    fulfilment_fee: Decimal
    commission: Decimal


@dataclass(frozen=True)
class Refund:
    """Money given back to a customer of Amazon, all of it of the item's price."""

    market: Market
    on: date
    order_id: str
    order_item: str
    product: Product
    amount: Decimal


@dataclass(frozen=True)
class Replacement:
    """A unit that Amazon sent instead of one that a customer had."""

    market: Market
    on: date
    product: Product
    order_id: str
    original_order_id: str
    centre: str


@dataclass(frozen=True)
class Shipment:
    """Units of one product sent to Amazon in one FBA shipment."""

    market: Market
    shipment_id: str
    created_on: date
    centre: str
    status: str
    product: Product
    shipped: int
    received: int


@dataclass(frozen=True)
class Removal:
    """Units of one product that Amazon sends back to the seller, or disposes of.

    `arrived` and `damaged` are the seller's own count; None: nobody wrote it down.
    """

    market: Market
    order_id: str
    requested_on: date
    kind: str
    product: Product
    units: int
    shipped_on: date | None
    tracking: str
    arrived_on: date | None
    arrived: int | None
    damaged: int


@dataclass(frozen=True)
class InboundLine:
    """One product of one purchase order sent to Walmart."""

    market: Market
    inbound_order: str
    purchase_order: str
    product: Product
    created_on: date
    delivered_on: date | None
    status: str
    expected: int
    received: int
    damaged: int
    centre: str
    in_receipts: bool = True  # else the API alone tells of it


@dataclass(frozen=True)
class StockMonth:
    """One product in one Walmart warehouse over one calendar month; all counts positive."""

    market: Market
    month: date
    product: Product
    centre: str
    starting: int
    received: int
    sold: int
    lost: int
    found: int
    removed: int

    @property
    def ending(self) -> int:
        return self.starting + self.received - self.sold - self.lost + self.found - self.removed


@dataclass(frozen=True)
class Sale:
    """One unit sold on Walmart, with the commission charged for it."""

    market: Market
    on: date
    product: Product
    purchase_order: str
    customer_order: str
    town: tuple[str, str, str]  # state, city, zip code
    price: Decimal
    tax: Decimal
    rate: int  # per cent, as the report states it
    commission: Decimal
    fulfilment_fee: Decimal
    refunded_on: date | None = None
    refunded_more: Decimal = Decimal(0)  # given back beyond the price


@dataclass(frozen=True)
class ReturnOrder:
    """One unit that a customer of Walmart gives back, or should, or never had."""

    market: Market
    return_id: str
    sale: Sale
    on: date
    by: date
    kind: str  # REFUND, REPLACEMENT
    reason: str
    status: str
    events: tuple[tuple[str, date], ...]  # tag, day; the oldest first
    keep_it: bool = False
    channel: str = "WALMART_SETTLED_REFUND"


@dataclass(frozen=True)
class LogEntry:
    """One change of one product's stock in Walmart's inventory log."""

    market: Market
    log_id: str
    product: Product
    on: date
    units: int
    centre: str
    location: str
    kind: str
    code: str
    words: str
    shipment_id: str = ""


@dataclass(frozen=True)
class Charge:
    """One other Walmart money line: storage, advertising, transport. Never a reimbursement."""

    market: Market
    on: date
    transaction_type: str
    description: str
    amount_type: str
    amount: Decimal


@dataclass
class Chapter:
    """What happened on one channel, as it is being told."""

    losses: list[Loss] = field(default_factory=list)
    finds: list[Found] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    returns: list[CustomerReturn] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    inbound: list[InboundLine] = field(default_factory=list)
    stock: list[StockMonth] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    return_orders: list[ReturnOrder] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """Everything that happened, up to the last day its reports cover."""

    today: date
    markets: tuple[Market, ...]
    products: dict[str, tuple[Product, ...]]  # by account
    losses: tuple[Loss, ...]
    finds: tuple[Found, ...]
    payments: tuple[Payment, ...]
    cases: tuple[Case, ...]
    movements: tuple[Movement, ...]
    returns: tuple[CustomerReturn, ...]
    orders: tuple[Order, ...]
    refunds: tuple[Refund, ...]
    replacements: tuple[Replacement, ...]
    shipments: tuple[Shipment, ...]
    removals: tuple[Removal, ...]
    inbound: tuple[InboundLine, ...]
    stock: tuple[StockMonth, ...]
    sales: tuple[Sale, ...]
    return_orders: tuple[ReturnOrder, ...]
    log: tuple[LogEntry, ...]
    charges: tuple[Charge, ...]

    @cached_property
    def found_of(self) -> dict[int, list[Found]]:
        """By loss."""
        return _grouped((found.loss, found) for found in self.finds)

    @cached_property
    def paid_of(self) -> dict[int, list[tuple[Payment, Settled]]]:
        """By loss: every payment and reversal that touches it."""
        return _grouped(
            (settled.loss, (payment, settled))
            for payment in self.payments
            for settled in payment.settles
        )

    @cached_property
    def case_of(self) -> dict[int, Case]:
        """By loss."""
        return {number: case for case in self.cases for number in case.losses}

    def market(self, channel: str) -> Market:
        """The market of a channel; here each channel belongs to one account."""
        return next(market for market in self.markets if market.channel == channel)


Key = TypeVar("Key")
Value = TypeVar("Value")


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    groups: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
