"""The lists that pages show: which columns, which words, one row an event or a payment."""

from collections.abc import Iterable, Sequence
from typing import Final

from components.tables import Column, Row
from services.insights.answers import Case, Open, PartRow, Payment
from services.marketplaces.labels import channel_label, short_report_label
from wording.bases import short_basis_label
from wording.buckets import SHORT_STATES
from wording.cases import case_words
from wording.holds import awaits_label
from wording.labels import item_label
from wording.numbers import are
from wording.subtypes import subtype_label, type_label

# On a phone three columns remain: how long, what, how much.
OPEN_SHORT: Final = (
    Column("days_left", "Left", "days", phone=True),
    Column("expires_on", "Deadline", "date"),
    Column("what", "What", phone=True),
    Column("where", "Where"),
    Column("item", "Item"),
    Column("units", "Units", "number"),
    Column("amount", "Amount", "money", phone=True),
)
OPEN: Final = (
    Column("days_left", "Left", "days", phone=True),
    Column("expires_on", "Deadline", "date"),
    Column("what", "What", phone=True),
    Column("where", "Where"),
    Column("item", "Item"),
    Column("units", "Units", "number"),
    Column("amount", "Amount", "money", phone=True),
    Column("state", "State"),
    Column("basis", "Basis"),
)
WINDOW_UNKNOWN: Final = (
    Column("event_on", "Since", "date", phone=True),
    *(column for column in OPEN if column.name not in ("days_left", "expires_on")),
)
PAYMENTS: Final = (
    Column("approved_on", "Approved", "date", phone=True),
    Column("what", "What", phone=True),
    Column("where", "Where"),
    Column("item", "Item"),
    Column("units", "Units", "number"),
    Column("id", "Payment"),
    Column("case", "Case"),
    Column("amount", "Amount", "money", phone=True),
)
CASES: Final = (
    Column("opened_on", "Filed", "date"),
    Column("case_id", "Case", phone=True),
    Column("where", "Where"),
    Column("what", "What"),
    Column("status", "Status", phone=True),
    Column("requested", "Requested", "money"),
    Column("paid", "Paid", "money", phone=True),
    Column("reversed", "Taken back", "money"),
)


def open_columns(
    columns: Sequence[Column], rows: Iterable[Open], *, phone: bool
) -> Sequence[Column]:
    """The columns of what can still be claimed; the reason shows where one is held back."""
    has_state = any(column.name == "state" for column in columns)
    if phone or has_state or not any(row.held_units for row in rows):
        return columns
    return (*columns, Column("state", "State"))


def held_words(rows: Iterable[Open]) -> str:
    """What a phone has no column for."""
    held = sum(bool(row.held_units) for row in rows)
    if not held:
        return ""
    return f"{held:,} of these {are(held)} held back, not ready: open a row to see why."


def part_columns(day: str, *, of_a_case: bool) -> tuple[Column, ...]:
    """`day` says what the day of this part is."""
    case = (Column("case", "Case"),) if of_a_case else ()
    return (
        Column("day", day, "date", phone=True),
        Column("what", "What", phone=True),
        Column("where", "Where"),
        Column("item", "Item"),
        *case,
        Column("units", "Units", "number"),
        Column("amount", "Amount", "money", phone=True),
    )


def open_rows(rows: Iterable[Open]) -> list[Row]:
    return [
        Row(
            str(row.discrepancy_id),
            {
                "days_left": row.days_left,
                "expires_on": row.expires_on,
                "event_on": row.event_on,
                "what": subtype_label(row.subtype),
                "where": channel_label(row.channel),
                "item": item_label(row.sku, row.fnsku, row.item_code, row.title),
                "units": row.units,
                "amount": row.amount,
                "state": _state(row),
                "basis": short_basis_label(row.basis),
            },
            row.currency,
        )
        for row in rows
    ]


def _state(row: Open) -> str:
    """Units that are held back are never called ready."""
    if not row.held_units:
        return SHORT_STATES[row.state]
    why = awaits_label(row.held_because, short_report_label(row.awaits_kind or ""))
    if row.state == "ready":
        return f"{row.units - row.held_units:,} ready · {row.held_units:,}: {why}"
    if row.held_units < row.units:
        return f"{SHORT_STATES[row.state]} · {row.held_units:,}: {why}"
    return f"{SHORT_STATES[row.state]}: {why}"


def part_rows(rows: Iterable[PartRow]) -> list[Row]:
    return [
        Row(
            str(row.discrepancy_id),
            {
                "day": row.day,
                "what": subtype_label(row.subtype),
                "where": channel_label(row.channel),
                "item": item_label(row.sku, row.fnsku, row.item_code, row.title),
                "case": row.case_id or "",
                "units": row.units,
                "amount": row.amount,
            },
            row.currency,
        )
        for row in rows
    ]


def payment_rows(rows: Iterable[Payment]) -> list[Row]:
    return [
        Row(
            f"{row.channel}~{row.reimbursement_key}",
            {
                "approved_on": row.approved_on,
                "what": ("Reversal: " if row.is_reversal else "") + subtype_label(row.subtype),
                "where": channel_label(row.channel),
                "item": item_label(row.sku, row.fnsku, None, row.title),
                "units": row.units_cash + row.units_inventory,
                "id": row.external_id or "",
                "case": row.case_id or "automatic",
                "amount": row.amount,
            },
            row.currency,
        )
        for row in rows
    ]


def case_rows(rows: Iterable[Case]) -> list[Row]:
    return [
        Row(
            f"{row.channel}~{row.case_id}",
            {
                "opened_on": row.opened_on,
                "case_id": row.case_id,
                "where": channel_label(row.channel),
                "what": subtype_label(row.subtype) if row.subtype else type_label(row.type),
                "status": case_words(row.status, is_paid=row.is_paid),
                "requested": row.requested,
                "paid": row.paid,
                "reversed": -row.reversed,
            },
            row.currency,
        )
        for row in rows
    ]
