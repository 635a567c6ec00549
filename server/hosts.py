"""Under which names the server answers: exactly its own."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.refusing import refuse
from services.access.local import is_loopback

LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")
# What comes before a body, without an end to it: a page's own is a few thousand.
_LONGEST_HEAD: Final = 65_536
_TOO_LONG: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
_USUAL_PORTS: Final = {"http": 80, "https": 443}


class AllowedHosts:
    """Answers only to its own names, and opens live connections to its own pages only.

    A page elsewhere can point its own name at this machine and then read what a browser here may
    read (DNS rebinding); it cannot change the name that the browser sends.
    """

    def __init__(self, app: ASGIApp, public: str | None = None) -> None:
        """`public`: the address that people open, as browsers say it, e.g. https://a.example."""
        self.app = app
        self.public = _hosts_of(public) if public else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_ours(scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, 421, "This address is not served here.")

    def _is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        origins = {**_local_hosts(scope), **self.public}
        if len(named) != 1 or (origin := origins.get(named[0].lower())) is None:
            return False
        from_pages = headers.getlist("origin")
        return scope["type"] != "websocket" or from_pages in ([], [origin])


def _hosts_of(origin: str) -> dict[str, str]:
    """What the Host header may be at this address; the usual port may be said or left out."""
    parts = urlsplit(origin)
    usual = _USUAL_PORTS[parts.scheme]
    said = [parts.netloc] if parts.port else [parts.netloc, f"{parts.netloc}:{usual}"]
    return dict.fromkeys(said, origin)


def _local_hosts(scope: Scope) -> dict[str, str]:
    """This machine's names with the port that was knocked at, for whoever came by that way."""
    at, port = scope.get("server") or ("", None)
    if port is None or not is_loopback(at):
        return {}
    return {
        host: origin
        for name in (*LOCAL_NAMES, f"[{at}]" if ":" in at else at)
        for origin in [
            f"http://{name}" if port == _USUAL_PORTS["http"] else f"http://{name}:{port}"
        ]
        for host in _hosts_of(origin)
    }


class OwnAddressesOnly(HttpToolsProtocol):
    """Reads no request that names its server in its first line (`GET http://elsewhere/ …`).

    Such a name counts for more than the Host header, and the app never sees it. Only proxies are
    asked like that, and this is none. Nor one whose first line, headers or trailers never end.
    """

    _waiting = 0  # bytes read since something was whole
    _went_on = False

    def data_received(self, data: bytes) -> None:
        self._went_on = False
        super().data_received(data)
        self._waiting = 0 if self._went_on else self._waiting + len(data)
        if self._waiting > _LONGEST_HEAD and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(_TOO_LONG)
            self.transport.close()

    def on_headers_complete(self) -> None:
        self._went_on = True
        if not self.url.startswith(b"/"):
            raise ValueError("This server is no proxy.")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._went_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._went_on = True
        super().on_message_complete()
