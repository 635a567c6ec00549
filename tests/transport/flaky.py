"""A server that does with each question what the test has told it, in order."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Flaky:
    """acts: what is done with the next questions; then 200 and `fine`. heard: their headers."""

    address: str = ""
    acts: deque[Act] = field(default_factory=deque)
    heard: list[dict[str, str]] = field(default_factory=list)
    body: bytes = b'{"fine": true}'


def says(status: int, body: bytes = b"{}", **headers: str) -> Act:
    """An answer; of a header's name - is written _."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    """Half of what was announced."""
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b"0" * 500)


def breaks_off_in_a_chunk(handler: BaseHTTPRequestHandler) -> None:
    """Announces a piece that does not come."""
    handler.send_response(200)
    handler.send_header("transfer-encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"ff\r\nonly so much")


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    """Not a word."""
    handler.connection.close()


def is_silent(handler: BaseHTTPRequestHandler) -> None:
    """Nothing for longer than anybody waits here."""
    time.sleep(0.8)


def drips(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, each in time, for longer than the whole may take."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(20):
        time.sleep(0.1)
        handler.wfile.write(b"0" * (1 << 16))


def halts(handler: BaseHTTPRequestHandler) -> None:
    """Begins, and then says nothing any more."""
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b"0")
    handler.wfile.flush()
    time.sleep(0.8)


@contextmanager
def serving() -> Iterator[Flaky]:
    """The server, until the block is left."""
    flaky = Flaky()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            flaky.heard.append({name.lower(): value for name, value in self.headers.items()})
            act = flaky.acts.popleft() if flaky.acts else says(200, flaky.body)
            with suppress(OSError):  # whoever asked has left
                act(self)
            self.close_connection = True

        do_POST = do_GET  # noqa: N815

        def end_headers(self) -> None:
            """Each question is a line of its own: none is lost with one that has just closed."""
            self.send_header("connection", "close")
            super().end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    flaky.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield flaky
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
