"""Connecting a marketplace: the way to its consent page, the fields of a key, the end of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from components.markdown import escape_markdown
from components.palette import on_primary, quiet

FIELD: Final = "own-key"
_LONGEST: Final = 4000


@dataclass(frozen=True)
class KeyField:
    """One field of a seller's own key."""

    name: str
    label: str
    help: str
    is_secret: bool


def consent_button(name: str, address: str, on_press: Callable[[], None]) -> bool:
    """Opens the marketplace's own page in a tab of its own, which leads back by itself. True: it
    was pressed."""
    pressed = st.link_button(
        on_primary(f"Go on to {escape_markdown(name)}"),
        address,
        type="primary",
        icon=":material/open_in_new:",
        key="to-consent",
        on_click=on_press,
    )
    return bool(pressed)


def key_form(fields: Sequence[KeyField]) -> Mapping[str, str] | None:
    """What was typed, at the press. Nothing is filled in by anybody, and nothing stays."""
    with st.form("own-key-form", clear_on_submit=True, border=False):
        typed = {one.name: _field(one) for one in fields}
        sent = st.form_submit_button(on_primary("Connect"), type="primary", key="own-key-send")
    return typed if sent else None


def _field(one: KeyField) -> str:
    typed = st.text_input(
        one.label,
        key=f"{FIELD}-{one.name}",
        type="password" if one.is_secret else "default",
        help=one.help,
        autocomplete="new-password" if one.is_secret else "off",
        max_chars=_LONGEST,
    )
    return typed or ""


def forget_key(fields: Sequence[KeyField]) -> None:
    """What was typed leaves the page's memory as soon as it is sealed."""
    for one in fields:
        st.session_state.pop(f"{FIELD}-{one.name}", None)


def wish_problem(words: str) -> None:
    st.markdown(f":red[:material/error: {escape_markdown(words)}]")


def ways_heading(words: str) -> None:
    st.markdown(f"**{words}**")


def disconnect_steps(kept: str, deleted: str, more: str) -> bool:
    """What stays and what goes is read before the press that does it."""
    with st.expander("Disconnect", icon=":material/link_off:", key="disconnect"):
        for words in (kept, deleted, more):
            st.markdown(quiet(escape_markdown(words)))
        return st.button("Yes, disconnect", key="disconnect-yes")


@dataclass(frozen=True)
class OnTheWay:
    """What is going on now: ready to read; share: how much of it is done, None: nobody knows."""

    words: str
    note: str = ""
    share: float | None = None


def on_the_way(lines: Sequence[OnTheWay]) -> None:
    with st.container(border=True, gap="xsmall", key="on-the-way"):
        for line in lines:
            note = f" {quiet(escape_markdown(line.note))}" if line.note else ""
            st.markdown(f":material/sync: **{escape_markdown(line.words)}**{note}")
            if line.share is not None:
                st.progress(line.share)


def came_back(title: str, words: str) -> None:
    """What came of a consent, once."""
    with st.container(border=True, gap="xsmall", key="consent-answer"):
        st.markdown(f":orange[:material/info: **{escape_markdown(title)}**]")
        st.markdown(quiet(escape_markdown(words)))
