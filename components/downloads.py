"""Ways to take things away. Each is a plain link: nothing of a file passes through the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from components.markdown import escape_markdown
from components.palette import quiet


@dataclass(frozen=True)
class Download:
    """One file behind its address, and what it is good for."""

    label: str
    words: str
    address: str


def export_menu(of_list: Sequence[Download], to_send: Sequence[Download] = ()) -> None:
    """One button; in it the list in each form, and apart from it what is made to be sent."""
    with (
        st.popover("Export", icon=":material/download:", key="export"),
        st.container(gap="xsmall"),
    ):
        _group("The list, every row that these filters leave", of_list)
        if to_send:
            _group("To send: totals, chart, what changed", to_send)


def _group(words: str, offered: Sequence[Download]) -> None:
    st.markdown(quiet(words))
    with st.container(horizontal=True, gap="xsmall"):
        for one in offered:
            download_button(one, width="stretch")


def download_button(one: Download, *, width: Literal["content", "stretch"] = "content") -> None:
    """The browser saves the file and stays on the page."""
    st.link_button(one.label, one.address, help=one.words, icon=":material/download:", width=width)


def calendar_menu(address: str, once: Download, account: str, *, is_local: bool) -> bool:
    """An address that a calendar follows, or the file as it is now.

    `address` is empty as long as there is none; True: it is asked for now.
    """
    with st.popover("Deadlines for your calendar", icon=":material/event:", type="tertiary"):
        st.markdown("**Subscribe:** one entry per last day, kept up to date.")
        if address:
            st.code(address, language=None, wrap_lines=True)
        st.markdown(quiet(escape_markdown(_what_it_tells(account, is_local=is_local))))
        with st.container(horizontal=True, gap="small"):
            wanted = not address and _make_address()
            if address:
                webcal = address.replace("https://", "webcal://").replace("http://", "webcal://")
                st.link_button("Open in a calendar app", webcal, icon=":material/event:")
            download_button(once)
    return wanted


def _make_address() -> bool:
    return st.button("Make an address", icon=":material/add_link:", key="make-calendar-address")


def _what_it_tells(account: str, *, is_local: bool) -> str:
    if is_local:
        return "Only calendar apps on this machine can follow it: there is no sign-in here."
    return (
        "Keep it to yourself. Whoever has the address reads, without signing in, on which days"
        f" claims of {account} run out: at which marketplace, how many items, and what they may be"
        " worth; no item, no order, no case. It ends when you may no longer see the account, or"
        " when you take it back in Your settings."
    )
