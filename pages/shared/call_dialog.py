"""Log a call with a client, read the notes of earlier ones, undo one: for account managers only."""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeAlias
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

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
    undo_call,
)
from services.database.start import database
from wording.days import plain_date

# What the page does when a call's day is chosen to count from.
CountFrom: TypeAlias = Callable[[date], None]
_GOES_ON: Final = "Until the day ends, what changed is still counted from the call before."


def call_button(viewer: SignedIn, count_from: CountFrom) -> None:
    """Draws nothing for whoever has no calls."""
    if not viewer.viewer.may(Right.LOG_CALLS):
        return
    if st.button("Log a call", key="log-call", icon=":material/call:"):
        open_calls(viewer, count_from)


def open_calls(viewer: SignedIn, count_from: CountFrom) -> None:
    """The form stands for one call, however often it is sent: its entry is made as it opens."""
    dialog = st.dialog("Calls with this client", width="medium")(_draw)
    dialog(viewer, uuid4().hex, count_from)


def calls_button(slot: DeltaGenerator, viewer: Viewer) -> None:
    """Where several clients stand side by side: whose call it was is asked first."""
    if slot.button("Log a call", key="log-a-call", icon=":material/call:"):
        st.dialog("Log a call", width="medium")(_choose)(viewer, uuid4().hex)


def _choose(drawn_for: Viewer, entry: str) -> None:
    viewer = still_here(drawn_for)
    names = {str(one.account_id): one.name for one in viewer.accounts}
    chosen = st.selectbox(
        "Client",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="With whom",
        key="called-client",
    )
    account = viewer.account(chosen) if chosen else None
    if account:
        _draw(SignedIn(viewer, account), entry)


def _draw(drawn_for: SignedIn, entry: str, count_from: CountFrom | None = None) -> None:
    viewer = SignedIn(still_here(drawn_for.viewer), drawn_for.account)
    _form(viewer, entry)
    logged = calls_with(database(), viewer.viewer, viewer.account.account_id)
    st.markdown("**Earlier calls**")
    if not logged:
        st.markdown(quiet("None yet. From tomorrow on, “since our last call” counts from yours."))
    for call in logged:
        with st.container(border=True, gap="xsmall"):
            _logged(viewer, call, count_from)


def _form(viewer: SignedIn, entry: str) -> None:
    today = clock.today()
    with st.form(f"call-{entry}", border=False):
        held_on = st.date_input(
            "When",
            value=today,
            min_value=today - FURTHEST_BACK,
            max_value=today,
            format="YYYY-MM-DD",
        )
        note = st.text_area(
            "Note", max_chars=LONGEST_NOTE, height=120, placeholder="What was said, what to do next"
        )
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
    st.toast(
        f"Logged. {_GOES_ON}" if call.held_on >= clock.today() else "Logged.",
        icon=":material/check:",
    )
    st.rerun()


def _logged(viewer: SignedIn, call: Call, count_from: CountFrom | None) -> None:
    """Names and notes are people's own words: shown as text, whatever they hold.

    Of a call that was undone its line stays; its note may be about somebody else.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text(f"{plain_date(call.held_on)} · {call.by_name}", width="stretch")
        if call.undone_at:
            st.markdown(
                quiet(f"undone on {plain_date(clock.day_of(call.undone_at))}"), width="content"
            )
            return
        if count_from and call.held_on < clock.today():
            _count_from(call, count_from)
        if call.person_id == viewer.viewer.person_id:
            _undo(viewer, call)
    if call.held_on >= clock.today():
        st.markdown(quiet(_GOES_ON))
    if call.note:
        st.text(call.note)


def _count_from(call: Call, count_from: CountFrom) -> None:
    if st.button(
        "Count from here",
        key=f"count-from-{call.call_id}",
        type="tertiary",
        help="Shows what changed since this call",
    ):
        count_from(call.counted_from)
        st.rerun()


def _undo(viewer: SignedIn, call: Call) -> None:
    """Whoever logged it may take it back; that it was logged and undone stays on record."""
    if st.button(
        "Undo",
        key=f"undo-{call.call_id}",
        type="tertiary",
        icon=":material/undo:",
        help="Logged by mistake: nothing is counted from it",
    ):
        undo_call(database(), viewer.viewer, viewer.account.account_id, call.call_id)
        st.toast("The call is undone.", icon=":material/undo:")
        st.rerun()
