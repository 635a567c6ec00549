"""How many open pages one process carries, and what whoever comes after them is told."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from html import escape
from typing import Final
from urllib.parse import urlsplit

from anyio import CancelScope, move_on_after
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from server.plain_page import plain_page
from server.sign_in import own_path

FULL: Final = "/full"
_STREAM: Final = "/_stcore/stream"
_AGAIN_SECONDS: Final = 15
_LEAVING_SECONDS: Final = 10
_TRY_AGAIN_LATER: Final = 1013  # of the registry that RFC 6455 founded
# So many that a person's tabs never meet it, and so few that four such people are needed.
_SHARE: Final = 4
# As long nobody takes to read the few words at the door; signing in needs no open page.
PATIENCE_SECONDS: Final = 60

_AGAIN: Final = '<a class="button" href="{wanted}">Try again</a>'

# Who holds a page open; "" for everybody whom nobody has let in.
Visitor = Callable[[Scope], Awaitable[str]]


class Capacity:
    """A page that is open holds a live connection, a thread's memory and its turn at the processor.

    More of them than the process can carry would make everyone wait without a word. Where people
    sign in, no one person may hold more than a quarter, nor may all those together whom nobody has
    let in. These keep nobody out: of them, whoever has been silent for long gives way to the next
    at the door, and whoever has been silent for longest to a person who was let in.
    """

    def __init__(self, app: ASGIApp, pages: int, visitor: Visitor | None = None) -> None:
        """`visitor` None: nobody signs in, and whoever is here may have them all."""
        self.app = app
        self.pages = pages
        self.share = max(1, pages // _SHARE) if visitor else pages
        self.visitor = visitor
        self.taken: Counter[str] = Counter()
        self.door: list[_AtTheDoor] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == FULL:
            await _full_page(Headers(scope=scope))(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == _STREAM:
            await self._carry(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _carry(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = await self.visitor(scope) if self.visitor else ""
        if self._is_full_for(who) and not self._made_room_for(who):
            await _led_away(scope, receive, send)
        elif self.visitor and not who:
            await self._at_the_door(scope, receive, send)
        else:
            self.taken[who] += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self.taken[who] -= 1
                self.taken += Counter()  # forgets whoever holds none

    async def _at_the_door(self, scope: Scope, receive: Receive, send: Send) -> None:
        guest = _AtTheDoor(receive, send)
        self.door.append(guest)
        try:
            await self.app(scope, guest.receive, guest.send)
        finally:
            if guest in self.door:
                self.door.remove(guest)

    def _is_full_for(self, who: str) -> bool:
        held = self.taken[who] if who or not self.visitor else len(self.door)
        return self._are_all_taken() or held >= self.share

    def _are_all_taken(self) -> bool:
        return self.taken.total() + len(self.door) >= self.pages

    def _made_room_for(self, who: str) -> bool:
        if not self.door or self.taken[who] >= self.share:
            return False
        longest = min(self.door, key=lambda one: one.heard_at)
        if not who and time.monotonic() - longest.heard_at < PATIENCE_SECONDS:
            return False
        self.door.remove(longest)
        longest.give_way()
        return True


class _AtTheDoor:
    """The page of somebody whom nobody has let in: how long they have been silent, and its end."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._hearing = CancelScope()
        self.heard_at = time.monotonic()
        self.is_over = False

    def give_way(self) -> None:
        self.is_over = True
        self._hearing.cancel()

    async def receive(self) -> Message:
        if not self.is_over:
            with CancelScope() as self._hearing:
                message = await self._receive()
                # Before a page is open it has said nothing.
                if message["type"] != "websocket.connect":
                    self.heard_at = time.monotonic()
                return message
        await self._send({"type": "websocket.close", "code": _TRY_AGAIN_LATER})
        return {"type": "websocket.disconnect", "code": _TRY_AGAIN_LATER}

    async def send(self, message: Message) -> None:
        if not self.is_over:  # what is still on its way finds nobody
            await self._send(message)


def _full_page(asked: Headers) -> HTMLResponse:
    """Goes back by itself to the page that somebody wanted."""
    came_from = asked.get("referer", "")
    wanted = own_path(came_from, f"{urlsplit(came_from).scheme}://{asked['host']}") or "/"
    return plain_page(
        "All places are taken",
        "More pages are open just now than this server can serve at once. This page tries again"
        f" every {_AGAIN_SECONDS} seconds. Closing tabs that you do not need makes room.",
        _AGAIN.format(wanted=escape(wanted, quote=True)),
        status=503,
        retry_after=str(_AGAIN_SECONDS),
        refresh=f"{_AGAIN_SECONDS}; url={wanted}",
    )


async def _led_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Says it in the interface's own language: a connection that is only refused would be tried
    again and again behind an empty page.
    """
    protocols = Headers(scope=scope).get("sec-websocket-protocol", "").split(",")
    await receive()
    await send({"type": "websocket.accept", "subprotocol": protocols[0].strip() or None})
    message = ForwardMsg()
    message.auth_redirect.url = FULL
    await send({"type": "websocket.send", "bytes": message.SerializeToString()})
    with move_on_after(_LEAVING_SECONDS):
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER, "reason": "All places taken."})
