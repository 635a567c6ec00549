"""What is known of a call."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Call:
    """A call with a client. The note is internal: no seller ever reads it."""

    call_id: int
    held_on: date
    by_name: str
    note: str
    logged_at: datetime
