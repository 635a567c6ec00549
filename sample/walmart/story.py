"""What happens on a Walmart channel: losses and what becomes of them, shipments, stock, sales."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sample.chance import Chance
from sample.fates import Teller
from sample.model import Chapter, Fate, InboundLine, Loss, Market, Payment, Product
from sample.plans import Plan, bundles, plans_of
from sample.products import CENT, listed
from sample.shop import Shop
from sample.walmart.calendar import API_DAYS, complete_months, period_end
from sample.walmart.log import OF_LOG, log_id, tell_log
from sample.walmart.returns import OF_RETURNS, tell_returns
from sample.walmart.sales import OVERCHARGED, charges, overcharged_sale, sales
from sample.walmart.stock import stock_months

_ORDINARY_ORDERS: Final = 70
_CANCELLED_ORDERS: Final = 4
_ON_THE_WAY: Final = 4


def tell_walmart(
    market: Market, products: tuple[Product, ...], seed: int, today: date, numbers: Iterator[int]
) -> Chapter:
    """Everything that happens on the channel where the service is offered."""
    teller = Teller(market, Chance(seed, market.channel, "losses"), numbers)
    shop = Shop(market, products, today, teller.chance)
    for plan in plans_of(market):
        for days in bundles(plan, market, today, teller.chance):
            teller.settle([_loss(teller, shop, plan, day) for day in days])
    _other_payments(teller, shop)

    def beside(business: str) -> Shop:
        return replace(shop, chance=Chance(seed, market.channel, business))

    _daily_life(beside("daily life"), teller.chapter)
    tell_returns(beside("returns"), teller.chapter)
    tell_log(beside("log"), teller.chapter)
    return teller.chapter


def tell_sales_only(
    market: Market, products: tuple[Product, ...], seed: int, today: date
) -> Chapter:
    """A channel outside the United States: it sells, and no claim is known for it."""
    shop = Shop(market, products, today, Chance(seed, market.channel, "daily life"))
    return Chapter(sales=list(sales(shop)), charges=list(charges(shop)))


def _daily_life(shop: Shop, chapter: Chapter) -> None:
    chapter.inbound.extend(_ordinary_inbound(shop))
    chapter.sales.extend(sales(shop))
    chapter.charges.extend(charges(shop))
    chapter.stock.extend(stock_months(shop, chapter))


def _loss(teller: Teller, shop: Shop, plan: Plan, day: date) -> Loss:
    if plan.subtype == "lost_in_warehouse":
        return _lost(teller, shop, plan, day)
    if plan.subtype == "referral_fee":
        return _overcharged(teller, shop, plan, day)
    if plan.subtype in OF_LOG:
        return _written_off(teller, shop, plan, day)
    if plan.subtype in OF_RETURNS:
        return _of_return(teller, shop, plan, day)
    return _short(teller, shop, plan, day)


def _lost(teller: Teller, shop: Shop, plan: Plan, day: date) -> Loss:
    """The report is monthly: one product in one warehouse loses units once a month at most."""
    months = complete_months(shop.market)
    month = max(months[0], min(day.replace(day=1), months[-1]))
    taken = {(loss.product.sku, loss.location, loss.event_on) for loss in teller.chapter.losses}
    free = [
        (product, centre)
        for product in _kept_for(plan.fate, shop.products, teller.chapter.losses, month)
        for centre in shop.market.centres
        if (product.sku, centre, month) not in taken
    ]
    product, centre = teller.chance.one_of(free)
    return _new(teller, plan, month, product, location=centre)


def _written_off(teller: Teller, shop: Shop, plan: Plan, day: date) -> Loss:
    """Payments name the item alone, and both kinds of loss are paid under one word."""
    lane = _LANES[plan.subtype, plan.fate]
    kept = [product for number, product in enumerate(shop.products) if number % 4 == lane]
    product = teller.chance.one_of(kept)
    return _new(teller, plan, day, product, location=shop.centre(), reference=log_id(shop))


def _of_return(teller: Teller, shop: Shop, plan: Plan, day: date) -> Loss:
    chance = teller.chance
    more = Decimal(chance.between(60, 400)) * CENT if plan.subtype == "refunded_more" else None
    return _new(
        teller,
        plan,
        day,
        shop.popular(),
        reference=f"1291{chance.digits(11)}",
        order_id=f"2000{chance.digits(11)}",
        unit_amount=more,
    )


_LONG_SETTLED: Final = 120  # days after the month's first in which a loss is surely found or paid
_LANES: Final = {
    ("damaged_in_warehouse", Fate.AUTOMATIC): 0,
    ("damaged_in_warehouse", Fate.UNTOUCHED): 1,
    ("destroyed_in_warehouse", Fate.AUTOMATIC): 2,
    ("destroyed_in_warehouse", Fate.UNTOUCHED): 3,
}


def _kept_for(
    fate: Fate, products: tuple[Product, ...], losses: list[Loss], month: date
) -> list[Product]:
    """Each fate has products of its own.

    The reports name neither the loss that a payment is for nor the one that a found unit belongs
    to: on the same product, one loss's money could pass for another's.
    """
    lanes = {
        Fate.GIVEN_BACK: (0,),
        Fate.UNTOUCHED: (1,),
        Fate.AUTOMATIC: (3, 4),
        Fate.PART_FOUND: (5,),
    }
    lane = lanes.get(fate, (2,))
    kept = [product for number, product in enumerate(products) if number % 6 in lane]
    if fate is Fate.GIVEN_BACK:
        used = {loss.product.sku for loss in losses}
        return [product for product in kept if product.sku not in used]
    if fate is Fate.PART_FOUND:
        near = {
            loss.product.sku
            for loss in losses
            if abs((loss.event_on - month).days) <= _LONG_SETTLED
        }
        return [product for product in kept if product.sku not in near] or kept
    return kept


def _overcharged(teller: Teller, shop: Shop, plan: Plan, day: date) -> Loss:
    """The day that counts is the one the sale was settled on: the end of its period."""
    weights = [OVERCHARGED.get(product.sku, 0) for product in shop.products]
    sale = overcharged_sale(shop, day, teller.chance.weighted(shop.products, weights))
    teller.chapter.sales.append(sale.sale)
    return _new(
        teller,
        plan,
        period_end(shop.market, day),
        sale.sale.product,
        reference=sale.sale.purchase_order,
        order_id=sale.sale.customer_order,
        unit_amount=sale.too_much,
    )


def _short(teller: Teller, shop: Shop, plan: Plan, day: date) -> Loss:
    """A purchase order of which fewer or damaged units were received; a transfer's clock starts
    with the order, a shipment's with delivery."""
    transfer = plan.subtype == "transfer_shortage"
    chance = teller.chance
    inbound_order = f"{chance.digits(7)}{'MTR' if transfer else 'GDM'}"
    purchase_order = _purchase_order(chance)
    # Now and then the API alone tells of it, which knows the shipment by its inbound order.
    api_alone = not transfer and plan.fate is Fate.UNTOUCHED and day > _year_before(shop)
    api_alone = api_alone and chance.happens(25)
    ids = (purchase_order, inbound_order) if api_alone else (inbound_order, purchase_order)
    loss = _new(teller, plan, day, shop.popular(), location=ids[0], reference=ids[1])
    line = _line(shop, loss.product, inbound_order, purchase_order)
    damaged = plan.subtype == "inbound_damaged"
    teller.chapter.inbound.append(
        replace(
            line,
            created_on=day if transfer else day - timedelta(days=chance.between(6, 14)),
            delivered_on=day + timedelta(days=chance.between(9, 18)) if transfer else day,
            received=line.expected - (0 if damaged else loss.units),
            damaged=loss.units if damaged else 0,
            in_receipts=not api_alone,
        )
    )
    return loss


