"""Data: which reports were landed, which days they speak for, and what could not be read."""

from components.states import PAGE_HEIGHT, loading
from pages.seller.data_sections import reports as sections
from pages.seller.data_sections.exactness import draw_exactness
from pages.seller.data_sections.load import draw_load
from pages.seller.data_sections.sources import draw_sources, draw_unheard
from pages.shared.dropping.section import LOAD
from pages.shared.export import export_list
from pages.shared.frame import draw_frame
from pages.shared.snapshot import snapshot
from pages.shared.viewer import signed_in
from services.insights.documents import coverage, documents, landed, rejected_rows
from services.insights.exactness import exactness
from services.insights.sources import asked_for, unheard_words

viewer = signed_in()

with snapshot(viewer) as seen:
    frame = draw_frame("Data", seen, has_link=False, has_export=True)
    asked = (seen.connection, seen.account_id)

    with loading(PAGE_HEIGHT):
        sources = asked_for(*asked)
        unheard = unheard_words(*asked)
        kinds = landed(*asked)
        spans = coverage(*asked)
        exact = exactness(*asked, seen.now)
        files = documents(*asked, None, sections.cursor(seen, sections.FILES))
        rejected = rejected_rows(*asked, None, sections.cursor(seen, sections.REJECTED))

    with frame.header.export:
        export_list(viewer, sections.question(seen), "rejected rows")
    rows_first = sections.is_first(sections.REJECTED)
    load_first = seen.account.is_sample or sections.is_first(LOAD)
    if rows_first:
        sections.draw_rejected(rejected, kinds, seen, phone=frame.phone)
    if load_first:
        draw_load(frame.channels, seen)
    draw_sources(sources, seen, phone=frame.phone)
    sections.draw_coverage(spans)
    draw_exactness(exact)
    sections.draw_kinds(kinds, phone=frame.phone)
    if not rows_first:
        sections.draw_rejected(rejected, kinds, seen, phone=frame.phone)
    sections.draw_files(files, seen, phone=frame.phone)
    if not load_first:
        draw_load(frame.channels, seen)
    draw_unheard(unheard, phone=frame.phone)
