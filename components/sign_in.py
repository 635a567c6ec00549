"""The door: what somebody sees who is not let in, or not yet."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from components.palette import on_primary, quiet

_BRAND: Final = Path(__file__).parent.parent / "static" / "brand"
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
    is_main: bool = True


def door(title: str, sentence: str, way: Way | None = None, *, aside: str = "") -> None:
    """Mark, title, one sentence, one button. The sentence may hold anybody's words: plain text,
    so that an address in it can be copied as it is."""
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
        if aside:
            st.markdown(quiet(aside))


def _button(way: Way) -> None:
    st.button(
        on_primary(way.label) if way.is_main else way.label,
        on_click=way.go,
        type="primary" if way.is_main else "secondary",
        width="stretch",
        key="door-button",
    )
