"""Where what was fetched lies until it has landed: a folder that goes with its process.

A worker that is killed leaves it behind, with a seller's data in it; but the kernel lets go of its
lock, and the next run here takes it away.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "sync-"


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder of one's own within the folder, for as long as this lasts."""
    path, held = _made(folder)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(held)


def sweep(folder: Path) -> None:
    """Take away what a process left that is gone."""
    for left in folder.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError, BlockingIOError):
            held = _opened(left)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(held)


def _made(folder: Path) -> tuple[Path, int]:
    """Made and held; one that somebody sweeps before it is held is made once more."""
    while True:
        path = Path(tempfile.mkdtemp(dir=folder, prefix=_PREFIX))
        with suppress(FileNotFoundError):
            held = _opened(path)
            fcntl.flock(held, fcntl.LOCK_EX)
            if path.exists():
                return path, held
            os.close(held)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)
