"""A small marketplace: a real HTTP server with a consent page, tokens and one report.

It knows whom it has let in, and forgets it when it is told to: then nothing opens anything.
"""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.common.reports import files

OWN_ID: Final = "client-of-the-seller"
OWN_SECRET: Final = "a-secret-that-nobody-may-read"
SCOPES: Final = ("returns", "advertising")


@dataclass
class Memory:
    """What the marketplace knows; a test may change it while it runs."""

    days_left: int = 300
    is_slow: bool = False
    codes: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=lambda: {OWN_SECRET})
    asked: list[str] = field(default_factory=list)
    returned: list[date] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class OnLoopback:
    """The running marketplace."""

    address: str
    memory: Memory


@contextmanager
def marketplace() -> Iterator[OnLoopback]:
    memory = Memory()
    memory.go_on.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answers, memory))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield OnLoopback(f"http://127.0.0.1:{server.server_port}", memory)
    finally:
        memory.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, memory: Memory, *rest: object) -> None:
        self.memory = memory
        super().__init__(*rest)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        """Nothing: a test reads `asked`."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        said = {name: values[0] for name, values in parse_qs(asked.query).items()}
        self.memory.asked.append(asked.path)
        match asked.path:
            case "/consent":
                self._consent(said)
            case "/standing":
                self._if_let_in(self._standing)
            case "/returns":
                self.memory.go_on.wait(60)
                self._if_let_in(lambda: self._returns(said))
            case _:
                self._answer(404, "text/plain", b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        said = {
            name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()
        }
        self.memory.asked.append(self.path)
        code = said.get("code", "")
        if code not in self.memory.codes:
            self._answer(400, "application/json", b'{"error": "invalid_grant"}')
            return
        self.memory.codes.remove(code)
        token = secrets.token_urlsafe(24)
        self.memory.tokens.add(token)
        self._json({"refresh_token": token})

    def _consent(self, said: dict[str, str]) -> None:
        """What a seller sees: allow it, or do not."""
        code = secrets.token_urlsafe(16)
        self.memory.codes.add(code)
        allowed = urlencode({"code": code, "seller": "S-1", "state": said["state"]})
        refused = urlencode({"error": "access_denied", "state": said["state"]})
        links = "".join(
            f'<p><a href="{escape(said["answer_to"])}?{escape(query)}">{word}</a></p>'
            for word, query in (("Allow", allowed), ("Do not allow", refused))
        )
        page = (
            f'<!doctype html><html lang="en"><title>Consent</title><h1>Consent</h1>{links}</html>'
        )
        self._answer(200, "text/html", page.encode())

    def _if_let_in(self, then: object) -> None:
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.memory.tokens:
            self._answer(401, "application/json", b'{"error": "invalid_grant"}')
            return
        assert callable(then)
        then()

    def _standing(self) -> None:
        until = date.today() + timedelta(days=self.memory.days_left)  # noqa: DTZ011
        self._json(
            {"seller": "S-1", "scopes": SCOPES, "until": f"{until}", "countries": ["US", "CA"]}
        )

    def _returns(self, said: dict[str, str]) -> None:
        first, last = date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
        days = [day for day in self.memory.returned if first <= day <= last]
        rows = [
            [_cell(name, number, day) for name in files.RETURNS] for number, day in enumerate(days)
        ]
        self._answer(200, "text/plain", files.table(files.RETURNS, rows).encode())

    def _json(self, told: object) -> None:
        self._answer(200, "application/json", json.dumps(told).encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", f"{kind}; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _cell(name: str, number: int, day: date) -> str:
    told = {
        "return-date": f"{day}T18:00:00+00:00",
        "order-id": f"111-{number:07}-1{day:%y%m%d}",
        "sku": "SKU-A",
        "fnsku": "X001",
        "quantity": "1",
        "detailed-disposition": "SELLABLE",
    }
    return told.get(name, "")
