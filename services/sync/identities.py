"""What the cell of an identity says, without what programs and copying put around it.

Landed cells and those of rows that could not be read are read by this one rule: the same item must
have the same name in both.
"""

import re
from typing import Final

import polars as pl

from services.marketplaces.contract import Reading

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


def _steps(reading: Reading) -> tuple[tuple[str, bool], ...]:
    return _STEPS_OF_NUMBERS if reading.point_nought else _STEPS


def plain_cells(cells: pl.Series, reading: Reading) -> pl.Series:
    """The cells of a column of identities."""
    if reading.in_capitals:
        cells = cells.str.to_uppercase()
    if not cells.str.contains(_ANY_OF_THEM).any():
        return cells
    for pattern, keeps in _steps(reading):
        cells = cells.str.replace_all(pattern, "${1}" if keeps else "")
    return cells


def plain_text(cell: str, reading: Reading) -> str:
    """The same of one cell."""
    for pattern, keeps in _steps(reading):
        cell = re.sub(pattern, r"\1" if keeps else "", cell)
    return cell.upper() if reading.in_capitals else cell


def named_by(cell: str, reading: Reading) -> str:
    """What a cell names; nothing where it is damaged or says that there is nothing."""
    said = plain_text(cell, reading)
    return "" if re.search(NOTHING, said) or is_damaged(said, reading) else said


def damaged_cells(cells: pl.Series, reading: Reading) -> pl.Series:
    """Which of these plain cells a spreadsheet has damaged."""
    gone = cells.str.contains(reading.damaged)
    return gone & ~cells.str.contains(reading.undamaged) if reading.undamaged else gone


def is_damaged(cell: str, reading: Reading) -> bool:
    """The same of one cell."""
    if not re.search(reading.damaged, cell):
        return False
    return not (reading.undamaged and re.search(reading.undamaged, cell))
