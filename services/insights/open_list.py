"""The columns of what can still be claimed: on pages, and in files.

A column is its value in services.insights.expiring (`Open`) and a line here, in one list or both.
Pages draw cells by their kind; a file takes them as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from services.insights.columns import (
    AMOUNT,
    BASIS,
    CURRENCY,
    DAYS_LEFT,
    FNSKU,
    ITEM_NUMBER,
    LAST_DAY,
    SKU,
    TITLE,
    TYPE,
    UNITS,
    WHAT,
    WHERE,
    Cell,
    Columns,
    Heading,
)
from services.insights.expiring import Open
from services.marketplaces.labels import channel_label, report_label, short_report_label
from wording.bases import basis_label, short_basis_label
from wording.buckets import SHORT_STATES, open_state
from wording.holds import awaits_label, holds_label
from wording.labels import item_label
from wording.subtypes import subtype_label, type_label


@dataclass(frozen=True)
class PageColumn:
    """`phone`: there is room for it on a phone; `first_look`: in the short list of Overview too."""

    name: str
    label: str
    value: Callable[[Open], Cell]
    kind: Literal["text", "money", "number", "date", "days"] = "text"
    phone: bool = False
    first_look: bool = True


def _state(row: Open) -> str:
    """Units that are held back are never called ready."""
    if not row.held_units:
        return SHORT_STATES[row.state]
    why = awaits_label(row.held_because, short_report_label(row.awaits_kind or ""))
    if row.state == "ready":
        return f"{row.free_units:,} ready · {row.held_units:,}: {why}"
    if row.free_units:
        return f"{SHORT_STATES[row.state]} · {row.held_units:,}: {why}"
    return f"{SHORT_STATES[row.state]}: {why}"


def _item(row: Open) -> str:
    return item_label(row.sku, row.fnsku, row.item_code, row.title)


# On a phone three columns remain: how long, what, how much.
ON_PAGE: Final = (
    PageColumn("days_left", "Left", lambda row: row.days_left, "days", phone=True),
    PageColumn("expires_on", "Deadline", lambda row: row.expires_on, "date"),
    PageColumn("what", "What", lambda row: subtype_label(row.subtype), phone=True),
    PageColumn("where", "Where", lambda row: channel_label(row.channel)),
    PageColumn("item", "Item", _item),
    PageColumn("units", "Units", lambda row: row.units, "number"),
    PageColumn("amount", "Amount", lambda row: row.amount, "money", phone=True),
    PageColumn("state", "State", _state, first_look=False),
    PageColumn("basis", "Basis", lambda row: short_basis_label(row.basis), first_look=False),
)


def _held(words: Callable[[Open], Cell]) -> Callable[[Open], Cell]:
    """Of a row of which nothing is held back, nothing."""
    return lambda row: words(row) if row.held_units else None


IN_FILE: Final[Columns[Open]] = (
    (DAYS_LEFT, lambda row: row.days_left),
    (LAST_DAY, lambda row: row.expires_on),
    (Heading("Opens on"), lambda row: row.opens_on),
    (Heading("Event on"), lambda row: row.event_on),
    (WHERE, lambda row: channel_label(row.channel)),
    (TYPE, lambda row: type_label(row.type)),
    (WHAT, lambda row: subtype_label(row.subtype)),
    (SKU, lambda row: row.sku),
    (FNSKU, lambda row: row.fnsku),
    (ITEM_NUMBER, lambda row: row.item_code),
    (TITLE, lambda row: row.title),
    (UNITS, lambda row: row.units),
    (Heading("Unit amount"), lambda row: row.unit_amount),
    (AMOUNT, lambda row: row.amount),
    (CURRENCY, lambda row: row.currency),
    (BASIS, lambda row: basis_label(row.basis)),
    (Heading("State"), lambda row: open_state(row.state, row.units, row.free_units)),
    (Heading("Units held back"), _held(lambda row: row.held_units)),
    (Heading("Held back because"), _held(lambda row: holds_label(row.held_because or ""))),
    (
        Heading("Awaited report"),
        _held(lambda row: report_label(row.awaits_kind) if row.awaits_kind else None),
    ),
)
