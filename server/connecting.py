"""To a marketplace's consent page, and back from it.

What comes back opens a seller's data: it is sealed at once, and the browser is led on to an address
without it. Where somebody has no page on which to read what came of it, a page of one sentence
says so. Which marketplace it is this module does not know: its page's address is its code.
"""

import logging
import re
import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.identity import refusal_status, session_of, viewer_of
from server.plain_page import plain_page
from services.access.viewer import NotAllowedError
from services.database.start import database
from services.database.trouble import AWAY
from services.settings import Settings, settings
from services.sync.consenting import (
    HOLDS,
    LEAVES,
    RETURNS,
    Browser,
    CameBack,
    come_back,
    leave,
    leave_as_newcomer,
)
from services.sync.wishing import WishRefusedError
from wording.connecting import ANSWERS, GOES_ON

log = logging.getLogger("reimbursement.connecting")

_AT_ONCE: Final = 3  # pages come first: they share the connections
_OWN_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_NO_STORE: Final = {"cache-control": "no-store"}
# Where a business that has no account yet is connected, and where that is told.
_NEWCOMERS: Final = "/data?first=load"
_HOME: Final = '<a class="button" href="/">Open the dashboard</a>'

Answer = Callable[[Request], Response]


def routes() -> list[Route]:
    limiter = CapacityLimiter(_AT_ONCE)
    return [
        Route(LEAVES, _in_a_thread(_leave, limiter), methods=["GET"]),
        Route(RETURNS, _in_a_thread(_come_back, limiter), methods=["GET"]),
        Route(f"{RETURNS}/{{why}}", _say, methods=["GET"]),
    ]


def _in_a_thread(answer: Answer, limiter: CapacityLimiter) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        return await to_thread.run_sync(_guarded, answer, request, limiter=limiter)

    return endpoint


def _guarded(answer: Answer, request: Request) -> Response:
    """Whatever goes wrong, the address that held what came back is left."""
    try:
        return answer(request)
    except PermissionError as refusal:
        return _on(CameBack("signed-out" if refusal_status(refusal) == 401 else "not-yours"))
    except WishRefusedError as refused:
        return _on(CameBack(refused.why))
    except AWAY as problem:
        log.warning("Nobody could be connected: %s", type(problem).__name__)
        return _on(CameBack("busy"))


def _leave(request: Request) -> Response:
    asked = request.query_params
    # Several channels may be on their way at once: one cookie serves them.
    own = _own(request) or secrets.token_urlsafe(32)
    viewer, code, browser = viewer_of(request), asked.get("channel", ""), _browser(request, own)
    if "account" in asked:
        address = leave(database(), viewer, _number(asked["account"]), code, browser)
    else:
        address = leave_as_newcomer(database(), viewer, asked.get("name", ""), code, browser)
    answer = RedirectResponse(address, 303, _NO_STORE)
    answer.set_cookie(
        _cookie(request),
        own,
        max_age=int(HOLDS.total_seconds()),
        secure=settings().is_https,
        httponly=True,
        samesite="lax",  # the way back begins at the marketplace
    )
    return answer


def _come_back(request: Request) -> Response:
    viewer, browser = viewer_of(request), _browser(request, _own(request))
    return _on(come_back(database(), viewer, browser, dict(request.query_params)))


def _on(came: CameBack) -> Response:
    """To the page that says what came of it."""
    if came.is_newcomer:
        return RedirectResponse(f"{_NEWCOMERS}&connect={came.why or GOES_ON}", 303, _NO_STORE)
    if came.account_id is None:
        return RedirectResponse(f"{RETURNS}/{came.why}", 303, _NO_STORE)
    said = {"account": str(came.account_id), **({"connect": came.why} if came.why else {})}
    return RedirectResponse(f"/{came.marketplace}?{urlencode(said)}", 303, _NO_STORE)


async def _say(request: Request) -> Response:
    why = request.path_params["why"]
    title, words = ANSWERS.get(why, ANSWERS["unknown"])
    return plain_page(title, words, _HOME)


def _number(word: str) -> int:
    """Raises NotAllowedError."""
    if not re.fullmatch(r"[1-9][0-9]{0,17}", word):
        raise NotAllowedError("There is no such account.")
    return int(word)


def _browser(request: Request, own: str) -> Browser:
    """This sign-in in this browser: where nobody signs in, the browser alone."""
    return Browser(f"{own} {session_of(request)}", _answer_to(request, settings()))


def _cookie(request: Request) -> str:
    """Browsers keep one box of cookies for all ports of a machine: each dashboard has its own."""
    _, port = request.scope.get("server") or ("", None)
    return f"connecting_{port}"


def _own(request: Request) -> str:
    """What tells this browser from any other; '' where it was never sent on its way."""
    kept = request.cookies.get(_cookie(request), "")
    return kept if _OWN_COOKIE.fullmatch(kept) else ""


def _answer_to(request: Request, chosen: Settings) -> str:
    """Where the marketplace leads back to: the address that people open, else the one they are at,
    which is a name of this machine (hosts.py)."""
    if chosen.public_url:
        return f"{chosen.origin}{RETURNS}"
    return f"{request.url.scheme}://{request.headers['host']}{RETURNS}"
