"""What to do where there is nothing yet: the ways to begin, and what they lead to."""

import shlex
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from components.facts import Fact, facts
from components.page import card
from components.palette import quiet
from components.states import empty_state
from pages.shared.connecting.newcomer import draw_newcomer, follow_newcomer
from pages.shared.dropping.section import Asks, Here, draw_dropping
from services.access.rights import Right
from services.access.viewer import Account, Viewer
from services.marketplaces.registry import FIRST_CHANNEL, MARKETPLACES
from services.settings import settings
from wording.buckets import BUCKETS

SAMPLE: str = ".venv/bin/python -m services sample"


def import_command(account_name: str, channel: str = FIRST_CHANNEL) -> str:
    """The command that lands report files for this account, safe to paste into a shell."""
    return (
        ".venv/bin/python -m services import path/to/reports/*"
        f" --account {shlex.quote(account_name)} --channel {channel}"
    )


def no_account_yet(viewer: Viewer, still_here: Asks) -> None:
    """The very first look: nobody has imported anything, or been given an account."""
    if viewer.makes_accounts:
        connect = partial(draw_newcomer, viewer, still_here, "Connect your marketplaces")
        _begin("Begin with your own reports", viewer, Here(None, ()), still_here, connect)
        if not settings().signs_in:
            _command("Or land them from a terminal:", "Northwind Kitchen")
            st.markdown(quiet("Or make a sample world of three sellers:"))
            st.code(SAMPLE, language=None)
    elif settings().signs_in:
        empty_state("No account is yours yet", "Whoever let you in can give you one.")
    else:
        empty_state("There is no account here yet", "A seller's reports make the first one.")
        st.markdown(quiet("Look as the seller, or make a sample world of three:"))
        st.code(SAMPLE, language=None)


def no_reports_yet(
    viewer: Viewer,
    account: Account,
    channels: Sequence[str],
    still_here: Asks,
    connect: Callable[[], None],
) -> None:
    """An account that nothing has been landed for. connect: draws the way without any file."""
    follow_newcomer(viewer, still_here)
    if viewer.may(Right.LOAD_REPORTS):
        title = "Nothing has been landed for this account yet"
        _begin(title, viewer, Here(account, tuple(channels)), still_here, connect)
    elif settings().signs_in:
        empty_state(
            "There are no reports for this account yet",
            "Its figures appear here as soon as the first ones have been read.",
        )
    else:
        empty_state(
            "Nothing has been landed for this account yet",
            "Reimbursement reports, ledgers and payments all count; their kind is recognized.",
        )
    if not settings().signs_in:
        words = "Or download the reports from the marketplace, and run:"
        _command(words, account.name, *channels[:1])


def _begin(
    title: str,
    viewer: Viewer,
    here: Here,
    still_here: Asks,
    connect: Callable[[], None] = lambda: None,
) -> None:
    """Each way to begin is a card of its own; then what they lead to."""
    st.markdown(f"**{title}**")
    connect()
    with card("Drop your report files"):
        draw_dropping(viewer, here, still_here)
    with card("What will appear"):
        _what_will_appear()


def _what_will_appear() -> None:
    facts([Fact(one.title, one.meaning) for one in BUCKETS.values()])
    reports = ", ".join(f"{one.first_reports} of {one.name}" for one in MARKETPLACES.values())
    st.markdown(
        quiet(
            "Each amount with the report rows behind it, what expires next, and every case."
            f" A good beginning: {reports}."
        )
    )


def _command(words: str, account_name: str, channel: str = FIRST_CHANNEL) -> None:
    st.markdown(quiet(words))
    st.code(import_command(account_name, channel), language=None, wrap_lines=True)
