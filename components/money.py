"""Money, days and sellers' own words as text. Money stays Decimal up to here."""

import re
import string
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.numbers import format_currency, format_decimal, get_currency_symbol

UNKNOWN: Final = "unknown"
TRUE_MINUS: Final = "\u2212"
_LOCALE: Final = "en_US"
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
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
    # A currency without a sign of its own is written by its code, which needs room: `SEK 3.00`.
    return text.replace(currency, f"{currency}\u00a0", 1)


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
    symbol = get_currency_symbol(currency, locale=_LOCALE)
    return f"{symbol}\u00a0" if symbol == currency else symbol


def plain_number(count: int | None) -> str:
    return UNKNOWN if count is None else f"{count:,}".replace("-", TRUE_MINUS)


def counted(count: int, one: str, many: str) -> str:
    """`1 item`, `1,204 items`."""
    return f"{plain_number(count)} {one if count == 1 else many}"


def plain_date(day: date | None) -> str:
    """`24 Nov 2026`."""
    return UNKNOWN if day is None else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_name(day: date) -> str:
    return _MONTHS[day.month - 1]


def days_left(days: int | None) -> str:
    """`today`, `1 day`, `2 days`; a window that has closed reads `passed`."""
    if days is None:
        return UNKNOWN
    if days < 0:
        return "passed"
    return "today" if days == 0 else counted(days, "day", "days")


def ago(moment: datetime | None, now: datetime) -> str:
    """`42 min ago`; older than a week, the date."""
    if moment is None:
        return "never"
    passed = max(now - moment, timedelta())
    if passed >= timedelta(days=7):
        return f"on {plain_date(moment.astimezone(now.tzinfo or UTC).date())}"
    return _short_while(passed)


def _short_while(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days ago"


# Streamlit turns these into links, arrows and icons after Markdown's own escapes are undone, so
# a backslash cannot stop them: an invisible joiner between the characters does.
_REWRITTEN_LATER: Final = re.compile(
    r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[-<>~=])(?=[-<>~=])", re.IGNORECASE
)
_JOINER: Final = "\u2060"
_PUNCTUATION: Final = str.maketrans({sign: f"\\{sign}" for sign in string.punctuation})


def escape_markdown(text: str) -> str:
    """A seller's words as they are: no link, image, icon, formula or style can come of them."""
    one_line = " ".join(text.split())
    return _REWRITTEN_LATER.sub(_JOINER, one_line).translate(_PUNCTUATION)
