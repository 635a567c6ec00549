"""How to claim: how the service works, the form that asks for it, and how far a request is.

Nothing here files a claim or opens a case, and nothing looks as if it did.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from components.forms import Fields, send_typed
from components.markdown import escape_markdown
from components.palette import on_primary, quiet
from components.timeline import Step, timeline

SEND: Final = "claim-send"
ANSWER: Final = "claim-answer-send"
_HALF: Final = 230  # px: two fields side by side, one below another on a phone


@dataclass(frozen=True)
class Offer:
    """What can be asked for one channel, and what is filled in already."""

    channel_name: str
    types: Mapping[str, str]
    suggested_types: Sequence[str]
    preferred_times: Sequence[str]
    time_zones: Sequence[str]
    time_zone: str
    example_phone: str
    message_length: int


@dataclass(frozen=True)
class Condition:
    """One thing a request depends on; `detail` says what it is, or what to do about it."""

    label: str
    met: bool
    detail: str


@dataclass(frozen=True)
class Remark:
    """What somebody wrote about a request; `by` says who and when, ready to read."""

    by: str
    words: str


@dataclass(frozen=True)
class Asked:
    """A request that was sent, as its seller reads it."""

    steps: Sequence[Step]
    sent: Sequence[tuple[str, str]]  # what, and what was answered
    next_step: str
    said: Sequence[Remark] = ()  # what we asked before and what was answered


@dataclass(frozen=True)
class Questions:
    """What waits for the seller's answer; `key` is that of the latest question."""

    asked: Sequence[Remark]
    key: str
    most_characters: int
    may_answer: bool


@dataclass(frozen=True)
class Preparation:
    """One group of what to have ready; `level` is a permission's, else empty."""

    title: str
    items: Sequence[tuple[str, str, str]]  # item, detail, level


def how_it_works(marketplace: str) -> None:
    """Three steps, told before anything is asked."""
    steps = (
        ("You ask", "Tell us whom to contact and what to start with. It takes two minutes."),
        (
            "We check",
            "Our service team looks at your account, tells you what may be eligible, "
            "and what it still needs from you.",
        ),
        (
            "We file, you watch",
            f"Once the service is active, the team files claims with "
            f"{marketplace} before they expire. You follow each one in the "
            "case tracker.",
        ),
    )
    for number, (title, text) in enumerate(steps, start=1):
        st.markdown(f":blue-badge[{number}] **{title}**  \n{quiet(escape_markdown(text))}")


def conditions(listed: Sequence[Condition]) -> None:
    """What it needs, each met or missing, said by a mark, a word and a sentence."""
    st.markdown("**What it needs**")
    st.markdown("\n\n".join(_condition(each) for each in listed))


def _condition(each: Condition) -> str:
    mark = ":green[:material/check_circle:]" if each.met else ":orange[:material/error:]"
    state = "" if each.met else " :orange[missing]"
    return f"{mark} {escape_markdown(each.label)}{state}  \n{quiet(escape_markdown(each.detail))}"


def request_form(offer: Offer, problems: Mapping[str, str]) -> dict[str, Any] | None:
    """Answers with what was filled in when the button was pressed; nothing is judged here."""
    fields = Fields("claim", problems)
    with st.form("how-to-claim", border=False, enter_to_submit=False):
        fields.summary()
        answers = {**_contact(fields, offer), **_wishes(fields, offer)}
        answers["consent"] = fields.tick("consent", _consent(offer))
        pressed = st.form_submit_button(
            on_primary("Send request"), type="primary", key=SEND, icon=":material/send:"
        )
        st.markdown(quiet("This asks our service team to contact you. It files no claim."))
    return answers if pressed else None


def pressed_elsewhere() -> bool:
    """The button was pressed on a form that this run does not draw any more."""
    return bool(st.session_state.get(SEND))


