"""Databases for tests: cloned from what is made once a run, or emptied after each test."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import psycopg
import pytest
from filelock import FileLock
from sqlalchemy import URL

from services.database.engine import Database, role_urls
from services.marketplaces.tables import SECURED_TABLES
from services.settings import Settings

SAMPLE_SEED: Final = 1  # of the sample world that the tests share
# Its day, said once for all processes of a run: midnight may pass while they run.
SAMPLE_DAY: Final = date.fromisoformat(
    os.environ.setdefault("TEST_SAMPLE_DAY", datetime.now(UTC).date().isoformat())
)

Fill = Callable[[Database], object]  # brings into a database what its clones start with
Stocked = Callable[[str, Fill], str]


# Nothing is kept after the run, so no test waits for the disk; and each import makes and drops
# many temporary tables, whose traces slow down the next one until they are cleared away.
_HASTE: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "'2s'",
    "autovacuum_vacuum_cost_delay": "0",
}


def hasten(server: URL) -> None:
    """For a server that ends with the run."""
    for setting, value in _HASTE.items():
        _run(server, f"alter system set {setting} = {value}")
    _run(server, "select pg_reload_conf()")


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """What all test processes of a run have in common."""
    # Under xdist each worker has a folder of its own below the run's folder.
    base = factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def urls_of(server: URL, name: str) -> URL:
    """The owner's address of another database on the same server."""
    return server.set(database=name)


def _run(address: URL, statement: str) -> None:
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


def stocked_database(
    server: URL, shared: Path, name: str, fill: Fill, template: str = "template1"
) -> str:
    """A database to clone: made once a run, by whichever test process comes first."""
    marker = shared / f"{name}.done"
    with FileLock(f"{marker}.lock"):
        if not marker.exists():
            _run(server, f"drop database if exists {name}")  # half filled by one that failed
            _run(server, f"create database {name} template {template}")
            made = Database(role_urls(urls_of(server, name), Settings(_env_file=None)))
            try:
                fill(made)
            finally:
                made.dispose()
            marker.touch()
    return name


@contextmanager
def fresh_database(server: URL, template: str) -> Iterator[Database]:
    """A database of one's own, cloned from the template, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    _run(server, f"create database {name} template {template}")
    fresh = Database(role_urls(urls_of(server, name), Settings(_env_file=None)))
    try:
        yield fresh
    finally:
        fresh.dispose()
        _run(server, f"drop database {name} with (force)")


@contextmanager
def emptied(kept: Database) -> Iterator[Database]:
    """The process's database for one example of many: what it brings is gone afterwards."""
    try:
        yield kept
    finally:
        _empty(kept)


# Identities start again, as in a new database. Without triggers the order does not matter.
# The personas of local mode stay, so people go on being numbered after them.
_RESTART = """
do $$ declare one record; begin
    for one in select attrelid::regclass as named, attname from pg_attribute
        where attidentity <> '' and not attisdropped and attrelid <> 'person'::regclass
    loop
        perform setval(pg_get_serial_sequence(one.named::text, one.attname), 1, false);
    end loop;
end $$
"""


_OF_PEOPLE = (
    "sign_in",
    "person_history",
    "digest_subscription",
    "import_request",
    "account_request",
)
_OF_JOBS = ("jobs.procrastinate_events", "jobs.procrastinate_jobs", "jobs.procrastinate_workers")


# Sent at once: one after the other they took three times as long, after every test.
_EMPTY: Final = ";\n".join(
    (
        "set local lock_timeout = '10s'",
        "set local session_replication_role = replica",
        *(
            f"delete from {table}"
            for table in (*SECURED_TABLES, "exchange_rate", *_OF_PEOPLE, *_OF_JOBS)
        ),
        "delete from person where not is_local",
        _RESTART,
    )
)


def _empty(database: Database) -> None:
    with database.owning() as connection:
        connection.exec_driver_sql(_EMPTY)
