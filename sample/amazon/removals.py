"""What Amazon sends back to the seller, or disposes of, at the seller's own request."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sample.amazon.names import country_of, removal_id, tracking_number
from sample.model import Chapter, Loss, Movement, Removal
from sample.shop import Shop

_ARRIVED: Final = 26
_NOT_COUNTED: Final = 9  # arrived, and nobody wrote down what
_DISPOSED: Final = 10
_PENDING: Final = 3


def tell_removals(shop: Shop, chapter: Chapter) -> None:
    """Add the removals of losses and the ordinary ones, with the ledger rows of all."""
    for loss in chapter.losses:
        if loss.subtype in ("removal_lost", "removal_other"):
            chapter.removals.append(_of_loss(shop, loss))
    chapter.removals.extend(_ordinary(shop))
    for removal in chapter.removals:
        if removal.shipped_on:
            chapter.movements.append(_sent_away(removal, removal.shipped_on))


def _of_loss(shop: Shop, loss: Loss) -> Removal:
    """Lost: the clock starts as it is sent. Damaged: as it arrives."""
    lost = loss.subtype == "removal_lost"
    travelled = timedelta(days=shop.chance.between(4, 9))
    shipped_on = loss.event_on if lost else loss.event_on - travelled
    removal = _sent(shop, shipped_on)
    units = loss.units + shop.chance.between(0, 6)
    arrived = units - loss.units if lost else units
    day = min(shipped_on + travelled, loss.market.last_day)
    return replace(
        removal,
        order_id=loss.order_id,
        product=loss.product,
        units=units,
        tracking=loss.reference,
        arrived_on=day if arrived else None,
        arrived=arrived,
        damaged=0 if lost else loss.units,
    )


def _sent(shop: Shop, shipped_on: date) -> Removal:
    """A removal that was sent; its units are still to be said."""
    return Removal(
        market=shop.market,
        order_id=removal_id(shop.chance),
        requested_on=shipped_on - timedelta(days=shop.chance.between(3, 12)),
        kind="Return",
        product=shop.popular(),
        units=shop.chance.between(2, 12),
        shipped_on=shipped_on,
        tracking=tracking_number(shop.chance),
        arrived_on=None,
        arrived=None,
        damaged=0,
    )


def _ordinary(shop: Shop) -> Iterator[Removal]:
    for number in range(shop.of_size(_ARRIVED + _NOT_COUNTED)):
        removal = _sent(shop, shop.some_day(12, 500))
        counted = number < shop.of_size(_ARRIVED)
        yield _arrived(shop, removal) if counted else removal
    for _ in range(shop.of_size(_DISPOSED)):
        disposed = _sent(shop, shop.some_day(12, 500))
        yield replace(disposed, kind="Disposal", shipped_on=None, tracking="")
    for _ in range(shop.of_size(_PENDING)):
        yield replace(_sent(shop, shop.market.last_day), shipped_on=None, tracking="")


def _arrived(shop: Shop, removal: Removal) -> Removal:
    shipped_on = removal.shipped_on or removal.requested_on
    on = shipped_on + timedelta(days=shop.chance.between(4, 9))
    return replace(removal, arrived_on=on, arrived=removal.units)


def _sent_away(removal: Removal, on: date) -> Movement:
    market = removal.market
    centre = market.centres[-1]
    country = country_of(market, centre)
    return Movement(market, country, on, removal.product, "VendorReturns", -removal.units, centre)
