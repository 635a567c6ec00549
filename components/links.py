"""Links to our own pages, which keep the account and the filters that the reader stands in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.navigation.page import Page


@dataclass(frozen=True)
class Link:
    """A page and what its address must say; without `query` the address would lose the account."""

    page: Page
    label: str = ""
    icon: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


def draw_link(link: Link) -> None:
    """Without words of its own, a link reads as its page is called."""
    st.page_link(
        link.page,
        label=link.label or None,
        icon=link.icon or None,
        help="",
        query_params=dict(link.query),
    )
