"""Portfolio: an account manager's clients side by side, in their own currencies or all in one."""

import streamlit as st

from components.device import is_phone
from components.palette import quiet
from components.states import PAGE_HEIGHT, loading
from pages.manager import portfolio_sections as sections
from pages.shared.call_dialog import calls_button
from pages.shared.export import export_across
from pages.shared.viewer import staff
from services.access.rights import Right

viewer = staff(Right.SEE_PORTFOLIO)
phone = is_phone()

with sections.comparing(viewer) as seen:
    head = sections.draw_head(viewer)
    asked = sections.asked_for(seen, viewer, head.currency)

    with loading(PAGE_HEIGHT):
        told = sections.read(seen, asked)

    with head.export:
        export_across(viewer, sections.question(asked, told), "portfolio", sections.link_of(asked))
    calls_button(head.call, viewer)
    sections.find_client(head.find, told, viewer)
    sections.draw_sums(told, asked, phone=phone)
    sections.draw_clients(told, viewer, asked, phone=phone)
    st.markdown(quiet(sections.foot_words(told, asked)))
