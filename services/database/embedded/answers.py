"""What a server answers to a connection, and what that shows of it."""

import time
from enum import Enum
from pathlib import Path
from typing import Any, Final

import psycopg

from services.database.embedded.files import owner_password
from services.database.embedded.folder import DATABASE, OWNER, EmbeddedServerError, Folder
from services.database.embedded.listening import endpoint_of

# How long one connection attempt may hang: a stopped or swapped-out server accepts and then waits.
CONNECT_SECONDS: Final = 5

# With scram both sides prove that they know the password, so that a stranger who has taken the
# place of a dead server learns nothing: libpq would send the password in clear to one that asks.
REQUIRED_PROOF: Final = "scram-sha-256"

# What a server says that goes of itself, or that has all its connections taken.
STOPPING: Final = "shutting down"
FULL: Final = ("too many clients", "connection slots are reserved", "too many connections")
# What a server that is coming or going says: the only refusals worth waiting through.
PASSING_REFUSALS: Final = (
    "starting up",
    STOPPING,
    "not yet accepting connections",
    "not accepting connections",
    "recovery mode",
)

# Since when a server has said nothing, by folder: longer than one caller's patience.
_silent_since: dict[Path, float] = {}


class State(Enum):
    """What a connection attempt shows of a server."""

    ANSWERS = "answers"
    NOT_YET = "starting, recovering, or without its socket"
    STOPPING = "shutting down"
    SILENT = "says nothing"


def state_of(folder: Folder) -> State:
    """What the server does with a connection now; creates our database if it is not there yet.

    Raises:
        EmbeddedServerError: the server refuses for a reason that waiting does not cure.
    """
    state = State.ANSWERS
    try:
        with _connect_for_upkeep(folder) as connection:
            _ensure_database(connection)
    except psycopg.Error as error:
        if _is_final(error):
            raise EmbeddedServerError(f"PostgreSQL refuses its owner: {error}") from error
        state = state_told_by(error) or State.ANSWERS
    if state is not State.SILENT:
        forget_silence(folder)
    return state


def state_told_by(error: psycopg.Error) -> State | None:
    """None: it answers, with a refusal."""
    refusal = str(error)
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return State.SILENT
    if STOPPING in refusal or isinstance(error, psycopg.errors.AdminShutdown):
        return State.STOPPING
    is_refused = "FATAL" in refusal or "authentication" in refusal
    if is_refused and not any(passing in refusal for passing in PASSING_REFUSALS):
        return None
    return State.NOT_YET


def _is_final(error: psycopg.Error) -> bool:
    if error.sqlstate is not None:  # a statement failed: passing only if the server shut down
        return not error.sqlstate.startswith("57P")
    # No connection. The server says FATAL, libpq says authentication when the proof is missing;
    # anything else is a socket that is not there yet.
    refusal = str(error)
    is_refused = "FATAL" in refusal or "authentication" in refusal
    return is_refused and not any(passing in refusal for passing in (*PASSING_REFUSALS, *FULL))


def silent_seconds(folder: Folder) -> float:
    """For how long a server has said nothing that says nothing now."""
    since = _silent_since.setdefault(folder.path, time.monotonic() - CONNECT_SECONDS)
    return time.monotonic() - since


def forget_silence(folder: Folder) -> None:
    _silent_since.pop(folder.path, None)


def _connect_for_upkeep(folder: Folder) -> psycopg.Connection[Any]:
    endpoint = endpoint_of(folder)
    return psycopg.connect(
        host=endpoint.host,
        port=endpoint.port,
        user=OWNER,
        password=owner_password(folder),
        dbname="postgres",
        connect_timeout=CONNECT_SECONDS,
        autocommit=True,
        require_auth=REQUIRED_PROOF,
    )


def _ensure_database(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if found.fetchone() is None:
        connection.execute(f'CREATE DATABASE "{DATABASE}"')
