"""What happens on an Amazon channel: losses, and what becomes of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from services.sample.amazon_life import daily_life
from services.sample.amazon_names import adjustment_id, order_id, plate, shipment_id
from services.sample.case_history import history
from services.sample.chance import Chance
from services.sample.fates import Teller, cost_of
from services.sample.model import Case, Chapter, Fate, Loss, Market, Payment, Product
from services.sample.plans import Plan, bundles, plans_of
from services.sample.products import CENT, listed
from services.sample.shop import Shop

_CODES: Final = {
    "lost_in_warehouse": (("M", "5"), (85, 15)),
    "damaged_in_warehouse": (("E", "6", "7", "H", "K", "U"), (70, 8, 4, 8, 6, 4)),
    "returned_damaged": (("CARRIER_DAMAGED", "DAMAGED", "WAREHOUSE_DAMAGED"), (50, 25, 25)),
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
    life = replace(shop, chance=Chance(seed, market.channel, "daily life"))
    daily_life(life, teller.chapter)
    return teller.chapter


def _losses(teller: Teller, shop: Shop, plan: Plan, days: list[date]) -> list[Loss]:
    allowed = [p for p in shop.products if p.valued_by != "nothing" or plan.fate in _UNPAID_FATES]
    chosen = [shop.popular(allowed) for _ in days]
    if plan.fate is Fate.SHARED_PAYMENT:
        chosen = [chosen[0]] * len(days)
    return [_loss(teller, plan, day, product) for day, product in zip(days, chosen, strict=True)]


def _loss(teller: Teller, plan: Plan, day: date, product: Product) -> Loss:
    chance, market = teller.chance, teller.market
    is_return = plan.subtype == "returned_damaged"
    return Loss(
        number=next(teller.numbers),
        market=market,
        subtype=plan.subtype,
        product=product,
        event_on=day,
        units=chance.between(*plan.units),
        fate=plan.fate,
        place=_centre(market, chance, abroad=not is_return),
        reason=chance.weighted(*_CODES[plan.subtype]),
        reference=plate(chance) if is_return else adjustment_id(chance, day),
        order_id=order_id(market, chance) if is_return else "",
    )


def _centre(market: Market, chance: Chance, *, abroad: bool) -> str:
    # Some of the German stock lies in Poland: its losses stand under the ledger's Country PL.
    if market.country == "DE" and abroad and chance.happens(3):
        return "WRO5"
    return chance.one_of(market.centres)


# Payments that no loss of this world explains: reason, how many, units, by case, worth.
_OTHERS: Final = (
    ("Lost_Inbound", 30, (3, 18), True, "cost"),
    ("Damaged_Inbound", 9, (1, 6), True, "cost"),
    ("CustomerReturn", 64, (1, 1), False, "order"),
    ("CustomerServiceIssue", 38, (1, 1), False, "order"),
    ("Lost_Outbound", 7, (1, 1), False, "order"),
    ("REMOVAL_ORDER_LOST", 5, (2, 8), True, "cost"),
    ("Fee_Correction", 12, (1, 1), False, "fee"),
    ("GeneralAdjustment", 3, (1, 1), False, "fee"),
    ("ReturnAdjustment", 6, (1, 1), False, "order"),
    # In no list of reasons that we know of: it has to show as unknown.
    ("Partial_Compensation_Review", 4, (1, 2), False, "cost"),
)
_SHARED_EVERY: Final = 9  # days of the month on which payments are put under one id
_SUBTYPE_OF: Final = {
    "Lost_Inbound": "inbound_shortage",
    "Damaged_Inbound": "inbound_damaged",
    "REMOVAL_ORDER_LOST": "removal_lost",
}


def _other_payments(teller: Teller, shop: Shop) -> None:
    paid = [product for product in shop.products if product.valued_by != "nothing"]
    for reason, count, units, by_case, worth in _OTHERS:
        for _ in range(shop.of_size(count)):
            day = shop.some_day(0, 540)
            payment = _worth(
                _other_payment(teller, reason, day, shop.popular(paid)), worth, units, teller.chance
            )
            teller.chapter.payments.append(_with_case(teller, payment) if by_case else payment)


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


def _with_case(teller: Teller, payment: Payment) -> Payment:
    chance = teller.chance
    opened = max(payment.paid_on - timedelta(days=chance.between(7, 24)), teller.market.first_day)
    case = Case(
        case_id=teller.case_id(opened),
        market=teller.market,
        subtype=_SUBTYPE_OF[payment.reason],
        status="fully_reimbursed",
        opened_on=opened,
        closed_on=payment.paid_on,
        requested=payment.amount,
        approved=payment.amount,
        units=payment.cash,
        losses=(),
        events=history("fully_reimbursed", opened, payment.paid_on, teller.market.last_day, chance),
        reference_ids=(shipment_id(chance),),
    )
    teller.chapter.cases.append(case)
    return replace(payment, case_id=case.case_id)


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
