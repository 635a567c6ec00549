"""What Amazon charges on a sale, and the measures that it goes by."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sample.model import Market, Product
from sample.products import CENT, listed

# Fees rose a while ago: what was charged before says nothing against today's.
FEES_SINCE_DAYS: Final = 130
_BEFORE: Final = Decimal("1.08")
_COMMISSION: Final = Decimal("0.15")


@dataclass(frozen=True)
class Size:
    """A size tier: up to which price a product of this world belongs to it, and its measures in
    inches and pounds."""

    up_to: int
    american: str
    european: str
    fee: Decimal
    sides: tuple[str, str, str]
    weight: str


_SIZES: Final = (
    Size(15, "UsSmallStandardSize", "Std-Env", Decimal("3.22"), ("8.10", "5.20", "0.60"), "0.70"),
    Size(60, "UsLargeStandardSize", "Std-Box", Decimal("5.40"), ("14.20", "9.50", "5.10"), "2.30"),
    Size(9999, "UsLargeBulky", "Sml-OS", Decimal("11.37"), ("22.60", "15.40", "11.80"), "14.20"),
)


def size_of(product: Product) -> Size:
    """The tier of a product."""
    return next(size for size in _SIZES if product.price <= size.up_to)


def price_of(product: Product, market: Market) -> Decimal:
    """The price on the seller's list for this market."""
    return listed(product.price, market.currency)


def commission_on(price: Decimal) -> Decimal:
    """The referral fee of one unit."""
    return (price * _COMMISSION).quantize(CENT, ROUND_HALF_UP)


def fulfilment_fee(product: Product, market: Market) -> Decimal:
    """The fulfilment fee of one unit by the table in force today."""
    return listed(size_of(product).fee, market.currency)


def fee_on(product: Product, market: Market, today: date, day: date) -> Decimal:
    """The fulfilment fee of one unit by the table in force on a day."""
    now = fulfilment_fee(product, market)
    if day >= today - timedelta(days=FEES_SINCE_DAYS):
        return now
    return (now * _BEFORE).quantize(CENT)
