"""Files and calendars: made at the request, for whoever asks, with the rights of this moment.

A file is made whole before it is sent, so a reader of any patience holds no connection to the
database; a large one waits on the disk, without a name. Whoever leaves meanwhile ends its making.
"""

import hashlib
import logging
import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from threading import Event
from typing import IO, Final, cast

from anyio import CapacityLimiter, create_task_group, to_thread
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from server.identity import refusal_status, viewer_of
from services.access.absent import absent_viewer
from services.access.viewer import NotAllowedError, Viewer
from services.database.start import database
from services.database.trouble import AWAY, is_busy
from services.exports.addresses import BadAddressError, feed_of, wish_of
from services.exports.calendar import calendar_for
from services.exports.files import NoSuchFileError, write_file
from services.exports.following import fetched
from services.exports.table import NobodyWaitsError, Taker
from services.settings import settings

log = logging.getLogger("reimbursement.files")

_AT_ONCE: Final = 3  # pages come first: they share the connections
_IN_MEMORY: Final = 1 << 20  # of a file that waits to be sent; the rest is on the disk
_BLOCK: Final = 64 << 10
_NOBODY: Final = 499  # what servers write down where whoever asked has gone
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

Answer = Callable[[Request, Event], Response]  # the event: whoever asked has gone


def download_routes() -> list[Route]:
    limiter = CapacityLimiter(_AT_ONCE)
    return [
        Route("/api/files/{token}/{name}", _in_a_thread(_file, limiter)),
        Route("/api/calendar/{token}.ics", _in_a_thread(_calendar, limiter)),
    ]


def _in_a_thread(answer: Answer, limiter: CapacityLimiter) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        gone = Event()
        async with create_task_group() as beside:
            beside.start_soon(_watch, request, gone)
            made = await to_thread.run_sync(_guarded, answer, request, gone, limiter=limiter)
            beside.cancel_scope.cancel()
        return made

    return endpoint


async def _watch(request: Request, gone: Event) -> None:
    """Nothing more comes of such a request than that its reader leaves."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    gone.set()


def _guarded(answer: Answer, request: Request, gone: Event) -> Response:
    """What goes wrong is said in words that tell nothing of what there is."""
    try:
        return answer(request, gone)
    except NobodyWaitsError:
        return Response(status_code=_NOBODY)
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


def _file(request: Request, gone: Event) -> Response:
    name = _file_name(request)
    viewer = viewer_of(request)
    wish = wish_of(database(), settings(), request.path_params["token"])
    if wish.person_id != viewer.person_id:
        raise NotAllowedError("This file was asked for by somebody else.")
    form = name.rpartition(".")[2]
    with ExitStack() as opened:
        out = opened.enter_context(SpooledTemporaryFile(_IN_MEMORY))
        taker = Taker(cast("IO[bytes]", out), waits=lambda: not gone.is_set())
        write_file(viewer, database(), wish.question, form, datetime.now(UTC), taker=taker)
        _write_down(viewer, wish.question.account_id, f"{wish.question.kind} as {form}")
        return _sent(taker.out, name, opened.pop_all())


def _sent(out: IO[bytes], name: str, opened: ExitStack) -> Response:
    """Block by block; what was opened for it is closed when it is through, or its reader gone."""
    headers = {**_as_file(name), "content-length": str(out.tell())}
    out.seek(0)
    return StreamingResponse(
        iter(partial(out.read, _BLOCK), b""),
        media_type=_MEDIA_TYPES[name.rpartition(".")[2]],
        headers=headers,
        background=BackgroundTask(opened.close),
    )


def _file_name(request: Request) -> str:
    name: str = request.path_params["name"]
    if not _NAME.fullmatch(name):
        raise NoSuchFileError("No file is called that.")
    return name


def _as_file(name: str) -> dict[str, str]:
    return {**_PRIVATE, "content-disposition": f'attachment; filename="{name}"'}


def _calendar(request: Request, _gone: Event) -> Response:
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
