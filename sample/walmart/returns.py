"""What Walmart's customers give back: ordinary returns, and those that a seller may dispute.

Each loss is a sale of its own with its return; beside them lie returns that look alike and are no
loss: kept by rule, refunded by the seller himself, cancelled.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sample.model import Chapter, Loss, ReturnOrder, Sale
from sample.shop import Shop
from sample.walmart.sales import sale_of

OF_RETURNS: Final = (
    "return_lost",
    "replacement_lost",
    "returned_damaged",
    "delayed_return",
    "refunded_more",
)
_DAYS_TO_SEND: Final = 30
_LOST: Final = ("LOST_IN_TRANSIT", "LOST_AFTER_DELIVERY")
_DAMAGED: Final = ("DAMAGED", "SHIPPING_BOX_DAMAGED")
_ORDINARY: Final = ("NO_LONGER_WANTED", "BOUGHT_SOMEWHERE_ELSE", "DEFECTIVE", "ARRIVED_LATE")


def tell_returns(shop: Shop, chapter: Chapter) -> None:
    """Add the returns of losses, with their sales, and the ordinary ones."""
    ordinary = [sale for sale in chapter.sales if sale.refunded_on]
    for loss in chapter.losses:
        if loss.subtype in OF_RETURNS:
            sale = _sale_of_loss(shop, loss)
            chapter.sales.append(sale)
            chapter.return_orders.append(_of_loss(shop, loss, sale))
    chapter.return_orders.extend(_ordinary_return(shop, sale) for sale in ordinary)
    for sale, returned in _lookalikes(shop):
        chapter.sales.append(sale)
        chapter.return_orders.append(returned)


def _sale_of_loss(shop: Shop, loss: Loss) -> Sale:
    bought = loss.event_on - timedelta(days=shop.chance.between(7, 20))
    sale = sale_of(shop, max(bought, shop.market.first_day), loss.product)
    return replace(
        sale,
        purchase_order=loss.reference,
        customer_order=loss.order_id,
        refunded_on=None if loss.subtype == "replacement_lost" else loss.event_on,
        refunded_more=loss.unit_amount or sale.refunded_more,
    )


def _of_loss(shop: Shop, loss: Loss, sale: Sale) -> ReturnOrder:
    """A replaced line's clock starts as the return is begun, all others' with the refund."""
    returned = _begun(shop, sale, loss.event_on)
    if loss.subtype == "refunded_more":
        return _arrived(returned, shop.chance.one_of(_ORDINARY))
    if loss.subtype == "returned_damaged":
        return _arrived(returned, shop.chance.one_of(_DAMAGED))
    if loss.subtype == "delayed_return":
        return _on_its_way(returned, shop.chance.one_of(_ORDINARY))
    lost = replace(returned, reason=shop.chance.one_of(_LOST), status="COMPLETED")
    return replace(lost, kind="REPLACEMENT") if loss.subtype == "replacement_lost" else lost


def _begun(shop: Shop, sale: Sale, day: date) -> ReturnOrder:
    return ReturnOrder(
        market=shop.market,
        return_id=f"1{shop.chance.digits(17)}",
        sale=sale,
        on=day,
        by=day + timedelta(days=_DAYS_TO_SEND),
        kind="REFUND",
        reason="",
        status="INITIATED",
        events=(("RETURN_INITIATED", day),),
    )


def _arrived(returned: ReturnOrder, reason: str) -> ReturnOrder:
    """Refunded as it was begun, and at the return centre soon after."""
    last = returned.market.last_day
    there = min(returned.on + timedelta(days=6), last)
    way = (("RETURN_IN_TRANSIT", returned.on), ("DELIVERED_AT_RETURN_CENTER", there))
    events = (*returned.events, *way, ("REFUND_ISSUED", there))
    return replace(returned, reason=reason, status="COMPLETED", events=events)


def _on_its_way(returned: ReturnOrder, reason: str) -> ReturnOrder:
    moved = min(returned.on + timedelta(days=3), returned.market.last_day)
    events = (*returned.events, ("INTRANSIT_AFTER_INVOICE", moved))
    return replace(returned, reason=reason, events=events)


def _ordinary_return(shop: Shop, sale: Sale) -> ReturnOrder:
    returned = _begun(shop, sale, sale.refunded_on or sale.on)
    return _arrived(returned, shop.chance.one_of(_ORDINARY))


def _lookalikes(shop: Shop) -> Iterator[tuple[Sale, ReturnOrder]]:
    """Returns that nobody may dispute, and one begun on the last day told."""
    last = shop.market.last_day
    for day in (last, *(shop.some_day(5, 400) for _ in range(3))):
        sale = replace(_sold_before(shop, day), refunded_on=day)
        yield (
            sale,
            _on_its_way(_begun(shop, sale, day), _ORDINARY[0])
            if day == last
            else (replace(_arrived(_begun(shop, sale, day), _DAMAGED[0]), keep_it=True)),
        )
    for day in (shop.some_day(5, 400) for _ in range(2)):
        sale = replace(_sold_before(shop, day), refunded_on=day)
        by_hand = replace(_begun(shop, sale, day), channel="SELLER_MANUAL_REFUND")
        yield sale, replace(by_hand, reason=_LOST[0], status="COMPLETED")
    for day in (shop.some_day(40, 400) for _ in range(2)):
        sale = _sold_before(shop, day)
        begun = _begun(shop, sale, day)
        events = (*begun.events, ("RETURN_CANCELLED", day + timedelta(days=2)))
        yield sale, replace(begun, reason=_LOST[0], status="CANCELLED", events=events)


def _sold_before(shop: Shop, day: date) -> Sale:
    bought = day - timedelta(days=shop.chance.between(7, 20))
    return sale_of(shop, max(bought, shop.market.first_day), shop.popular())
