"""What customers of an Amazon channel ordered, got back and were sent anew.

Most refunds come back. Each kind of loss after an order has an order of its own, with the lines
in the settlement that make it one; what is no loss lies beside it: units returned, refunds of a
part of the price, replacements whose first unit came back.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sample.amazon.fees import commission_on, fee_on, price_of
from sample.amazon.names import country_of, order_id, plate
from sample.model import (
    Chapter,
    CustomerReturn,
    Loss,
    Movement,
    Order,
    Product,
    Refund,
    Replacement,
)
from sample.products import CENT
from sample.shop import Shop

_PARTLY_REFUNDED: Final = 40
_REPLACED: Final = 36
_REPLACED_LAG: Final = 12  # days in which the first unit of an ordinary replacement comes back
_TWICE: Final = 25  # every so manieth return is of an order of two units, returned one by one
_CHEAPER_PERCENT: Final = 5  # so many orders are at a price below the list


def tell_orders(shop: Shop, chapter: Chapter) -> None:
    """Add the orders, refunds and replacements behind returns and losses, and what only seems
    to be a loss."""
    refunded_on = {loss.number: loss.event_on for loss in chapter.losses}
    for number, returned in enumerate(list(chapter.returns)):
        if returned.loss is None:
            _behind_return(shop, chapter, returned, twice=number % _TWICE == 0)
        else:
            _refunded(shop, chapter, returned, refunded_on[returned.loss], 1)
    for loss in chapter.losses:
        if loss.subtype in _LOSSES:
            _LOSSES[loss.subtype](shop, chapter, loss)
    for _ in range(shop.of_size(_PARTLY_REFUNDED)):
        _partly_refunded(shop, chapter)
    for _ in range(shop.of_size(_REPLACED)):
        _replaced_and_returned(shop, chapter)


def daily_orders(shop: Shop, shipped: Sequence[Movement]) -> Iterator[Order]:
    """The order behind each ordinary shipment that the kept settlements tell of."""
    for move in shipped:
        if move.on >= shop.market.settled_from:
            order = _order(shop, move.product, move.on, -move.quantity)
            yield _cheaper(order) if shop.chance.happens(_CHEAPER_PERCENT) else order


def shipped_for(chapter: Chapter) -> Iterator[Movement]:
    """The ledger's rows of these orders and replacements."""
    for order in chapter.orders:
        yield _shipment(order, order.units)
    for replacement in chapter.replacements:
        yield _shipment(replacement, 1)


def _shipment(sent: Order | Replacement, units: int) -> Movement:
    market = sent.market
    centre = sent.centre if isinstance(sent, Replacement) else market.centres[0]
    country = country_of(market, centre)
    return Movement(market, country, sent.on, sent.product, "Shipments", -units, centre)


def _order(shop: Shop, product: Product, on: date, units: int, number: str = "") -> Order:
    price = price_of(product, shop.market)
    return Order(
        market=shop.market,
        on=on,
        order_id=number or order_id(shop.market, shop.chance),
        order_item=shop.chance.one_of("1569") + shop.chance.digits(14),
        product=product,
        units=units,
        price=price,
        fulfilment_fee=fee_on(product, shop.market, shop.today, on),
        commission=commission_on(price),
    )


def _cheaper(order: Order) -> Order:
    price = (order.price * Decimal("0.9")).quantize(CENT)
    return replace(order, price=price, commission=commission_on(price))


def _before(shop: Shop, day: date) -> date:
    """A day on which what was refunded or replaced then may have been ordered."""
    ordered = day - timedelta(days=shop.chance.between(6, 40))
    return max(ordered, min(shop.market.settled_from, day))


def _refund(order: Order, on: date, amount: Decimal) -> Refund:
    return Refund(order.market, on, order.order_id, order.order_item, order.product, amount)


def _behind_return(shop: Shop, chapter: Chapter, returned: CustomerReturn, *, twice: bool) -> None:
    """A returned unit was refunded: some days before it arrived, or as it did."""
    day = returned.on - timedelta(days=shop.chance.between(0, 3))
    order = _refunded(shop, chapter, returned, day, 2 if twice else 1)
    if order and twice:
        chapter.refunds.append(_refund(order, returned.on, order.price))
        chapter.returns.append(replace(returned, plate=plate(shop.chance)))


