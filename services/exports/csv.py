"""CSV that a spreadsheet opens as it was meant, and that can start nothing in it.

A text cell that begins like a formula gets an apostrophe in front; a number stays a number, its
sign included. The byte order mark tells Excel that this is UTF-8.
"""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import IO, Final

from services.exports.table import (
    Converted,
    FileCell,
    Rate,
    Table,
    plain,
    starts_a_formula,
)

BYTE_ORDER_MARK: Final = "\ufeff"
# Where the spreadsheet's own language separates cells otherwise, a cell may begin inside ours.
_CELL_ELSEWHERE: Final = re.compile(r"""(?<=[;|\t\r\n])(?=(["'\s]*)(.))""")


def write_csv(table: Table, out: IO[bytes]) -> None:
    """A whole file, row by row. What is not known is an empty cell."""
    lines = io.TextIOWrapper(out, "utf-8", newline="")
    lines.write(BYTE_ORDER_MARK)
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([_written(one.words) for one in table.header])
    writer.writerows([_written(cell) for cell in line.cells] for line in table.lines)
    lines.detach()


def _written(cell: FileCell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _harmless(cell)
    if isinstance(cell, Decimal):
        return _number(cell)
    if isinstance(cell, Converted):
        return _number(cell.amount)
    if isinstance(cell, Rate):
        return _number(cell.value)
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
