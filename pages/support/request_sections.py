"""One activation request, whole: what comes next, the checklist, who asks, what happened."""

from collections.abc import Iterable
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

import streamlit as st

from components.device import is_phone
from components.facts import Fact, facts
from components.how_to_claim import Condition, conditions
from components.links import draw_link
from components.markdown import escape_markdown
from components.page import card, page_header
from components.palette import quiet
from components.queue import (
    CheckGroup,
    CheckRow,
    HistoryLine,
    Ticking,
    checklist,
    contact,
    history,
)
from components.queue import status_badge as badge
from components.states import empty_state, guarded
from pages.shared import clock
from pages.shared.claim_link import claim_link
from pages.shared.trouble import report
from pages.support import words
from pages.support.queue_sections import back_to_queue
from pages.support.request_steps import Desk, draw_next_step, take_step
from services.access.viewer import Viewer
from services.activation.channels import NO_OPEN_REQUEST, prerequisites
from services.activation.checks import Ticked
from services.activation.request import readable_phone
from services.activation.request_file import Event, RequestFile
from wording.days import ago, days_left, plain_date, time_of_day
from wording.numbers import counted
from wording.requests import CHECK_WORDS, STATUS_WORDS
from wording.subtypes import type_label


def way_back() -> None:
    st.button(
        "All requests",
        key="back",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=back_to_queue,
    )


def no_such_request() -> None:
    way_back()
    empty_state(
        "There is no such request",
        "Check the link with whoever sent it, or choose a request from the queue.",
        icon=":material/search_off:",
    )


def draw_request(desk: Desk) -> None:
    """Two columns; on a phone one below another, who asks before the checklist."""
    way_back()
    _head(desk.file)
    if is_phone():
        work = around = st.container()
    else:
        # A box in each: cards share out what is left of a column, and there is to be none.
        work, around = (slot.container() for slot in st.columns([3, 2], gap="medium"))
    with work:
        _next_step(desk)
    with around:
        _people(desk)
    with work:
        _checklist(desk)
    with around:
        _past(desk.file)


def _head(file: RequestFile) -> None:
    header = page_header(escape_markdown(file.account_name))
    with header.notes:
        channel = quiet(escape_markdown(f"{file.channel.name} · request {file.key.request_id}"))
        st.markdown(channel, width="content")
        badge(STATUS_WORDS[file.status], words.STATUS_TONES[file.status])
    facts(_facts(file))


def _facts(file: RequestFile) -> list[Fact]:
    now = clock.for_the_reader(clock.now())
    last_days = [one.expires_on for one in file.at_risk if one.expires_on]
    soonest = min(last_days, default=None)
    today = now.astimezone(ZoneInfo(file.channel.time_zone)).date()
    who = file.requested_by_name or file.contact_name
    return [
        Fact(
            "At risk",
            escape_markdown(words.amounts(file.at_risk)),
            words.unpriced(file.at_risk) or "ready to claim now",
        ),
        Fact(
            "Next to expire",
            days_left((soonest - today).days) if soonest else "no day known",
            plain_date(soonest) if soonest else "",
        ),
        Fact("Asked", ago(file.requested_at, now), escape_markdown(f"by {who}")),
        Fact("First answer", words.first_answer(file.requested_at, file.first_answered_at)),
        Fact("With", escape_markdown(file.taken_by_name or "nobody")),
    ]


def _next_step(desk: Desk) -> None:
    with card("Next step"), guarded("The next step", report):
        draw_next_step(desk)


# The checklist --------------------------------------------------------------------------------


def _checklist(desk: Desk) -> None:
    file = desk.file
    left = counted(file.unfinished, "item", "items")
    aside = f"{left} of {len(file.checklist)} open" if file.unfinished else "complete"
    states = {str(code): words for code, words in CHECK_WORDS.items()}
    key = f"check-{file.key.request_id}-{file.version}"
    on_tick = partial(take_step, desk, "check") if file.is_open else None
    with card("Checklist", aside=aside), guarded("The checklist", report):
        checklist(_groups(file.checklist), Ticking(states, key, on_tick))


def _groups(items: Iterable[Ticked]) -> list[CheckGroup]:
    return [
        CheckGroup(title, [_check(each) for each in group])
        for title, group in groupby(items, key=lambda each: each.item.group)
    ]


def _check(each: Ticked) -> CheckRow:
    now = clock.for_the_reader(clock.now())
    by = f"{each.by_name}, {ago(each.at, now)}" if each.at else ""
    item = each.item
    return CheckRow(item.key, item.item, item.level or "", item.detail, each.state, by)


# Who asks, and what happened ------------------------------------------------------------------


def _people(desk: Desk) -> None:
    file = desk.file
    with card("Who asks"), guarded("Who asks", report):
        contact(_contact(file), file.message)
        _page_of_the_seller(file, desk.viewer)
    with st.container(border=True), guarded("What it needs", report):
        conditions(
            [
                Condition(each.label, each.met, each.detail)
                for each in prerequisites(file.channel)
                if each.label != NO_OPEN_REQUEST
            ]
        )


def _contact(file: RequestFile) -> list[tuple[str, str]]:
    there = clock.now().astimezone(ZoneInfo(file.time_zone))
    return [
        ("Name", file.contact_name),
        ("Start with", ", ".join(type_label(code) for code in file.start_with)),
        ("E-mail", file.email),
        ("Phone", readable_phone(file.phone)),
        ("When to call", file.preferred_time),
        ("Their time", f"{time_of_day(there)} now · {file.time_zone}"),
    ]


def _page_of_the_seller(file: RequestFile, viewer: Viewer) -> None:
    """The seller's own page, where it is the viewer's to open."""
    account = viewer.account(str(file.key.account_id))
    if account:
        draw_link(claim_link(account, file.channel, "Open the seller's page"))


def _past(file: RequestFile) -> None:
    with card("History", aside="the latest first"), guarded("The history", report):
        history([_line(event) for event in reversed(file.history)])
        for one in file.earlier:
            day = plain_date(clock.day_of(one.requested_at))
            status = STATUS_WORDS[one.status].lower()
            st.markdown(quiet(f"Asked before on {day}: request {one.request_id}, {status}."))


def _line(event: Event) -> HistoryLine:
    title, icon = words.EVENTS[event.kind]
    when = ago(event.at, clock.for_the_reader(clock.now()))
    by = f"{event.by_name} · {when}" if event.by_name else when
    return HistoryLine(title, icon, by, event.note or "", event.is_internal)
