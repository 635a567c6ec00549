"""The way out of each weekly summary: works signed out, for people and for mail programs.

RFC 8058: a mail program posts to the address in the letter by itself. A look at it (GET) changes
nothing, because programs that scan letters look at every address in them.
"""

from html import escape
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from server.plain_page import plain_page
from services.digest.posting import STOP_PATH
from services.digest.subscribing import is_a_key, stop_by_key

_ASK: Final = """
<form method="post" action="/{path}?key={key}"><button type="submit">Stop it</button></form>
"""


def routes() -> list[Route]:
    return [Route(f"/{STOP_PATH}", stop_page, methods=["GET", "POST"])]


async def stop_page(request: Request) -> HTMLResponse:
    key = request.query_params.get("key", "")
    if not is_a_key(key):
        return plain_page(
            "This link is not complete", "Open the link in your last summary once more.", status=404
        )
    if request.method != "POST":
        return _asking(key)
    await to_thread.run_sync(_stop, key)
    return plain_page("The weekly summary is stopped", "You can turn it on again in your settings.")


def _stop(key: str) -> None:
    """Asked for late, as the readiness is: the server must start without a database."""
    from services.database.start import database  # noqa: PLC0415

    stop_by_key(database(), key)


def _asking(key: str) -> HTMLResponse:
    ask = _ASK.format(path=STOP_PATH, key=escape(key, quote=True))
    return plain_page("Stop the weekly summary?", "It will not be sent to you any more.", ask)
