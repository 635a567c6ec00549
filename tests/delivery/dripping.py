"""Receivers that take their time: one byte now and then, for as long as they are let."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler

PAUSE_SECONDS = 0.05


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A header that never ends. Returns once whoever asked has left."""
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            threading.Event().wait(PAUSE_SECONDS)


@contextmanager
def dripping(first: bytes = b"") -> Iterator[int]:
    """A port on loopback that says a byte at a time to whoever comes, after `first`."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, first, over))
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            over.set()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _serve(listening: socket.socket, first: bytes, over: threading.Event) -> None:
    with suppress(OSError):
        while True:
            opened, _ = listening.accept()
            with opened, suppress(OSError):
                opened.sendall(first)
                while not over.wait(PAUSE_SECONDS):
                    opened.sendall(b"2")
