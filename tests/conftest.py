"""One real PostgreSQL for the whole run; one fresh, migrated database per test that asks."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Browser
from sqlalchemy import URL, make_url
from streamlit.components.v2 import manifest_scanner

from sample.first_start import fill_empty
from services.database import embedded
from services.database.embedded.starting import SETTINGS
from services.database.engine import Database, role_urls
from services.database.prepare import prepare
from services.database.tables import SECURED_TABLES
from services.settings import Settings

# No package comes or goes during a run: looking through all of them for each AppTest took longer
# than most pages do.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

TEMPLATE = "reimbursement_template"
SAMPLE = "reimbursement_sample"
SAMPLE_SEED = 1

# A machine's own server has one dashboard and one worker; this one has those of all tests at once,
# each with what it may hold.
_CONNECTIONS: Final = "400"

Fill = Callable[[Database], object]  # brings into a database what its clones start with
Stocked = Callable[[str, Fill], str]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """The owner's address on a PostgreSQL server shared by all test processes of this run.

    TEST_DATABASE_URL names another server to run against, e.g. another version or Citus.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    shared = _shared_folder(tmp_path_factory)
    with pytest.MonkeyPatch.context() as wider:
        wider.setitem(SETTINGS, "max_connections", _CONNECTIONS)
        running = embedded.start(shared / "postgresql-home")
    _hasten(make_url(running.url()))
    yield make_url(running.url())
    running.release()


def _shared_folder(factory: pytest.TempPathFactory) -> Path:
    # Under xdist each worker has a folder of its own below the run's folder.
    base = factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def _run(address: URL, statement: str) -> None:
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


# Nothing is kept after the run, so no test waits for the disk; and each import makes and drops
# many temporary tables, whose traces slow down the next one until they are cleared away.
_HASTE: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "'2s'",
    "autovacuum_vacuum_cost_delay": "0",
}


def _hasten(server: URL) -> None:
    for setting, value in _HASTE.items():
        _run(server, f"alter system set {setting} = {value}")
    _run(server, "select pg_reload_conf()")


def urls_of(server: URL, name: str) -> URL:
    """The owner's address of another database on the same server."""
    return server.set(database=name)


def _stocked(server: URL, shared: Path, name: str, fill: Fill, template: str = "template1") -> str:
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


@pytest.fixture(scope="session")
def template(server: URL, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database to clone."""

    def migrate(empty: Database) -> None:
        prepare(empty, accept_below_floor=True, embedded=True)

    return _stocked(server, _shared_folder(tmp_path_factory), TEMPLATE, migrate)


@pytest.fixture(scope="session")
def stocked(server: URL, template: str, tmp_path_factory: pytest.TempPathFactory) -> Stocked:
    """What many tests start from, to clone: by its name, and how it is brought in."""
    shared = _shared_folder(tmp_path_factory)
    return lambda name, fill: _stocked(server, shared, name, fill, template)


@pytest.fixture(scope="session")
def sample_template(stocked: Stocked, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with today's sample world to clone, filled as at a newcomer's first start: once
    a run, in some 25 seconds.
    """
    newcomer = Settings(
        _env_file=None,
        database_url=None,
        data_directory=_shared_folder(tmp_path_factory),
        sample_seed=SAMPLE_SEED,
    )
    return stocked(SAMPLE, lambda loaded: fill_empty(loaded, newcomer, print))


@pytest.fixture
def sample_database(server: URL, sample_template: str) -> Iterator[Database]:
    """The sample world in a database of this test's own."""
    with fresh_database(server, sample_template) as fresh:
        yield fresh


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


@pytest.fixture(scope="session")
def kept(server: URL, template: str) -> Iterator[Database]:
    """One database for each test process: emptied between tests, its connections stay open."""
    with fresh_database(server, template) as fresh:
        yield fresh


@pytest.fixture
def database(kept: Database) -> Iterator[Database]:
    """An empty database with schema, roles and reference data.

    A new clone for each test would cost more than most tests do. Tests that change the schema or
    the reference data ask for `fresh_database`.
    """
    with emptied(kept) as empty:
        yield empty


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


_OF_PEOPLE = ("sign_in", "person_history", "digest_subscription")
_OF_JOBS = ("jobs.procrastinate_events", "jobs.procrastinate_jobs", "jobs.procrastinate_workers")


def _empty(database: Database) -> None:
    with database.owning() as connection:
        connection.exec_driver_sql("set local lock_timeout = '10s'")
        connection.exec_driver_sql("set local session_replication_role = replica")
        for table in (*SECURED_TABLES, "exchange_rate", *_OF_PEOPLE, *_OF_JOBS):
            connection.exec_driver_sql(f"delete from {table}")
        connection.exec_driver_sql("delete from person where not is_local")
        connection.exec_driver_sql(_RESTART)


# Most of what a first visit costs is reading the interface's scripts. Here each page is opened
# once: reading them twice, making them fast and a drawn screen of its own would never pay.
_BROWSER: Final = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--js-flags=--no-enable-lazy-source-positions --no-opt --no-maglev",
)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium; a missing browser fails the run."""
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: `make chromium` installs it"
    return {"executable_path": chromium, "args": list(_BROWSER)}


@pytest.fixture(scope="session")
def chrome(browser: Browser) -> Browser:
    """The run's one browser: a second driver in the same process would not start."""
    return browser
