"""Discrepancy: why it is here, from one sentence down to the marketplace's own report rows."""

import streamlit as st

from components.page import ACCOUNT, card
from components.states import guarded
from pages.seller.discrepancy_asked import asked_for, not_there
from pages.seller.story import sections
from pages.seller.story.dialog import ID
from pages.seller.story.words import title
from pages.shared.frame import draw_frame
from pages.shared.snapshot import snapshot
from pages.shared.trouble import report
from pages.shared.viewer import signed_in

viewer = signed_in()

with snapshot(viewer) as seen:
    told = asked_for(seen)
    if told is None:
        not_there(seen.account)
        st.stop()
    frame = draw_frame(title(told), seen)
    account = {ACCOUNT: str(seen.account_id)}
    frame.header.copy_link({**account, ID: str(told.discrepancy_id)})

    with guarded("What happened", report):
        sections.opening(told)
    left, right = st.columns([3, 2], gap="small")
    with left:
        with card("Why is it here?"), guarded("This part", report):
            sections.rule(told)
            sections.why(told)
        with card("Where is every unit?"), guarded("This part", report):
            sections.units(told)
    with right:
        with card("Until when?"), guarded("This part", report):
            sections.window(told)
        with card("What is a unit worth?"), guarded("This part", report):
            sections.valuation(told)
    with card("Payments and reversals"), guarded("This part", report):
        sections.payments(told, phone=frame.phone)
    left, right = st.columns(2, gap="small")
    with left, card("Which case covers it?"), guarded("This part", report):
        sections.case(told, seen.account)
    with right, card("What moved it?"), guarded("This part", report):
        sections.changes(told)
    with card("Which report rows does it rest on?"), guarded("This part", report):
        sections.proof(told, is_first_open=True)
