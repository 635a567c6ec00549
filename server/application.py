"""The app with everything that stands around it."""

from datetime import timedelta
from pathlib import Path

import streamlit as st
from starlette.types import ASGIApp
from streamlit import config

from server.failures import on_script_error
from server.middleware import (
    LOCAL_HOSTS,
    AllowedHosts,
    CompressedStatic,
    InternalPaths,
    NothingInPassing,
    SecurityHeaders,
    ThisMachineOnly,
)
from server.routes import Readiness, database_readiness, routes
from server.sign_in import BackToThePage, StrictCookies, secrets_of
from server.warmup import warm_start
from services.settings import Settings, settings


def create_app(
    script: Path,
    chosen: Settings | None = None,
    *,
    readiness: Readiness = database_readiness,
) -> ASGIApp:
    """The layers stand outside the app, so that its own error answers pass through them too."""
    chosen = chosen or settings()
    _tell_the_framework(chosen)
    app = st.App(
        script.resolve(),
        secrets=secrets_of(chosen),
        lifespan=warm_start,
        routes=routes(readiness),
        on_script_error=on_script_error,
    )
    inner = InternalPaths(NothingInPassing(CompressedStatic(app)))
    guarded = _with_sign_in(inner, chosen) if chosen.signs_in else ThisMachineOnly(inner)
    return SecurityHeaders(AllowedHosts(guarded, _hosts(chosen)), https=chosen.is_https)


def _with_sign_in(app: ASGIApp, chosen: Settings) -> ASGIApp:
    back = BackToThePage(app, chosen.origin, secure=chosen.is_https)
    return StrictCookies(back, timedelta(hours=chosen.sign_in_hours), secure=chosen.is_https)


def _tell_the_framework(chosen: Settings) -> None:
    """Before the app is made: it signs its cookies with what it finds then."""
    config.set_option("server.address", chosen.host)
    config.set_option("server.port", chosen.port)
    config.set_option("server.allowedHosts", sorted(_hosts(chosen)))
    if chosen.cookie_secret:
        config.set_option("server.cookieSecret", chosen.cookie_secret.get_secret_value())


def _hosts(chosen: Settings) -> frozenset[str]:
    own = chosen.public_url.host if chosen.public_url and chosen.signs_in else None
    return LOCAL_HOSTS | {own.strip("[]")} if own else LOCAL_HOSTS
