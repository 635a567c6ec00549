"""In which ways a shop can be connected, each with what to press: for an account, or a newcomer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st

from components.connecting import (
    KeyField,
    consent_button,
    forget_key,
    key_form,
    ways_heading,
    wish_problem,
)
from components.markdown import escape_markdown
from components.palette import quiet
from components.states import not_supported
from pages.shared import clock
from services.insights.connections import Shop
from services.marketplaces.labels import marketplace_label
from services.sync.wishing import Ways, WishRefusedError, ways_of

# In the session: which consent was begun in another tab, and when.
BEGUN: Final = "consent-begun"
WHAT: Final = (
    "Reports are read, and nothing is changed over there. What opens your data is sealed as soon"
    " as it is here; no page can read it."
)


@dataclass(frozen=True)
class Whose:
    """For whom it is connected. begun: where the session remembers a consent that was begun.

    consent: our own address that leads to the consent page, by the channel's code.
    by_key: connects the channel with what was typed. Raises WishRefusedError.
    """

    consent: Callable[[str], str]
    by_key: Callable[[str, Mapping[str, str]], object]
    begun: str = BEGUN


def draw_ways(whose: Whose, one: Shop) -> None:
    """What is pressed here closes the dialog around it."""
    ways = ways_of(one)
    if ways.why_not:
        not_supported(escape_markdown(f"{one.name} cannot be connected"), _said(ways.why_not))
        return
    name = marketplace_label(one.marketplace)
    if ways.by_consent:
        ways_heading(f"By your consent at {escape_markdown(name)}")
        st.markdown(quiet("You sign in over there, allow it, and come back here by yourself."))
        if consent_button(name, whose.consent(one.code), lambda: _has_begun(whose, one)):
            st.rerun()
    if ways.own_key:
        ways_heading("With a key of your own")
        if ways.no_consent:
            st.markdown(quiet(_said(ways.no_consent)))
        _draw_key(whose, one, ways)


def _said(words: str) -> str:
    return escape_markdown(words)


def _has_begun(whose: Whose, one: Shop) -> None:
    st.session_state[whose.begun] = (one.code, clock.now())


def _draw_key(whose: Whose, one: Shop, ways: Ways) -> None:
    fields = [KeyField(each.name, each.label, each.help, each.is_secret) for each in ways.own_key]
    typed = key_form(fields)
    if typed is None:
        return
    forget_key(fields)
    try:
        whose.by_key(one.code, typed)
    except WishRefusedError as refused:
        wish_problem(str(refused))
        return
    st.rerun()


def chosen_shop(offered: tuple[Shop, ...], first: str | None) -> Shop:
    """Of several countries, one."""
    by_code = {one.code: one for one in offered}
    if len(by_code) == 1:
        return offered[0]
    code = st.selectbox(
        "Country",
        list(by_code),
        index=list(by_code).index(first) if first in by_code else 0,
        format_func=lambda code: by_code[code].name,
        key="shop-to-connect",
    )
    return by_code[code]
