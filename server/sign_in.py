"""Around the framework's sign-in: what its secrets are, shorter and stricter cookies, and the way
back to the page that somebody wanted."""

from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.settings import Settings

LOGIN: Final = "/auth/login"
LOGOUT: Final = "/auth/logout"
CALLBACK: Final = "/oauth2callback"
WANTED: Final = "wanted_page"
_LONGEST_ADDRESS: Final = 2000
_SIGN_IN_SECONDS: Final = 15 * 60


def secrets_of(chosen: Settings) -> dict[str, Any] | None:
    """What `st.login` reads; None in local mode."""
    if not chosen.signs_in or chosen.cookie_secret is None:
        return None
    return {
        "auth": {
            "redirect_uri": f"{chosen.origin}{CALLBACK}",
            "cookie_secret": chosen.cookie_secret.get_secret_value(),
            "client_id": chosen.oidc_client_id,
            "client_secret": chosen.oidc_client_secret.get_secret_value(),
            "server_metadata_url": str(chosen.oidc_metadata_url),
        }
    }


class StrictCookies:
    """Each cookie lasts as long as a sign-in does, and travels encrypted where the address does.

    The framework's own last thirty days and travel as they please.
    """

    def __init__(self, app: ASGIApp, lasts: timedelta, *, secure: bool) -> None:
        self.app = app
        self.seconds = int(lasts.total_seconds())
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [self._header(*one) for one in message["headers"]]
            await send(message)

        await self.app(scope, receive, send_strictly)

    def _header(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name.lower() != b"set-cookie":
            return name, value
        return name, self._stricter(value.decode("latin-1")).encode("latin-1")

    def _stricter(self, cookie: str) -> str:
        first, *rest = (part.strip() for part in cookie.split(";"))
        kept = [self._shorter(part) for part in rest if part.lower() != "secure"]
        return "; ".join([first, *kept, *(["Secure"] if self.secure else [])])

    def _shorter(self, part: str) -> str:
        name, _, value = part.partition("=")
        if name.lower() != "max-age" or int(value) <= self.seconds:
            return part
        return f"{name}={self.seconds}"


class BackToThePage:
    """After the sign-in people land where they were going, not at the first page.

    Kept in the browser while it is at the provider. Only a path of this server is ever kept, so
    nobody can be sent elsewhere.
    """

    def __init__(self, app: ASGIApp, origin: str, *, secure: bool) -> None:
        self.app = app
        self.origin = origin
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path") if scope["type"] == "http" else None
        if path == LOGIN:
            await self.app(scope, receive, self._keeping(Headers(scope=scope), send))
        elif path == CALLBACK:
            await self.app(scope, receive, self._returning(Headers(scope=scope), send))
        else:
            await self.app(scope, receive, send)

    def _keeping(self, asked: Headers, send: Send) -> Send:
        wanted = own_path(asked.get("referer"), self.origin)

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start" and wanted:
                MutableHeaders(scope=message).append("set-cookie", self._cookie(wanted))
            await send(message)

        return keep

    def _returning(self, asked: Headers, send: Send) -> Send:
        wanted = _path_in(asked.get("cookie", ""))

        async def put_back(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {302, 303, 307}:
                headers = MutableHeaders(scope=message)
                if wanted:
                    headers["location"] = wanted
                headers.append("set-cookie", self._cookie(""))
            await send(message)

        return put_back

    def _cookie(self, path: str) -> str:
        lasts = _SIGN_IN_SECONDS if path else 0
        secure = "; Secure" if self.secure else ""
        return (
            f"{WANTED}={quote(path, safe='')}; Path={CALLBACK}; Max-Age={lasts}"
            f"; HttpOnly; SameSite=Lax{secure}"
        )


def own_origin(asked: Headers, origin: str) -> bool:
    """Whether a page of ours asks, by what its browser says: Origin, or else Referer."""
    said = asked.get("origin")
    if said is not None:
        return said == origin
    parts = urlsplit(asked.get("referer") or "")
    return f"{parts.scheme}://{parts.netloc}" == origin


def own_path(address: str | None, origin: str) -> str | None:
    """The path and query of a page of ours; None for any other address."""
    parts = urlsplit(address or "")
    if f"{parts.scheme}://{parts.netloc}" != origin:
        return None
    return _harmless(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _harmless(path: str) -> str | None:
    """A path that cannot lead away: one slash first, and nothing a browser reads as another."""
    starts_here = path.startswith("/") and not path.startswith(("//", "/\\"))
    is_plain = path.isascii() and path.isprintable() and " " not in path and "\\" not in path
    is_a_page = not path.startswith((LOGIN, LOGOUT, CALLBACK))
    short = len(path) <= _LONGEST_ADDRESS
    return path if starts_here and is_plain and is_a_page and short else None


def _path_in(cookies: str) -> str | None:
    try:
        kept = SimpleCookie(cookies).get(WANTED)
    except CookieError:
        return None
    return _harmless(unquote(kept.value)) if kept else None
