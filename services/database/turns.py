"""Waiting one's turn: as many use the database at once as it has connections for them.

A process has one budget of connections, shared out to its roles when it starts. Whoever comes
when all are in use waits here, in words if it takes a moment, and never reads as a failure.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

# A wait that nobody notices is not told.
UNTOLD_SECONDS: Final = 1.0
TELL_EVERY_SECONDS: Final = 1.0
# Longer than everybody at once needs on a small machine; then whoever waits is told to ask again.
PATIENCE_SECONDS: Final = 60.0

# Left to operators, commands and the server's own upkeep.
SET_ASIDE: Final = 10
# Of each: one for whoever has its turn, one for what is asked within it.
LEAST: Final = 2
# How the rest is shared out. Pages hold `app` while they are drawn; `queue` finds the jobs.
WEIGHTS: Final[Mapping[str, int]] = {
    "app": 11,
    "access": 5,
    "manager": 4,
    "support": 4,
    "queue": 3,
    "worker": 3,
    "loader": 2,
    "sync": 2,
    "operator": 1,
    "owner": 1,
}
LEAST_IN_ALL: Final = LEAST * len(WEIGHTS) + 1

# Called every second of a wait with how long it has been; None: it is over.
Told = Callable[[float | None], None]


class BusyError(RuntimeError):
    """The database answers, but all connections were in use all the time. Nothing is broken."""


def budget(allowed: int, processes: int) -> int:
    """How many connections one process may hold of those that the server allows."""
    return max(LEAST_IN_ALL, (allowed - SET_ASIDE) // processes)


def fits(allowed: int, processes: int) -> bool:
    """Whether that many processes together stay within what the server allows."""
    return budget(allowed, processes) * processes + SET_ASIDE <= allowed


def shares(connections: int) -> dict[str, int]:
    """How many of a process's connections each role may hold: together never more than all."""
    spare = max(0, connections - LEAST_IN_ALL)
    whole = sum(WEIGHTS.values())
    shared = {role: LEAST + spare * weight // whole for role, weight in WEIGHTS.items()}
    return shared | {"queue": shared["queue"] + 1}  # one of them listens


_told: ContextVar[Told | None] = ContextVar("told", default=None)


@contextmanager
def telling(told: Told) -> Iterator[None]:
    """Whoever waits inside hears of it, and may leave by raising."""
    before = _told.set(told)
    try:
        yield
    finally:
        _told.reset(before)


class Turns:
    """So many threads at once, in the order they came. What one asks within its turn is part of it.

    A part of the connections is kept for such questions: else those who have their turn could
    wait for each other for ever.
    """

    def __init__(self, connections: int) -> None:
        kept = max(1, connections // 8)
        self._free = max(1, connections - kept)
        self._line: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises BusyError."""
        if getattr(self._mine, "taken", False):
            yield
            return
        self._take()
        self._mine.taken = True
        try:
            yield
        finally:
            self._mine.taken = False
            self._pass_on()

    def _take(self) -> None:
        with self._lock:
            if self._free and not self._line:
                self._free -= 1
                return
            called = threading.Event()
            self._line.append(called)
        try:
            _wait(called)
        except BaseException:
            self._leave(called)
            raise

    def _leave(self, called: threading.Event) -> None:
        """Out of the line, or with a turn that came at the last moment."""
        with self._lock:
            if not called.is_set():
                self._line.remove(called)
                return
        self._pass_on()

    def _pass_on(self) -> None:
        # Straight to whoever is next: a thread that comes again and again would be faster.
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1


def _wait(called: threading.Event) -> None:
    if called.wait(UNTOLD_SECONDS):
        return
    told = _told.get() or _nobody
    try:
        _wait_aloud(called, told)
    finally:
        told(None)


def _wait_aloud(called: threading.Event, told: Told) -> None:
    begun = time.monotonic() - UNTOLD_SECONDS
    while not called.wait(TELL_EVERY_SECONDS):
        waited = time.monotonic() - begun
        if waited > PATIENCE_SECONDS:
            raise BusyError("All connections to the database were in use.")
        told(waited)


def _nobody(_seconds: float | None) -> None:
    """Commands and jobs have nobody to tell."""
