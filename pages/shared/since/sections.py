"""Since our last call: for account managers, above what the seller sees as well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, cast, get_args

import streamlit as st

from components.links import draw_link
from components.markdown import escape_markdown
from components.palette import quiet
from components.since import Changed, changed_strip
from components.states import guarded
from pages.shared import address, clock, places
from pages.shared.arrival import go_to
from pages.shared.buckets import SHOW
from pages.shared.call_dialog import call_button
from pages.shared.pager import ROWS
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from pages.shared.viewer import SignedIn
from services.access.rights import Right
from services.calls.answers import Call, CountedFrom
from services.calls.log import calls_before
from services.database.start import database
from services.insights.answers import Counted, Filters
from services.insights.since import USUAL_DAYS, SinceName, no_further_back, since
from wording.changes import NO_CALL_YET, since_title
from wording.changes import SINCE as SINCE_WORDS
from wording.days import plain_date

SINCE: Final = "since"
_PREFIX: Final = "since_"
_PICKED: Final = "since-picked"
_OFFERED: Final = 6  # calls under "Another day"; all of them stand in the dialog
_NO_CALL: Final = "No call before today's is logged with this client: log one, or choose a day."


@dataclass(frozen=True)
class Counting:
    """From where the page counts; `calls` are those that it could count from, the last first."""

    since: CountedFrom | None = None
    calls: tuple[Call, ...] = ()

    @property
    def title(self) -> str:
        if self.since is None:
            return NO_CALL_YET
        return since_title(self.since.call, self.since.named)


def chosen_day() -> date | None:
    """The day that the address names, a year back at most and never to come."""
    day = address.read_day(SINCE)
    if day is None:
        return None
    today = clock.today()
    return min(no_further_back(day, today), today)


def chosen_list() -> tuple[SinceName, date] | None:
    """The list that the address asks for: whoever may see the account may open its link."""
    name, day = (address.read(SHOW) or "").removeprefix(_PREFIX), chosen_day()
    if day is None or f"{_PREFIX}{name}" != address.read(SHOW) or name not in get_args(SinceName):
        return None
    return cast("SinceName", name), day


def counting(viewer: SignedIn) -> Counting:
    """From the day that the address names, or else from the last call before today's.

    Nothing for whoever has no calls.
    """
    if not viewer.viewer.may(Right.LOG_CALLS):
        return Counting()
    account_id = viewer.account.account_id
    calls = calls_before(database(), viewer.viewer, account_id, clock.today())
    day = chosen_day() or next((one.counted_from for one in calls), None)
    return Counting(_counted_from(day, calls) if day else None, calls)


def _counted_from(day: date, calls: Sequence[Call]) -> CountedFrom:
    of_day = next((one for one in calls if one.counted_from == day), None)
    if of_day is None:
        return CountedFrom(day)
    return CountedFrom(day, "last" if of_day == calls[0] else "earlier", of_day.held_on)


def since_section(viewer: SignedIn, told: Counting, filters: Filters, seen: Snapshot) -> None:
    """The six figures; a press on one shows its rows at the foot of the page."""
    since_card(viewer, told, lambda day: _figures(day, filters, seen))


def since_card(viewer: SignedIn, told: Counting, draw: Callable[[date], None]) -> None:
    """From which day on to count, and what changed from it: sellers and support never see it."""
    if not viewer.viewer.may(Right.LOG_CALLS):
        return
    with (
        guarded("What changed since the call", report),
        st.container(border=True, gap="xsmall", key="since"),
    ):
        _heading(told, viewer)
        if told.since is None:
            st.markdown(quiet(_NO_CALL))
        else:
            draw(told.since.day)


def figures_since(filters: Filters, seen: Snapshot, day: date) -> Sequence[Changed]:
    answer = since(seen.connection, seen.account_id, filters, seen.now, day)
    return [_changed(name, answer.figure(name)) for name in get_args(SinceName)]


def _changed(name: SinceName, figure: Counted) -> Changed:
    told = SINCE_WORDS[name]
    return Changed(name, told.label, figure.count, told.one, told.many, figure.amount, told.meaning)


def _figures(day: date, filters: Filters, seen: Snapshot) -> None:
    asked_for = chosen_list()
    changed_strip(
        figures_since(filters, seen, day),
        filters.currency,
        key="since",
        chosen=asked_for[0] if asked_for else None,
        on_choose=lambda name: _choose(name, day),
    )


def _choose(name: str, day: date) -> None:
    """The day goes into the address with the list, so that a copied link opens the same."""
    if address.toggle(SHOW, f"{_PREFIX}{name}"):
        go_to(ROWS)
    address.write(SINCE, day.isoformat())


def _kept() -> dict[str, str]:
    """The presenting view counts from the same day and reads in the same currency."""
    named = {name: address.read(name) for name in (SINCE, "currency")}
    return {name: value for name, value in named.items() if value}


def _heading(told: Counting, viewer: SignedIn) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(told.title, anchor=False, width="content")
        if told.since:
            st.markdown(quiet(_aside(told, told.since)), width="content")
        st.space("stretch")
        with st.popover("Another day", icon=":material/event:", type="tertiary"):
            _days(told)
        call_button(viewer, _count_from_call)
        draw_link(places.PRESENT.link(viewer.account, icon=places.PRESENT.icon, values=_kept()))


def _aside(told: Counting, since: CountedFrom) -> str:
    if since.call == "last" or not told.calls:
        return "that day included"
    return f"that day included; our last call was on {plain_date(told.calls[0].held_on)}"


def _days(told: Counting) -> None:
    today = clock.today()
    usual = today - timedelta(days=USUAL_DAYS)
    for position, call in enumerate(told.calls[:_OFFERED]):
        _call_button(call, is_last=position == 0)
    _day_button(f"{USUAL_DAYS} days ago, {plain_date(usual)}", "usual", usual)
    st.date_input(
        "Or from this day on",
        value=told.since.day if told.since else usual,
        min_value=no_further_back(date.min, today),
        max_value=today,
        key=_PICKED,
        format="YYYY-MM-DD",
        on_change=_pick,
    )


def _call_button(call: Call, *, is_last: bool) -> None:
    """Of the last call the address says nothing: tomorrow another one may be the last."""
    words = f"{plain_date(call.held_on)} · {escape_markdown(call.by_name)}"
    if is_last:
        _day_button(f"Our last call, {words}", "last-call", None)
    else:
        _day_button(f"Our call on {words}", f"call-{call.call_id}", call.counted_from)


def _count_from_call(day: date) -> None:
    _count_from(day.isoformat())


def _day_button(words: str, key: str, day: date | None) -> None:
    value = day.isoformat() if day else None
    st.button(words, key=f"since-{key}-day", on_click=_count_from, args=(value,), width="stretch")


def _count_from(value: str | None) -> None:
    """Without a day, from the last call; a list of another day is let go of."""
    address.write(SINCE, value)
    if chosen_list() is None and (address.read(SHOW) or "").startswith(_PREFIX):
        address.write(SHOW, None)


def _pick() -> None:
    picked = st.session_state[_PICKED]
    if isinstance(picked, date):
        _count_from(picked.isoformat())
