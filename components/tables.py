"""Tables of money: values that sort as values and read as words; the row opens its story."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from components.money import (
    UNKNOWN,
    days_left,
    money,
    plain_date,
    plain_number,
    signed_money,
)

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

Kind: TypeAlias = Literal["text", "said", "money", "signed", "number", "date", "days"]
Cell: TypeAlias = str | int | Decimal | date | None

PAGE_SIZE: Final = 50
ROW_HEIGHT: Final = 34
_URGENT_DAYS: Final = 7
# Ready to read; "said" stands right, where a figure would.
_AS_IT_IS: Final = ("text", "said")
# Narrow enough that days, words and money stand side by side on a phone.
_WIDTHS: Final[dict[Kind, int]] = {
    "days": 72,
    "date": 108,
    "number": 72,
    "money": 98,
    "signed": 104,
}


@dataclass(frozen=True)
class Column:
    """One column; `phone` keeps it on a narrow screen, where three have room."""

    name: str
    label: str
    kind: Kind = "text"
    width: int | None = None
    phone: bool = False


@dataclass(frozen=True)
class Row:
    """`key` is what a press answers with; `currency` is that of the row's money."""

    key: str
    cells: Mapping[str, Cell]
    currency: str


def money_table(
    columns: Sequence[Column], rows: Sequence[Row], *, key: str, alt: str, phone: bool = False
) -> str | None:
    """Answers once with the key of the row that was pressed, wherever in the row."""
    shown = [column for column in columns if column.phone or not phone]
    st.dataframe(
        styled(shown, rows),
        key=key,
        alt=alt,
        hide_index=True,
        height="content",
        row_height=ROW_HEIGHT,
        column_config={column.label: _config(column) for column in shown},
        on_select=lambda: _tell(key, rows),
        selection_mode="single-cell",
        placeholder=UNKNOWN,
        lazy=False,
    )
    pressed: str | None = st.session_state.pop(pressed_key(key), None)
    return pressed


def pressed_key(key: str) -> str:
    """Where a press waits for its one answer; a test may put a row's key there."""
    return f"{key}-pressed"


def _tell(key: str, rows: Sequence[Row]) -> None:
    """The place is turned into a key at once, against the very rows that were drawn."""
    cells = st.session_state[key]["selection"]["cells"]
    if cells and cells[0][0] < len(rows):
        st.session_state[pressed_key(key)] = rows[cells[0][0]].key


def styled(columns: Sequence[Column], rows: Sequence[Row]) -> "Styler":
    """Values to sort by, words to read: a style carries both, a plain table only one of them."""
    frame = pd.DataFrame({column.label: _values(column, rows) for column in columns})
    style = frame.style.format(
        {column.label: _words(column, rows) for column in columns if column.kind not in _AS_IT_IS}
    )
    urgent: list[Hashable] = [column.label for column in columns if column.kind == "days"]
    return style.map(_weight, subset=urgent) if urgent and rows else style


def _values(column: Column, rows: Sequence[Row]) -> list[object]:
    return [_sortable(row.cells.get(column.name), column.kind) for row in rows]


def _sortable(cell: Cell, kind: Kind) -> object:
    """What is not known sorts as missing. A float here only orders rows; the words are exact."""
    if isinstance(cell, Decimal):
        return float(cell)
    return UNKNOWN if cell is None and kind in _AS_IT_IS else cell


def _words(column: Column, rows: Sequence[Row]) -> Callable[[object], str]:
    """A style formats values in row order and gives no place, so the words wait in that order."""
    words: Iterator[str] = iter([say(row.cells.get(column.name), column.kind, row) for row in rows])
    return lambda _value: next(words, "")


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
    return str(cell)


def _weight(days: object) -> str:
    """Urgent is said in words and weight."""
    urgent = isinstance(days, int | float) and days <= _URGENT_DAYS
    return "font-weight: 650" if urgent else ""


def _config(column: Column) -> ColumnConfig:
    width = column.width or _WIDTHS.get(column.kind)
    if column.kind == "date":
        return st.column_config.DateColumn(width=width, format="D MMM YYYY")
    if column.kind in _AS_IT_IS:
        aligned: Literal["left", "right"] = "right" if column.kind == "said" else "left"
        return st.column_config.TextColumn(width=width, alignment=aligned)
    side: Literal["left", "right"] = "left" if column.kind == "days" else "right"
    return st.column_config.NumberColumn(width=width, alignment=side)


# Pages ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PageOfRows:
    """Which rows to ask for; `offset` counts from 0."""

    number: int
    offset: int
    limit: int


def paginate(total: int, *, key: str = "page", size: int = PAGE_SIZE) -> PageOfRows:
    """Draws the page numbers, bound to the address; one page needs none."""
    pages = max(1, ceil(total / size))
    number = st.pagination(pages, key=key, bind="query-params") if pages > 1 else 1
    return PageOfRows(number, (number - 1) * size, size)
