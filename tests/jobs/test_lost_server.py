"""A worker whose embedded server is lost brings it back; told to stop, it takes it along."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from services.database import embedded
from services.database.embedded.server import AGAIN, HAD_ENDED
from services.database.engine import Database, role_urls
from services.jobs import lanes, later
from services.settings import PROJECT, Settings
from tests.common.serving.embedded import open_folder, postmaster_id, running, wait_for

pytestmark = pytest.mark.database


@contextmanager
def worker_of(home: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A worker of its own process, and what it says."""
    environment = {**os.environ, "DATA_DIRECTORY": str(home), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "services", "worker"]
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        listening = threading.Thread(target=said.extend, args=(process.stdout,))
        listening.start()
        try:
            yield process, said
        finally:
            process.kill()
            listening.join(10)


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATA_DIRECTORY": str(home), "DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, "-m", "services", *command],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_worker_brings_its_server_back_and_takes_it_along_when_it_stops() -> None:
    with open_folder() as home, worker_of(home) as (worker, said):
        wait_for(lambda: "At work. Stop with Ctrl-C.\n" in said, 120)
        lose(home, signal.SIGKILL)
        wait_for(lambda: AGAIN.format(cause=HAD_ENDED) + "\n" in said, 60)
        do_something(home)
        # It would wait for the worker's connections for ever; then somebody needs a new one.
        lose(home, signal.SIGTERM)
        assert "embedded, in" in run(home, "check").stdout
        do_something(home)
        worker.send_signal(signal.SIGHUP)
        assert worker.wait(60) == 0
        wait_for(lambda: said[-1] == "Stopped.\n")
        assert not [line for line in said if "Traceback" in line or "pool" in line]
        assert postmaster_id(home) is None


def lose(home: Path, ending: signal.Signals) -> None:
    os.kill(running(home), ending)


def do_something(home: Path) -> None:
    """A job is put in, and done by the worker."""
    server = embedded.start(home)
    database = Database(role_urls(make_url(server.url()), Settings(_env_file=None)))
    try:
        with database.supporting(3) as connection:
            later.defer(connection, "digest:send", lane=lanes.MAIL, person_id=999_999)
        wait_for(lambda: waiting(database) == 0, 60)
    finally:
        database.dispose()
        server.release()


def waiting(database: Database) -> int:
    with database.working() as connection:
        return int(
            connection.execute(
                text("select count(*) from jobs.procrastinate_jobs where args ? 'person_id'")
            ).scalar_one()
        )
