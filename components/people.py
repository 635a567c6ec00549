"""People: who is here, at the foot of the sidebar."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.navigation.page import Page

from components.links import Link, draw_link
from components.markdown import escape_markdown
from components.page import account_in_address
from components.palette import quiet
from components.sign_in import sign_out_button

SETTINGS_ICON: str = ":material/tune:"


def person_foot(name: str, roles: Sequence[str], own_settings: Page | None) -> None:
    """Name and roles, the way to one's own settings, the way out."""
    _foot()
    with st.container(gap=None):
        st.markdown(f"**{escape_markdown(name)}**")
        st.markdown(quiet(" · ".join(roles)))
    _settings(own_settings)
    sign_out_button()


def persona_switch(
    personas: Mapping[str, str],
    current: str,
    become: Callable[[str], None],
    own_settings: Page | None,
) -> None:
    """Local mode: one person at their own machine, who looks as any of these."""
    _foot()
    st.session_state["view-as"] = current
    st.selectbox(
        "View as",
        list(personas),
        format_func=personas.__getitem__,
        key="view-as",
        icon=":material/visibility:",
        on_change=lambda: become(st.session_state["view-as"]),
    )
    _settings(own_settings)


def _foot() -> None:
    st.divider()


def _settings(page: Page | None) -> None:
    if page:
        draw_link(Link(page, icon=SETTINGS_ICON, query=account_in_address()))
