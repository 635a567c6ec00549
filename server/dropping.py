"""Report files that a browser drops, one a request, streamed to the disk as they come.

The framework's own uploads stay closed (server/doors.py): it keeps a file in memory, and asks
nobody who sends. Here each file is asked for its page's signed address, its person's rights of this
moment and our own origin, before a byte of it is read. Memory is a block or two a file, however
large it is.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, ParamSpec, TypeVar
from urllib.parse import unquote

from anyio import CapacityLimiter, fail_after, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.identity import refusal_status, viewer_of
from server.sign_in import own_origin
from services.database.start import database
from services.database.trouble import AWAY
from services.dropping import folder
from services.dropping.addresses import BadDropError, drop_of
from services.dropping.folder import Arriving, Drop, DropRefusedError, NoRoomError, arriving
from services.dropping.looking import look_at
from services.settings import settings

log = logging.getLogger("reimbursement.dropping")

# How many files come in at once, of all and of one person: a page of ours sends one at a time.
AT_ONCE: Final = 8
OF_A_PERSON: Final = 3
# Nothing came for so long: whoever sends is gone.
SILENT_SECONDS: Final = 60
BLOCK: Final = 1 << 20
# The file's name within what was dropped, percent-encoded: in a header, so in no log of addresses.
NAME: Final = "x-file-name"
_LONGEST_NAME: Final = 4000

_NO_STORE: Final = {"cache-control": "no-store"}
_LEFT: Final = "This page cannot take files any more. Open it again, and drop them there."
_SIGN_IN: Final = "Your sign-in has ended. Sign in again, then drop the files once more."
_LOST: Final = "The database does not answer just now. Try again in a moment."
_MANY: Final = "Many files are coming in at this moment. Try again in a minute."
_SILENT: Final = "Nothing came of it for a minute. Drop it again."
_ELSEWHERE: Final = "Drop files on the page itself."
_BAD: Final = "Its name or its size was not said."

Given = ParamSpec("Given")
Made = TypeVar("Made")
Answer = Callable[[Request, Drop], Awaitable[None]]


class _BusyError(Exception):
    """As many files come in as may."""


class _BadRequestError(ValueError):
    """What no page of ours sends."""


def drop_routes() -> list[Route]:
    receiver = _Receiver()
    return [
        Route("/api/dropped/{token}", receiver.receive, methods=["POST"]),
        Route("/api/dropped/{token}/left", receiver.leave, methods=["POST"]),
    ]


@dataclass
class _Receiver:
    """Takes files in, so many at once."""

    under_way: Counter[int] = field(default_factory=Counter)  # by person
    # Who asks, and the disk: pages have threads of their own.
    threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(AT_ONCE))
    # To recognise a file reads all of it: one after the other, so that pages keep the machine.
    looking: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))

    async def receive(self, request: Request) -> Response:
        """One file, whole or not at all. What it is stands on its page afterwards."""
        return await self._guarded(request, self._receive)

    async def leave(self, request: Request) -> Response:
        """The page is left: what was not loaded goes."""
        return await self._guarded(request, self._leave)

    async def _guarded(self, request: Request, answer: Answer) -> Response:
        """What goes wrong is said in words that tell nothing of what there is."""
        if not _is_our_page(request):
            return _said(_ELSEWHERE, 403)
        try:
            await answer(request, await self._in_thread(_drop, request))
        except PermissionError as refusal:
            status = refusal_status(refusal)
            return _said(_SIGN_IN if status == 401 else _LEFT, status)
        except AWAY as problem:
            log.warning("A dropped file was not taken", exc_info=problem)
            return _said(_LOST, 503)
        except (BadDropError, _BadRequestError, _BusyError, DropRefusedError, TimeoutError) as why:
            return _refused(why)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        return Response(status_code=204, headers=_NO_STORE)

    async def _receive(self, request: Request, drop: Drop) -> None:
        name, size = _announced(request)
        async with self._one_of_a_person(drop), self._arriving(drop, name, size) as arrived:
            async for block in _blocks(request):
                await self._in_thread(arrived.write, block)
            await to_thread.run_sync(
                look_at, database(), drop.person_id, arrived, limiter=self.looking
            )

    async def _leave(self, _request: Request, drop: Drop) -> None:
        await self._in_thread(folder.leave, drop)

    @asynccontextmanager
    async def _one_of_a_person(self, drop: Drop) -> AsyncIterator[None]:
        if self.under_way.total() >= AT_ONCE or self.under_way[drop.person_id] >= OF_A_PERSON:
            raise _BusyError(_MANY)
        self.under_way[drop.person_id] += 1
        try:
            yield
        finally:
            self.under_way[drop.person_id] -= 1

    @asynccontextmanager
    async def _arriving(self, drop: Drop, name: str, size: int) -> AsyncIterator[Arriving]:
        with ExitStack() as opened:
            yield await self._in_thread(opened.enter_context, arriving(drop, name, size))

    async def _in_thread(
        self, do: Callable[Given, Made], *args: Given.args, **named: Given.kwargs
    ) -> Made:
        return await to_thread.run_sync(lambda: do(*args, **named), limiter=self.threads)


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """What is sent, in blocks of a size that is worth a write; the next comes when one is taken.

    Raises ClientDisconnect, TimeoutError.
    """
    block = bytearray()
    sent = aiter(request.stream())
    while True:
        with fail_after(SILENT_SECONDS):
            piece = await anext(sent, None)
        if piece is None:
            break
        block += piece
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)


def _drop(request: Request) -> Drop:
    """Whose, with the rights of now. Raises PermissionError, BadDropError."""
    token: str = request.path_params["token"]
    return drop_of(database(), settings(), viewer_of(request), token)


def _is_our_page(request: Request) -> bool:
    """Where nobody signs in, whatever name of this machine the page was opened under."""
    chosen = settings()
    here = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return own_origin(request.headers, chosen.origin) or (
        not chosen.signs_in and own_origin(request.headers, here)
    )


def _announced(request: Request) -> tuple[str, int]:
    """The file's name and its size in bytes. Raises _BadRequestError."""
    name, size = request.headers.get(NAME, ""), request.headers.get("content-length", "")
    if not 0 < len(name) <= _LONGEST_NAME or not (size.isascii() and size.isdecimal()):
        raise _BadRequestError(_BAD)
    return unquote(name), int(size[:20])


def _refused(why: Exception) -> Response:
    match why:
        case NoRoomError():
            return _said(str(why), 507)
        case DropRefusedError():
            return _said(str(why), 413)
        case _BusyError():
            return _said(_MANY, 429)
        case TimeoutError():
            return _said(_SILENT, 408)
        case _BadRequestError():
            return _said(str(why), 400)
    return _said(_LEFT, 404)


def _said(words: str, status: int) -> Response:
    return PlainTextResponse(words, status, headers=_NO_STORE)
