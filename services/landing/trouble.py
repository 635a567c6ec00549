"""A database in trouble in the middle of an import: what to say of it, and what became of it."""

from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError, SQLAlchemyError

from services.database.disk import room_at
from services.database.engine import Database
from services.database.trouble import driver_error

# What a statement, a COPY and a transaction that cannot go on raise.
ERRORS: Final = (DBAPIError, PendingRollbackError, psycopg.Error)

# By PostgreSQL's own numbers: no room on its disk, in its memory, for its temporary files.
_NO_ROOM: Final = {"53100", "53200", "53400"}
_SHUT_DOWN: Final = ("57P", "08")

NOTHING: Final = "Nothing of this import has landed, whatever of it had been read."


def said_by(error: Exception) -> str:
    """The database's own first line on what came first."""
    return str(_first(error)).strip().partition("\n")[0].rstrip(".")


def _first(error: BaseException) -> BaseException:
    """The driver's error that led to this one: a broken transaction complains of itself."""
    found, at = error, error.__cause__ or error.__context__
    while at is not None:
        found, at = at if isinstance(at, psycopg.Error) else found, at.__cause__ or at.__context__
    return found


def is_lost(error: Exception) -> bool:
    """Whether the connection is gone, and with it the transaction."""
    if isinstance(error, PendingRollbackError):
        return True
    cause = driver_error(error)
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_SHUT_DOWN)
    return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)


def is_full(error: Exception) -> bool:
    """Whether the server has no room for what it was given; the connection lives on."""
    return getattr(driver_error(error), "sqlstate", None) in _NO_ROOM


def no_room(error: Exception, server: Path | None) -> str:
    """What to say where the server has no room for a file. server: its folder, if it is here."""
    return (
        f"The database has no room for it ({said_by(error)}{_left(server)})."
        " Make room there, then import it again."
    )


def of_import(error: Exception, server: Path | None) -> str:
    """What to say of every file of an import that came to nothing."""
    if is_lost(error):
        return (
            f"The connection to the database was lost ({said_by(error)}{_left(server)})."
            f" {NOTHING} {_way_out(server)} once the database answers."
        )
    if is_full(error):
        return f"{no_room(error, server)} {NOTHING}"
    return f"The database says: {said_by(error)}. {NOTHING}"


# A server that cannot write its log for want of room ends, and says so in that log alone.
_LITTLE: Final = 500 * 10**6


def _way_out(server: Path | None) -> str:
    room = room_at(server) if server else None
    full = room is not None and room.free < _LITTLE
    return "Make room there, and import it again" if full else "Import it again"


def _left(server: Path | None) -> str:
    room = room_at(server) if server else None
    return f"; {room.words}" if room else ""


# A connection that is lost while it commits does not say whether it has ---------------------


def transaction_of(connection: Connection) -> str:
    """The number of the transaction, by which the server knows later what became of it."""
    return str(connection.execute(text("select pg_current_xact_id()::text")).scalar_one())


def has_landed(database: Database, transaction: str) -> bool | None:
    """Whether the transaction was committed; None: nobody can say."""
    try:
        with database.loading() as connection:
            state = connection.execute(
                text("select pg_xact_status(cast(:number as xid8))"), {"number": transaction}
            ).scalar_one()
    except (SQLAlchemyError, psycopg.Error):
        return None
    return {"committed": True, "aborted": False}.get(str(state))


UNKNOWN: Final = (
    "The connection to the database was lost at the very end, so nobody can say whether it has"
    " landed. Import it again once the database answers: nothing lands twice."
)
