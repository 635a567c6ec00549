"""The way out. A form on our own pages posts here; a look at the address (GET) ends nothing.

A page elsewhere can have a browser look at any address, as a picture; it cannot have it post with
our pages' name as the origin.
"""

from html import escape
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from server.identity import claims_of, forgotten
from server.sign_in import LOGOUT, own_origin
from services.access.identity import Claims, SignedOutError, sign_out
from services.database.start import database
from services.database.trouble import AWAY
from services.settings import Settings, settings

EVERYWHERE: Final = "everywhere"
# Past the form's own rule to lead nowhere else: the provider's page is another one's.
_ONWARD: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0;url={address}">
<title>Signed out</title>
</head>
<body><p>You are signed out here. <a href="{address}">Go on to the sign-in provider</a></p></body>
</html>
"""


def routes() -> list[Route]:
    """Both verbs: what is not answered here would be answered by the framework, which ends it."""
    return [Route(LOGOUT, leave, methods=["GET", "POST"])]


async def leave(request: Request) -> Response:
    """Ends the sign-in in the database, then in this browser, then at the provider."""
    chosen = settings()
    if request.method != "POST":
        return PlainTextResponse("Sign out with the button.", 405, headers={"allow": "POST"})
    if not chosen.signs_in:
        return PlainTextResponse("Nobody signs in here.", 404)
    if not own_origin(request.headers, chosen.origin):
        return PlainTextResponse("Sign out with the button on the page.", 403)
    try:
        await to_thread.run_sync(_end, request, chosen)
    except AWAY:
        said = "You are not signed out yet: the database does not answer. Try again in a minute."
        return PlainTextResponse(said, 503)
    return _onward(await forgotten(request))


def _end(request: Request, chosen: Settings) -> None:
    try:
        claims: Claims = claims_of(request, chosen)
    except SignedOutError:
        return  # nothing to end but the cookie
    sign_out(database(), claims, everywhere=EVERYWHERE in request.query_params)


def _onward(answer: Response) -> Response:
    """To our own door, or on to the provider's; the cookies go either way."""
    address = answer.headers["location"]
    onward: Response
    if address.startswith("/"):
        onward = RedirectResponse(address, 303)
    else:
        onward = HTMLResponse(_ONWARD.format(address=escape(address, quote=True)))
    onward.headers["cache-control"] = "no-store"
    for name, value in answer.raw_headers:
        if name == b"set-cookie":
            onward.raw_headers.append((name, value))
    return onward
