"""Exchange rates as people read them: whose they are, of which day, and what has none."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal

from wording.days import plain_date
from wording.money import currency_symbol

BANK: Final = "European Central Bank"
NO_RATE: Final = "no rate"
# Beside an amount that several currencies come to, and before it.
TOGETHER: Final = "together"
ALL_TOGETHER: Final = f"All currencies {TOGETHER}"


def rates_in_columns(into: str) -> str:
    """Of a file: what its further columns are."""
    return (
        f"into {into}, beside each own amount, at the rates of the {BANK}: each row says its rate"
        " and the day. A rate that the bank does not publish goes through the euro and has six"
        " digits; each amount is rounded once."
    )


def rates_words(of_one: Mapping[str, Decimal], into: str, day: date) -> str:
    """`CA$1 = $0.711842, £1 = $1.29725: European Central Bank, 27 Nov 2026`."""
    each = [_rate(currency, rate, into) for currency, rate in of_one.items() if currency != into]
    return f"{', '.join(each)}: {BANK}, {plain_date(day)}"


def _rate(currency: str, rate: Decimal, into: str) -> str:
    # As many digits as it has: it is this rate that amounts were multiplied with.
    digits = format_decimal(rate, format="#,##0.##############", locale="en_US")
    return f"{currency_symbol(currency)}1 = {currency_symbol(into)}{digits}"


def no_rate_for(currencies: Sequence[str]) -> str:
    """`no rate for AED and SAR`."""
    *others, last = currencies
    return f"{NO_RATE} for {', '.join(others) + ' and ' if others else ''}{last}"


def without_rate(currencies: Sequence[str]) -> str:
    """Why some of it is in no converted figure."""
    return f"The {BANK} has {no_rate_for(currencies)}: what holds it is not put together."


def too_old(newest: date, oldest_days: int) -> str:
    """Why nothing is converted."""
    return (
        f"The newest exchange rates are of {plain_date(newest)}, more than {oldest_days} days ago:"
        " amounts in different currencies are not put together."
    )


NO_RATES_YET: Final = (
    "Amounts in different currencies are put together as soon as there are exchange rates: the"
    " worker fetches them within the hour, and `python -m services rates` at once."
)
