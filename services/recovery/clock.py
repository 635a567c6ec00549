"""The moment of an identification: each channel counts its own day from it."""

from datetime import UTC, datetime, timedelta
from typing import Final

# This software is no older: a clock that says so has lost its time.
EARLIEST: Final = datetime(2025, 11, 22, tzinfo=UTC)
# So far two clocks may go apart, and a moment lie ahead, without either being wrong.
SLACK: Final = timedelta(hours=1)


def now() -> datetime:
    """This moment. A test that lives through several days puts its own in this place."""
    return datetime.now(UTC)
