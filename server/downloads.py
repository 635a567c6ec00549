"""Files and calendars: made at the request, for whoever asks, with the rights of this moment."""

import hashlib
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.identity import refusal_status, viewer_of
from services.access.absent import absent_viewer
from services.access.viewer import NotAllowedError, Viewer
from services.database.start import database
from services.database.trouble import AWAY, is_busy
from services.exports.addresses import BadAddressError, feed_of, wish_of
from services.exports.calendar import calendar_for
from services.exports.files import NoSuchFileError, file_for
from services.exports.following import fetched
from services.settings import settings

log = logging.getLogger("reimbursement.files")

_AT_ONCE: Final = 3  # pages come first: they share the connections
_BUSY: Final = "This takes too long just now. Narrow the filters, or try again later."
_LOST: Final = "The database does not answer just now. Try again in a moment: nothing is lost."
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.(csv|xlsx|pdf|ics)")
_MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "ics": "text/calendar; charset=utf-8",
}
_PRIVATE: Final = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}

Answer = Callable[[Request], Response]


def download_routes() -> list[Route]:
    limiter = CapacityLimiter(_AT_ONCE)
    return [
        Route("/api/files/{token}/{name}", _in_a_thread(_file, limiter)),
        Route("/api/calendar/{token}.ics", _in_a_thread(_calendar, limiter)),
    ]


def _in_a_thread(answer: Answer, limiter: CapacityLimiter) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        return await to_thread.run_sync(_guarded, answer, request, limiter=limiter)

    return endpoint


def _guarded(answer: Answer, request: Request) -> Response:
    """What goes wrong is said in words that tell nothing of what there is."""
    try:
        return answer(request)
    except PermissionError as refusal:
        return _refused(refusal_status(refusal))
    except (BadAddressError, NoSuchFileError):
        return _refused(404)
    except AWAY as problem:
        log.warning("A file could not be made", exc_info=problem)
        return _said(_BUSY if is_busy(problem) else _LOST, 503)


def _refused(status: int) -> Response:
    if status == 401:
        return _said("Your sign-in has ended. Sign in again, then ask for the file once more.", 401)
    return _said("This link does not hold any more. Open the page again and use it there.", 404)


def _said(words: str, status: int) -> Response:
    return PlainTextResponse(words, status, headers=_PRIVATE)


def _file(request: Request) -> Response:
    name = _file_name(request)
    viewer = viewer_of(request)
    wish = wish_of(database(), settings(), request.path_params["token"])
    if wish.person_id != viewer.person_id:
        raise NotAllowedError("This file was asked for by somebody else.")
    form = name.rpartition(".")[2]
    content = file_for(viewer, database(), wish.question, form, datetime.now(UTC))
    _write_down(viewer, wish.question.account_id, f"{wish.question.kind} as {form}")
    return Response(content, media_type=_MEDIA_TYPES[form], headers=_as_file(name))


def _file_name(request: Request) -> str:
    name: str = request.path_params["name"]
    if not _NAME.fullmatch(name):
        raise NoSuchFileError("No file is called that.")
    return name


def _as_file(name: str) -> dict[str, str]:
    return {**_PRIVATE, "content-disposition": f'attachment; filename="{name}"'}


def _calendar(request: Request) -> Response:
    """A calendar app asks without a sign-in: whose it is stands in the address."""
    wanted = feed_of(database(), settings(), request.path_params["token"])
    viewer = absent_viewer(database(), wanted.person_id)
    if viewer is None or not _belongs_here(viewer):
        raise NotAllowedError("Nobody has this calendar.")
    filters = fetched(database(), viewer, wanted.account_id, wanted.calendar_id)
    if filters is None:
        raise NotAllowedError("This address was taken back.")
    content = calendar_for(viewer, database(), wanted.account_id, filters, datetime.now(UTC))
    return _unless_known(request, viewer, wanted.account_id, content)


def _belongs_here(viewer: Viewer) -> bool:
    """Personas exist without sign-in only, and everybody else with it only."""
    return viewer.person.is_local is not settings().signs_in


def _unless_known(request: Request, viewer: Viewer, account_id: int, content: bytes) -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"cache-control": "private, no-cache", "etag": tag}
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known:
        return Response(status_code=304, headers=headers)
    _write_down(viewer, account_id, "calendar")
    media = _MEDIA_TYPES["ics"]
    return Response(content, media_type=media, headers={**_PRIVATE, **headers})


def _write_down(viewer: Viewer, account_id: int | None, what: str) -> None:
    """Without an account: a list over all that were the person's at that moment."""
    whole = f"account {account_id}, {what}" if account_id else what
    log.info("Person %d took away: %s", viewer.person_id, whole)
