"""The app with everything that stands around it."""

from collections.abc import Collection
from pathlib import Path

import streamlit as st
from starlette.types import ASGIApp

from server.failures import on_script_error
from server.middleware import (
    LOCAL_HOSTS,
    AllowedHosts,
    CompressedStatic,
    InternalPaths,
    SecurityHeaders,
)
from server.routes import Readiness, database_readiness, routes
from server.warmup import warm_start


def create_app(
    script: Path,
    *,
    readiness: Readiness = database_readiness,
    hosts: Collection[str] = LOCAL_HOSTS,
) -> ASGIApp:
    """The layers stand outside the app, so that its own error answers pass through them too."""
    app = st.App(
        script.resolve(),
        lifespan=warm_start,
        routes=routes(readiness),
        on_script_error=on_script_error,
    )
    return SecurityHeaders(AllowedHosts(InternalPaths(CompressedStatic(app)), hosts))
