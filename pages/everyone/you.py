"""Your settings: who you are here, the weekly summary, calendars, the way out."""

import streamlit as st

from components.page import card, page_header
from components.palette import quiet
from components.settings_form import signed_in_everywhere, who_you_are
from pages.everyone.calendar_section import draw_calendars
from pages.everyone.summary_section import draw_summary
from pages.shared.viewer import staff
from services.access.rights import Right, Role
from wording.numbers import counted

viewer = staff(Right.KEEP_OWN_SETTINGS)

page_header("Your settings")
with st.container(width=760):
    who_you_are(
        viewer.person.name,
        "none" if viewer.person.is_local else viewer.person.email,
        [role.words for role in Role if role in viewer.person.roles],
        counted(len(viewer.accounts), "account", "accounts"),
    )
    draw_summary(viewer)
    draw_calendars(viewer)
    if not viewer.person.is_local:
        with card("Signed in"):
            signed_in_everywhere()
    st.markdown(
        quiet(
            "Light or dark: as your device is set. On paper: print from your browser, the page "
            "leaves its controls out."
        )
    )
