"""The steps of one request as buttons, and what became of the one that was pressed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import streamlit as st

from components.how_to_claim import Remark, remarks
from components.markdown import escape_markdown
from components.queue import Press, Writing, hand_over, primary, said, written
from pages.shared import clock
from pages.shared.viewer import as_of_now
from pages.support.words import EVENTS
from services.access.viewer import Viewer
from services.activation import steps
from services.activation.channels import refusal
from services.activation.history import Kind
from services.activation.request import MESSAGE_LENGTH
from services.activation.request_file import Event, RequestFile
from services.activation.states import Step, StepOutcome
from services.database.start import database
from services.database.trouble import AWAY
from wording.days import ago, plain_date
from wording.numbers import counted

SAID: Final = "request-said"
NOT_STORED: Final = "The database did not answer. Nothing was changed: please press again."
NOTE: Final = Writing(
    "Note",
    ":material/sticky_note_2:",
    "A note for the team. The seller never sees it.",
    "Keep note",
)
DECLINE: Final = Writing(
    "Decline", ":material/cancel:", "Why? The seller reads this.", "Decline the request"
)


_WAYS: Final[Mapping[Step, Callable[..., StepOutcome]]] = {
    "take": steps.take,
    "release": steps.release,
    "hand over": steps.hand_over,
    "check": steps.check,
    "note": steps.note,
    "ask": steps.ask_seller,
    "ready": steps.ready,
    "activate": steps.activate,
    "decline": steps.decline,
}
_DONE: Final[Mapping[Step, str]] = {
    "take": "It is yours.",
    "release": "It waits for whoever comes next.",
    "check": "The checklist is up to date.",
    "note": "Noted.",
    "ask": "Your question stands on the seller's page.",
    "ready": "Ready to start.",
    "activate": "The service runs. Every page of the seller says so.",
    "decline": "Declined. The seller reads why.",
}


@dataclass(frozen=True)
class Desk:
    """A request, and who has it open."""

    file: RequestFile
    viewer: Viewer
    colleagues: Mapping[int, str]

    @property
    def is_mine(self) -> bool:
        return self.file.taken_by == self.viewer.person_id


def take_step(desk: Desk, step: Step, *told: Any) -> None:
    """Called before the page is drawn anew: with the version that was on the screen."""
    file, typed = desk.file, next((one for one in told if isinstance(one, str)), "")
    try:
        viewer = as_of_now(desk.viewer)
        outcome = _WAYS[step](database(), viewer, file.key, file.version, *told)
    except PermissionError:
        return  # the page, drawn anew at once, says so
    except AWAY:
        outcome = StepOutcome("refused", NOT_STORED)
    if typed and not outcome.is_done and outcome.now:
        st.session_state[_field(file, step, outcome.now.version)] = typed
    done = f"Handed over to {desk.colleagues[told[0]]}." if step == "hand over" else _DONE[step]
    st.session_state[SAID] = (file.key, outcome.state, outcome.reason or done)


def draw_next_step(desk: Desk) -> None:
    """One sentence, one button that goes on; beside it what else can be done."""
    _say(desk)
    st.markdown(_sentence(desk))
    if not desk.file.is_open:
        return
    if desk.file.status == "answered":
        remarks([_answer(desk.file)])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _primary(desk)
        _ask(desk)
        _writes(desk, NOTE, "note")
        _hand_over(desk)
        _writes(desk, DECLINE, "decline")


def _say(desk: Desk) -> None:
    about, state, words = st.session_state.get(SAID, (None, "", ""))
    if about != desk.file.key:
        return
    del st.session_state[SAID]
    if state == "changed":
        words = _faster(desk)
    said(words, "green" if state == "done" else "orange")


def _faster(desk: Desk) -> str:
    """Who it was, what they did, and that nothing is lost on either side."""
    last = desk.file.history[-1]
    what = f"“{EVENTS[last.kind][0]}”, {ago(last.at, clock.for_the_reader(clock.now()))}"
    if last.person_id == desk.viewer.person_id:
        return f"You have done something here already: {what}. This is the request as it is now."
    return (
        f"{last.by_name or 'Somebody else'} was faster: {what}. Nothing was overwritten. "
        "This is the request as it is now; what you wrote is kept."
    )


def _sentence(desk: Desk) -> str:
    file = desk.file
    if not file.is_open:
        return _ended(file)
    if file.taken_by is None:
        return "Nobody has taken this request yet."
    if not desk.is_mine:
        who = escape_markdown(file.taken_by_name or "Somebody")
        return f"{who} works on this request. Take it over only if you have agreed to."
    return _at_work(file)


def _ended(file: RequestFile) -> str:
    day = plain_date(clock.day_of(file.settled_at)) if file.settled_at else ""
    on = f" since {day}" if day else ""
    if file.status == "active":
        return f"The service runs{on}. There is nothing left to do."
    settled = f"Declined{on.replace('since', 'on')}."
    return f"{settled} The seller's own pages say why, and they may ask again."


def _at_work(file: RequestFile) -> str:
    if file.status == "ready":
        return refusal(file.channel) or "Everything is there. Start the service."
    if file.status == "need_info":
        asked = ago(_last(file, "asked").at, clock.for_the_reader(clock.now()))
        return f"The seller was asked {asked}. The answer comes here."
    if not file.unfinished:
        return "The checklist is complete."
    if _asks_for_missing(file):
        missing = counted(len(file.missing), "item is missing", "items are missing")
        return f"{missing}: ask the seller for what you need."
    left = counted(file.unfinished, "item is open", "items are open")
    if file.status == "answered":
        return f"The seller has answered: see what that settles. On the checklist {left}."
    return f"Go through the checklist: {left}."


def _last(file: RequestFile, kind: Kind) -> Event:
    return next(event for event in reversed(file.history) if event.kind == kind)


def _answer(file: RequestFile) -> Remark:
    last = _last(file, "answered")
    when = ago(last.at, clock.for_the_reader(clock.now()))
    return Remark(f"{last.by_name or 'The seller'} · {when}", last.note or "")


def _asks_for_missing(file: RequestFile) -> bool:
    """What was found missing before the seller's last answer may have come with it."""
    known_since = max((each.at for each in file.missing if each.at), default=None)
    if known_since is None or file.status not in ("new", "answered"):
        return False
    return file.status == "new" or known_since > _last(file, "answered").at


