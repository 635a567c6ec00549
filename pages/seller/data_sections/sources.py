"""What the marketplaces are asked for by themselves: how fresh each report is, what is missing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import streamlit as st

from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet
from components.states import guarded
from components.tables import Cell, Column, Row, money_table
from pages.shared import clock
from pages.shared.connecting.scopes import name_of, source_label
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from services.insights.sources import AskedFor, Unheard
from services.marketplaces.labels import channel_label, marketplace_label
from wording import sources as words
from wording.days import ago, days_between, plain_date, time_of_day
from wording.labels import region_label
from wording.numbers import counted

_SOURCES: Final = (
    Column("source", "Report", phone=True),
    Column("where", "For"),
    Column("newest", "Newest day", phone=True),
    Column("asked", "Asked"),
    Column("next", "Next"),
    Column("state", "State", phone=True),
)
_UNHEARD: Final = (
    Column("said", "Word", phone=True),
    Column("where", "Heard in", phone=True),
    Column("times", "Times", "number", phone=True),
    Column("last", "Last heard", "date"),
)


def draw_sources(asked: Sequence[AskedFor], seen: Snapshot, *, phone: bool) -> None:
    """Nothing where nothing is connected, or ever was."""
    if not asked:
        return
    with (
        card("What arrives by itself?", aside=_aside(asked, seen.now)),
        guarded("What arrives by itself", report),
    ):
        pressed = money_table(
            _SOURCES,
            [_row(one, seen.now) for one in asked],
            key="sources",
            phone=phone,
            alt=f"{len(asked)} reports that are asked for, each with how fresh it is",
        )
        st.markdown(quiet("A press on a report says what the figures do without meanwhile."))
        open_source([one for one in asked if _key(one) == pressed], seen.now)


def _aside(asked: Sequence[AskedFor], now: datetime) -> str:
    troubled = sum(_is_troubled(one, now) for one in asked)
    if troubled:
        return f"{troubled:,} of {counted(len(asked), 'report', 'reports')} not fresh"
    waiting = sum(one.waiting for one in asked)
    return words.waiting(waiting) if waiting else "all fresh"


def _is_troubled(one: AskedFor, now: datetime) -> bool:
    return one.connection_state != "connected" or one.is_stale(now) or one.has_gaps


def _key(one: AskedFor) -> str:
    return f"{one.connection_id}~{one.source}~{one.part}"


def _row(one: AskedFor, now: datetime) -> Row:
    cells: dict[str, Cell] = {
        "source": _label(one),
        "where": _where(one),
        "newest": _newest(one),
        "asked": ago(one.last_asked_at and clock.for_the_reader(one.last_asked_at), now),
        "next": _next(one, now),
        "state": state_of(one, now),
    }
    return Row(_key(one), cells, "")


def _label(one: AskedFor) -> str:
    label = source_label(one.known) if one.known else name_of(one.source)
    return f"{marketplace_label(one.marketplace)} {label}"


def _where(one: AskedFor) -> str:
    return channel_label(one.part) if "-" in one.part else region_label(one.part)


def _newest(one: AskedFor) -> str:
    """Of what has no days, the day on which it was read."""
    if one.newest_day is None and one.last_landed_at is None:
        return "none yet"
    read_on = clock.day_of(one.last_landed_at) if one.last_landed_at else None
    return plain_date(one.newest_day or read_on)


def _next(one: AskedFor, now: datetime) -> str:
    if one.next_at is None:
        return "not any more"
    if one.next_at <= now:
        return "now"
    if clock.day_of(one.next_at) == clock.day_of(now):
        return time_of_day(clock.for_the_reader(one.next_at))
    return plain_date(clock.day_of(one.next_at))


def state_of(one: AskedFor, now: datetime) -> str:
    """The worst first; several are said together."""
    said = [words.no_answer(one.in_part, one.not_told, one.refused)] if one.has_gaps else []
    if one.connection_state != "connected":
        said.append(words.ENDED)
    elif one.is_stale(now):
        said.append(words.STALE)
    if one.waiting:
        said.append(words.waiting(one.waiting))
    return " · ".join(said) or (words.FRESH if one.landed else words.NEVER)


def _hides(one: AskedFor, now: datetime) -> list[str]:
    """What the figures do without, a sentence each."""
    found = [
        (one.connection_state != "connected", words.WHAT_ENDED_HIDES),
        (one.connection_state == "connected" and one.is_stale(now), words.WHAT_STALE_HIDES),
        (one.in_part > 0, words.WHAT_IN_PART_HIDES),
        (one.not_told > 0, words.WHAT_NOT_TOLD_HIDES),
        (one.refused > 0, words.WHAT_REFUSED_HIDES),
        (one.waiting > 0, words.WHAT_WAITS_HIDES),
    ]
    return [said for holds, said in found if holds]


def open_source(chosen: Iterable[AskedFor], now: datetime) -> None:
    for one in chosen:
        title = escape_markdown(f"{_label(one)}, {_where(one)}")
        st.dialog(title, width="medium")(_draw_source)(one, now)


def _draw_source(one: AskedFor, now: datetime) -> None:
    st.markdown(f"**{state_of(one, now)}**")
    if one.unknown_from and one.unknown_to:
        days = days_between(one.unknown_from, one.unknown_to)
        st.markdown(f"Days without an answer lie within {days}.")
    for because in filter(None, (one.because, one.waits_because)):
        st.markdown(quiet(escape_markdown(because)))
    for said in _hides(one, now):
        st.markdown(said)
    if one.landed:
        landed = counted(one.landed, "report has", "reports have")
        st.markdown(quiet(f"{landed} landed so far."))


def draw_unheard(heard: Sequence[Unheard], *, phone: bool) -> None:
    """Nothing where the marketplaces say nothing new."""
    if not heard:
        return
    times = sum(one.times for one in heard)
    with (
        card("Words that nobody knows", aside=f"heard {counted(times, 'time', 'times')}"),
        guarded("These words", report),
    ):
        money_table(
            _UNHEARD,
            [_unheard_row(one) for one in heard],
            key="unheard",
            phone=phone,
            alt=f"{len(heard)} words of marketplaces that are not known",
            opens=False,
        )
        st.markdown(
            quiet(
                "A marketplace has said what its own published description does not have. It was"
                " kept and nothing was guessed; what it means may need a newer version of this"
                " software."
            )
        )


def _unheard_row(one: Unheard) -> Row:
    cells: dict[str, Cell] = {
        "said": one.said,
        "where": f"{marketplace_label(one.marketplace)}: {one.heard_in}",
        "times": one.times,
        "last": clock.day_of(one.last_at),
    }
    return Row(f"{one.marketplace}~{one.heard_in}~{one.said}", cells, "")
