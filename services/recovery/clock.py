"""The moment of an import and its identification, and how far a clock is believed."""

from datetime import UTC, datetime, timedelta
from typing import Final

# This software is no older: a clock that says so has lost its time.
EARLIEST: Final = datetime(2025, 11, 22, tzinfo=UTC)
# So far two clocks may go apart, and a moment lie ahead, without either being wrong.
SLACK: Final = timedelta(hours=1)


def of_this_machine() -> datetime:
    """What this machine's clock says, right or wrong."""
    return datetime.now(UTC)


def now() -> datetime:
    """The moment from which each channel counts its own day.

    A test that lives through several days puts its own in this place.
    """
    return of_this_machine()
