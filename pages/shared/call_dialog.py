"""Log a call with a client and read the notes of earlier ones: for account managers only."""

from collections.abc import Sequence
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.money import plain_date
from components.palette import on_primary, quiet
from pages.shared import clock
from pages.shared.viewer import SignedIn, still_here
from services.access.rights import Right
from services.access.viewer import Viewer
from services.calls.answers import Call
from services.calls.log import (
    FURTHEST_BACK,
    LONGEST_NOTE,
    CallRefusedError,
    NewCall,
    calls_with,
    log_call,
)
from services.database.start import database


def call_button(viewer: SignedIn) -> None:
    """Draws nothing for whoever has no calls."""
    if not viewer.viewer.may(Right.LOG_CALLS):
        return
    if st.button("Log a call", key="log-call", icon=":material/call:"):
        open_calls(viewer)


def open_calls(viewer: SignedIn) -> None:
    """The form stands for one call, however often it is sent: its entry is made as it opens."""
    st.dialog("Calls with this client", width="medium")(_draw)(viewer, uuid4().hex)


def calls_button(place: DeltaGenerator, viewer: Viewer) -> None:
    """Where several clients stand side by side: whose call it was is asked first."""
    if place.button("Log a call", key="log-a-call", icon=":material/call:"):
        st.dialog("Log a call", width="medium")(_choose)(viewer, uuid4().hex)


def _choose(drawn_for: Viewer, entry: str) -> None:
    viewer = still_here(drawn_for)
    names = {str(one.account_id): one.name for one in viewer.accounts}
    chosen = st.selectbox("Client", list(names), index=None, format_func=names.__getitem__,
                          placeholder="With whom", key="called-client")  # fmt: skip
    account = viewer.account(chosen) if chosen else None
    if account:
        _draw(SignedIn(viewer, account), entry)


def _draw(drawn_for: SignedIn, entry: str) -> None:
    viewer = SignedIn(still_here(drawn_for.viewer), drawn_for.account)
    _form(viewer, entry)
    earlier = calls_with(database(), viewer.viewer, viewer.account.account_id)
    st.markdown("**Earlier calls**")
    if not earlier:
        st.markdown(quiet("None yet. What you log here is what “since our last call” counts from."))
    _earlier(earlier)


def _form(viewer: SignedIn, entry: str) -> None:
    today = clock.for_the_reader(clock.now()).date()
    with st.form(f"call-{entry}", border=False):
        held_on = st.date_input("When", value=today, min_value=today - FURTHEST_BACK,
                                max_value=today, format="YYYY-MM-DD")  # fmt: skip
        note = st.text_area("Note", max_chars=LONGEST_NOTE, height=120,
                            placeholder="What was said, what to do next")  # fmt: skip
        st.markdown(quiet("Internal: only account managers read notes, never the client."))
        pressed = st.form_submit_button(on_primary("Log this call"), type="primary")
    if pressed:
        _log(viewer, NewCall(held_on, note or "", entry))


def _log(viewer: SignedIn, call: NewCall) -> None:
    try:
        log_call(database(), viewer.viewer, viewer.account.account_id, call)
    except CallRefusedError as refused:
        st.markdown(f":red[:material/error: {refused}]")
        return
    st.rerun()


def _earlier(calls: Sequence[Call]) -> None:
    """Notes are people's own words: shown as text, whatever they hold."""
    for call in calls:
        with st.container(border=True, gap="xsmall"):
            st.text(f"{plain_date(call.held_on)} · {call.by_name}")
            if call.note:
                st.text(call.note)
