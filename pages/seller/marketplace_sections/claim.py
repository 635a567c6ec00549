"""How to claim: the form that asks for the service, then the request's progress instead of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import streamlit as st

from components.how_to_claim import (
    Condition,
    Offer,
    answer_form,
    conditions,
    how_it_works,
    only_sellers_ask,
    pressed_elsewhere,
    request_form,
    request_steps,
    request_words,
)
from components.markdown import escape_markdown
from components.page import card
from components.states import all_set, not_supported
from pages.seller.marketplace_sections.asked import asked, draw_progress, questions_of
from pages.shared import address
from pages.shared.claim_link import ASKED, SHOWN
from pages.shared.viewer import SignedIn, as_of_now
from services.access.rights import Right
from services.activation.answering import ASKED_MORE, answer
from services.activation.asking import Outcome, ask
from services.activation.channels import ActivationChannel, prerequisites, refusal
from services.activation.progress import Progress
from services.activation.request import (
    MESSAGE_LENGTH,
    PREFERRED_TIMES,
    START_WITH,
    InvalidRequestError,
    example_phone,
    read_request,
    time_zones,
)
from services.activation.states import RequestKey, StepOutcome
from services.database.engine import Database
from services.database.start import database as open_database
from services.database.trouble import AWAY
from services.insights.totals import SubtypeTotals
from wording.subtypes import TYPES

PROBLEMS: Final = "claim-problems"
SAID: Final = "claim-said"
PRESSED: Final = "claim-pressed"
FOLLOWED: Final = "claim-of-page"
DRAFT: Final = "claim-draft"
NOT_STORED: Final = "The database did not answer. Nothing was sent: please press again."
ALREADY_OPEN: Final = "A request for this channel was open already. Nothing was sent twice."
ACTIVE: Final = "Our team files the claims for this channel. Follow them in the case tracker."


@dataclass(frozen=True)
class Claim:
    """One channel with its newest request."""

    channel: ActivationChannel
    progress: Progress | None
    rows: Sequence[SubtypeTotals]

    @property
    def shown(self) -> Progress | None:
        """The request to show instead of a form: open, or grown into a service that runs."""
        if self.progress and (self.progress.is_open or self.channel.service_active):
            return self.progress
        return None


def asked_for(claims: Sequence[Claim]) -> str | None:
    """The channel whose How to claim the address asks for: it stands at the top of the page."""
    code = address.read(ASKED)
    return code if any(claim.channel.code == code for claim in claims) else None


def press(code: str) -> None:
    """A card's How to claim: that channel's, in sight; a second press puts it back."""
    address.write(ASKED, None if address.read(ASKED) == code else code)
    st.session_state[SHOWN] = code
    st.session_state[PRESSED] = code


def how_to_claim_section(
    database: Database,
    signed_in: SignedIn,
    name: str,
    claims: Sequence[Claim],
    channel: str | None = None,
) -> None:
    """One channel at a time: the one asked for, else `channel` that the page is narrowed to, else
    one with a question or a request, also on a reload."""
    aside = "our service team files the claims for you"
    with card("How to claim", aside=aside):
        claim = _chosen(sorted(claims, key=_rank), channel)
        _say(claim)
        reason = refusal(claim.channel)
        if claim.shown:
            _follow(signed_in, claim.channel, claim.shown)
        elif claim.channel.service_active:
            all_set(f"The service runs for {escape_markdown(claim.channel.name)}", ACTIVE)
        elif reason:
            not_supported(claim.channel.name, reason)
        else:
            _ask(database, signed_in, name, claim)


def _rank(claim: Claim) -> tuple[int, float]:
    """What waits for the seller first, then what was asked for last, then what was declined."""
    if claim.shown:
        return 0 if claim.shown.questions else 1, -claim.shown.requested_at.timestamp()
    return 2 if claim.progress else 3, 0


def _chosen(claims: Sequence[Claim], channel: str | None) -> Claim:
    by_code = {claim.channel.code: claim for claim in claims}
    wanted = (asked_for(claims), channel, claims[0].channel.code)
    first = next(code for code in wanted if code in by_code)
    if len(claims) == 1:
        return claims[0]
    _follow_the_page(channel)
    names = {code: claim.channel.name for code, claim in by_code.items()}
    code = st.segmented_control(
        "Channel",
        list(names),
        default=first,
        required=True,
        key=SHOWN,
        format_func=names.__getitem__,
        bind="query-params",
        label_visibility="collapsed",
    )
    st.space("xsmall")
    return by_code[code or first]


def _follow_the_page(channel: str | None) -> None:
    """Where the page is narrowed to another channel, that one's is shown."""
    changed = FOLLOWED in st.session_state and st.session_state[FOLLOWED] != channel
    st.session_state[FOLLOWED] = channel
    if channel and changed and SHOWN in st.session_state:
        st.session_state[SHOWN] = channel


