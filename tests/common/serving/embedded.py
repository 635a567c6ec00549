"""An embedded server of a test's own, looked at from outside."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own are closed to all but their owner."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def postmaster_id(home: Path) -> int | None:
    record = home / "postgresql" / "data" / "postmaster.pid"
    lines = record.read_text().splitlines() if record.exists() else []
    return int(lines[0]) if lines else None


def running(home: Path) -> int:
    found = postmaster_id(home)
    assert found is not None
    assert psutil.Process(found).status() != psutil.STATUS_ZOMBIE
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
