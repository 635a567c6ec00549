"""Tables of money: words to read, whole figures, and rows that open what they stand for.

A table is one part of a list, in the order that the list is asked in: it neither sorts nor searches
what it happens to hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

import streamlit as st

from components import elements
from components.device import is_phone
from wording.days import days_left, plain_date
from wording.money import money, signed_money
from wording.numbers import UNKNOWN, plain_number

Kind: TypeAlias = Literal["text", "prose", "said", "money", "signed", "number", "date", "days"]
Cell: TypeAlias = str | int | Decimal | date | None

HEAD_HEIGHT: Final = 34
# Below the last row, where the bar lies by which a table too wide for its place is moved.
FOOT_HEIGHT: Final = 12
ROW_HEIGHT: Final = 34
# A finger is wider than a pointer, and words have a second line there.
TOUCHED_ROW_HEIGHT: Final = 46
_URGENT_DAYS: Final = 7
# Ready to read: "prose" on as many lines as it takes, "said" right, where a figure would stand.
_FIGURES: Final = ("money", "signed", "said")
_MOVING: Final = "Arrow keys move between rows, Enter opens one."


@dataclass(frozen=True)
class Column:
    """One column; `phone` keeps it on a narrow screen, where three have room."""

    name: str
    label: str
    kind: Kind = "text"
    phone: bool = False


@dataclass(frozen=True)
class Row:
    """`key` is what a press answers with; `currency` is that of the row's money."""

    key: str
    cells: Mapping[str, Cell]
    currency: str


def money_table(  # noqa: PLR0913, what it shows and what a press does are separate questions
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    key: str,
    alt: str,
    phone: bool = False,
    opens: bool = True,
) -> str | None:
    """Answers once with the key of the row that was pressed, wherever in the row.

    Rows that open nothing cannot be pressed.
    """
    shown = [column for column in columns if column.phone or not phone]
    touched = is_phone()
    row_height = TOUCHED_ROW_HEIGHT if touched else ROW_HEIGHT
    is_known = all(column.kind != "prose" for column in shown)
    elements.draw(
        "table",
        {
            "label": f"{alt}. {_MOVING}" if opens else alt,
            "opens": opens,
            "tall": touched,
            "columns": [_head(column) for column in shown],
            "rows": [_line(row, shown) for row in rows],
        },
        key=key,
        # Known before it is drawn: nothing below it jumps.
        height=HEAD_HEIGHT + len(rows) * row_height + FOOT_HEIGHT if is_known else "content",
        on_press=lambda: tell(key, rows),
    )
    pressed: str | None = st.session_state.pop(pressed_key(key), None)
    return pressed


def pressed_key(key: str) -> str:
    """Where a press waits for its one answer; a test may put a row's key there."""
    return f"{key}-pressed"


def tell(key: str, rows: Sequence[Row]) -> None:
    """Only a row that was drawn can have been pressed."""
    said = elements.pressed(key)
    if any(row.key == said for row in rows):
        st.session_state[pressed_key(key)] = said


def _head(column: Column) -> dict[str, object]:
    """In a narrow place, words and days that a phone does without make room for the money."""
    aside = not column.phone and column.kind not in _FIGURES
    return {"label": column.label, "kind": column.kind, "aside": aside}


def _line(row: Row, columns: Sequence[Column]) -> dict[str, object]:
    return {
        "key": row.key,
        "cells": [say(row.cells.get(column.name), column.kind, row) for column in columns],
        "urgent": any(_is_urgent(row, column) for column in columns),
    }


def _is_urgent(row: Row, column: Column) -> bool:
    """Said in words and weight."""
    days = row.cells.get(column.name)
    return column.kind == "days" and isinstance(days, int) and days <= _URGENT_DAYS


def say(cell: Any, kind: Kind, row: Row) -> str:
    match kind:
        case "money":
            return money(cell, row.currency)
        case "signed":
            return signed_money(cell, row.currency)
        case "number":
            return plain_number(cell)
        case "date":
            return plain_date(cell)
        case "days":
            return days_left(cell)
    return UNKNOWN if cell is None else str(cell)
