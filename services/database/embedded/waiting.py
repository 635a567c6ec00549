"""One at a time at the folder; whoever waits is told for what and for how long."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from services.database.embedded.access import hand_over
from services.database.embedded.folder import WAY_OUT, EmbeddedServerError, Folder

SAY_EVERY_SECONDS: Final = 3.0
POLL_SECONDS: Final = 0.02

WAITING: Final = "Another process is starting or stopping PostgreSQL"

Say = Callable[[str], None]
_threads = threading.RLock()


@dataclass(frozen=True)
class Patience:
    """Who hears what is waited for, and until when (on the monotonic clock) it is."""

    say: Say
    until: float = math.inf


class Progress:
    """Says what is being waited for, and for how many seconds, every few seconds."""

    def __init__(self, waits: Patience, doing: str) -> None:
        self._waits = waits
        self._doing = doing
        self._begun = self._said = time.monotonic()

    def tick(self) -> None:
        """Raises EmbeddedServerError once patience is at its end."""
        now = time.monotonic()
        if now > self._waits.until:
            raise EmbeddedServerError(f"{self._doing}. Try again in a moment.")
        if now - self._said >= SAY_EVERY_SECONDS:
            self._said = now
            self._waits.say(f"{self._doing} … {now - self._begun:.0f} s")


@contextmanager
def exclusive(folder: Folder, waits: Patience) -> Iterator[None]:
    """Hold the folder against every other process and thread, waiting as long as it takes."""
    progress = Progress(waits, WAITING)
    lock = new_lock(folder.lock)
    while not _threads.acquire(timeout=SAY_EVERY_SECONDS):
        progress.tick()
    try:
        while not try_lock(lock, SAY_EVERY_SECONDS):
            progress.tick()
        try:
            hand_over(folder, folder.lock)
            yield
        finally:
            lock.release()
    finally:
        _threads.release()


def new_lock(path: Path) -> FileLock:
    # No soft lock: it would outlive a killed process. Not thread-local: exit handlers run
    # in the main thread, registrations anywhere.
    return FileLock(
        path, mode=0o600, thread_local=False, fallback_to_soft=False, poll_interval=POLL_SECONDS
    )


def try_lock(lock: FileLock, seconds: float) -> bool:
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        return False
    except OSError as error:
        raise EmbeddedServerError(f"Cannot lock {lock.lock_file}: {error}. {WAY_OUT}") from error
    return True
