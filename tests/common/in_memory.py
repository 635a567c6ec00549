"""A folder in memory for the run's server: making and dropping a database there costs a third.

The process that starts the run makes it and takes it away; its test processes read where it is.
"""

import os
import shutil
from pathlib import Path
from typing import Final

import psutil

MEMORY: Final = Path("/dev/shm")  # noqa: S108  in memory, and cleared away by whoever comes next
ROOM: Final = 6 * 1024**3  # what a run fills at most, and as much again for everything else
_NAME: Final = "reimbursement-tests-"
_TOLD: Final = "REIMBURSEMENT_TESTS_FOLDER"


def make_room() -> None:
    """Where there is too little of it, the server lives among pytest's own folders."""
    _clear_away_dead()
    if _is_room():
        folder = MEMORY / f"{_NAME}{os.getpid()}"
        folder.mkdir()
        folder.chmod(0o755)  # as root, the server's own user must pass
        os.environ[_TOLD] = str(folder)


def room() -> Path | None:
    return Path(os.environ[_TOLD]) if _TOLD in os.environ else None


def leave_room() -> None:
    """When the last test process has gone, and its server with it."""
    if folder := os.environ.pop(_TOLD, None):
        shutil.rmtree(folder, ignore_errors=True)


def _is_room() -> bool:
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return False
    return min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) > 2 * ROOM


def _clear_away_dead() -> None:
    for folder in MEMORY.glob(f"{_NAME}*"):
        if not psutil.pid_exists(int(folder.name.removeprefix(_NAME))):
            shutil.rmtree(folder, ignore_errors=True)
