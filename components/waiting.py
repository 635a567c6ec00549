"""What waits for something: one line above the figures, and the way to what it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from components.device import is_phone
from components.links import Link, draw_link
from components.palette import coloured, palette


@dataclass(frozen=True)
class Line:
    """Ready to read and escaped; the others are told behind a press."""

    icon: str
    words: str
    link: Link
    others: Sequence[str] = ()
    more: str = ""  # what the press is called


def waiting_lines(lines: Sequence[Line]) -> None:
    """Nothing where nothing waits."""
    if not lines:
        return
    with st.container(border=True, gap="xsmall" if is_phone() else None, key="waiting"):
        for line in lines:
            _draw(line)


def _draw(line: Line) -> None:
    """The words beside the ways on; on a phone above them."""
    phone = is_phone()
    width: Literal["content", "stretch"] = "content" if phone else "stretch"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=phone):
        mark = coloured(line.icon, palette().primary)
        st.markdown(f":small[{mark} {line.words}]", width=width)
        if line.others:
            with st.popover(line.more, type="tertiary", width="content"):
                for other in line.others:
                    st.markdown(f":small[{other}]")
        draw_link(line.link)