def _contact(fields: Fields, offer: Offer) -> dict[str, Any]:
    with st.grid(2, min_column_width=_HALF, gap="small"):
        with st.container(gap="xsmall"):
            name = fields.line("contact_name", "Your name", "name")
        with st.container(gap="xsmall"):
            email = fields.line("email", "E-mail", "email", "name@company.com")
        with st.container(gap="xsmall"):
            phone = fields.line("phone", "Phone", "phone", offer.example_phone)
        with st.container(gap="xsmall"):
            zone = fields.one_of(
                "time_zone", "Your time zone", offer.time_zones, first=offer.time_zone
            )
    return {"contact_name": name, "email": email, "phone": phone, "time_zone": zone}


def _wishes(fields: Fields, offer: Offer) -> dict[str, Any]:
    return {
        "preferred_time": fields.one_of_few(
            "preferred_time", "When may we call?", offer.preferred_times
        ),
        "start_with": fields.some_of(
            "start_with", "What should we start with?", offer.types, first=offer.suggested_types
        ),
        "message": fields.words(
            "message",
            "Anything we should know? (optional)",
            placeholder="A shipment you worry about, brands, documents at hand",
            max_chars=offer.message_length,
        ),
    }


def _consent(offer: Offer) -> str:
    return (
        f"I agree that the service team looks at the {escape_markdown(offer.channel_name)} "
        "data of this account and contacts me about it."
    )


def request_steps(asked: Asked) -> None:
    timeline(asked.steps)


def request_words(asked: Asked) -> None:
    """What happens next, what was asked and answered, and what was sent."""
    st.markdown(escape_markdown(asked.next_step))
    if asked.said:
        with st.expander("Questions and answers", icon=":material/forum:"):
            remarks(asked.said)
    with st.expander("What you sent", icon=":material/mail:"):
        for what, answer in asked.sent:
            st.markdown(quiet(what))
            st.text(answer)


def remarks(said: Sequence[Remark]) -> None:
    """People's own words, as text and nothing else."""
    for each in said:
        with st.container(gap=None):
            st.markdown(quiet(escape_markdown(each.by)))
            st.text(each.words)


def answer_form(questions: Questions, on_send: Callable[[str], None]) -> None:
    """What we asked, and where to answer it.

    `on_send` is told what was typed before the page is drawn anew: the question may be another by
    then.
    """
    with st.container(border=True, gap="small", key="question"):
        st.markdown(":material/help: **We need an answer from you**")
        remarks(questions.asked)
        if questions.may_answer:
            _answer(questions, on_send)
            return
        st.markdown(quiet("The seller answers it here. You see the answer as soon as it is sent."))


def _answer(questions: Questions, on_send: Callable[[str], None]) -> None:
    key = f"claim-answer-{questions.key}"
    with st.form("answer", border=False, enter_to_submit=False):
        st.text_area(
            "Your answer",
            key=key,
            height=84,
            max_chars=questions.most_characters,
            persist_state="session",
        )
        st.form_submit_button(
            on_primary("Send answer"),
            type="primary",
            key=ANSWER,
            icon=":material/send:",
            on_click=send_typed,
            args=(key, on_send),
        )


def only_sellers_ask() -> None:
    """For those who look after a seller and are not one."""
    with st.container(border=True, gap="xsmall", key="only-sellers-ask"):
        st.markdown(":material/visibility: **You can look, and the seller asks**")
        st.markdown(quiet("This form is the seller's own. Send them the link to this page."))


def to_prepare(groups: Sequence[Preparation]) -> None:
    """A column a group; on a phone one below another. Nothing where nothing is to be prepared."""
    if not groups:
        return
    st.space("xsmall")
    st.markdown("**What to have ready**")
    for column, group in zip(st.columns(len(groups), gap="large"), groups, strict=True):
        items = "\n".join(_item(*item) for item in group.items)
        column.markdown(f"{quiet(escape_markdown(group.title))}\n{items}")


def _item(item: str, detail: str, level: str) -> str:
    """A permission fits one line; anything else explains itself on the next."""
    said, more = escape_markdown(item), quiet(escape_markdown(detail))
    if level:
        return f"- {said} · **{escape_markdown(level)}** {more}"
    return f"- {said}  \n  {more}" if detail else f"- {said}"
