"""The worker beside the dashboard: on one person's machine, one command runs both."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.settings import PROJECT, Settings

# What is under way is finished first; the worker itself gives it 25 seconds.
_GOODBYE_SECONDS: Final = 40


def has_worker(chosen: Settings) -> bool:
    """Whether the dashboard brings a worker; on a server of several people it is started apart."""
    return chosen.database_url is None and chosen.worker_beside_dashboard


@contextmanager
def worker_beside(chosen: Settings) -> Iterator[None]:
    """A worker for as long as the dashboard runs, however that ends.

    Its standard input is a pipe from us: where we are killed, it ends, and so does the worker.
    """
    if not has_worker(chosen):
        yield
        return
    command = [sys.executable, "-m", "services", "worker", "--while-input-is-open"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE) as worker:  # noqa: S603
        try:
            yield
        finally:
            _end(worker)


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(_GOODBYE_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
