"""CSV that a spreadsheet opens as it was meant, and that can start nothing in it.

A text cell that begins like a formula gets an apostrophe in front; a number stays a number, its
sign included. The byte order mark tells Excel that this is UTF-8.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from services.exports.table import Table, plain, starts_a_formula
from services.insights.columns import Cell

BYTE_ORDER_MARK: Final = "\ufeff"
# Where the spreadsheet's own language separates cells otherwise, a cell may begin inside ours.
_CELL_ELSEWHERE: Final = re.compile(r"""(?<=[;|\t\r\n])(?=(["'\s]*)(.))""")


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A whole file. What is not known is an empty cell."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_written(cell) for cell in header])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def as_csv(table: Table) -> bytes:
    return csv_file([one.words for one in table.header], (line.cells for line in table.lines))


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _harmless(cell)
    if isinstance(cell, Decimal):
        return _number(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _number(cell: Decimal) -> str:
    """Never 1E+3, which a spreadsheet would keep as it came; no noughts after the cents."""
    whole, dot, fraction = f"{cell:f}".partition(".")
    return f"{whole}{dot}{fraction[:2]}{fraction[2:].rstrip('0')}"


def _harmless(words: str) -> str:
    inner = _CELL_ELSEWHERE.sub(_apostrophe, plain(words))
    return f"'{inner}" if starts_a_formula(inner) else inner


def _apostrophe(found: re.Match[str]) -> str:
    return "'" if starts_a_formula(found[2]) else ""
