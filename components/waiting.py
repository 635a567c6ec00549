"""What waits for something: one line above the figures, and the way to what it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

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
    with st.container(border=True, gap="xsmall", key="waiting"):
        for line in lines:
            _draw(line)


def _draw(line: Line) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{coloured(line.icon, palette().primary)} {line.words}", width="content")
        if line.others:
            with st.popover(line.more, type="tertiary"):
                for other in line.others:
                    st.markdown(other)
        draw_link(line.link)
