"""Layers around the app, as plain ASGI: they see web pages and live connections alike."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from anyio import sleep_forever, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.policy import security_headers

_TEXT_KINDS: Final = ("application/javascript", "text/javascript", "text/css", "application/json")


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
