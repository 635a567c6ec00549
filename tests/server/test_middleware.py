"""The layers on their own, with callers that no test machine could imitate over the network."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.middleware import CompressedStatic, SecurityHeaders
from tests.server.running import apart


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello", headers={"server": "somebody"})(scope, receive, send)


class Script:
    """Stands for a file of the interface; counts how often it is read."""

    def __init__(self, kind: str = "application/javascript") -> None:
        self.kind = kind
        self.read = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.read += 1
        await PlainTextResponse("x" * 5000, media_type=self.kind)(scope, receive, send)


def ask(
    app: ASGIApp,
    path: str = "/",
    *,
    kind: str = "http",
    client: str = "127.0.0.1",
    headers: Sequence[tuple[str, str]] = (("host", "localhost:8501"),),
    method: str = "GET",
    port: int = 8501,
) -> list[Message]:
    scope: dict[str, Any] = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": b"",
        "client": (client, 4000),
        "server": ("127.0.0.1", port),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect" if kind == "websocket" else "http.request"}

    async def call() -> None:
        await app(scope, receive, send)

    apart(asyncio.run, call)
    return sent


def status_of(sent: list[Message]) -> int:
    return int(sent[0]["status"])


def headers_of(sent: list[Message]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_every_answer_carries_the_policy_and_hides_the_software() -> None:
    headers = headers_of(ask(SecurityHeaders(hello)))
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


GZIP = [("host", "localhost"), ("accept-encoding", "gzip, br")]


def test_a_script_is_compressed_once_and_kept() -> None:
    script = Script()
    app = CompressedStatic(script)
    first = ask(app, "/static/js/a.js", headers=GZIP)
    second = ask(app, "/static/js/a.js", headers=GZIP)
    assert headers_of(first)["content-encoding"] == "gzip"
    assert int(headers_of(first)["content-length"]) < 5000
    assert first == second
    assert script.read == 1


@pytest.mark.parametrize(
    ("path", "kind", "headers"),
    [
        ("/static/js/a.js", "application/javascript", [("host", "localhost")]),
        ("/static/js/a.js", "application/javascript", [*GZIP, ("range", "bytes=0-9")]),
        ("/static/js/a.js", "application/javascript", [*GZIP, ("if-none-match", "x")]),
        ("/static/js/gone.js", "text/html", GZIP),
        ("/other", "application/javascript", GZIP),
    ],
)
def test_what_must_not_be_compressed_is_sent_as_it_is(
    path: str, kind: str, headers: list[tuple[str, str]]
) -> None:
    app = CompressedStatic(Script(kind))
    sent = ask(app, path, headers=headers)
    assert "content-encoding" not in headers_of(sent)
    assert not app.kept
