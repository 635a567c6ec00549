"""One case over the page: what was asked for, what came, and every step on the way. Read-only."""

import streamlit as st

from components.markdown import escape_markdown
from components.palette import quiet
from components.tables import Column, Row, money_table
from components.timeline import timeline
from pages.seller.parts.case_steps import status_words, steps_of
from pages.seller.parts.lists import PAYMENTS, payment_rows
from pages.seller.parts.their_record import told
from pages.seller.story.claim import appeal_words
from pages.seller.story.dialog import open_page
from pages.shared.snapshot import Snapshot
from services.access.viewer import Account
from services.insights.answers import Case, CaseFile, CaseItem
from services.insights.cases import case_file
from services.marketplaces.labels import channel_label
from wording.buckets import STATES
from wording.days import plain_date
from wording.labels import item_label
from wording.money import money
from wording.numbers import counted
from wording.subtypes import subtype_label, type_label

_ITEMS = (
    Column("event_on", "Event", "date"),
    Column("what", "What", phone=True),
    Column("item", "Item", phone=True),
    Column("units", "Units", "number"),
    Column("covered", "In this case", "number", phone=True),
    Column("paid", "Paid", "number"),
    Column("open", STATES["in_progress"], "number"),
    Column("denied", STATES["denied"], "number"),
)


def open_case(seen: Snapshot, pressed: str | None, *, phone: bool) -> None:
    """Opens the case that was pressed, read in the page's own snapshot."""
    if pressed is None:
        return
    channel, _, case_id = pressed.partition("~")
    whole = case_file(seen.connection, seen.account_id, channel, case_id, seen.now)
    if whole:
        st.dialog(f"Case {escape_markdown(case_id)}", width="large")(_draw)(
            whole, seen.account, phone
        )


def _draw(whole: CaseFile, account: Account, phone: bool) -> None:
    st.markdown(_headline(whole.case))
    for sentence in told(whole.case):
        st.markdown(sentence)
    _appeal(whole)
    _figures(whole.case)
    way, proof = st.columns([2, 3], gap="large")
    with way:
        timeline(steps_of(whole.case, whole.events))
    with proof:
        _payments(whole, phone)
    open_page(account, _items(whole, phone))


def _headline(case: Case) -> str:
    what = subtype_label(case.subtype) if case.subtype else type_label(case.type)
    units = f" · {counted(case.units, 'unit', 'units')}" if case.units else ""
    closed = f" · closed {plain_date(case.closed_on)}" if case.closed_on else ""
    return (
        f"**{status_words(case)}** · {channel_label(case.channel)} · {what}{units}"
        f" · filed {plain_date(case.opened_on)}{closed}"
    )


def _appeal(whole: CaseFile) -> None:
    """Of a refusal; where nothing was refused, nothing."""
    refused = [item for item in whole.items if item.denied_units]
    if refused or whole.case.status == "not_eligible":
        ends = [item.appeal_until for item in refused if item.appeal_until]
        st.markdown(appeal_words(whole.case.channel, max(ends, default=None), whole.today))


def _figures(case: Case) -> None:
    shown = (
        ("Requested", case.requested),
        ("Approved", case.approved),
        ("Paid", case.paid),
        ("Taken back", -case.reversed),
    )
    with st.grid(len(shown), min_column_width=110, gap="small"):
        for label, amount in shown:
            with st.container(gap=None):
                st.markdown(quiet(label))
                st.markdown(f"**{money(amount, case.currency)}**")


def _payments(whole: CaseFile, phone: bool) -> None:
    if not whole.payments:
        st.markdown(quiet("No payment for this case is in the marketplace's reports yet."))
        return
    st.markdown("**Proof: the marketplace's own payments**")
    names = ("approved_on", "id", "amount") if phone else ("approved_on", "id", "units", "amount")
    shown = [one for one in PAYMENTS if one.name in names]
    money_table(
        shown,
        payment_rows(whole.payments),
        key="case-payments",
        alt=f"{len(whole.payments)} payments for this case",
        opens=False,
    )


def _items(whole: CaseFile, phone: bool) -> str | None:
    """Answers with the event that was pressed."""
    if not whole.items:
        named = ", ".join(escape_markdown(word) for word in whole.case.reference_ids)
        st.markdown(quiet(f"The case names {named or 'no item'}; no event of ours matches it."))
        return None
    st.markdown("**What it covers**")
    rows = [_item_row(item, whole.case.currency) for item in whole.items]
    return money_table(
        _ITEMS,
        rows,
        key="case-items",
        phone=phone,
        alt=f"{len(rows)} events",
    )


def _item_row(item: CaseItem, currency: str) -> Row:
    return Row(
        str(item.discrepancy_id),
        {
            "event_on": item.event_on,
            "what": subtype_label(item.subtype),
            "item": item_label(item.sku, item.fnsku, None, item.title),
            "units": item.units,
            "covered": item.case_units,
            "paid": item.paid_units,
            "open": item.in_progress_units,
            "denied": item.denied_units,
        },
        currency,
    )
