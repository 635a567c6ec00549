"""From one page of a list to its neighbours. The place is in the address, so a link keeps it."""

from typing import Any

import streamlit as st

from pages.shared import address
from services.insights.answers import Page


def turn_pages(page: Page[Any], key: str, sign: str) -> None:
    """Draws nothing where the whole list is on one page."""
    if not (page.preceding or page.following):
        return
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        for label, icon, cursor in (
            ("Previous", ":material/chevron_left:", page.preceding),
            ("Next", ":material/chevron_right:", page.following),
        ):
            st.button(
                label,
                key=f"{key}-{label.lower()}",
                icon=icon,
                disabled=cursor is None,
                on_click=address.write_cursor,
                args=(key, sign, cursor),
            )
