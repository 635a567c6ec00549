"""Days and moments as people read them. Machines are told ISO days, elsewhere."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from wording.numbers import UNKNOWN, counted

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip
_MINUTES_AN_HOUR: Final = 60
_MINUTES_A_DAY: Final = 24 * 60

# The same for what writes days by a pattern of its own: an axis of a chart, a cell of a workbook.
AXIS_DAY: Final = "%-d %b"
AXIS_MONTH: Final = "%b %Y"
AXIS_MONTH_OVER_YEAR: Final = "%b\n%Y"
CELL_DAY: Final = "d mmm yyyy"
CELL_MOMENT: Final = 'd mmm yyyy hh:mm "UTC"'


def plain_date(day: date | None) -> str:
    """`24 Nov 2026`."""
    return UNKNOWN if day is None else f"{day.day} {month_name(day)} {day.year}"


def month_name(day: date) -> str:
    """`Nov`."""
    return _MONTHS[day.month - 1]


def month_and_year(day: date) -> str:
    """`Nov 2026`."""
    return f"{month_name(day)} {day.year}"


def moment(when: datetime) -> str:
    """`24 Nov 2026, 08:30 UTC`."""
    there = when.astimezone(UTC)
    return f"{plain_date(there)}, {time_of_day(there)} UTC"


def time_of_day(when: datetime) -> str:
    """`08:30`, in the zone that it is given in."""
    return f"{when:%H:%M}"


def day_in_year(day: date, year: int) -> str:
    """`24 Nov`: a year that the reader knows is not said."""
    return f"{day.day} {month_name(day)}" if day.year == year else plain_date(day)


def days_between(first: date, last: date) -> str:
    """`16 to 22 Nov 2026`, both included: what both days share is said once."""
    if first == last:
        return plain_date(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {plain_date(last)}"
    return f"{day_in_year(first, last.year)} to {plain_date(last)}"


def days_left(days: int | None) -> str:
    """`today`, `1 day`, `2 days`; a window that has closed reads `passed`."""
    if days is None:
        return UNKNOWN
    if days < 0:
        return "passed"
    return "today" if days == 0 else counted(days, "day", "days")


def in_days_or_months(count: int, unit: str | None) -> str:
    """`60 days`, `9 months`."""
    return counted(count, "month", "months") if unit == "months" else counted(count, "day", "days")


def how_long(passed: timedelta) -> str:
    """`42 min`, `5 h`, `3 days`."""
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < _MINUTES_AN_HOUR:
        return f"{minutes} min"
    if minutes < 2 * _MINUTES_A_DAY:
        return f"{minutes // _MINUTES_AN_HOUR} h"
    return counted(minutes // _MINUTES_A_DAY, "day", "days")


def ago(when: datetime | None, now: datetime) -> str:
    """`42 min ago`; older than a week, the date."""
    if when is None:
        return "never"
    passed = max(now - when, timedelta())
    if passed >= timedelta(days=7):
        return f"on {plain_date(when.astimezone(now.tzinfo or UTC).date())}"
    return "just now" if passed < timedelta(minutes=1) else f"{how_long(passed)} ago"
