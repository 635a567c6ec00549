"""Which week a summary speaks of, and when it goes out."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

# By then the week is over in every marketplace's own calendar, the westernmost being
# California's; in Europe it is Monday morning.
HOUR: Final = 9  # UTC
WEEK: Final = timedelta(days=7)


def due_since(now: datetime) -> datetime:
    """The last Monday on which summaries went out: the one before, until this one's hour."""
    at = now.astimezone(UTC)
    monday = at.date() - timedelta(days=at.weekday())
    goes_out = datetime(monday.year, monday.month, monday.day, HOUR, tzinfo=UTC)
    return goes_out if goes_out <= at else goes_out - WEEK


def week_before(now: datetime) -> date:
    """The Monday of the newest week that is over, by the moment that summaries go out."""
    return due_since(now).date() - WEEK
