"""Activation requests: which wait, what each is worth, and the next step of one."""

import streamlit as st

from components.page import page_header
from pages.shared.applications import say_what_ends
from pages.shared.export import export_across
from pages.shared.viewer import staff
from pages.support import queue_sections as sections
from pages.support.delivery_section import delivery_section
from pages.support.request_sections import draw_request, no_such_request
from pages.support.request_steps import Desk
from services.access.rights import Right
from services.activation.at_risk import at_risk_in_queue
from services.activation.queue import hidden_requests, queue, queue_figures
from services.activation.request_file import request_file
from services.activation.steps import colleagues
from wording.requests import title_of

viewer = staff(Right.TRIAGE)
named = sections.named_request()

with sections.queue_snapshot() as seen:
    if named:
        found = request_file(seen.connection, named, seen.now)
        others = dict(colleagues(seen.connection, viewer))
    else:
        header = page_header("Activation requests")
        header.hold(link=False, export=True)
        with header.notes:
            say_what_ends()
        figures = queue_figures(seen.connection, viewer.person_id, seen.now)
        sections.draw_figures(figures, at_risk_in_queue(seen.connection, seen.now), seen.now)
        sections.let_go_of_what_hides()
        view = sections.draw_search()
        sign = sections.sign_of(view, viewer.person_id)
        asked = (seen.connection, viewer.person_id, view, seen.now)
        hidden = hidden_requests(*asked)
        page = queue(*asked, sections.cursor(sign))

if not named:
    with header.export:
        export_across(viewer, sections.question(view), title_of(settled=view.settled), {})
    sections.draw_hidden(hidden)
    sections.draw_queue(page, view, sign)
    delivery_section(viewer, None, None)
    st.stop()
if not found:
    no_such_request()
    st.stop()
draw_request(Desk(found, viewer, others))
delivery_section(viewer, named.account_id, named.request_id)
