"""Since our last call: for account managers, above what the seller sees as well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, cast, get_args

import streamlit as st

from components.links import draw_link
from components.money import plain_date
from components.palette import quiet
from components.since import Changed, changed_strip
from components.states import guarded
from pages.shared import address, clock, places
from pages.shared.buckets import SHOW
from pages.shared.call_dialog import call_button
from pages.shared.since_words import changed
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from pages.shared.viewer import SignedIn
from services.access.rights import Right
from services.calls.answers import Call
from services.calls.log import last_call
from services.database.start import database
from services.insights.answers import Filters
from services.insights.since import USUAL_DAYS, SinceName, no_further_back, since

SINCE: Final = "since"
_PREFIX: Final = "since_"
_PICKED: Final = "since-picked"


@dataclass(frozen=True)
class Counting:
    """From which day on the page counts, and whether that is the day of the last call."""

    day: date | None
    last: Call | None

    @property
    def is_the_call(self) -> bool:
        return self.last is not None and self.last.held_on == self.day

    @property
    def title(self) -> str:
        if self.day is None:
            return "Since our last call"
        named = "our last call, " if self.is_the_call else ""
        return f"Since {named}{plain_date(self.day)}"


def chosen_day() -> date | None:
    """The day that the address names, a year back at most and never to come."""
    day = address.read_day(SINCE)
    if day is None:
        return None
    today = clock.now().date() + timedelta(days=1)  # somewhere it is tomorrow already
    return min(no_further_back(day, today), today)


def chosen_list() -> tuple[SinceName, date] | None:
    """The list that the address asks for: whoever may see the account may open its link."""
    name, day = (address.read(SHOW) or "").removeprefix(_PREFIX), chosen_day()
    if day is None or f"{_PREFIX}{name}" != address.read(SHOW) or name not in get_args(SinceName):
        return None
    return cast("SinceName", name), day


def counting(viewer: SignedIn) -> Counting | None:
    """None for whoever has no calls: sellers and support never see this part."""
    if not viewer.viewer.may(Right.LOG_CALLS):
        return None
    last = last_call(database(), viewer.viewer, viewer.account.account_id)
    return Counting(chosen_day() or (last.held_on if last else None), last)


def since_section(viewer: SignedIn, filters: Filters, seen: Snapshot) -> None:
    """The six figures; a press on one shows its rows at the foot of the page."""
    since_card(viewer, lambda day: _figures(day, filters, seen))


def since_card(viewer: SignedIn, draw: Callable[[date], None]) -> None:
    """For account managers: from which day on to count, and what changed from it."""
    with guarded("What changed since the call", report):
        told = counting(viewer)
        if told is None:
            return
        with st.container(border=True, gap="xsmall", key="since"):
            _heading(told, viewer)
            if told.day is None:
                st.markdown(
                    quiet("No call is logged with this client yet: log one, or choose a day.")
                )
            else:
                draw(told.day)


def figures_since(filters: Filters, seen: Snapshot, day: date) -> Sequence[Changed]:
    return changed(since(seen.connection, seen.account_id, filters, seen.now, day))


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
    address.toggle(SHOW, f"{_PREFIX}{name}")
    address.write(SINCE, day.isoformat())


def _kept() -> dict[str, str]:
    """The presenting view counts from the same day and reads in the same currency."""
    named = {name: address.read(name) for name in (SINCE, "currency")}
    return {name: value for name, value in named.items() if value}


def _heading(told: Counting, viewer: SignedIn) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(told.title, anchor=False, width="content")
        if told.day:
            st.markdown(quiet(_aside(told)), width="content")
        st.space("stretch")
        with st.popover("Another day", icon=":material/event:", type="tertiary"):
            _days(told)
        call_button(viewer)
        draw_link(places.PRESENT.link(viewer.account, icon=places.PRESENT.icon, values=_kept()))


def _aside(told: Counting) -> str:
    if told.is_the_call or told.last is None:
        return "that day included"
    return f"that day included; our last call was on {plain_date(told.last.held_on)}"


def _days(told: Counting) -> None:
    today = clock.for_the_reader(clock.now()).date()
    usual = today - timedelta(days=USUAL_DAYS)
    if told.last:
        _day_button(f"Our last call, {plain_date(told.last.held_on)}", "last-call", None)
    _day_button(f"{USUAL_DAYS} days ago, {plain_date(usual)}", "usual", usual)
    st.date_input(
        "Or from this day on",
        value=told.day or usual,
        min_value=no_further_back(date.min, today),
        max_value=max(today, told.day or today),
        key=_PICKED,
        format="YYYY-MM-DD",
        on_change=_pick,
    )


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
