"""Who asks for a plain web address (a file to take away), as the pages know it.

Routes run outside the app's sessions, so the framework's own signed cookie is read here. What is
private of the framework is used in this module alone.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope
from streamlit import config
from streamlit.web.server.starlette import starlette_auth_routes, starlette_websocket
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from services.access.identity import Claims, SignedOutError, signed_in_viewer, token_hash
from services.access.local import NotLocalError, local_viewer
from services.access.rights import Role
from services.access.viewer import Viewer
from services.database.start import database
from services.database.trouble import AWAY
from services.settings import Settings, settings

# In local mode: as which persona to look.
PERSONA: Final = "as"


def viewer_of(request: Request) -> Viewer:
    """The person who asks. Raises PermissionError, of the kinds that `refusal_status` knows."""
    chosen = settings()
    if not chosen.signs_in:
        return _local_viewer(request)
    return signed_in_viewer(
        database(),
        claims_of(request, chosen),
        hours=chosen.sign_in_hours,
        trusts_addresses=chosen.oidc_vouches_for_addresses,
    )


def refusal_status(refusal: PermissionError) -> int:
    """401 where a new sign-in would help; else 404, which does not say what there is."""
    return 401 if isinstance(refusal, SignedOutError) else 404


def claims_of(request: Request, chosen: Settings) -> Claims:
    """What the provider said at the sign-in, from its signed cookie. Raises SignedOutError."""
    signed = starlette_auth_routes._get_cookie_value_from_request(request, USER_COOKIE_NAME)
    if not signed:
        raise SignedOutError("Nobody is signed in.")
    claims: Claims = starlette_websocket._parse_decoded_user_cookie(signed, chosen.origin)
    if not claims.get("is_logged_in"):
        raise SignedOutError("This sign-in is for another address.")
    return claims


def session_of(request: Request) -> str:
    """What tells this sign-in from any other; '' where nobody signs in. Raises SignedOutError."""
    chosen = settings()
    return token_hash(claims_of(request, chosen)) if chosen.signs_in else ""


def who_was_let_in(scope: Scope) -> str:
    """Which person asks; empty for whoever is not signed in, or was not let in.

    While the database does not answer, whoever has signed in passes as let in: by the name that
    the provider gives them.
    """
    request = Request({**scope, "type": "http"})
    try:
        return f"person {viewer_of(request).person_id}"
    except PermissionError:
        return ""
    except AWAY:
        claims = claims_of(request, settings())
        return f"{claims.get('iss')} {claims.get('sub')}"


async def forgotten(request: Request) -> Response:
    """The sign-in leaves this browser: its cookies go, and it is led to the provider's own end of
    the session where it has one, else to the first page."""
    answer: Response = await starlette_auth_routes._auth_logout(request, "")
    return answer


def _local_viewer(request: Request) -> Viewer:
    return local_viewer(
        database(),
        listens_on=config.get_option("server.address"),
        asks_from=request.client.host if request.client else None,
        role=_persona(request),
    )


def _persona(request: Request) -> Role:
    named = request.query_params.get(PERSONA, Role.SELLER)
    if named not in set(Role):
        raise NotLocalError("There is no such persona.")
    return Role(named)
