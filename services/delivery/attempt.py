"""One try at a receiver that ends in time, whatever the receiver does.

The limits of sockets are for each read: who sends one byte at a time holds them for ever. And the
lookup of a name has no limit at all.
"""

import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")


class Attempt:
    """Work with a limit on the whole of it; `watch` every connection that it opens."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._is_over = False
        self._watched: list[socket.socket] = []

    def run(self, work: Callable[[], T]) -> T:
        """What the work returns or raises. Raises TimeoutError where it takes too long.

        Then its connections are cut, which ends it; only a lookup goes on, until the system's own
        limit, and whatever it leads to is cut at once.
        """
        done: Future[T] = Future()
        Thread(target=_do, args=(work, done), daemon=True, name="attempt").start()
        try:
            return done.result(self._seconds)
        finally:
            self._cut()

    def watch(self, connection: socket.socket) -> None:
        """By a handle of our own: TLS takes the connection's from under us.

        Raises TimeoutError where the time is over already.
        """
        handle = connection.dup()
        with self._lock:
            if not self._is_over:
                self._watched.append(handle)
                return
        handle.close()
        connection.close()
        raise TimeoutError

    def _cut(self) -> None:
        with self._lock:
            self._is_over = True
            watched, self._watched = self._watched, []
        for handle in watched:
            with suppress(OSError):  # it may have ended by itself
                handle.shutdown(socket.SHUT_RDWR)
            handle.close()


def _do(work: Callable[[], T], done: Future[T]) -> None:
    try:
        done.set_result(work())
    except BaseException as problem:
        done.set_exception(problem)
