"""Local mode answers whoever was let in at this machine, and what stays inside asks for the key.

A browser of this machine's user comes in by itself, everybody else with what only that user can
read. Where a connection comes from and what its headers say proves nothing: a proxy on this machine
passes on whatever it likes.
"""

import hmac
from typing import Final

from anyio import CapacityLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.direct import AT_ONCE, comes_directly
from server.plain_page import plain_page
from server.refusing import refuse, refuse_with
from services.access.local import is_loopback
from services.access.local_key import OPENING

NO_SIGN_IN: Final = "Without sign-in, the dashboard serves its own machine only: docs/sign-in.md"
NO_KEY: Final = "Open the address that was printed when the dashboard started: docs/sign-in.md"
_REMEMBERED_SECONDS: Final = 365 * 24 * 3600
_BEARER: Final = "Bearer "
# Whether the process lives may be asked by anybody; a calendar's address is a key of its own.
_NO_KEY_NEEDED: Final = ("/api/health", "/api/ready", "/_stcore/health")
_KEY_OF_ITS_OWN: Final = "/api/calendar/"


class AskForKey:
    """Without sign-in nothing is served to whoever does not have the key.

    `key` None: it was said in so many words that nobody is asked.
    """

    def __init__(self, app: ASGIApp, key: str | None, *, secure: bool = False) -> None:
        self.app = app
        self.key = key
        self.secure = secure
        self.looking = CapacityLimiter(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "lifespan" or path in _NO_KEY_NEEDED:
            await self.app(scope, receive, send)
        elif not _is_here(scope):
            await refuse(scope, receive, send, 403, NO_SIGN_IN)
        elif self.key and path.startswith(OPENING) and scope["type"] == "http":
            await self._opened(path, self.key, scope)(scope, receive, send)
        elif self._may_pass(path, scope):
            await self.app(scope, receive, send)
        elif self.key and await comes_directly(scope, self.looking):
            await self.app(scope, receive, self._remembering(self.key, scope, send))
        else:
            await refuse_with(_door(), NO_KEY, scope, receive, send)

    def _may_pass(self, path: str, scope: Scope) -> bool:
        if self.key is None or path.startswith(_KEY_OF_ITS_OWN):
            return True
        return has_key(scope, self.key)

    def _opened(self, path: str, key: str, scope: Scope) -> Response:
        """Leads on to the dashboard, which this browser may open from now on."""
        if not _same(path.removeprefix(OPENING), key):
            return _door()
        answer = RedirectResponse("/", 303, {"cache-control": "no-store"})
        answer.headers.append("set-cookie", self._cookie(key, scope))
        return answer

    def _remembering(self, key: str, scope: Scope, send: Send) -> Send:
        """Asked once, a browser is known from then on."""

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", self._cookie(key, scope))
            await send(message)

        return remember

    def _cookie(self, key: str, scope: Scope) -> str:
        secure = "; Secure" if self.secure else ""
        return (
            f"{cookie_name(scope)}={key}; HttpOnly; Max-Age={_REMEMBERED_SECONDS}; Path=/;"
            f" SameSite=lax{secure}"
        )


def has_key(scope: Scope, key: str) -> bool:
    """On this machine, with the key: in a browser's cookie, or said by a program."""
    given = HTTPConnection(scope).cookies.get(cookie_name(scope), "")
    said = Headers(scope=scope).get("authorization", "")
    return _is_here(scope) and (
        _same(given, key) or (said.startswith(_BEARER) and _same(said.removeprefix(_BEARER), key))
    )


def cookie_name(scope: Scope) -> str:
    """Browsers keep one box of cookies for all ports of a machine: each dashboard has its own."""
    _, port = scope.get("server") or ("", None)
    return f"local_key_{port}"


def _is_here(scope: Scope) -> bool:
    client = scope.get("client")
    return client is not None and is_loopback(client[0])


def _same(given: str, key: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), key.encode())


def _door() -> Response:
    return plain_page(
        "Open the printed address",
        "Nobody signs in here, so the dashboard opens for this machine's own browsers, and for"
        " whoever has the address that it printed when it started. A browser that has opened it"
        " once is remembered. To have it printed again:",
        "<pre>.venv/bin/python -m services open</pre>",
        status=403,
    )
