"""Case tracker: every case that our service team filed, what it asked for and what it brought."""

from components.states import PAGE_HEIGHT, loading
from pages.seller.case_tracker_sections import cases as sections
from pages.seller.case_tracker_sections import since
from pages.shared.export import export_list
from pages.shared.frame import draw_filters, draw_frame
from pages.shared.since.sections import counting
from pages.shared.snapshot import snapshot
from pages.shared.viewer import signed_in
from services.insights.cases import case_statuses, cases, hidden_cases, look_up

viewer = signed_in()

with snapshot(viewer) as seen:
    frame = draw_frame("Case tracker", seen, has_export=True)
    search = sections.draw_search()
    narrowed = draw_filters(frame, seen, chips=sections.chips())
    filters = narrowed.filters
    sign = sections.sign_of(seen, filters, search)

    with loading(PAGE_HEIGHT):
        found = look_up(seen.connection, seen.account_id, search)
        asked = (seen.connection, seen.account_id, filters, found)
        statuses = case_statuses(*asked)
        hidden = hidden_cases(*asked)
        page = cases(*asked, sections.cursor(sign))

    with frame.header.export:
        export_list(viewer, sections.question(seen, filters, search), "cases", narrowed)
    since.section(viewer, counting(viewer), filters, seen)
    sections.draw_statuses(statuses, filters.currency)
    sections.draw_difference(seen, filters, search)
    sections.draw_waiting(seen, filters)
    sections.draw_hidden(hidden, narrowed)
    sections.draw_list(page, statuses, sign, search, seen, phone=frame.phone)
