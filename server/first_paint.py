"""The first thing that a browser shows: the room of what comes is kept, so that nothing jumps."""

from functools import cache
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from components.page import SIDEBAR_WIDTH
from server.middleware import Recorded
from server.policy import INDEX_PAGE

# Until something is drawn, nobody can tell whether a sidebar will stand beside it. Its room is kept
# empty, and what would move if it did not come is not shown yet.
_NOTHING_YET: Final = (
    ".stApp:not(:has([data-testid=stSidebar]))"
    ":is([data-test-script-state=initial],:has([data-testid=stAppSkeleton]),:not(:has([data-testid=stElementContainer])))"
    " [data-testid=stAppViewContainer]"
)
# A part of the framework that is still on its way stands in for itself with a height of its own.
# Until it is there, what it would push away is not shown yet: for a moment, at most three seconds.
_AWAITED: Final = (
    ".stApp:has([data-testid=stElementContainer][height=auto]"
    ">[data-testid=stSkeleton][aria-hidden=true])"
    " :is([data-testid=stMain],[data-testid=stSidebar])"
)
STYLE: Final = (
    "<style>"
    # On a small laptop the sides are narrower, so that a page's title line does not break.
    "@media(min-width:768px) and (max-width:1439px)"
    "{[data-testid=stMain] [data-testid=stMainBlockContainer]"
    "{padding-left:2.5rem;padding-right:2.5rem}}"
    "@keyframes awaited{from{visibility:hidden}}"
    f"{_AWAITED}{{animation:awaited 3s step-end}}"
    f"{_NOTHING_YET}>*{{visibility:hidden}}"
    f"{_NOTHING_YET} [data-testid=stAppSkeleton]{{visibility:visible}}"
    f"@media(min-width:768px){{{_NOTHING_YET}{{padding-left:{SIDEBAR_WIDTH}px}}}}"
    "</style>"
)
# What nearly every page is made of is fetched with the page: fetched when it is first drawn, it
# comes after the words around it and pushes them away.
_PARTS: Final = (
    "BidiComponent",
    "Button",
    "ButtonGroup",
    "ImageList",
    "Metric",
    "PageLink",
    "Selectbox",
    "TextInput",
)


@cache
def head() -> bytes:
    """Made from the installed framework, whose files are called anew with each version."""
    scripts = INDEX_PAGE.parent / "static" / "js"
    found = [path.name for part in _PARTS for path in sorted(scripts.glob(f"{part}.*.js"))]
    links = (f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in found)
    return "".join([*links, STYLE, "</head>"]).encode()


class FirstPaint:
    """Writes the style into the framework's page, whatever address it is asked at."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or _is_a_file(scope["path"]):
            await self.app(scope, receive, send)
            return
        answer = Recorded()
        await self.app(_plain(scope), receive, answer.receive)
        if answer.headers.get("content-type", "").startswith("text/html"):
            _write_style(answer)
        await answer.replay(send)


def _is_a_file(path: str) -> bool:
    return path.startswith(("/static/", "/app/", "/media/", "/api/", "/_stcore/"))


def _plain(scope: Scope) -> Scope:
    """The page is asked for whole and uncompressed: it is small, and no two are the same to us."""
    left_out = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    headers = [(name, value) for name, value in scope["headers"] if name not in left_out]
    return {**scope, "headers": headers}


def _write_style(answer: Recorded) -> None:
    start, *parts = answer.messages
    body = b"".join(part.get("body", b"") for part in parts)
    body = body.replace(b"</head>", head(), 1)
    headers = MutableHeaders(scope=start)
    headers["content-length"] = str(len(body))
    for name in ("etag", "last-modified"):  # those of the page as it lies on the disk
        if name in headers:
            del headers[name]
    answer.messages = [start, {"type": "http.response.body", "body": body}]