def _follow(signed_in: SignedIn, channel: ActivationChannel, progress: Progress) -> None:
    """What we ask stands on top, then how far the request is."""
    may_answer = signed_in.viewer.may(Right.ASK_FOR_SERVICE)
    questions = questions_of(progress, may_answer=may_answer)
    if questions:
        if DRAFT in st.session_state:
            st.session_state[f"claim-answer-{questions.key}"] = st.session_state.pop(DRAFT)
        key = RequestKey(signed_in.account.account_id, progress.request_id)
        latest = progress.questions[-1].event_id
        answer_form(questions, partial(_send_answer, signed_in, channel.code, key, latest))
    draw_progress(channel, progress)


def _send_answer(
    signed_in: SignedIn, code: str, key: RequestKey, question_id: int, typed: str
) -> None:
    """To the question that was on the screen. What could not be sent is kept for the next one."""
    try:
        viewer = as_of_now(signed_in.viewer)
        outcome = answer(open_database(), viewer, key, question_id, typed)
    except PermissionError:
        return  # the page, drawn anew at once, says so
    except AWAY:
        outcome = StepOutcome("refused", NOT_STORED)
    words = "Thank you, your answer is sent." if outcome.is_done else outcome.reason
    st.session_state[SAID] = (code, words, outcome.is_done)
    if outcome.reason == ASKED_MORE:
        st.session_state[DRAFT] = typed


def _ask(database: Database, signed_in: SignedIn, name: str, claim: Claim) -> None:
    terms, form = st.columns([3, 5], gap="large")
    with terms:
        if claim.progress:
            _as_it_ended(claim.channel, claim.progress)
        how_it_works(name)
        conditions(
            [Condition(each.label, each.met, each.detail) for each in prerequisites(claim.channel)]
        )
    with form:
        if not signed_in.viewer.may(Right.ASK_FOR_SERVICE):
            only_sellers_ask()
            return
        answers = request_form(offer(claim), _problems(claim.channel.code))
    if answers is not None:
        _send(database, signed_in, claim.channel, answers)


def _as_it_ended(channel: ActivationChannel, progress: Progress) -> None:
    told = asked(progress, channel)
    request_steps(told)
    request_words(told)


def offer(claim: Claim) -> Offer:
    return Offer(
        channel_name=claim.channel.name,
        types={code: TYPES[code] for code in START_WITH},
        suggested_types=_suggested(claim.rows),
        preferred_times=PREFERRED_TIMES,
        time_zones=time_zones(),
        time_zone=_time_zone(claim.channel),
        example_phone=example_phone(claim.channel.country),
        message_length=MESSAGE_LENGTH,
    )


def _suggested(rows: Iterable[SubtypeTotals]) -> Sequence[str]:
    """Types with something unclaimed; with nothing known, all of them."""
    unclaimed = {row.type for row in rows if row.totals.unclaimed.units}
    return [code for code in START_WITH if code in unclaimed] or START_WITH


def _time_zone(channel: ActivationChannel) -> str:
    """The browser's zone; the marketplace's where the browser tells none that we know."""
    told = st.context.timezone
    return told if told in time_zones() else channel.time_zone


def _problems(code: str) -> Mapping[str, str]:
    """What was wrong at the last press, if that was for this channel."""
    kept_for, problems = st.session_state.get(PROBLEMS, (code, {}))
    return problems if kept_for == code else {}


def _send(
    database: Database,
    signed_in: SignedIn,
    channel: ActivationChannel,
    answers: Mapping[str, Any],
) -> None:
    """Stores the request, then draws the page anew: with its progress, or with what to mend."""
    try:
        request = read_request(answers, country=channel.country)
    except InvalidRequestError as refused:
        st.session_state[PROBLEMS] = (channel.code, refused.problems)
    else:
        st.session_state.pop(PROBLEMS, None)
        account_id = signed_in.account.account_id
        outcome = ask(database, signed_in.viewer, account_id, channel.code, request)
        st.session_state[SAID] = (channel.code, *_words(outcome))
    st.rerun()


def _words(outcome: Outcome) -> tuple[str, bool]:
    """What to say once, and whether it is good news."""
    if outcome.state == "refused":
        return outcome.reason, False
    if outcome.already_open:
        return ALREADY_OPEN, True
    return "Your request is with our service team.", True


def _say(claim: Claim) -> None:
    """Once, on the channel that it is about."""
    if claim.shown and pressed_elsewhere():
        st.session_state[SAID] = (claim.channel.code, ALREADY_OPEN, True)
    said_for, words, good = st.session_state.get(SAID, ("", "", True))
    if said_for == claim.channel.code:
        del st.session_state[SAID]
        colour = "green" if good else "orange"
        st.markdown(f":{colour}[:material/info: **{escape_markdown(words)}**]")
