"""Present: one client on a shared screen, in large type, without anything internal."""

from components.device import is_phone
from components.presenting import large_type
from components.states import PAGE_HEIGHT, loading
from pages.manager import present_sections as sections
from pages.shared.since.sections import counting
from pages.shared.snapshot import snapshot
from pages.shared.together import draw_together
from pages.shared.viewer import signed_in
from services.access.rights import Right
from services.insights.cases import Search, case_statuses, cases, difference
from services.insights.expiring import View, expiring
from services.insights.totals import monthly, totals_by_subtype

viewer = signed_in(Right.PRESENT)

phone = is_phone()
large_type()
with snapshot(viewer) as seen:
    told = counting(viewer)
    filters = sections.draw_head(viewer, told, seen)
    asked = (seen.connection, seen.account_id, filters)

    with loading(PAGE_HEIGHT):
        totals = totals_by_subtype(seen.connection, seen.account_id, filters.currency, seen.now)
        months = monthly(*asked, seen.now)
        soonest = expiring(*asked, seen.now, View(size=sections.ROWS))
        statuses = case_statuses(*asked, Search())
        newest = cases(*asked, Search())
        differs = difference(*asked)

    sections.draw_buckets(totals, months, filters)
    draw_together(seen, filters)
    sections.draw_since(told, filters, seen)
    sections.draw_months(months, filters)
    sections.draw_expiring(soonest, filters, phone=phone)
    sections.draw_cases(newest, statuses, filters, phone=phone)
    sections.draw_difference(differs, filters)
