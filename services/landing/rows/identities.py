"""What the cell of an identity says, without what programs and copying put around it.

Landed cells and those of rows that could not be read are read by this one rule: the same item must
have the same name in both.
"""

import operator
import re
from collections.abc import Mapping
from functools import reduce
from typing import Final

import polars as pl

from services.marketplaces.contract import Reading

Readings = Mapping[str, Reading]  # of columns of identities, by their fields

# Letters that nobody sees: marks of the writing direction, joiners, a byte order mark, the hyphen
# that shows at a line's end only. Web pages and chats copy them along.
INVISIBLE: Final = "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]"
# ="0123" keeps a spreadsheet off leading zeros; some programs double its quotes.
GUARD: Final = r'^="{1,2}(.*?)"{1,2}$'
# What programs write where a cell is empty.
NOTHING: Final = r"^(?i:null|nan|none|n/a|#n/a|#ref!|\\n)$"
_BLANK: Final = r"^\s+|\s+$"
_TEXT_MARK: Final = "^'"  # by which a spreadsheet tells text from a number
# 129.0 is what a program makes of 129 where other cells of the column are empty.
_POINT_NOUGHT: Final = r"^(\d{1,15})\.0$"
_ANY_OF_THEM: Final = f"{INVISIBLE}|{GUARD}|{_TEXT_MARK}|{_POINT_NOUGHT}"

# What is taken off, in this order, and whether something within is kept.
_STEPS: Final = (
    (INVISIBLE, False),
    (_BLANK, False),
    (GUARD, True),
    (_TEXT_MARK, False),
    (_BLANK, False),
)
_STEPS_OF_NUMBERS: Final = (*_STEPS, (_POINT_NOUGHT, True))

# Digits of another script (１２, ١٢): they may mean the same number, but no marketplace writes so,
# and the same item would have two names.
FOREIGN_DIGIT: Final = r"[\p{Nd}--[0-9]]"  # as polars writes it


def has_foreign_digit(cell: str) -> bool:
    """Whether a cell has a digit that is none of 0 to 9."""
    return not cell.isascii() and any(one.isdecimal() and not one.isascii() for one in cell)


def _steps(reading: Reading) -> tuple[tuple[str, bool], ...]:
    return _STEPS_OF_NUMBERS if reading.point_nought else _STEPS


def plain_cells(cells: pl.DataFrame, readings: Readings) -> pl.DataFrame:
    """The cells of these columns of identities, all columns at once: most of them are plain."""
    capitals = [name for name, reading in readings.items() if reading.in_capitals]
    cells = cells.with_columns(pl.col(capitals).str.to_uppercase())
    odd = _fields_with(pl.col(list(readings)).str.contains(_ANY_OF_THEM), cells) if readings else []
    return cells.with_columns(_plain(pl.col(name), readings[name]) for name in odd)


def _fields_with(sign: pl.Expr, cells: pl.DataFrame) -> list[str]:
    """The fields that have the sign in any of their cells."""
    return [name for name, found in cells.select(sign.any()).row(0, named=True).items() if found]


def _plain(cell: pl.Expr, reading: Reading) -> pl.Expr:
    for pattern, keeps in _steps(reading):
        cell = cell.str.replace_all(pattern, "${1}" if keeps else "")
    return cell


def plain_text(cell: str, reading: Reading) -> str:
    """The same of one cell."""
    for pattern, keeps in _steps(reading):
        cell = re.sub(pattern, r"\1" if keeps else "", cell)
    return cell.upper() if reading.in_capitals else cell


def named_by(cell: str, reading: Reading) -> str:
    """What a cell names; nothing where it is damaged or says that there is nothing."""
    said = plain_text(cell, reading)
    return "" if re.search(NOTHING, said) or is_damaged(said, reading) else said


def damaged_cells(cells: pl.DataFrame, readings: Readings) -> pl.DataFrame:
    """Which of these plain cells are damaged: by a spreadsheet, or as digits of another script."""
    if not readings:
        return pl.DataFrame()
    every = pl.col(list(readings))  # of letters of ASCII alone: the usual
    foreign = _fields_with(every.str.len_bytes() != every.str.len_chars(), cells)
    return cells.select(
        _damaged(pl.col(name), reading, foreign=name in foreign)
        for name, reading in readings.items()
    )


def _damaged(cell: pl.Expr, reading: Reading, *, foreign: bool) -> pl.Expr:
    gone = cell.str.contains(reading.damaged)
    if reading.undamaged:
        gone &= ~cell.str.contains(reading.undamaged)
    if reading.manner == "gtin":  # with other letters than digits it is none, which is a fault
        return gone | _misses_check_digit(cell)
    return gone | cell.str.contains(FOREIGN_DIGIT) if foreign else gone


def is_damaged(cell: str, reading: Reading) -> bool:
    """The same of one cell."""
    if reading.manner == "gtin":
        return bool(damaged_cells(pl.DataFrame({"cell": [cell]}), {"cell": reading}).item())
    whole = bool(reading.undamaged) and re.search(reading.undamaged, cell) is not None
    damaged = re.search(reading.damaged, cell) is not None and not whole
    return damaged or has_foreign_digit(cell)


# The last digit of a GTIN makes the sum of all, every second one times three, a multiple of ten.
_DIGITS_OF_GTIN: Final = 14
_SUM_IS_OF: Final = 10


def _misses_check_digit(cell: pl.Expr) -> pl.Expr:
    """Which GTINs have lost a digit or have a wrong one, as far as their own last digit tells."""
    is_number = cell.str.contains(r"^[0-9]{1,14}$")
    digits = pl.when(is_number).then(cell).str.zfill(_DIGITS_OF_GTIN)
    weighed = (
        digits.str.slice(at, 1).cast(pl.Int32) * (1 if at % 2 else 3)
        for at in range(_DIGITS_OF_GTIN)
    )
    return (reduce(operator.add, weighed) % _SUM_IS_OF != 0).fill_null(value=False)
