"""What moved Unclaimed, as a list: which columns, which words, one row a day, kind and cause."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from components.tables import Column, Row
from services.insights.answers import Behind, Movement, MovementKey
from services.marketplaces.labels import channel_label
from wording.changes import change_label
from wording.days import plain_date
from wording.labels import item_label
from wording.subtypes import subtype_label

TITLE: Final = "Why did Unclaimed change?"
OPENING: Final = "Where it began"
MOVEMENTS: Final = (
    Column("day", "Day", "date", phone=True),
    Column("why", "Why", phone=True),
    Column("what", "What"),
    Column("where", "Where"),
    Column("items", "Items", "number"),
    Column("units", "Units", "number"),
    Column("amount", "Moved by", "signed", phone=True),
)
BEHIND: Final = (
    Column("what", "What", phone=True),
    Column("where", "Where"),
    Column("item", "Item", phone=True),
    Column("units", "Units", "number"),
    Column("amount", "Moved by", "signed", phone=True),
)


def movement_rows(rows: Iterable[Movement]) -> list[Row]:
    return [
        Row(
            _key(row),
            {
                "day": row.changed_on,
                "why": why(row),
                "what": subtype_label(row.subtype),
                "where": channel_label(row.channel),
                "items": row.discrepancies,
                "units": row.units,
                "amount": row.amount,
            },
            row.currency,
        )
        for row in rows
    ]


def why(row: Movement) -> str:
    return OPENING if row.is_opening else change_label(row.cause)


def nothing_moved(rows: Iterable[Movement], since: date | None) -> tuple[str, str] | None:
    """Where the first reports are all there is, nothing has moved yet."""
    if since is None or not all(row.is_opening for row in rows):
        return None
    return (
        f"Nothing has moved since {plain_date(since)}",
        "What the next reports find, pay or correct, and what expires, is told here day by day.",
    )


def _key(row: Movement) -> str:
    cause = "" if row.is_opening else row.cause
    return "~".join((row.changed_on.isoformat(), row.channel, row.subtype, cause, row.currency))


def read_key(key: str) -> MovementKey:
    """The line that a row's key names."""
    day, channel, subtype, cause, currency = key.split("~")
    return MovementKey(date.fromisoformat(day), channel, subtype, cause, currency)


def behind_rows(rows: Iterable[Behind]) -> list[Row]:
    return [
        Row(
            str(row.discrepancy_id),
            {
                "what": subtype_label(row.subtype),
                "where": channel_label(row.channel),
                "item": item_label(row.sku, row.fnsku, row.item_code, row.title),
                "units": row.units,
                "amount": row.amount,
            },
            row.currency,
        )
        for row in rows
    ]
