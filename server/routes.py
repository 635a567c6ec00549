"""The addresses beside the pages: for whoever watches over the process, and files either way."""

from collections.abc import Callable
from typing import TypeAlias

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from server import connecting, digest_stop, sign_out
from server.downloads import download_routes
from server.dropping import drop_routes
from server.key import has_key

# Whether the app can serve people now, and what is missing if not.
Readiness: TypeAlias = Callable[[], tuple[bool, str]]


def routes(readiness: Readiness, key: str) -> list[Route]:
    return [
        Route("/api/health", health),
        Route("/api/ready", _ready_route(readiness, key)),
        *download_routes(),
        *drop_routes(),
        *connecting.routes(),
        *digest_stop.routes(),
        *sign_out.routes(),
    ]


async def health(_request: Request) -> JSONResponse:
    """The process answers; nothing else is said."""
    return JSONResponse({"status": "ok"})


def _ready_route(readiness: Readiness, key: str) -> Callable[[Request], object]:
    async def ready(request: Request) -> JSONResponse:
        is_ready, detail = await to_thread.run_sync(readiness)
        answer = {"status": "ready" if is_ready else "not ready"}
        # What is wrong names tables and machines: only this machine's operator may hear it.
        if has_key(request.scope, key):
            answer["detail"] = detail
        return JSONResponse(answer, status_code=200 if is_ready else 503)

    return ready


def database_readiness() -> tuple[bool, str]:
    """Asked for late: the server must be able to say it is not ready when this cannot load."""
    from services.database.start import ready  # noqa: PLC0415

    return ready()
