"""What is known of a call, and from which call on changes are counted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True)
class Call:
    """A call with a client. The note is internal: no seller ever reads it."""

    call_id: int
    held_on: date
    person_id: int
    by_name: str
    note: str
    logged_at: datetime
    undone_at: datetime | None  # by the one who logged it
    counted_from: date  # by the marketplaces' calendars: held_on or a day before


@dataclass(frozen=True)
class CountedFrom:
    """The first day of what changed, that day included, and which call was on it."""

    day: date
    call: Literal["last", "earlier", "none"] = "none"
    held_on: date | None = None  # the day of the call, where there was one

    @property
    def named(self) -> date:
        """The day that people know it by."""
        return self.held_on or self.day
