"""The story of one discrepancy over the page: what happened, how it adds up, and the proof."""

import pandas as pd
import streamlit as st

from components.money import escape_markdown
from components.palette import quiet
from components.tables import money_table
from pages.shared import places
from pages.shared.lists import PAYMENTS, payment_rows
from pages.shared.names import subtype_label
from pages.shared.snapshot import Snapshot
from pages.shared.story_words import (
    proof_title,
    units_table,
    what_happened,
    what_it_is_worth,
    when_to_claim,
    which_item,
    who_says,
)
from services.access.local import Account
from services.insights.answers import Evidence, Story
from services.insights.story import story


def open_story(seen: Snapshot, pressed: str | None, *, phone: bool) -> None:
    """Opens the story of the row that was pressed, read in the page's own snapshot."""
    if pressed is None:
        return
    told = story(seen.connection, seen.account_id, int(pressed), seen.now)
    if told:
        title = escape_markdown(subtype_label(told.subtype))
        st.dialog(title, width="large")(_draw)(told, seen.account, phone)


def _draw(told: Story, account: Account, phone: bool) -> None:
    st.markdown(which_item(told))
    st.markdown(what_happened(told))
    units, window = st.columns([3, 2], gap="large")
    with units:
        st.markdown(units_table(told))
    with window:
        _window(told)
    _money(told, phone)
    _proof(told)
    if told.case_id:
        st.page_link(
            places.CASES.page(),
            label=f"Case {escape_markdown(told.case_id)}",
            icon=":material/folder_open:",
            query_params={"account": str(account.account_id), "search": told.case_id},
        )


def _window(told: Story) -> None:
    st.markdown(when_to_claim(told))
    if told.window:
        st.markdown(quiet(who_says(told.window)))
    st.markdown(quiet("What may be eligible is an estimate: the marketplace decides."))


def _money(told: Story, phone: bool) -> None:
    st.markdown(what_it_is_worth(told))
    if told.payments:
        shown = [column for column in PAYMENTS if column.name not in ("where", "item")]
        money_table(
            shown,
            payment_rows(told.payments),
            key="story-payments",
            phone=phone,
            alt=f"{len(told.payments)} payments for this event",
        )


def _proof(told: Story) -> None:
    for proof in told.evidence:
        with st.expander(proof_title(proof), icon=":material/receipt_long:"):
            _row_as_landed(proof)


def _row_as_landed(proof: Evidence) -> None:
    named = [(name.replace("_", " ").capitalize(), value) for name, value in proof.landed]
    frame = pd.DataFrame(named, columns=["Column", "As landed"])
    st.dataframe(frame, hide_index=True, alt="The report row as it was landed", height="content")
