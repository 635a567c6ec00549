"""The sections of one discrepancy's story, for its page and for the quick look over a list."""

from typing import Final

import streamlit as st

from components.facts import facts
from components.markdown import escape_markdown
from components.palette import quiet
from components.tables import Column, Row, money_table
from components.timeline import timeline
from pages.seller.parts import their_record
from pages.seller.parts.case_steps import status_words, steps_of
from pages.seller.parts.lists import PAYMENTS, payment_rows
from pages.seller.story import words
from pages.seller.story.changes import steps
from pages.seller.story.claim import documents_of, documents_words
from pages.seller.story.worth import worth
from pages.shared import places
from services.access.viewer import Account
from services.insights.answers import Evidence, Story
from services.marketplaces.registry import marketplace_of
from wording.days import plain_date

_MOST_ROWS: Final = 12
_LANDED: Final = (
    Column("column", "Column", phone=True),
    Column("value", "As landed", "prose", phone=True),
)


def opening(told: Story) -> None:
    """Which item, what happened, and what it comes to."""
    st.markdown(f"{words.which_item(told)}  \n{words.what_happened(told)}")
    facts(words.key_facts(told))


def why(told: Story) -> None:
    """Why the units stand where they stand, and what is next."""
    for sentence in words.standing(told):
        st.markdown(sentence)
    if told.denied_units and told.appeal:
        note = f" {escape_markdown(told.appeal.note)}" if told.appeal.note else ""
        st.markdown(quiet(f"On appeals: {words.who_says(told.appeal, told.channel)}{note}"))
    needed = documents_of(told)
    if needed:
        st.markdown(documents_words(needed))
        said = (told.channel, needed.source, needed.confidence, needed.checked_on)
        st.markdown(quiet(words.sourced(*said)))


def units(told: Story) -> None:
    st.markdown(words.units_table(told))
    st.markdown(quiet("What may be eligible is an estimate: the marketplace decides."))


def window(told: Story) -> None:
    st.markdown(words.when_to_claim(told))
    if told.window:
        st.markdown(quiet(words.who_says(told.window, told.channel)))
        if told.window.note:
            st.markdown(quiet(escape_markdown(told.window.note)))
    if told.automatic:
        by_itself = told.automatic
        said = (told.channel, by_itself.source, by_itself.confidence, by_itself.checked_on)
        st.markdown(quiet(f"On payment without a claim: {words.sourced(*said)}"))


def rule(told: Story) -> None:
    """How it was recognised."""
    marketplace = marketplace_of(told.channel)
    known = marketplace.recovery.rule_of(told.subtype) if marketplace else None
    if known:
        st.markdown(known.told)


def valuation(told: Story) -> None:
    first, *others = worth(told)
    st.markdown(first)
    for sentence in others:
        st.markdown(quiet(sentence))


def payments(told: Story, *, phone: bool) -> None:
    if not told.payments:
        st.markdown(quiet("No payment for this event is in the marketplace's reports yet."))
        return
    shown = [column for column in PAYMENTS if column.name not in ("where", "item")]
    money_table(
        shown,
        payment_rows(told.payments),
        key="story-payments",
        phone=phone,
        alt=f"{len(told.payments)} payments for this event",
        opens=False,
    )


def case(told: Story, account: Account) -> None:
    """The case that covers it, step by step; read-only."""
    if told.case is None:
        st.markdown(quiet("No case covers this event."))
        return
    closed = f", closed {plain_date(told.case.closed_on)}" if told.case.closed_on else ""
    status = status_words(told.case).lower()
    st.markdown(
        f"Case **{escape_markdown(told.case.case_id)}**, filed "
        f"{plain_date(told.case.opened_on)}{closed}: {status}."
    )
    for sentence in their_record.told(told.case):
        st.markdown(sentence)
    timeline(steps_of(told.case, told.case_events))
    case_link(told, account)


def case_link(told: Story, account: Account) -> None:
    if told.case_id:
        st.page_link(
            places.CASES.page(),
            label=f"Case {escape_markdown(told.case_id)}",
            icon=":material/folder_open:",
            query_params={
                "account": str(account.account_id),
                "search": told.case_id,
                "currency": told.currency,  # in another the case would be hidden
            },
        )


def changes(told: Story) -> None:
    """What moved it, day by day."""
    known = steps(told)
    if len(known) > 1:
        timeline(known)
        return
    first = f" since {known[0].when}, when it was first seen" if known else ""
    st.markdown(quiet(f"Nothing has moved{first}."))


def proof(told: Story, *, is_first_open: bool = False) -> None:
    """The report rows as they were landed; of very many, the others by their place only.

    What holds it back comes right after what happened.
    """
    st.markdown(quiet(words.proof_opening(told)))
    for position, each in enumerate(told.evidence[:_MOST_ROWS]):
        named = words.proof_title(each)
        holds_back = each.role in ("unread", "doubt")
        is_open = is_first_open and (position == 0 or holds_back)
        icon = ":material/report:" if holds_back else ":material/receipt_long:"
        with st.expander(named, icon=icon, expanded=is_open):
            if each.role == "unread":
                _row_not_read(each)
            else:
                _row_as_landed(each, f"landed-{position}")
    for each in told.evidence[_MOST_ROWS:]:
        st.markdown(quiet(words.proof_title(each)))


def _row_as_landed(each: Evidence, key: str) -> None:
    if not each.landed:
        st.markdown(quiet("A newer report has replaced this row."))
        return
    money_table(
        _LANDED,
        [Row(name, {"column": name, "value": value}, "") for name, value in each.landed],
        key=key,
        alt="The report row as it was landed",
        opens=False,
    )


def _row_not_read(each: Evidence) -> None:
    """The file's own text, with what was expected in it and what was found."""
    for one in each.rejected:
        found = escape_markdown(one.found or "nothing")
        st.markdown(f"**{escape_markdown(one.column_name)}**: found {found}")
        st.markdown(quiet(f"Expected {escape_markdown(one.expected)}"))
    for raw_text in {one.raw_text: None for one in each.rejected}:
        st.code(raw_text, language=None, wrap_lines=True)
