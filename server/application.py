"""The app with everything that stands around it."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import streamlit as st
from anyio import CapacityLimiter, to_thread
from starlette.types import ASGIApp, Scope
from streamlit import config

from server.capacity import Capacity, Visitor
from server.doors import FrameworkDoors
from server.failures import on_script_error
from server.first_paint import FirstPaint
from server.hosts import LOCAL_NAMES, AllowedHosts
from server.identity import who_was_let_in
from server.key import AskForKey
from server.middleware import CompressedStatic, SecurityHeaders
from server.routes import Readiness, database_readiness, routes
from server.sign_in import BackToThePage, StrictCookies, secrets_of
from server.warmup import warm_start
from server.well_formed import WellFormed
from services.access.local_key import local_key
from services.settings import Settings, settings

_LOOKED_UP_AT_ONCE: Final = 3


def create_app(
    script: Path,
    chosen: Settings | None = None,
    *,
    readiness: Readiness = database_readiness,
) -> ASGIApp:
    """The layers stand outside the app, so that its own error answers pass through them too.

    Raises LocalKeyError.
    """
    chosen = chosen or settings()
    key = local_key(chosen.data_directory)
    _tell_the_framework(chosen)
    app = st.App(
        script.resolve(),
        secrets=secrets_of(chosen),
        lifespan=warm_start,
        routes=routes(readiness, key),
        on_script_error=on_script_error,
    )
    inner = FrameworkDoors(_seated(CompressedStatic(FirstPaint(app)), chosen), key)
    guarded = _with_sign_in(inner, chosen) if chosen.signs_in else _with_key(inner, chosen, key)
    readable = WellFormed(guarded)
    return SecurityHeaders(AllowedHosts(readable, _public(chosen)), https=chosen.is_https)


def _seated(app: ASGIApp, chosen: Settings) -> ASGIApp:
    return Capacity(app, chosen.sessions_per_process, _visitor() if chosen.signs_in else None)


def _visitor() -> Visitor:
    limiter = CapacityLimiter(_LOOKED_UP_AT_ONCE)

    async def visitor(scope: Scope) -> str:
        return await to_thread.run_sync(who_was_let_in, scope, limiter=limiter)

    return visitor


def _with_key(app: ASGIApp, chosen: Settings, key: str) -> ASGIApp:
    return AskForKey(app, None if chosen.local_mode_without_key else key, secure=chosen.is_https)


def _with_sign_in(app: ASGIApp, chosen: Settings) -> ASGIApp:
    back = BackToThePage(app, chosen.origin, secure=chosen.is_https)
    return StrictCookies(back, timedelta(hours=chosen.sign_in_hours), secure=chosen.is_https)


def _tell_the_framework(chosen: Settings) -> None:
    """Before the app is made: it signs its cookies with what it finds then."""
    config.set_option("server.address", chosen.host)
    config.set_option("server.port", chosen.port)
    config.set_option("server.allowedHosts", _names(chosen))
    if chosen.cookie_secret:
        config.set_option("server.cookieSecret", chosen.cookie_secret.get_secret_value())


def _public(chosen: Settings) -> str | None:
    return chosen.origin if chosen.public_url else None


def _names(chosen: Settings) -> list[str]:
    """Without ports, which the framework does not look at."""
    own = chosen.public_url.host if chosen.public_url else None
    return sorted(name.strip("[]") for name in (*LOCAL_NAMES, *([own] if own else [])))
