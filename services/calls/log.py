"""Log a call with a client, undo it, and read the earlier ones: for account managers only.

A call goes on for its whole day, in the calendar of whoever looks: what changed is counted from the
call before it, so that it can be logged at its beginning as well as at its end. From the next day
on it is the last one.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from services.access.rights import Right
from services.access.viewer import Viewer
from services.calls import queries
from services.calls.answers import Call
from services.database.engine import Database

LONGEST_NOTE: Final = 4000
MOST_A_DAY: Final = 20  # by one person with one client
FURTHEST_BACK: Final = timedelta(days=366)
SHOWN: Final = 20
# Somewhere on earth it is tomorrow already.
_AHEAD: Final = timedelta(hours=14)


class CallRefusedError(ValueError):
    """The call cannot be logged; the message says why, in words for the person."""


@dataclass(frozen=True)
class NewCall:
    """What is written down. `entry` names the form it stands in, which logs one call."""

    held_on: date
    note: str
    entry: str


def log_call(database: Database, viewer: Viewer, account_id: int, call: NewCall) -> bool:
    """False where this very entry is logged already. Raises NotAllowedError, CallRefusedError."""
    viewer.require(Right.LOG_CALLS)
    viewer.require_account(account_id)
    note = _checked_note(call)
    _check_day(call.held_on, datetime.now(UTC))
    with database.managing(account_id, viewer.person_id) as connection:
        lately = queries.logged_lately(connection, account_id, viewer.person_id, call.entry)
        if lately >= MOST_A_DAY:
            raise CallRefusedError(f"{MOST_A_DAY} calls were logged today with this client.")
        return queries.insert(
            connection,
            {
                "account_id": account_id,
                "held_on": call.held_on,
                "person_id": viewer.person_id,
                "by_name": viewer.person.name,
                "note": note,
                "entry": call.entry,
            },
        )


def calls_with(
    database: Database, viewer: Viewer, account_id: int, *, size: int = SHOWN
) -> tuple[Call, ...]:
    """The latest first, with their notes, those that were undone too. Raises NotAllowedError."""
    viewer.require(Right.LOG_CALLS)
    viewer.require_account(account_id)
    with database.comparing([account_id]) as connection:
        return queries.latest(connection, account_id, size)


def calls_before(
    database: Database, viewer: Viewer, account_id: int, today: date
) -> tuple[Call, ...]:
    """What can be counted from: one call a day, the last one first. Raises NotAllowedError.

    `today` is the viewer's: its own calls are still going on.
    """
    viewer.require(Right.LOG_CALLS)
    viewer.require_account(account_id)
    with database.comparing([account_id]) as connection:
        return queries.before(connection, account_id, today, SHOWN)


def undo_call(database: Database, viewer: Viewer, account_id: int, call_id: int) -> bool:
    """False where there is no such call of the viewer's own. Raises NotAllowedError."""
    viewer.require(Right.LOG_CALLS)
    viewer.require_account(account_id)
    with database.managing(account_id, viewer.person_id) as connection:
        return queries.undo(connection, account_id, call_id, viewer.person_id)


def _checked_note(call: NewCall) -> str:
    note = call.note.replace("\0", "").strip()
    if len(note) > LONGEST_NOTE:
        raise CallRefusedError(f"A note has at most {LONGEST_NOTE:,} characters.")
    return note


def _check_day(held_on: date, now: datetime) -> None:
    if held_on > (now + _AHEAD).date():
        raise CallRefusedError("This day is still to come.")
    if held_on < (now - FURTHEST_BACK).date():
        raise CallRefusedError("This day is more than a year ago.")
