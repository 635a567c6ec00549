"""The layers on their own, with callers that no test machine could imitate over the network."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.middleware import (
    AllowedHosts,
    CompressedStatic,
    InternalPaths,
    SecurityHeaders,
    host_name,
)
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
) -> list[Message]:
    scope: dict[str, Any] = {
        "type": kind,
        "method": "GET",
        "path": path,
        "query_string": b"",
        "client": (client, 4000),
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


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8501", "localhost.evil.example", "", "127.0.0.1@evil"]
)
def test_a_name_that_is_not_ours_is_refused(host: str) -> None:
    assert status_of(ask(AllowedHosts(hello), headers=[("host", host)])) == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8501", "127.0.0.1:9", "[::1]:8501"])
def test_our_own_names_are_served(host: str) -> None:
    assert status_of(ask(AllowedHosts(hello), headers=[("host", host)])) == 200


def test_no_host_at_all_is_refused() -> None:
    assert status_of(ask(AllowedHosts(hello), headers=[])) == 421


def test_a_live_connection_under_another_name_is_closed_before_it_opens() -> None:
    sent = ask(AllowedHosts(hello), kind="websocket", headers=[("host", "evil.example")])
    assert [message["type"] for message in sent] == ["websocket.close"]


@pytest.mark.parametrize("host", ["a b", "x:99999999", "[::1", "name/path", "u:p@host"])
def test_nonsense_is_no_name(host: str) -> None:
    assert host_name(host) not in {"localhost", "127.0.0.1", "::1"}


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/interact"],
)
def test_inner_doors_are_closed_to_the_outside(path: str) -> None:
    assert status_of(ask(InternalPaths(hello), path, client="203.0.113.9")) == 404
    assert status_of(ask(InternalPaths(hello), path)) == 200


def test_what_a_proxy_on_this_machine_passes_on_comes_from_outside() -> None:
    passed_on = [("host", "localhost"), ("x-forwarded-for", "203.0.113.9")]
    assert status_of(ask(InternalPaths(hello), "/_stcore/metrics", headers=passed_on)) == 404


def test_other_doors_stay_open() -> None:
    assert status_of(ask(InternalPaths(hello), "/_stcore/health", client="203.0.113.9")) == 200


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
