"""What went wrong with the database, told apart: it is away, or it answers and has no time."""

from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from services.database.embedded import FULL, EmbeddedServerError
from services.database.engine import DatabaseUnavailableError
from services.database.turns import BusyError

# The database does not answer, or not in time.
AWAY: Final = (
    OperationalError,
    InterfaceError,
    NoConnectionFree,
    BusyError,
    DatabaseUnavailableError,
    EmbeddedServerError,
)

LOST: Final = (
    "The database was lost on the way: what was under way was not changed. Do it again; "
    "python -m services check says whether the database answers."
)
TAKES_TOO_LONG: Final = "The database answers, but this took too long. Try again in a moment."


def is_busy(problem: BaseException) -> bool:
    """Whether the database answers and only has too much to do."""
    if isinstance(problem, BusyError | NoConnectionFree):
        return True
    cause = driver_error(problem)
    is_given_up = isinstance(cause, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable)
    is_full = isinstance(cause, psycopg.Error) and any(words in str(cause) for words in FULL)
    return is_given_up or is_full


def driver_error(problem: BaseException) -> BaseException:
    """What the driver said, out of what the engine wrapped around it."""
    return problem.orig or problem if isinstance(problem, DBAPIError) else problem


def in_words(problem: BaseException) -> str:
    """One sentence, without the statement and the machine that it was sent to."""
    return TAKES_TOO_LONG if is_busy(problem) else LOST
