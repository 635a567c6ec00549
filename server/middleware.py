"""Layers around the app, as plain ASGI: they see web pages and live connections alike."""

import gzip
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from anyio import sleep_forever, to_thread
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
_FOR_WATCHERS: Final = ("/api/health", "/api/ready")
NO_SIGN_IN: Final = "Without sign-in, the dashboard serves its own machine only: docs/sign-in.md"


class SecurityHeaders:
    """Puts the policy on every answer, errors too, and does not say what software answers."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _put_headers(message, https=self.https)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _put_headers(message: Message, *, https: bool) -> None:
    headers = MutableHeaders(scope=message)
    headers.update(security_headers())
    if https:  # from the first visit on, nobody between may turn the page into a plain one
        headers["strict-transport-security"] = "max-age=31536000"
    if "server" in headers:
        del headers["server"]


class AllowedHosts:
    """Answers only to its own names, and opens live connections to its own pages only.

    A page elsewhere can point its own name at this machine and then read what a browser here may
    read (DNS rebinding); it cannot change the name that the browser sends.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = LOCAL_HOSTS) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_ours(scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, 421, "This address is not served here.")

    def _is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if host_name(headers.get("host")) not in self.hosts:
            return False
        origin = headers.get("origin")
        if scope["type"] != "websocket" or origin is None:
            return True
        return urlsplit(origin).netloc.lower() == headers["host"].lower()


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


class ThisMachineOnly:
    """Without sign-in nothing is served elsewhere, by a proxy on this machine neither.

    Whether the process lives may be asked from anywhere.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        open_to_all = scope["type"] == "lifespan" or scope.get("path") in _FOR_WATCHERS
        if open_to_all or is_local(scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, 403, NO_SIGN_IN)


class NothingInPassing:
    """What the framework hands out under /media is anybody's who has the address: so it is closed.

    Files with figures in them have routes of their own, which ask who takes them away; the
    product's marks travel inside the page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path", "").startswith("/media"):
            await refuse(scope, receive, send, 404, "Not found.")
        else:
            await self.app(scope, receive, send)


def is_local(scope: Scope) -> bool:
    """From this machine, under its own name, and not passed on by a proxy that runs on it."""
    client = scope.get("client")
    headers = Headers(scope=scope)
    passed_on = any(name in headers for name in _PASSED_ON)
    own_name = host_name(headers.get("host")) in LOCAL_HOSTS
    return client is not None and not passed_on and own_name and is_loopback(client[0])


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
            # Whoever asked may leave at once; what is kept for everybody must still be whole.
            await self.app(scope, _never_leaves, answer.receive)
            if not answer.is_text:
                await answer.replay(send)
                return
            self.kept[path] = await to_thread.run_sync(answer.compressed)
        await _send_compressed(self.kept[path], scope, receive, send)


async def _never_leaves() -> Message:
    """What is heard of a visitor who waits for the whole file: nothing."""
    await sleep_forever()
    return {"type": "http.disconnect"}


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
