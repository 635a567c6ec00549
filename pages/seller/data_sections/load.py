"""Own reports: dropped here by whoever may, or landed from a terminal; and a business of one's own,
connected."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from components.page import card
from components.palette import quiet
from pages.shared import address
from pages.shared.connecting.newcomer import draw_newcomer
from pages.shared.dropping.section import Here, draw_dropping
from pages.shared.snapshot import Snapshot
from pages.shared.start_here import import_command
from pages.shared.viewer import still_here
from services.access.rights import Right
from services.access.viewer import Account
from services.insights.answers import Channel
from services.marketplaces.registry import FIRST_CHANNEL


def draw_load(channels: Sequence[Channel], seen: Snapshot) -> None:
    """The channel that the address names comes first: what waits for a report links here."""
    if seen.account.is_sample:
        _draw_newcomer(seen, "Connect your own business")
    _draw_files(channels, seen)
    if not seen.account.is_sample:
        _draw_newcomer(seen, "Connect another business")


def _draw_newcomer(seen: Snapshot, title: str) -> None:
    draw_newcomer(seen.viewer, partial(still_here, seen.viewer), title)


def _draw_files(channels: Sequence[Channel], seen: Snapshot) -> None:
    codes = _first_asked([channel.code for channel in channels])
    with card("Load your own reports"):
        if seen.viewer.may(Right.LOAD_REPORTS):
            here = Here(seen.account, tuple(codes), is_data=True)
            draw_dropping(seen.viewer, here, partial(still_here, seen.viewer))
            words = "Or from a terminal:"
        else:
            words = "Download the reports from the marketplace; their kind is recognized. Then run:"
        _command(words, seen.account, *codes[:1])


def _first_asked(codes: Sequence[str]) -> list[str]:
    asked = address.read("channel")
    return sorted(codes, key=lambda code: code != asked)


def _command(words: str, account: Account, code: str = FIRST_CHANNEL) -> None:
    """Beside sample data, own reports go into an account of their own, which the command makes."""
    st.markdown(quiet(words))
    name = "My business" if account.is_sample else account.name
    st.code(import_command(name, code), language=None, wrap_lines=True)