def _primary(desk: Desk) -> None:
    file, key = desk.file, f"step-{desk.file.key.request_id}-{desk.file.version}"
    if file.taken_by is None:
        _goes_on(desk, Press("Take it", ":material/pan_tool:"), "take", key)
    elif not desk.is_mine:
        # Quietly: what a colleague has is not what comes next.
        take = partial(take_step, desk, "take")
        st.button("Take over", key=key, icon=":material/pan_tool:", on_click=take)
    elif file.status == "ready":
        hindrance = refusal(file.channel) or _unfinished(file)
        start = Press("Start the service", ":material/rocket_launch:", hindrance)
        _goes_on(desk, start, "activate", key)
    elif not _asking_is_next(desk):
        ready = Press("Everything is there", ":material/task_alt:", _unfinished(file))
        _goes_on(desk, ready, "ready", key)


def _goes_on(desk: Desk, press: Press, step: Step, key: str) -> None:
    primary(press, key=key, on_press=partial(take_step, desk, step))


def _asking_is_next(desk: Desk) -> bool:
    return desk.is_mine and _asks_for_missing(desk.file)


def _unfinished(file: RequestFile) -> str:
    left = counted(file.unfinished, "item of the checklist is", "items of the checklist are")
    return f"{left} still open." if file.unfinished else ""


def _ask(desk: Desk) -> None:
    missing = _asks_for_missing(desk.file)
    writing = Writing(
        "Ask the seller",
        ":material/help:",
        "What do you need? It stands on the seller's page.",
        "Send question",
        _question(desk.file) if missing else "",
        _asking_is_next(desk),
    )
    _writes(desk, writing, "ask")


def _question(file: RequestFile) -> str:
    items = "\n".join(f"- {each.item.item}" for each in file.missing)
    return f"Please send us or set up:\n{items}"


def _writes(desk: Desk, writing: Writing, step: Step) -> None:
    written(
        writing,
        key=_field(desk.file, step, desk.file.version),
        most_characters=MESSAGE_LENGTH,
        on_send=partial(take_step, desk, step),
    )


def _hand_over(desk: Desk) -> None:
    if desk.is_mine:
        hand_over(
            desk.colleagues,
            key=f"hand-{desk.file.key.request_id}-{desk.file.version}",
            on_give=partial(take_step, desk, "hand over"),
            on_release=partial(take_step, desk, "release"),
        )


def _field(file: RequestFile, step: Step, version: int) -> str:
    """A new version is a new field: what was sent does not stand there to be sent again."""
    return f"{step}-{file.key.request_id}-{version}"
