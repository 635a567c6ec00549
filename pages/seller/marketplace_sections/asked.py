"""A request that was sent, in words: where it stands, what happens next, what to prepare."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import streamlit as st

from components.how_to_claim import (
    Asked,
    Preparation,
    Questions,
    Remark,
    request_steps,
    request_words,
    to_prepare,
)
from components.timeline import Standing, Step
from pages.shared import clock
from services.activation.channels import ActivationChannel
from services.activation.progress import Progress, Said, StepState
from services.activation.progress import Step as Station
from services.activation.request import MESSAGE_LENGTH, readable_phone
from services.marketplaces.checklist import ChecklistItem
from services.marketplaces.registry import checklist_of
from wording.days import ago, plain_date
from wording.subtypes import TYPES

_STANDING: Final[dict[StepState, Standing]] = {
    "done": "done",
    "current": "current",
    "ahead": "next",
    "declined": "bad",
}


def draw_progress(channel: ActivationChannel, progress: Progress) -> None:
    """Instead of the form: where the request is, and what to prepare while it is under way."""
    told = asked(progress, channel)
    way, words = st.columns([3, 5], gap="large")
    with way:
        request_steps(told)
    with words:
        request_words(told)
    if progress.is_open:
        to_prepare(preparations(checklist_of(channel.marketplace)))


def asked(progress: Progress, channel: ActivationChannel) -> Asked:
    return Asked(
        steps=[_step(station, progress) for station in progress.steps],
        sent=_sent(progress),
        next_step=_next(progress, channel),
        said=remarks(each for each in progress.conversation if each not in progress.questions),
    )


def questions_of(progress: Progress, *, may_answer: bool) -> Questions | None:
    """What waits for an answer; None where nothing does."""
    if not progress.questions:
        return None
    latest = str(progress.questions[-1].event_id)
    return Questions(remarks(progress.questions), latest, MESSAGE_LENGTH, may_answer)


def remarks(said: Iterable[Said]) -> Sequence[Remark]:
    now = clock.for_the_reader(clock.now())
    return [Remark(f"{_whose(each)} · {ago(each.at, now)}", each.words) for each in said]


def _whose(said: Said) -> str:
    who = said.by_name or ("The seller" if said.is_answer else "Our service team")
    return who if said.is_answer else f"{who}, service team"


def _step(station: Station, progress: Progress) -> Step:
    reason = progress.declined_because if station.state == "declined" else None
    day = plain_date(clock.day_of(station.at)) if station.at else ""
    standing: Standing = "good" if _is_reached(station) else _STANDING[station.state]
    return Step(station.label, day, reason or "", standing)


def _is_reached(station: Station) -> bool:
    return station.label == "Active" and station.state == "done"


def _next(progress: Progress, channel: ActivationChannel) -> str:
    who = f"{progress.taken_by_name} of our" if progress.taken_by_name else "Our"
    match progress.status:
        case "new":
            return (
                f"{who} service team looks at {channel.name} and then contacts "
                f"{progress.contact_name}. Meanwhile, prepare what is listed here."
            )
        case "need_info":
            return f"{who} service team goes on as soon as it has your answer."
        case "answered":
            return f"Thank you. {who} service team reads your answer and goes on."
        case "ready":
            return "Everything is there. We start the service and tell you when it runs."
        case "active":
            return f"The service runs for {channel.name}. Follow each case in the case tracker."
    return "You may ask again once this has changed."


def _sent(progress: Progress) -> list[tuple[str, str]]:
    said = [
        ("Contact", progress.contact_name),
        ("E-mail", progress.email),
        ("Phone", readable_phone(progress.phone)),
        ("When to call", f"{progress.preferred_time} · {progress.time_zone}"),
        ("Start with", ", ".join(TYPES.get(code, code) for code in progress.start_with)),
        ("Message", progress.message),
    ]
    return [(what, answer) for what, answer in said if answer]


def preparations(items: Iterable[ChecklistItem]) -> list[Preparation]:
    return [
        Preparation(title, [(item.item, item.detail, item.level or "") for item in group])
        for title, group in groupby(items, key=lambda item: item.group)
    ]
