"""The lists that pages show: which columns, which words, one row an event or a payment."""

from collections.abc import Iterable, Sequence
from typing import Final

from components.tables import Column, Row
from pages.seller.parts.their_record import in_list
from services.insights import open_list
from services.insights.answers import Case, PartRow, Payment
from services.insights.expiring import Open
from services.marketplaces.labels import channel_label
from wording.labels import item_label
from wording.numbers import are
from wording.subtypes import subtype_label, type_label


def _drawn(one: open_list.PageColumn) -> Column:
    return Column(one.name, one.label, one.kind, phone=one.phone)


OPEN: Final = tuple(map(_drawn, open_list.ON_PAGE))
OPEN_SHORT: Final = tuple(_drawn(one) for one in open_list.ON_PAGE if one.first_look)
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
                "event_on": row.event_on,
                **{one.name: one.value(row) for one in open_list.ON_PAGE},
            },
            row.currency,
        )
        for row in rows
    ]


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
                "status": in_list(row),
                "requested": row.requested,
                "paid": row.paid,
                "reversed": -row.reversed,
            },
            row.currency,
        )
        for row in rows
    ]