def _year_before(shop: Shop) -> date:
    return shop.market.last_day - timedelta(days=API_DAYS - 20)


def _new(  # noqa: PLR0913  a loss has that many facts of its own
    teller: Teller,
    plan: Plan,
    day: date,
    product: Product,
    *,
    location: str = "",
    reference: str = "",
    order_id: str = "",
    unit_amount: Decimal | None = None,
) -> Loss:
    return Loss(
        number=next(teller.numbers),
        market=teller.market,
        subtype=plan.subtype,
        product=product,
        event_on=day,
        units=teller.chance.between(*plan.units),
        fate=plan.fate,
        location=location,
        reason="",
        reference=reference,
        order_id=order_id,
        unit_amount=unit_amount,
    )


def _purchase_order(chance: Chance) -> str:
    return f"{chance.digits(7)}{chance.letters(3)}"


def _line(shop: Shop, product: Product, inbound_order: str, purchase_order: str) -> InboundLine:
    """A line received in full; the day is set by whoever orders it."""
    expected = shop.chance.between(5, 16) * 6
    return InboundLine(
        market=shop.market,
        inbound_order=inbound_order,
        purchase_order=purchase_order,
        product=product,
        created_on=shop.market.first_day,
        delivered_on=None,
        status="CLOSED",
        expected=expected,
        received=expected,
        damaged=0,
        centre=shop.centre(),
    )


def _ordinary_inbound(shop: Shop) -> Iterator[InboundLine]:
    chance = shop.chance
    for number in range(_ORDINARY_ORDERS + _CANCELLED_ORDERS + _ON_THE_WAY):
        purchase_order = _purchase_order(chance)
        inbound_order = f"{chance.digits(7)}{'MTR' if chance.happens(8) else 'GDM'}"
        lines = {product.sku: product for product in (shop.popular(), shop.popular())}
        for product in lines.values():
            line = _line(shop, product, inbound_order, purchase_order)
            yield _dated(shop, line, number)


def _dated(shop: Shop, line: InboundLine, number: int) -> InboundLine:
    """Most are received; some were cancelled, some are still on the way."""
    if number >= _ORDINARY_ORDERS + _CANCELLED_ORDERS:
        day = shop.market.last_day - timedelta(days=number % 5)
        return replace(
            line,
            inbound_order=line.inbound_order.replace("MTR", "GDM"),
            created_on=day,
            status="AWAITING_DELIVERY",
            received=0,
        )
    delivered = shop.some_day(0, 520)
    created = delivered - timedelta(days=shop.chance.between(6, 14))
    if number >= _ORDINARY_ORDERS:
        return replace(line, created_on=created, status="CANCELLED_GDM", received=0)
    return replace(line, created_on=created, delivered_on=delivered)


# Money that no loss of this world explains: description, reason beside it, how many.
_OTHERS: Final = (("Business initiated discrete partner credit", "Goodwill credit", 4),)


def _other_payments(teller: Teller, shop: Shop) -> None:
    for description, note, count in _OTHERS:
        for _ in range(count):
            teller.chapter.payments.append(_other_payment(teller, shop, description, note))


def _other_payment(teller: Teller, shop: Shop, description: str, note: str) -> Payment:
    product, day = shop.popular(), shop.some_day(0, 540)
    units = teller.chance.between(1, 3)
    each = listed(product.price * Decimal("0.85"), shop.market.currency)
    return Payment(
        payment_id=teller.payment_id(day),
        market=shop.market,
        paid_on=day,
        reason=description,
        note=note,
        product=product,
        cash=units,
        inventory=0,
        unit_amount=each,
        amount=each * units,
    )
