"""What a press asks for may be drawn out of sight: the page goes there, once."""

from typing import Final
from uuid import uuid4

import streamlit as st

from components import elements

_WHERE: Final = "go-to"
_PAGE: Final = "page-before"
_OPENS: Final = "page-opens"


def come_to(page: str) -> None:
    """Once a run, before the page: whether it is opened now, or drawn anew where somebody reads."""
    st.session_state[_OPENS] = st.session_state.get(_PAGE) != page
    st.session_state[_PAGE] = page


def here() -> str:
    """The address of the page that is drawn."""
    return str(st.session_state[_PAGE])


def land_on(section: str) -> None:
    """What the page's address asks for: it is gone to when the page opens, and only then."""
    if st.session_state.get(_OPENS):
        go_to(section)


def go_to(section: str) -> None:
    """Call it where a press is taken; the section says `arrive` when it is drawn."""
    st.session_state[_WHERE] = section


def arrive(section: str) -> None:
    """Below what was asked for: its heading comes to the top, and the keyboard with it."""
    if st.session_state.get(_WHERE) == section:
        del st.session_state[_WHERE]
        # Something new each time: the same twice would not be told again.
        elements.draw("arrival", {"press": uuid4().hex}, key=f"arrival-{section}")
