"""Expiring: what can still be claimed, what it is worth, and for how long."""

from components.states import PAGE_HEIGHT, loading
from pages.seller import expiring_sections as sections
from pages.shared.export import export_list
from pages.shared.frame import draw_filters, draw_frame
from pages.shared.snapshot import snapshot
from pages.shared.viewer import signed_in
from services.insights.expiring import (
    View,
    expiring,
    weeks_ending,
    window_unknown,
    window_unknown_sum,
)

viewer = signed_in()

with snapshot(viewer) as seen:
    frame = draw_frame("Expiring", seen, has_export=True)
    narrowed = draw_filters(frame, seen, *sections.FILTERS, chips=sections.chips())
    filters = narrowed.filters
    asked = (seen.connection, seen.account_id, filters)
    view, sign = sections.asked_for(seen, narrowed)

    with loading(PAGE_HEIGHT):
        weeks = weeks_ending(*asked, seen.now, view)
        page = expiring(*asked, seen.now, view)
        apart = window_unknown_sum(*asked)
        apart_page = window_unknown(*asked, seen.now, View(cursor=sections.apart_cursor(sign)))

    with frame.header.export:
        export_list(viewer, sections.question(seen, filters, view), "expiring", narrowed)
    sections.draw_weeks(weeks, filters, viewer)
    sections.draw_list(page, weeks, view, sign, seen, phone=frame.phone)
    sections.draw_apart(apart_page, apart, sign, seen, phone=frame.phone)
