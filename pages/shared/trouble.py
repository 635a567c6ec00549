"""When the database is away, or a part of a page breaks: said in words, mended without a click."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.palette import quiet
from server import failures
from services.database.start import ready as database_answers
from services.database.trouble import AWAY, is_busy
from services.database.turns import telling

_logger = logging.getLogger(__name__)

report = failures.report
ASK_AGAIN_AFTER_SECONDS: Final = 3
TURN: Final = ":material/hourglass_top:"


@contextmanager
def waiting_for_the_database() -> Iterator[None]:
    """What is read inside needs the database; while it is away, or everybody is looking at once,
    the page says so and waits."""
    try:
        with telling(_Turn().tell):
            yield
    except AWAY as problem:
        _logger.warning("The database does not serve a page: %s", problem)
        (_wait_in_turn if is_busy(problem) else _wait)(time.monotonic())
        st.stop()


class _Turn:
    """Says, where the page will stand, that it waits for others, and for how long by now."""

    def __init__(self) -> None:
        self._slot: DeltaGenerator | None = None
        self._so_far: DeltaGenerator | None = None

    def tell(self, seconds: float | None) -> None:
        if seconds is None:
            self._end()
            return
        if self._so_far is None:
            self._so_far = self._begin()
        self._so_far.markdown(quiet(f"Many people are looking just now. So far: {seconds:.0f} s."))

    def _begin(self) -> DeltaGenerator:
        self._slot = st.empty()
        with self._slot.container(border=True, gap="xsmall"):
            st.markdown(f"{TURN} **This page waits its turn**")
            return st.empty()

    def _end(self) -> None:
        if self._slot is not None:
            self._slot.empty()
        self._slot = self._so_far = None


# Not at once: a database that lists accounts and reads none would be asked without a pause.
def _ask_again(since: float) -> None:
    if time.monotonic() - since > ASK_AGAIN_AFTER_SECONDS / 2 and _is_back():
        st.rerun()


@st.fragment(run_every=ASK_AGAIN_AFTER_SECONDS)
def _wait(since: float) -> None:
    _ask_again(since)
    with st.container(border=True, gap="xsmall", key="database-away"):
        st.markdown(":material/cloud_off: **The database does not answer**")
        st.markdown(quiet("Nothing is lost. This page comes back by itself as soon as it does."))


@st.fragment(run_every=ASK_AGAIN_AFTER_SECONDS)
def _wait_in_turn(since: float) -> None:
    _ask_again(since)
    with st.container(border=True, gap="xsmall", key="database-busy"):
        st.markdown(f"{TURN} **The database has much to do just now**")
        st.markdown(quiet("Nothing is wrong. This page waits its turn and comes by itself."))


def _is_back() -> bool:
    try:
        return database_answers()[0]
    except AWAY:
        return False
