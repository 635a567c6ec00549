"""Layers around the app, as plain ASGI: they see web pages and live connections alike."""

import gzip
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.policy import security_headers
from services.access.local import is_loopback

LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})

# Figures about the process, a run of the whole app, a remote control: not for the outside.
_INTERNAL_PATHS: Final = (
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/agent",
)
_TEXT_KINDS: Final = ("application/javascript", "text/javascript", "text/css", "application/json")
_PASSED_ON: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


class SecurityHeaders:
    """Puts the policy on every answer, errors too, and does not say what software answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _put_headers(message)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _put_headers(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    headers.update(security_headers())
    if "server" in headers:
        del headers["server"]


class AllowedHosts:
    """Answers only to its own names.

    A page elsewhere can point its own name at this machine and then read what a browser here may
    read (DNS rebinding); it cannot change the name that the browser sends.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = LOCAL_HOSTS) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or host_name(Headers(scope=scope).get("host")) in self.hosts:
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, 421, "This address is not served here.")


def host_name(host: str | None) -> str | None:
    """The name without its port; None for what no browser would send."""
    try:
        parts = urlsplit(f"//{host or ''}")
        nothing_else = not (parts.username or parts.path or parts.query or parts.port == 0)
    except ValueError:
        return None
    return parts.hostname if nothing_else else None


class InternalPaths:
    """Keeps the server's own doors closed to all but this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        internal = scope.get("path", "").startswith(_INTERNAL_PATHS)
        if internal and not is_local(scope):
            await refuse(scope, receive, send, 404, "Not found.")
        else:
            await self.app(scope, receive, send)


def is_local(scope: Scope) -> bool:
    """From this machine and not passed on by a proxy that happens to run on it."""
    client = scope.get("client")
    passed_on = any(name in Headers(scope=scope) for name in _PASSED_ON)
    return client is not None and not passed_on and is_loopback(client[0])


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": text})
    else:
        await PlainTextResponse(text, status)(scope, receive, send)


@dataclass(frozen=True)
class Compressed:
    body: bytes
    headers: dict[str, str]


class CompressedStatic:
    """Sends the interface's scripts and styles compressed: a first visit is a third as long.

    The framework sends them plain because compressing at every request costs more than it saves.
    Their names change with their content, so each is compressed once and kept.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[str, Compressed] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _may_compress(scope):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self.kept:
            answer = Recorded()
            await self.app(scope, receive, answer.receive)
            if not answer.is_text:
                await answer.replay(send)
                return
            self.kept[path] = await to_thread.run_sync(answer.compressed)
        await _send_compressed(self.kept[path], scope, receive, send)


def _may_compress(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    asks_for_part = "range" in headers or "if-none-match" in headers
    accepts = "gzip" in headers.get("accept-encoding", "")
    return accepts and not asks_for_part and scope["path"].startswith("/static/")


async def _send_compressed(kept: Compressed, scope: Scope, receive: Receive, send: Send) -> None:
    await Response(kept.body, headers=kept.headers)(scope, receive, send)


class Recorded:
    """An answer caught on its way out, to be changed or sent on as it was."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def receive(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def headers(self) -> Headers:
        return Headers(raw=self.messages[0]["headers"])

    @property
    def is_text(self) -> bool:
        kind = self.headers.get("content-type", "")
        return kind.startswith(_TEXT_KINDS) and self.messages[0]["status"] == 200

    def compressed(self) -> Compressed:
        body = b"".join(message.get("body", b"") for message in self.messages[1:])
        kept = _without(self.headers, ("content-length", "etag", "accept-ranges"))
        return Compressed(
            gzip.compress(body, compresslevel=6, mtime=0),
            {**kept, "content-encoding": "gzip", "vary": "accept-encoding"},
        )

    async def replay(self, send: Send) -> None:
        for message in self.messages:
            await send(message)


def _without(headers: Headers, names: Iterable[str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in names}
