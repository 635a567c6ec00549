"""What was exported, whole, as somebody who took it away holds it."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.access.viewer import Viewer
from services.database.engine import Database
from services.exports.csv import write_csv
from services.exports.files import Question, write_file
from services.exports.table import Line, Table, Taker
from services.exports.xlsx import About, write_xlsx
from services.insights.columns import Cell, Heading


def file_for(
    viewer: Viewer, database: Database, question: Question, form: str, now: datetime
) -> bytes:
    out = io.BytesIO()
    write_file(viewer, database, question, form, now, taker=Taker(out))
    return out.getvalue()


def as_csv(table: Table) -> bytes:
    out = io.BytesIO()
    write_csv(table, out)
    return out.getvalue()


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    return as_csv(Table("", [Heading(one) for one in header], (Line(cells) for cells in rows)))


def xlsx_file(table: Table, about: About) -> bytes:
    out = io.BytesIO()
    write_xlsx(table, out, about)
    return out.getvalue()
