"""One real PostgreSQL for the whole run; one fresh, migrated database per test that asks."""

import os
import shutil
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import settings
from playwright.sync_api import Browser
from sqlalchemy import URL, make_url
from streamlit.components.v2 import manifest_scanner

from sample.load import load_sample
from services.database import embedded
from services.database.embedded.starting import SETTINGS
from services.database.engine import Database
from services.database.prepare import prepare
from tests.common import in_memory
from tests.common.databases import (
    SAMPLE_DAY,
    SAMPLE_SEED,
    Stocked,
    emptied,
    fresh_database,
    hasten,
    shared_folder,
    stocked_database,
)

# No package comes or goes during a run: looking through all of them for each AppTest took longer
# than most pages do.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# What a worker asks for by itself is not on this machine: whoever tests it says where it is.
os.environ.setdefault("EXCHANGE_RATES_URL", "http://127.0.0.1:9/")
os.environ.setdefault("FETCH_EXCHANGE_RATES", "false")

# What a test needs, told by what it asks for: `pytest -m pure` runs those that need nothing. A test
# that starts a server or a program of ours by itself says so with the same markers.
_NEEDS: Final = {
    "database": {"server"},
    "browser": {"browser", "browser_context_args"},
    "process": {"address", "gallery", "opening", "malformed"},
    "sample": {"sample_template", "story", "folder"},
}


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        in_memory.make_room()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        in_memory.leave_room()


# Which begins first xdist decides: the groups that stay in one process, by their number of tests.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        for marker, fixtures in _NEEDS.items():
            if asked & fixtures:
                item.add_marker(marker)
        if not any(item.get_closest_marker(one) for one in _NEEDS):
            item.add_marker("pure")


TEMPLATE: Final = "reimbursement_template"
SAMPLE: Final = "reimbursement_sample"

# A machine's own server has one dashboard and one worker; this one has those of all tests at once,
# each with what it may hold.
_CONNECTIONS: Final = "400"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """The owner's address on a PostgreSQL server shared by all test processes of this run.

    TEST_DATABASE_URL names another server to run against, e.g. another version or Citus.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    folder = in_memory.room() or shared_folder(tmp_path_factory)
    with pytest.MonkeyPatch.context() as wider:
        wider.setitem(SETTINGS, "max_connections", _CONNECTIONS)
        running = embedded.start(folder / "postgresql-home")
    hasten(make_url(running.url()))
    yield make_url(running.url())
    running.release()


@pytest.fixture(scope="session")
def template(server: URL, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database to clone."""

    def migrate(empty: Database) -> None:
        prepare(empty, accept_below_floor=True, embedded=True)

    return stocked_database(server, shared_folder(tmp_path_factory), TEMPLATE, migrate)


@pytest.fixture(scope="session")
def stocked(server: URL, template: str, tmp_path_factory: pytest.TempPathFactory) -> Stocked:
    """What many tests start from, to clone: by its name, and how it is brought in."""
    shared = shared_folder(tmp_path_factory)
    return lambda name, fill: stocked_database(server, shared, name, fill, template)


@pytest.fixture(scope="session")
def sample_template(stocked: Stocked, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the sample world of the run's day to clone: loaded once a run, in some 25
    seconds.
    """
    folder = shared_folder(tmp_path_factory) / "sample"

    def fill(empty: Database) -> None:
        load_sample(empty, directory=folder, today=SAMPLE_DAY, seed=SAMPLE_SEED, say=print)

    return stocked(SAMPLE, fill)


@pytest.fixture
def sample_database(server: URL, sample_template: str) -> Iterator[Database]:
    """The sample world in a database of this test's own."""
    with fresh_database(server, sample_template) as fresh:
        yield fresh


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
