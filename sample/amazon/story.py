"""What happens on an Amazon channel: losses, and what becomes of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from sample.amazon.below_cost import tell_payments_below_cost
from sample.amazon.inbound import NOTHING_RECEIVED, tell_shipments
from sample.amazon.life import daily_life
from sample.amazon.names import (
    adjustment_id,
    order_id,
    plate,
    removal_id,
    shipment_id,
    tracking_number,
)
from sample.amazon.removals import tell_removals
from sample.chance import Chance
from sample.fates import Teller, cost_of
from sample.model import Chapter, Fate, Loss, Market, Payment, Product
from sample.plans import IN_WAREHOUSE, Plan, bundles, plans_of
from sample.products import CENT, listed
from sample.shop import Shop

_CODES: Final = {
    "lost_in_warehouse": (("M", "5"), (85, 15)),
    "damaged_in_warehouse": (("E", "6", "7", "H", "K", "U"), (70, 8, 4, 8, 6, 4)),
    "returned_damaged": (("CARRIER_DAMAGED", "DAMAGED", "WAREHOUSE_DAMAGED"), (50, 25, 25)),
    "inbound_damaged": (("CARRIER_DAMAGED", "WAREHOUSE_DAMAGED"), (60, 40)),
}
_OF_ORDERS: Final = (
    "returned_damaged",
    "refunded_not_returned",
    "replacement_not_returned",
    "refunded_more",
    "fulfilment_fee",
    "referral_fee",
)
_SETTLED_DAYS: Final = 66  # within which a warehouse loss is found or paid
# By how many cents a charge or a refund is too much.
_TOO_MUCH: Final = {
    "refunded_more": (60, 400),
    "fulfilment_fee": (45, 380),
    "referral_fee": (60, 300),
}
# Nothing is ever paid for a product that shall have no known value.
_UNPAID_FATES: Final = (Fate.UNTOUCHED, Fate.FOUND, Fate.IN_PROGRESS)


def tell_amazon(
    market: Market, products: tuple[Product, ...], seed: int, today: date, numbers: Iterator[int]
) -> Chapter:
    """Everything that happens on one Amazon channel up to its last reported day."""
    teller = Teller(market, Chance(seed, market.channel, "losses"), numbers)
    shop = Shop(market, products, today, teller.chance)
    for plan in plans_of(market):
        for days in bundles(plan, market, today, teller.chance):
            teller.settle(_losses(teller, shop, plan, days))
    _other_payments(teller, shop)
    teller.chapter.payments = _under_shared_ids(teller.chapter.payments)
    tell_payments_below_cost(teller, today)

    def beside(business: str) -> Shop:
        return replace(shop, chance=Chance(seed, market.channel, business))

    daily_life(beside("daily life"), beside("orders"), teller.chapter)
    tell_shipments(beside("shipments"), teller.chapter)
    tell_removals(beside("removals"), teller.chapter)
    return teller.chapter


def _losses(teller: Teller, shop: Shop, plan: Plan, days: list[date]) -> list[Loss]:
    allowed = [
        product
        for product in _kept_for(plan.subtype, shop.products)
        if product.valued_by != "nothing" or plan.fate in _UNPAID_FATES
    ]
    chosen = [shop.popular(_quiet(teller, plan.subtype, allowed, day)) for day in days]
    if plan.fate is Fate.SHARED_PAYMENT:
        chosen = [chosen[0]] * len(days)
    return [_loss(teller, plan, day, product) for day, product in zip(days, chosen, strict=True)]


def _quiet(teller: Teller, subtype: str, products: list[Product], day: date) -> list[Product]:
    """The products of which no other unit of the kind is lost at that time, where there are some.

    A payment for a warehouse loss names the item alone: one loss's could pass for another's.
    """
    if subtype not in IN_WAREHOUSE:
        return products
    busy = {
        loss.product.sku
        for loss in teller.chapter.losses
        if loss.subtype == subtype and abs((loss.event_on - day).days) <= _SETTLED_DAYS
    }
    return [product for product in products if product.sku not in busy] or products


def _kept_for(subtype: str, products: tuple[Product, ...]) -> tuple[Product, ...]:
    """Amazon corrects both kinds of fee under one reason, so each has products of its own here:
    on the same product, one's money could pass for the other's."""
    lanes = {"fulfilment_fee": 0, "referral_fee": 1}
    return products[lanes[subtype] :: 2] if subtype in lanes else products


def _loss(teller: Teller, plan: Plan, day: date, product: Product) -> Loss:
    chance, market, subtype = teller.chance, teller.market, plan.subtype
    return Loss(
        number=next(teller.numbers),
        market=market,
        subtype=subtype,
        product=product,
        event_on=day,
        units=chance.between(*plan.units),
        fate=plan.fate,
        location=_centre(market, chance, abroad=subtype in IN_WAREHOUSE),
        reason=_reason(teller, subtype, plan.fate),
        reference=_reference(teller, subtype, day),
        order_id=_order_of(teller, subtype),
        unit_amount=_too_much(chance, subtype),
    )


def _reason(teller: Teller, subtype: str, fate: Fate) -> str:
    if subtype in _CODES:
        return teller.chance.weighted(*_CODES[subtype])
    # One shipment of which nothing at all came in.
    untouched = subtype == "inbound_shortage" and fate is Fate.UNTOUCHED
    once = all(loss.reason != NOTHING_RECEIVED for loss in teller.chapter.losses)
    return NOTHING_RECEIVED if untouched and once and teller.market.country == "US" else ""


def _reference(teller: Teller, subtype: str, day: date) -> str:
    chance = teller.chance
    if subtype in IN_WAREHOUSE:
        return adjustment_id(chance, day)
    if subtype == "returned_damaged":
        return plate(chance)
    if subtype == "replacement_not_returned":
        return order_id(teller.market, chance)
    if subtype.startswith("inbound"):
        return shipment_id(chance)
    return tracking_number(chance) if subtype.startswith("removal") else ""


def _order_of(teller: Teller, subtype: str) -> str:
    if subtype in _OF_ORDERS:
        return order_id(teller.market, teller.chance)
    return removal_id(teller.chance) if subtype.startswith("removal") else ""


def _too_much(chance: Chance, subtype: str) -> Decimal | None:
    cents = _TOO_MUCH.get(subtype)
    return Decimal(chance.between(*cents)) * CENT if cents else None


def _centre(market: Market, chance: Chance, *, abroad: bool) -> str:
    # Some of the German stock lies in Poland: its losses stand under the ledger's Country PL.
    if market.country == "DE" and abroad and chance.happens(3):
        return "WRO5"
    return chance.one_of(market.centres)


# Payments that no loss of this world explains: reason, how many, units, age from, worth.
_OTHERS: Final = (
    ("CustomerReturn", 24, (1, 1), 0, "order"),
    ("CustomerServiceIssue", 38, (1, 1), 0, "order"),
    ("Lost_Outbound", 7, (1, 1), 0, "order"),
    # For fees charged before those that the fee preview can be held against.
    ("Fee_Correction", 12, (1, 1), 100, "fee"),
    ("GeneralAdjustment", 3, (1, 1), 0, "fee"),
    ("ReturnAdjustment", 6, (1, 1), 0, "order"),
    # In no list of reasons that we know of: it has to show as unknown.
    ("Partial_Compensation_Review", 4, (1, 2), 0, "cost"),
)
_SHARED_EVERY: Final = 9  # days of the month on which payments are put under one id


def _other_payments(teller: Teller, shop: Shop) -> None:
    paid = [product for product in shop.products if product.valued_by != "nothing"]
    for reason, count, units, youngest, worth in _OTHERS:
        for _ in range(shop.of_size(count)):
            day = shop.some_day(youngest, 540)
            payment = _other_payment(teller, reason, day, shop.popular(paid))
            teller.chapter.payments.append(_worth(payment, worth, units, teller.chance))


def _other_payment(teller: Teller, reason: str, day: date, product: Product) -> Payment:
    of_order = reason.startswith("Customer") or reason in ("Lost_Outbound", "ReturnAdjustment")
    return Payment(
        payment_id=teller.payment_id(day),
        market=teller.market,
        paid_on=day,
        reason=reason,
        product=product,
        cash=0,
        inventory=0,
        unit_amount=Decimal(0),
        amount=Decimal(0),
        order_id=order_id(teller.market, teller.chance) if of_order else "",
    )


def _worth(payment: Payment, worth: str, span: tuple[int, int], chance: Chance) -> Payment:
    product, market = payment.product, payment.market
    each = {
        "cost": cost_of(product, market),
        "order": listed(product.price * Decimal("0.62"), market.currency),
        "fee": Decimal(chance.between(240, 2980)) * CENT,
    }[worth]
    units = chance.between(*span)
    return replace(payment, cash=units, unit_amount=each, amount=each * units)


def _under_shared_ids(payments: list[Payment]) -> list[Payment]:
    """Now and then one reimbursement id holds two items that were paid on the same day.

    Not where a payment is undone later: a reversal names what it undoes by id.
    """
    undone = {payment.undoes.payment_id for payment in payments if payment.undoes}
    waiting: dict[date, Payment] = {}
    return [
        payment if payment.payment_id in undone else _joined(payment, waiting)
        for payment in payments
    ]


def _joined(payment: Payment, waiting: dict[date, Payment]) -> Payment:
    if payment.undoes or payment.case_id or payment.paid_on.day % _SHARED_EVERY:
        return payment
    host = waiting.pop(payment.paid_on, None)
    if host is None:
        waiting[payment.paid_on] = payment
    elif host.product != payment.product:
        return replace(payment, payment_id=host.payment_id)
    return payment
