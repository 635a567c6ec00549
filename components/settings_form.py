"""A person's own settings: who they are here, and the weekly summary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import streamlit as st

from components.facts import Fact, facts
from components.markdown import escape_markdown
from components.page import card
from components.palette import on_primary, quiet
from components.sign_in import sign_out_everywhere_button

Way: TypeAlias = Literal["email", "webhook"]
Press: TypeAlias = Literal["now", "stop"]
_NAMES: Final[dict[Way, str]] = {"email": "By e-mail", "webhook": "To a web address"}
_WHAT: Final = (
    "Every Monday: what runs out within 7 and 30 days, what was recovered last week and what was "
    "refused or ran out, for each account, with links to the pages."
)


_WHOEVER_HAS_IT: Final = (
    "Whoever has one of these addresses reads, without signing in, on which days claims run out, "
    "how many items, and what they may be worth."
)


@dataclass(frozen=True)
class Offer:
    """How the summary can be had. `email` is where it would go; `why_not` says why nowhere."""

    email: str
    why_not: str = ""
    problem: str = ""  # what is to be mended about what was typed


@dataclass(frozen=True)
class Wanted:
    """What was chosen, by the press of the button."""

    way: Way
    url: str = ""


@dataclass(frozen=True)
class Running:
    """The summary as it is sent now; all of it plain text."""

    where: str
    last: str
    problem: str = ""
    note: str = ""


@dataclass(frozen=True)
class Part:
    """What a summary says of one account in one currency; plain text."""

    title: str
    note: str
    lines: Sequence[tuple[str, str, str]]  # what, how much, and beside it
    instead: str = ""  # where there are no lines


def who_you_are(name: str, email: str, roles: Sequence[str], accounts: str) -> None:
    with card("You"):
        shown = [
            Fact("Name", escape_markdown(name)),
            Fact("E-mail", escape_markdown(email)),
            Fact("Here as", ", ".join(roles)),
            Fact("Accounts", escape_markdown(accounts)),
        ]
        facts(shown)


def summary_offer(offer: Offer) -> Wanted | None:
    """The summary is off: how it could be had."""
    st.markdown(quiet(_WHAT))
    ways: list[Way] = ["email", "webhook"] if offer.email else ["webhook"]
    if offer.why_not:
        st.markdown(quiet(escape_markdown(offer.why_not)))
    way = _way(ways)
    url = _address(offer) if way == "webhook" else _to(offer)
    if not st.button(on_primary("Turn on"), type="primary", key="turn-on"):
        return None
    return Wanted(way, url)


def _way(ways: Sequence[Way]) -> Way:
    if len(ways) == 1:
        return ways[0]
    chosen = st.segmented_control(
        "How",
        ways,
        format_func=_NAMES.__getitem__,
        default=ways[0],
        required=True,
        key="way",
        label_visibility="collapsed",
    )
    return chosen or ways[0]


def _to(offer: Offer) -> str:
    st.markdown(f"To **{escape_markdown(offer.email)}**")
    return ""


def _address(offer: Offer) -> str:
    typed = st.text_input(
        "Web address",
        key="webhook-address",
        placeholder="https://example.com/summary",
        help="It gets the figures as a signed message (Standard Webhooks).",
    )
    if offer.problem:
        st.markdown(f":small[:red[{escape_markdown(offer.problem)}]]")
    return typed or ""


def summary_running(running: Running) -> Press | None:
    """The summary is on: where it goes, and the two things that can be done about it."""
    st.markdown(f":material/check_circle: Every Monday, {escape_markdown(running.where)}")
    st.markdown(quiet(escape_markdown(running.last)))
    if running.problem:
        st.markdown(f":orange[:material/warning: {escape_markdown(running.problem)}]")
    with st.container(horizontal=True, gap="small"):
        now = st.button("Send me one now", icon=":material/send:", key="send-now")
        stop = st.button("Turn off", type="tertiary", key="turn-off")
    if running.note:
        st.markdown(quiet(escape_markdown(running.note)))
    return "now" if now else "stop" if stop else None


def secret_once(secret: str) -> bool:
    """Whether it has been kept: it is not shown again."""
    with st.container(border=True, gap="xsmall", key="secret-once"):
        st.markdown("**Keep this secret now: it is shown only once**")
        st.markdown(quiet("With it your program checks that a summary really comes from here."))
        st.code(secret, language=None, wrap_lines=True)
        return st.button("I have kept it", key="secret-kept")


def asks_for_preview() -> bool:
    return st.button(
        "See what it says now", icon=":material/visibility:", type="tertiary", key="preview"
    )


@st.dialog("Weekly summary", width="medium")
def letter_preview(subject: str, parts: Sequence[Part], more: str) -> None:
    """What the letter would say now."""
    st.markdown(quiet(escape_markdown(subject)))
    for part in parts:
        _part(part)
    if more:
        st.markdown(quiet(escape_markdown(more)))


def _part(part: Part) -> None:
    note = f" {quiet(escape_markdown(part.note))}" if part.note else ""
    with st.container(border=True, gap=None):
        st.markdown(f"**{escape_markdown(part.title)}**{note}")
        for what, how_much, beside in part.lines:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(quiet(escape_markdown(what)), width="content")
                st.space("stretch")
                st.markdown(escape_markdown(how_much), width="content")
            if beside:
                st.markdown(quiet(escape_markdown(beside)), text_alignment="right")
        if not part.lines:
            st.markdown(quiet(escape_markdown(part.instead)))


@dataclass(frozen=True)
class CalendarRow:
    """One address that a calendar follows; all of it plain text."""

    key: str
    account: str
    shown: str
    since: str
    address: str


@dataclass(frozen=True)
class CalendarPress:
    """Which row, counted from 0, and what is to become of it."""

    position: int
    press: Literal["renew", "revoke"]


def calendar_rows(rows: Sequence[CalendarRow]) -> CalendarPress | None:
    """What each shows, since when, and when somebody last asked for it."""
    st.markdown(quiet(_WHOEVER_HAS_IT))
    pressed: CalendarPress | None = None
    for position, row in enumerate(rows):
        with st.container(border=True, gap="xsmall", key=f"calendar-{row.key}"):
            st.markdown(f"**{escape_markdown(row.account)}** {quiet(escape_markdown(row.shown))}")
            st.markdown(quiet(escape_markdown(row.since)))
            pressed = _calendar_press(position, row) or pressed
    return pressed


def _calendar_press(position: int, row: CalendarRow) -> CalendarPress | None:
    with st.container(horizontal=True, gap="small"):
        with st.popover("Show", icon=":material/visibility:", key=f"show-{row.key}"):
            st.code(row.address, language=None, wrap_lines=True)
        renews = st.button(
            "Renew",
            icon=":material/autorenew:",
            help="Another address; this one shows nothing from then on",
            key=f"renew-{row.key}",
        )
        revokes = st.button(
            "Take back",
            icon=":material/link_off:",
            help="It shows nothing from then on",
            key=f"revoke-{row.key}",
        )
    if renews:
        return CalendarPress(position, "renew")
    return CalendarPress(position, "revoke") if revokes else None


def signed_in_everywhere() -> None:
    """For whoever left a browser open somewhere, or lost a machine."""
    st.markdown(quiet("Ends your sign-in here and in every other browser."))
    sign_out_everywhere_button()


def nothing_to_tell(why: str) -> None:
    st.markdown(quiet(why))
