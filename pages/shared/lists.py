"""The lists that pages show: which columns, which words, one row an event or a payment."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from components.tables import Column, Row
from pages.shared.names import (
    awaits_label,
    basis_label,
    channel_label,
    item_label,
    subtype_label,
)
from services.insights.answers import Case, Open, PartRow, Payment
from services.words import CASE_STATUSES

# On a phone three columns remain: how long, what, how much.
OPEN_SHORT: Final = (
    Column("days_left", "Left", "days", width=64, phone=True),
    Column("expires_on", "Deadline", "date", width=100),
    Column("what", "What", phone=True),
    Column("where", "Where", width=100),
    Column("item", "Item"),
    Column("units", "Units", "number", width=62),
    Column("amount", "Amount", "money", phone=True),
)
OPEN: Final = (
    Column("days_left", "Left", "days", phone=True),
    Column("expires_on", "Deadline", "date"),
    Column("what", "What", width=158, phone=True),
    Column("where", "Where", width=92),
    Column("item", "Item", width=268),
    Column("units", "Units", "number", width=62),
    Column("amount", "Amount", "money", phone=True),
    Column("state", "State", width=72),
    Column("basis", "Basis", width=112),
)
WINDOW_UNKNOWN: Final = (
    Column("event_on", "Since", "date", phone=True),
    *(column for column in OPEN if column.name not in ("days_left", "expires_on")),
)
# Where something is held back its reason has the room.
_BESIDE_A_REASON: Final = {
    "days_left": 64,
    "expires_on": 94,
    "what": 146,
    "where": 84,
    "item": 118,
    "units": 48,
    "amount": 84,
    "state": 270,
}
PAYMENTS: Final = (
    Column("approved_on", "Approved", "date", phone=True),
    Column("what", "What", width=168, phone=True),
    Column("where", "Where", width=92),
    Column("item", "Item"),
    Column("units", "Units", "number", width=62),
    Column("id", "Payment", width=112),
    Column("case", "Case", width=108),
    Column("amount", "Amount", "money", phone=True),
)
# Together no wider than the page at 1280.
CASES: Final = (
    Column("opened_on", "Filed", "date", width=104),
    Column("case_id", "Case", width=100, phone=True),
    Column("where", "Where", width=96),
    Column("what", "What", width=150),
    Column("status", "Status", width=136, phone=True),
    Column("requested", "Requested", "money", width=94),
    Column("paid", "Paid", "money", width=88, phone=True),
    Column("reversed", "Taken back", "money", width=94),
)

_STATE_WORDS: Final = {"ready": "Ready", "future": "Future"}


def fitted(columns: Sequence[Column], phone: bool, **widths: int) -> list[Column]:
    """On a phone, columns as wide as said: together they must not be wider than it."""
    if not phone:
        return list(columns)
    return [replace(one, width=widths.get(one.name, one.width)) for one in columns]


def open_columns(
    columns: Sequence[Column], rows: Iterable[Open], phone: bool, **widths: int
) -> list[Column]:
    """The columns of what can still be claimed; the reason shows where one is held back."""
    if phone or not any(row.held_units for row in rows):
        return fitted(columns, phone, **widths)
    has_state = any(column.name == "state" for column in columns)
    shown = columns if has_state else (*columns, Column("state", "State"))
    return [replace(one, width=_BESIDE_A_REASON.get(one.name, one.width)) for one in shown]


def held_words(rows: Iterable[Open]) -> str:
    """What a phone has no column for."""
    held = sum(bool(row.held_units) for row in rows)
    if not held:
        return ""
    are = "is" if held == 1 else "are"
    return f"{held:,} of these {are} held back, not ready: open a row to see why."


def part_columns(day: str, *, of_a_case: bool) -> tuple[Column, ...]:
    """`day` says what the day of this part is."""
    case = (Column("case", "Case"),) if of_a_case else ()
    return (
        Column("day", day, "date", phone=True),
        Column("what", "What", phone=True),
        Column("where", "Where", width=110),
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
                "basis": basis_label(row.basis),
            },
            row.currency,
        )
        for row in rows
    ]


def _state(row: Open) -> str:
    """Units that are held back are never called ready."""
    if not row.held_units:
        return _STATE_WORDS[row.state]
    why = awaits_label(row.held_because, row.awaits_kind)
    if row.state == "ready":
        return f"{row.units - row.held_units:,} ready · {row.held_units:,}: {why}"
    if row.held_units < row.units:
        return f"Future · {row.held_units:,}: {why}"
    return f"Future: {why}"


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
                "what": subtype_label(row.subtype) if row.subtype else row.type.capitalize(),
                "status": CASE_STATUSES[row.status],
                "requested": row.requested,
                "paid": row.paid,
                "reversed": -row.reversed,
            },
            row.currency,
        )
        for row in rows
    ]
