"""Money as people read it; it stays Decimal up to here, and no amount is said without its currency.

CLDR's way of American English, with a true minus.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.numbers import format_currency, format_decimal, get_currency_symbol

from wording.numbers import TRUE_MINUS, UNKNOWN, counted, signed_count

_LOCALE: Final = "en_US"
AMOUNT_UNKNOWN: Final = "amount unknown"
AMOUNTLESS: Final = "without a known amount"
_COMPACT_UNITS: Final = (
    (Decimal(1_000_000_000), "B"),
    (Decimal(1_000_000), "M"),
    (Decimal(1_000), "k"),
)


def money(amount: Decimal | None, currency: str) -> str:
    """`$18,442.10`, in the currency's own decimals; what is not known is said, never shown as 0."""
    if amount is None:
        return UNKNOWN
    text = format_currency(amount, currency, locale=_LOCALE).replace("-", TRUE_MINUS)
    return text.replace(_symbol(currency), currency_symbol(currency), 1)


def signed_money(amount: Decimal | None, currency: str) -> str:
    """`+$3,120.44`, for what moved."""
    text = money(amount, currency)
    return f"+{text}" if amount is not None and amount > 0 else text


def compact_money(amount: Decimal, currency: str) -> str:
    """`$2k`, for axes only."""
    size, unit = next((u for u in _COMPACT_UNITS if abs(amount) >= u[0]), (Decimal(1), ""))
    digits = format_decimal(abs(amount) / size, format="#,##0.##", locale=_LOCALE)
    return f"{TRUE_MINUS if amount < 0 else ''}{currency_symbol(currency)}{digits}{unit}"


@lru_cache(maxsize=256)
def currency_symbol(currency: str) -> str:
    """As it stands before digits: `$`, and with CLDR's room after letters, `SEK `.

    The library leaves that room out.
    """
    symbol = _symbol(currency)
    return f"{symbol}\u00a0" if symbol[-1].isalpha() else symbol


def _symbol(currency: str) -> str:
    return get_currency_symbol(currency, locale=_LOCALE)


def worth(amount: Decimal | None, units: int, currency: str) -> str:
    """The amount; where none is known the units, so that something is never called nothing."""
    return counted(units, "unit", "units") if amount is None else money(amount, currency)


def moved(amount: Decimal | None, units: int, currency: str) -> str:
    """The same with its sign, for what moved."""
    if amount is None:
        return signed_count(units, "unit", "units")
    return signed_money(amount, currency)


def without_amount(units: int) -> str:
    """`3 units without a known amount`; empty where there are none."""
    return f"{counted(units, 'unit', 'units')} {AMOUNTLESS}" if units else ""
