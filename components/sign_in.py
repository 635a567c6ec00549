"""The door: what somebody sees who is not let in, or not yet."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from components.palette import on_primary, quiet

_STATIC: Final = Path(__file__).parent.parent / "static"
_BRAND: Final = _STATIC / "brand"
# Plain forms that post: what only looks at an address must not sign anybody out.
_SIGN_OUT: Final = _STATIC / "sign-out.html"
_SIGN_OUT_EVERYWHERE: Final = _STATIC / "sign-out-everywhere.html"
_SIGN_OUT_AT_THE_DOOR: Final = _STATIC / "sign-out-door.html"
_WIDTH: Final = 400


def door_tab(title: str) -> None:
    """One narrow page, no sidebar."""
    st.set_page_config(
        page_title=f"{title} · Reimbursement",
        page_icon=str(_BRAND / "mark-light.svg"),
        layout="centered",
        initial_sidebar_state="collapsed",
    )


@dataclass(frozen=True)
class Way:
    """The one thing there is to do at the door."""

    label: str
    go: Callable[[], None]


def door(
    title: str, sentence: str, way: Way | None = None, *, leaves: bool = False, aside: str = ""
) -> None:
    """Mark, title, one sentence, one button, or the way out. The sentence may hold anybody's words:
    plain text, so that an address in it can be copied as it is."""
    appearance = "dark" if st.context.theme.type == "dark" else "light"
    st.space("large")
    with (
        st.container(horizontal_alignment="center"),
        st.container(border=True, width=_WIDTH, gap="small", key="door"),
    ):
        st.image(str(_BRAND / f"logo-{appearance}.svg"), width=190)
        st.title(title, anchor=False)
        st.text(sentence)
        if way:
            _button(way)
        if leaves:
            st.html(_SIGN_OUT_AT_THE_DOOR)
        if aside:
            st.markdown(quiet(aside))


def _button(way: Way) -> None:
    st.button(
        on_primary(way.label),
        on_click=way.go,
        type="primary",
        width="stretch",
        key="door-button",
    )


def sign_out_button() -> None:
    """Ends this sign-in: in every tab, and in every copy of its cookie."""
    st.html(_SIGN_OUT)


def sign_out_everywhere_button() -> None:
    """Ends every sign-in of the person, on other machines too."""
    st.html(_SIGN_OUT_EVERYWHERE)
