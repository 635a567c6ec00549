"""Payments for a loss that are below what the unit had cost the seller: losses of their own.

Since 31 March 2025 Amazon pays sourcing cost for what is lost before an order. What it takes back
later is underpaid no longer.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from sample.fates import Teller
from sample.model import Fate, Loss, Payment
from sample.products import CENT, cost_on

_SINCE: Final = date(2025, 3, 31)
_BEFORE_AN_ORDER: Final = (
    "Lost_Warehouse",
    "Damaged_Warehouse",
    "Lost_Inbound",
    "Damaged_Inbound",
    "REMOVAL_ORDER_LOST",
)
_CLAIMED_PERCENT: Final = 12
_DECIDED_AFTER: Final = 50  # days in which a case can be opened and decided
_OPENED_AFTER: Final = 9


def tell_payments_below_cost(teller: Teller, today: date) -> None:
    """Add a loss for each payment that is too small, and what becomes of it."""
    for loss in list(_too_small(teller, today)):
        teller.settle([loss])


def _too_small(teller: Teller, today: date) -> Iterator[Loss]:
    payments = teller.chapter.payments
    items = Counter(payment.payment_id for payment in payments)
    taken_back: Counter[tuple[str, str]] = Counter()
    for payment in payments:
        if payment.undoes:
            taken_back[payment.undoes.payment_id, payment.product.sku] -= payment.cash
    for payment in payments:
        units = payment.cash - taken_back[payment.payment_id, payment.product.sku]
        short = _missing(payment, today)
        if units > 0 and short > CENT:
            fate = _fate(teller, payment, alone=items[payment.payment_id] == 1)
            yield _loss(teller, payment, units, short, fate)


def _missing(payment: Payment, today: date) -> Decimal:
    """How much a unit was paid too little; nought where it was not."""
    counts = payment.reason in _BEFORE_AN_ORDER and payment.cash > 0 and payment.undoes is None
    if not counts or payment.paid_on < _SINCE or payment.product.valued_by != "cost_file":
        return Decimal(0)
    cost = cost_on(payment.product, payment.market.currency, today, payment.paid_on)
    return cost - payment.unit_amount


def _fate(teller: Teller, payment: Payment, *, alone: bool) -> Fate:
    """A case speaks of a payment by its id, which must not stand for another item as well."""
    left = (teller.market.last_day - payment.paid_on).days
    claimed = teller.market.served and alone and teller.chance.happens(_CLAIMED_PERCENT)
    if claimed and left > _DECIDED_AFTER:
        return Fate.BY_CASE
    return Fate.IN_PROGRESS if claimed and left > _OPENED_AFTER else Fate.UNTOUCHED


def _loss(teller: Teller, payment: Payment, units: int, short: Decimal, fate: Fate) -> Loss:
    return Loss(
        number=next(teller.numbers),
        market=teller.market,
        subtype="paid_below_cost",
        product=payment.product,
        event_on=payment.paid_on,
        units=units,
        fate=fate,
        location="",
        reason="",
        reference=payment.payment_id,
        unit_amount=short,
    )
