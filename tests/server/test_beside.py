"""On one person's machine a worker runs beside the dashboard, and never without it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr

from server.beside import has_worker
from services.settings import PROJECT, Settings

_PROGRAM = """
import sys
from server.beside import worker_beside
from services.ending import end_in_order
from services.settings import settings
end_in_order()
with worker_beside(settings()):
    print("begun", flush=True)
    sys.stdin.read()
"""


@contextmanager
def begun(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], psutil.Process]]:
    """Somebody with a worker beside it, and the worker."""
    environment = {name: told for name, told in os.environ.items() if name != "DATABASE_URL"}
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        cwd=PROJECT,
        env={**environment, "DATA_DIRECTORY": str(folder / "data")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"begun\n"
        try:
            [worker] = psutil.Process(program.pid).children()
            _wait_for_its_server(worker, folder)
            yield program, worker
        finally:
            program.kill()


def _wait_for_its_server(worker: psutil.Process, folder: Path) -> None:
    """Until then it has not come to what it is for."""
    ends = time.monotonic() + 120
    while not list((folder / "data").rglob("postmaster.pid")):
        assert worker.is_running()
        assert time.monotonic() < ends
        time.sleep(0.1)


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_worker_ends_with_whoever_brought_it(tmp_path: Path, number: signal.Signals) -> None:
    with begun(tmp_path) as (program, worker):
        assert worker.cmdline()[1:] == ["-m", "services", "worker", "--while-input-is-open"]
        program.send_signal(number)
        program.wait(60)
        _gone, alive = psutil.wait_procs([worker], 60)
        assert alive == []


@pytest.mark.parametrize(
    ("chosen", "brings"),
    [
        ({}, True),
        ({"worker_beside_dashboard": False}, False),
        ({"database_url": SecretStr("postgresql://owner:x@db/claims")}, False),
    ],
)
def test_only_the_embedded_server_has_one(chosen: dict[str, object], brings: bool) -> None:
    assert has_worker(Settings(_env_file=None, **chosen)) is brings  # type: ignore[arg-type]