def _refunded(
    shop: Shop, chapter: Chapter, returned: CustomerReturn, day: date, units: int
) -> Order | None:
    """The refund of one unit of an order; none where no kept settlement tells of the day."""
    if day < shop.market.settled_from:
        return None
    order = _order(shop, returned.product, _before(shop, day), units, returned.order_id)
    chapter.orders.append(order)
    chapter.refunds.append(_refund(order, day, order.price))
    return order


def _returned(shop: Shop, order: Order, on: date) -> CustomerReturn:
    return CustomerReturn(
        market=shop.market,
        on=min(on, shop.market.last_day),
        product=order.product,
        order_id=order.order_id,
        plate=plate(shop.chance),
        centre=shop.centre(),
        disposition="SELLABLE",
        reason="UNWANTED_ITEM",
        comment="",
    )


def _refunded_not_returned(shop: Shop, chapter: Chapter, loss: Loss) -> None:
    """Now and then one more unit of the same order was refunded, and that one came back."""
    more = int(shop.chance.happens(15))
    units = loss.units + more
    order = _order(shop, loss.product, _before(shop, loss.event_on), units, loss.order_id)
    chapter.orders.append(order)
    chapter.refunds.append(_refund(order, loss.event_on, order.price * units))
    if more:
        later = timedelta(days=shop.chance.between(0, 9))
        chapter.returns.append(_returned(shop, order, loss.event_on + later))


def _refunded_more(shop: Shop, chapter: Chapter, loss: Loss) -> None:
    """The unit came back; only the money is too much."""
    order = _order(shop, loss.product, _before(shop, loss.event_on), 1, loss.order_id)
    chapter.orders.append(order)
    amount = order.price + (loss.unit_amount or 0)
    chapter.refunds.append(_refund(order, loss.event_on, amount))
    chapter.returns.append(_returned(shop, order, loss.event_on))


def _replacement_not_returned(shop: Shop, chapter: Chapter, loss: Loss) -> None:
    order = _order(shop, loss.product, _before(shop, loss.event_on), 1, loss.order_id)
    chapter.orders.append(order)
    chapter.replacements.append(_replacement(shop, order, loss.event_on, loss.reference))


def _replacement(shop: Shop, order: Order, on: date, number: str = "") -> Replacement:
    return Replacement(
        market=shop.market,
        on=on,
        product=order.product,
        order_id=number or order_id(shop.market, shop.chance),
        original_order_id=order.order_id,
        centre=shop.centre(),
    )


def _charged_too_much(shop: Shop, chapter: Chapter, loss: Loss) -> None:
    """One order whose fee per unit is above what it should be."""
    order = _order(shop, loss.product, loss.event_on, loss.units, loss.order_id)
    more = loss.unit_amount or Decimal(0)
    if loss.subtype == "fulfilment_fee":
        chapter.orders.append(replace(order, fulfilment_fee=order.fulfilment_fee + more))
    else:
        chapter.orders.append(replace(order, commission=order.commission + more))


def _settled_day(shop: Shop, youngest: int) -> date:
    return shop.some_day(youngest, shop.market.settled_days - 2)


def _partly_refunded(shop: Shop, chapter: Chapter) -> None:
    """Part of the price was given back and the customer kept the unit: no return is owed."""
    day = _settled_day(shop, 1)
    order = _order(shop, shop.popular(), _before(shop, day), 1)
    share = Decimal(shop.chance.between(10, 60)) / 100
    chapter.orders.append(order)
    chapter.refunds.append(_refund(order, day, (order.price * share).quantize(CENT)))


def _replaced_and_returned(shop: Shop, chapter: Chapter) -> None:
    day = _settled_day(shop, _REPLACED_LAG)
    order = _order(shop, shop.popular(), _before(shop, day), 1)
    later = timedelta(days=shop.chance.between(0, _REPLACED_LAG))
    chapter.orders.append(order)
    chapter.replacements.append(_replacement(shop, order, day))
    chapter.returns.append(_returned(shop, order, day + later))


_LOSSES: Final[dict[str, Callable[[Shop, Chapter, Loss], None]]] = {
    "refunded_not_returned": _refunded_not_returned,
    "refunded_more": _refunded_more,
    "replacement_not_returned": _replacement_not_returned,
    "fulfilment_fee": _charged_too_much,
    "referral_fee": _charged_too_much,
}
