"""Bring a database to the state that this version of the code expects."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import URL, Connection, text

from services.database import floor
from services.database.engine import Database, DatabaseUnavailableError
from services.database.reference import load_reference_data
from services.database.tables import ROLES

MIGRATIONS = Path(__file__).parent / "migrations"
WAY_OUT = (
    "Use such a server; to serve from this one all the same, knowing that:"
    " ACCEPT_SERVER_BELOW_SECURITY_FLOOR=true."
)
ONE_PERSONS = (
    "This server holds what you import on this machine: use one at or above the floor"
    " (DATABASE_URL) before several people's accounts share it."
)
ACCEPTED = "It serves all the same: ACCEPT_SERVER_BELOW_SECURITY_FLOOR is set."
# One number for all processes: whoever comes second waits until the first has migrated.
MIGRATION_LOCK = 20251122


def prepare(
    target: Database,
    *,
    accept_below_floor: bool,
    embedded: bool,
    warn: Callable[[str], None] = lambda _: None,
) -> None:
    """Check the server, migrate, give the roles their logins, load the reference data.

    Raises DatabaseUnavailableError where the server is too old or below its security floor.
    """
    with target.owning() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        check_server(
            connection, accept_below_floor=accept_below_floor, embedded=embedded, warn=warn
        )
        migrate(connection)
        _let_roles_in(connection, target)
        load_reference_data(connection)


def check_server(
    connection: Connection, *, accept_below_floor: bool, embedded: bool, warn: Callable[[str], None]
) -> None:
    """Hold the server's version against the floor: refuse, warn or pass (docs/database.md)."""
    number = int(connection.execute(text("show server_version_num")).scalar_one())
    verdict = floor.verdict(number)
    if verdict.is_safe:
        return
    if verdict.standing is floor.Standing.TOO_OLD:
        raise DatabaseUnavailableError(verdict.message)
    if not (embedded or accept_below_floor):
        raise DatabaseUnavailableError(f"{verdict.message} {WAY_OUT}")
    warn(f"{verdict.message} {ONE_PERSONS if embedded else ACCEPTED}")


def migrate(connection: Connection) -> None:
    """Run the migrations that this database has not seen."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _let_roles_in(connection: Connection, target: Database) -> None:
    raw = connection.connection.driver_connection
    if raw is None:
        raise DatabaseUnavailableError("The owner's connection was lost while migrating.")
    for name, role in ROLES.items():
        url = getattr(target.urls, name)
        # Another name: the operator manages this login himself. Let in already: roles belong to
        # the whole server, so nothing is written that another database's start could be writing.
        if url.username != role or _gets_in(url):
            continue
        # Hashed on this side: the server's log never holds the password itself.
        hashed = raw.pgconn.encrypt_password(
            str(url.password).encode(), role.encode(), b"scram-sha-256"
        ).decode()
        raw.execute(
            sql.SQL("alter role {} login password {}").format(
                sql.Identifier(role), sql.Literal(hashed)
            )
        )
        raw.execute(
            sql.SQL("grant connect on database {} to {}").format(
                sql.Identifier(raw.info.dbname), sql.Identifier(role)
            )
        )


def _gets_in(url: URL) -> bool:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        psycopg.connect(plain, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
