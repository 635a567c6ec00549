"""When the database is away, or a part of a page breaks: said in words, mended without a click."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import streamlit as st
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from components.palette import quiet
from server import failures
from services.database.embedded import EmbeddedServerError
from services.database.engine import DatabaseUnavailableError
from services.database.start import revive

_logger = logging.getLogger(__name__)

report = failures.report
ASK_AGAIN_AFTER_SECONDS: Final = 3
AWAY: Final = (
    OperationalError,
    InterfaceError,
    NoConnectionFree,
    DatabaseUnavailableError,
    EmbeddedServerError,
)


@contextmanager
def waiting_for_the_database() -> Iterator[None]:
    """What is read inside needs the database; while it is away, the page says so and waits."""
    try:
        yield
    except AWAY as problem:
        _logger.warning("The database is away: %s", problem)
        _wait(time.monotonic())
        st.stop()


@st.fragment(run_every=ASK_AGAIN_AFTER_SECONDS)
def _wait(since: float) -> None:
    # Not at once: a database that lists accounts and reads none would be asked without a pause.
    if time.monotonic() - since > ASK_AGAIN_AFTER_SECONDS / 2 and _is_back():
        st.rerun()
    with st.container(border=True, gap="xsmall", key="database-away"):
        st.markdown(":material/cloud_off: **The database does not answer**")
        st.markdown(quiet("Nothing is lost. This page comes back by itself as soon as it does."))


def _is_back() -> bool:
    try:
        return revive()
    except AWAY:
        return False
