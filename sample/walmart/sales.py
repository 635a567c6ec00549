"""Walmart sales and what is charged for them: by the published schedule, or above it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sample.model import Charge, Product, Sale
from sample.products import APPAREL, BABY, CARE, CENT, COMPACT, listed
from sample.shop import Shop
from sample.walmart.calendar import periods

_SALES_A_DAY: Final = 2
_USUAL_RATE: Final = 15  # per cent; also what the overcharged sales were charged

# Walmart's referral fee schedule, last updated 25 March 2025: up to this price, this per cent.
_SCHEDULE: Final[dict[str, tuple[tuple[int | None, int], ...]]] = {
    COMPACT: ((300, 12), (None, 8)),
    APPAREL: ((15, 5), (20, 10), (None, 15)),
    BABY: ((10, 8), (None, 15)),
    CARE: ((10, 8), (None, 15)),
}
# Which products are charged too much, and how often beside each other.
OVERCHARGED: Final = {
    "NK-MIXER-5": 7,
    "NK-ESPRESSO-15": 8,
    "NK-BLENDER": 6,
    "NK-GRINDER": 5,
    "NK-GOOSENECK-1": 4,
    "NK-TOASTER-2": 3,
    "NK-APRON": 2,
    "NK-BIBS-3": 2,
}
_TOWNS: Final = (
    ("CA", "Temple City", "91780"),
    ("TX", "Round Rock", "78664"),
    ("FL", "Ocala", "34470"),
    ("NY", "Yonkers", "10701"),
    ("OH", "Dublin", "43016"),
    ("WA", "Spokane", "99201"),
    ("GA", "Macon", "31201"),
    ("IL", "Naperville", "60540"),
)
_CANADIAN_TOWNS: Final = (
    ("ON", "Guelph", "N1H 3A1"),
    ("QC", "Trois-Rivières", "G9A 1A1"),
    ("BC", "Kelowna", "V1Y 1A1"),
)
# What else a period holds: type, description, amount type, dollars from and to.
_CHARGES: Final = (
    ("Adjustment", "WFS StorageFee", "WFS Fee/Reimbursement", (28, 90)),
    ("Adjustment", "WFS InboundTransportationFee", "WFS Fee/Reimbursement", (40, 160)),
    ("Adjustment", "WFS Return Processing Fee", "WFS Fee/Reimbursement", (3, 18)),
    ("Campaigns", "Walmart Product Advertising", "Fee/Reimbursement", (25, 140)),
)


@dataclass(frozen=True)
class Overcharge:
    """A sale and how much of its commission is above the schedule."""

    sale: Sale
    too_much: Decimal


def published(category: str, price: Decimal) -> Decimal:
    """The commission by the schedule; 15 per cent where the category is not in it.

    Compact appliances pay each tier's rate on its portion, the others one rate on the whole.
    """
    tiers = _SCHEDULE.get(category, ((None, _USUAL_RATE),))
    if category != COMPACT:
        rate = next(rate for up_to, rate in tiers if up_to is None or price <= up_to)
        return _per_cent(price, rate)
    limit = Decimal(300)
    lower, upper = tiers[0][1], tiers[1][1]
    portions = min(price, limit) * lower + max(price - limit, Decimal(0)) * upper
    return _per_cent(portions, 1)


def _per_cent(amount: Decimal, rate: int) -> Decimal:
    return (amount * rate / 100).quantize(CENT, ROUND_HALF_UP)


def sales(shop: Shop) -> Iterator[Sale]:
    """Ordinary sales, charged as published."""
    for day in shop.busy_days(_SALES_A_DAY):
        sale = sale_of(shop, day, shop.popular())
        yield _perhaps_refunded(shop, sale)


def overcharged_sale(shop: Shop, day: date, product: Product) -> Overcharge:
    """A sale charged the usual rate although its category's is lower."""
    sale = sale_of(shop, day, product)
    charged = _per_cent(sale.price, _USUAL_RATE)
    return Overcharge(
        replace(sale, rate=_USUAL_RATE, commission=charged), charged - sale.commission
    )


def sale_of(shop: Shop, day: date, product: Product) -> Sale:
    """A sale of a product at its list price, charged as published."""
    chance, market = shop.chance, shop.market
    price = listed(product.price, market.currency)
    commission = published(product.category, price)
    return Sale(
        market=market,
        on=day,
        product=product,
        purchase_order=f"1291{chance.digits(11)}",
        customer_order=f"2000{chance.digits(11)}",
        town=chance.one_of(_TOWNS if market.country == "US" else _CANADIAN_TOWNS),
        price=price,
        tax=_per_cent(price, chance.between(4, 9)),
        rate=int((commission * 100 / price).quantize(Decimal(1), ROUND_HALF_UP)),
        commission=commission,
        fulfilment_fee=Decimal(345 + 5 * chance.between(0, 180)) * CENT,
    )


def _perhaps_refunded(shop: Shop, sale: Sale) -> Sale:
    if not shop.chance.happens(5):
        return sale
    day = sale.on + timedelta(days=shop.chance.between(5, 25))
    return replace(sale, refunded_on=day) if day <= shop.market.last_day else sale


def charges(shop: Shop) -> Iterator[Charge]:
    """Fees that every payment period brings."""
    for start, end in periods(shop.market):
        for kind, description, amount_type, span in _CHARGES:
            cents = shop.chance.between(span[0] * 100, span[1] * 100) * shop.market.share // 100
            on = max(shop.market.first_day, start + timedelta(days=shop.chance.between(0, 13)))
            yield Charge(
                shop.market, min(on, end), kind, description, amount_type, -Decimal(cents) * CENT
            )
