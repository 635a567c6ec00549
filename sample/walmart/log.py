"""Walmart's inventory log: each change of stock, with a moment and an id of its own."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sample.model import Chapter, LogEntry, Loss, Product
from sample.shop import Shop

OF_LOG: Final = {
    "damaged_in_warehouse": ("DamageInWarehouse", "Damaged in warehouse"),
    "destroyed_in_warehouse": ("Destroyed", "Destroyed in warehouse"),
}
_REACH: Final = 360  # days: the log is asked for a year back at most
# Adjustments that are no loss: location, code, words.
_OTHERS: Final = (
    ("Salvage", "DamageInWarehouse", "Damaged in warehouse"),
    ("Inventory", "CYC", "Cycle count"),
    ("Inventory", "XFR", "Moved between locations"),
)


def tell_log(shop: Shop, chapter: Chapter) -> None:
    """Add the log of losses, sales and what is neither."""
    since = shop.market.last_day - timedelta(days=_REACH)
    chapter.log.extend(_of_loss(loss) for loss in chapter.losses if loss.subtype in OF_LOG)
    for sale in chapter.sales:
        if sale.on >= since:
            chapter.log.append(_entry(shop, sale.product, sale.on, -1, _SHIPPED))
    chapter.log.extend(_others(shop))


def _of_loss(loss: Loss) -> LogEntry:
    code, words = OF_LOG[loss.subtype]
    return LogEntry(
        loss.market,
        loss.reference,
        loss.product,
        loss.event_on,
        -loss.units,
        loss.location,
        "Inventory",
        "Adjustment",
        code,
        words,
    )


_SHIPPED: Final = ("Inventory", "Ship", "SIP", "Shipped to Customer")


def _entry(
    shop: Shop, product: Product, on: date, units: int, told: tuple[str, str, str, str]
) -> LogEntry:
    location, kind, code, words = told
    return LogEntry(
        shop.market, log_id(shop), product, on, units, shop.centre(), location, kind, code, words
    )


def log_id(shop: Shop) -> str:
    """An id of the log."""
    return f"{shop.chance.digits(6)}-{shop.chance.letters(10)}"


def _others(shop: Shop) -> Iterator[LogEntry]:
    for number in range(max(len(_OTHERS), shop.of_size(12))):
        location, code, words = _OTHERS[number % len(_OTHERS)]
        told = (location, "Adjustment", code, words)
        yield _entry(shop, shop.popular(), shop.some_day(3, 300), -shop.chance.between(1, 4), told)
