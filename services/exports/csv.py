"""CSV that a spreadsheet opens as it was meant, and that can start nothing in it.

A text cell that begins like a formula gets an apostrophe in front; a number stays a number, its
sign included. The byte order mark tells Excel that this is UTF-8.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

Cell: TypeAlias = str | int | Decimal | date | datetime | None

BYTE_ORDER_MARK: Final = "\ufeff"
_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A whole file. What is not known is an empty cell."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_written(cell) for cell in header])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _harmless(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"  # never 1E+3: a spreadsheet would keep it as it came
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _harmless(words: str) -> str:
    # NUL ends a cell for some readers, so what follows it would begin one.
    plain = words.replace("\0", "")
    return f"'{plain}" if plain.startswith(_STARTS_A_FORMULA) else plain
