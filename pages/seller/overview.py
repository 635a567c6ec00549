"""Overview: what can be had back, what came in, what was lost, and what runs out first."""

from components.states import PAGE_HEIGHT, loading
from pages.seller.overview_sections import drill
from pages.seller.overview_sections.figures import buckets_section, charts_section, rows_section
from pages.seller.overview_sections.questions import questions_notice
from pages.seller.overview_sections.waiting import waiting_section
from pages.shared.arrival import land_on
from pages.shared.export import export_list, page_to_send
from pages.shared.frame import draw_filters, draw_frame
from pages.shared.since.sections import counting, since_section
from pages.shared.snapshot import snapshot
from pages.shared.together import draw_together
from pages.shared.viewer import signed_in
from services.insights.totals import kept, monthly, totals_by_subtype

viewer = signed_in()

with snapshot(viewer) as seen:
    frame = draw_frame("Overview", seen, has_export=True)
    questions_notice(seen)
    narrowed = draw_filters(frame, seen, chips=drill.chips())
    filters = narrowed.filters

    with loading(PAGE_HEIGHT):
        totals = totals_by_subtype(seen.connection, seen.account_id, filters.currency, seen.now)
        months = monthly(seen.connection, seen.account_id, filters, seen.now)
        listed = drill.listed(seen, filters)
        if not listed.is_first_look:
            land_on(drill.POSITION)
        told = counting(viewer)

    with frame.header.export:
        to_send = page_to_send(viewer, filters, told.since)
        export_list(viewer, listed.question, listed.title, narrowed, to_send=to_send)
    waiting_section(frame, narrowed, seen)
    since_section(viewer, told, filters, seen)
    buckets_section(kept(totals, filters), months, narrowed)
    draw_together(seen, filters)
    charts_section(totals, months, narrowed)
    rows_section(listed, kept(totals, filters), narrowed, seen, phone=frame.phone)
