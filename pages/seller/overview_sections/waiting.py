"""What waits for a report, or for a row that can be read: a line each above the figures."""

from collections.abc import Sequence

from components.states import guarded
from components.waiting import Line, waiting_lines
from pages.seller.case_tracker_sections.cases import WAITS, YOU
from pages.seller.data_sections.reports import REJECTED
from pages.seller.overview_sections.waiting_words import awaited_words, more_words, not_whole_words
from pages.seller.parts.their_record import waits_words
from pages.shared import places
from pages.shared.dropping.section import FIRST, LOAD
from pages.shared.frame import Frame, Narrowed
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from services.insights.answers import Awaited, Filters
from services.insights.cases import waiting_for_you
from services.insights.documents import not_whole
from services.insights.waiting import awaited, held_by_unread


def waiting_section(frame: Frame, narrowed: Narrowed, seen: Snapshot) -> None:
    """Nothing where every report reaches far enough and was read whole."""
    with guarded("What waits for a report", report):
        asked = (seen.connection, seen.account_id, narrowed.filters, seen.now)
        codes = [channel.code for channel in frame.channels]
        lines = [
            *_waits_for_you_line(narrowed.filters, seen),
            *_awaited_line(awaited(*asked), narrowed, codes, seen),
            *_not_whole_line(narrowed.filters, seen),
        ]
        waiting_lines(lines)


def _waits_for_you_line(filters: Filters, seen: Snapshot) -> list[Line]:
    """Only the seller can answer the marketplace: nothing else is more urgent."""
    waiting = waiting_for_you(seen.connection, seen.account_id, filters)
    if not waiting:
        return []
    asked = {WAITS: YOU, "currency": waiting[0].currency}
    link = places.CASES.link(seen.account, "See them →", "", asked)
    return [Line(":material/notification_important:", waits_words(waiting), link)]


def _awaited_line(
    waiting: Sequence[Awaited], narrowed: Narrowed, codes: Sequence[str], seen: Snapshot
) -> list[Line]:
    """The one that comes first; the others behind a press."""
    said = [awaited_words(one, narrowed.filters.currency, codes) for one in waiting]
    if not said:
        return []
    first, others = waiting[0], waiting[1:]
    link = (
        places.DATA.link(seen.account, "Load it →", "", _to_load(first))
        if first.kind
        else places.EXPIRING.link(seen.account, "See them →", "", narrowed.address)
    )
    icon = ":material/upload_file:" if first.kind else ":material/help:"
    return [Line(icon, said[0], link, said[1:], more_words(others))]


def _to_load(one: Awaited) -> dict[str, str]:
    return {FIRST: LOAD, "channel": one.channels[0]} if one.channels else {FIRST: LOAD}


def _not_whole_line(filters: Filters, seen: Snapshot) -> list[Line]:
    told = not_whole(seen.connection, seen.account_id)
    held = held_by_unread(seen.connection, seen.account_id, filters, seen.now)
    words = not_whole_words(told, held, filters.currency)
    link = places.DATA.link(seen.account, "See the rows →", "", {FIRST: REJECTED})
    return [Line(":material/report:", words, link)] if words else []
