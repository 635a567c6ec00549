"""Money and days as files write them: as the pages do."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency

UNKNOWN: Final = "unknown"
ESTIMATES: Final = ("Estimates", "Amounts that are not paid yet may be eligible; none is promised.")
SAMPLE_DATA: Final = "sample data"
INVENTED: Final = ("Sample data", "These figures are invented, to look around in.")
TRUE_MINUS: Final = "\u2212"


def money(amount: Decimal | None, currency: str) -> str:
    """`$18,442.10`; what is not known is said, never written as 0."""
    if amount is None:
        return UNKNOWN
    words = format_currency(amount, currency, locale="en_US").replace("-", TRUE_MINUS)
    # A currency without a sign of its own is written by its code, which needs room: `SEK 3.00`.
    return words.replace(currency, f"{currency}\u00a0", 1)


def day(when: date) -> str:
    """`24 Nov 2026`."""
    return format_date(when, "d MMM yyyy", locale="en_US")


def moment(when: datetime) -> str:
    """`24 Nov 2026, 08:30 UTC`."""
    return format_datetime(when.astimezone(UTC), "d MMM yyyy, HH:mm 'UTC'", locale="en_US")


def counted(count: int, one: str, many: str) -> str:
    """`1 item`, `1,204 items`."""
    return f"{count:,} {one if count == 1 else many}"
