"""Units in Walmart's warehouses, month by month: what came in, went out, was lost and found."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from sample.model import Chapter, Product, StockMonth
from sample.shop import Shop
from sample.walmart.calendar import complete_months

Stock = tuple[date, str, str]  # month, SKU, centre


def stock_months(shop: Shop, chapter: Chapter) -> Iterator[StockMonth]:
    """One line per month, product and warehouse; each starts where the one before ended."""
    received, lost, found = _received(chapter), _lost(chapter), _found(chapter)
    for product in shop.products:
        for centre in shop.market.centres:
            starting = shop.chance.between(60, 180)
            for month in complete_months(shop.market):
                at = (month, product.sku, centre)
                line = _month(shop, product, at, starting, (received[at], lost[at], found[at]))
                starting = line.ending
                yield line


def _month(
    shop: Shop, product: Product, at: Stock, starting: int, moved: tuple[int, int, int]
) -> StockMonth:
    month, _, centre = at
    inbound, lost, found = moved
    # Stock moved in from elsewhere when it runs low, so that no shelf goes below nothing.
    received = inbound + (48 if starting < 40 else 0)
    spare = max(0, starting + received - lost - 15)
    sold = spare * shop.chance.between(20, 55) // 100
    removed = 1 if spare > sold and shop.chance.happens(6) else 0
    return StockMonth(
        shop.market, month, product, centre, starting, received, sold, lost, found, removed
    )


def _received(chapter: Chapter) -> Counter[Stock]:
    units: Counter[Stock] = Counter()
    for line in chapter.inbound:
        if line.delivered_on:
            units[line.delivered_on.replace(day=1), line.product.sku, line.centre] += line.received
    return units


def _lost(chapter: Chapter) -> Counter[Stock]:
    units: Counter[Stock] = Counter()
    for loss in chapter.losses:
        if loss.subtype == "lost_in_warehouse":
            units[loss.event_on, loss.product.sku, loss.location] += loss.units
    return units


def _found(chapter: Chapter) -> Counter[Stock]:
    """Units found instead of paid, and those found after the money had come."""
    units: Counter[Stock] = Counter()
    losses = {loss.number: loss for loss in chapter.losses}
    back = [(find.loss, find.on, find.units) for find in chapter.finds]
    back += [
        (payment.settles[0].loss, payment.paid_on, payment.inventory)
        for payment in chapter.payments
        if payment.undoes
    ]
    for number, day, count in back:
        loss = losses[number]
        units[day.replace(day=1), loss.product.sku, loss.location] += count
    return units
