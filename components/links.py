"""Links to our own pages, which keep the account and the filters that the reader stands in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import streamlit as st
from streamlit.navigation.page import Page

# What the filters of a page are to hold when it opens: their words, by key.
AWAITED: Final = "awaited-filters"


@dataclass(frozen=True)
class Link:
    """A page and what its address must say; without `query` the address would lose the account."""

    page: Page
    label: str = ""
    icon: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


def draw_link(link: Link, *, width: int | Literal["content"] = "content") -> None:
    """Without words of its own, a link reads as its page is called.

    It is drawn later than the words beside it: where a line could break by it, its width in pixels
    keeps its room.
    """
    st.page_link(
        link.page,
        label=link.label or None,
        icon=link.icon or None,
        help="",
        query_params=dict(link.query),
        width=width,
    )


def follow(link: Link) -> None:
    """Goes there at once, as a press on the link would.

    What a control of the page at hand is bound to, the address cannot be given from here: it waits
    for the control of the page that opens.
    """
    bound = {key: words for key, words in link.query.items() if key in st.session_state}
    st.session_state[AWAITED] = bound
    free = {key: words for key, words in link.query.items() if key not in bound}
    st.switch_page(link.page, query_params=free)
