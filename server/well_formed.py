"""What nobody's browser sends gets no further than here: an address or a message that is none.

Past this layer it would reach the framework and the database, each of which would write a page of
log about it.
"""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.refusing import refuse

# A copied link with every filter has about a thousand, a file's address two.
_LONGEST: Final = 16_000
_BAD_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
# Line ends come back from sign-in providers that say what went wrong.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NO_ADDRESS: Final = "This address cannot be read."
_NOT_TEXT: Final = 1003  # RFC 6455: a kind of data that is not taken


class WellFormed:
    """Refuses addresses that are not UTF-8, hold control characters or are endless (400), and
    closes a live connection on a message of text: the interface speaks in bytes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif not is_well_formed(scope):
            await refuse(scope, receive, send, 400, _NO_ADDRESS)
        elif scope["type"] == "websocket":
            live = _BytesOnly(receive, send)
            await self.app(scope, live.receive, live.send)
        else:
            await self.app(scope, receive, send)


def is_well_formed(scope: Scope) -> bool:
    """The path and the question, as they were sent."""
    path = scope.get("raw_path") or scope.get("path", "").encode("utf-8", "surrogatepass")
    return all(_is_readable(part) for part in (path, scope.get("query_string", b"")))


def _is_readable(part: bytes) -> bool:
    if len(part) > _LONGEST or _BAD_ESCAPE.search(part):
        return False
    try:
        return not _CONTROL.search(unquote_to_bytes(part).decode())
    except UnicodeDecodeError:
        return False


class _BytesOnly:
    """One live connection; once we have closed it, nothing more is sent."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._closed = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] != "websocket.receive" or message.get("bytes") is not None:
            return message
        await self.send({"type": "websocket.close", "code": _NOT_TEXT, "reason": "Bytes only."})
        self._closed = True
        return {"type": "websocket.disconnect", "code": _NOT_TEXT, "reason": "Bytes only."}

    async def send(self, message: Message) -> None:
        if not self._closed:
            await self._send(message)
