"""What went wrong with the database, told apart: it is away, or it answers and has no time."""

from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from services.database.embedded import FULL
from services.database.turns import BusyError

LOST: Final = (
    "The database was lost on the way: what was under way was not changed. Do it again; "
    "python -m services check says whether the database answers."
)
TAKES_TOO_LONG: Final = "The database answers, but this took too long. Try again in a moment."


def is_busy(problem: BaseException) -> bool:
    """Whether the database answers and only has too much to do."""
    if isinstance(problem, BusyError | NoConnectionFree):
        return True
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    is_given_up = isinstance(cause, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable)
    is_full = isinstance(cause, psycopg.Error) and any(words in str(cause) for words in FULL)
    return is_given_up or is_full


def in_words(problem: BaseException) -> str:
    """One sentence, without the statement and the machine that it was sent to."""
    return TAKES_TOO_LONG if is_busy(problem) else LOST
