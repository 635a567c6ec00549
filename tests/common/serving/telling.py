"""A server on loopback that answers what a test tells it to, and remembers what it was asked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    query: dict[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """One answer. promised: the length that is said, where it is another than the body's."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None


@dataclass
class Teller:
    """The server: `tell` says what it answers."""

    address: str
    tell: Callable[[Asked], Told]
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def telling(tell: Callable[[Asked], Told]) -> Iterator[Teller]:
    """A running server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(parts.path, query, headers)
            teller.asked.append(asked)
            told = teller.tell(asked)
            self.send_response(told.status)
            promised = len(told.body) if told.promised is None else told.promised
            self.send_header("content-length", str(promised))
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)
            self.close_connection = told.promised is not None

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    teller = Teller(f"http://127.0.0.1:{server.server_port}", tell)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield teller
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
