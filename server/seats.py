"""How many open pages one process carries, and what whoever comes after them is told."""

from collections import Counter
from collections.abc import Callable
from html import escape
from typing import Final
from urllib.parse import urlsplit

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send
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

_AGAIN: Final = '<a class="button" href="{wanted}">Try again</a>'

# Who holds a page open; "" for everybody who has not signed in.
Visitor = Callable[[Scope], str]


class Seats:
    """A page that is open holds a live connection, a thread's memory and its turn at the processor.

    More of them than the process can carry would make everyone wait without a word. Where people
    sign in, no one person and not all those together who have not may hold more than a quarter.
    """

    def __init__(self, app: ASGIApp, seats: int, visitor: Visitor | None = None) -> None:
        """`visitor` None: nobody signs in, and whoever is here may have every seat."""
        self.app = app
        self.seats = seats
        self.share = max(1, seats // _SHARE) if visitor else seats
        self.visitor = visitor or (lambda _: "")
        self.taken: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == FULL:
            await _full_page(Headers(scope=scope))(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == _STREAM:
            await self._seated(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _seated(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = self.visitor(scope)
        if self._is_full_for(who):
            await _led_away(scope, receive, send)
            return
        self.taken[who] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.taken[who] -= 1
            self.taken += Counter()  # forgets whoever holds none

    def _is_full_for(self, who: str) -> bool:
        return self.taken.total() >= self.seats or self.taken[who] >= self.share


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
