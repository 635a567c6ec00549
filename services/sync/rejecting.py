"""Rows that could not be landed: kept with column, reason and the file's own text."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, text

from services.marketplaces.contract import ReportFormat
from services.sync.cells import ROW
from services.sync.documents import Incoming
from services.sync.kinds import Recognised

WHOLE_ROW: Final = "(whole row)"
_AT_ONCE: Final = 5000

_CHECK: Final = """
with wrong as (
    delete from staged where {wrong} returning {row}, {field}
)
insert into staged_fault (row_number, field, expected, found)
select {row}, :field, :expected, {field}::text from wrong
"""

_NEXT: Final = """
select distinct row_number from staged_fault where row_number > :after
order by row_number limit :at_once
"""

_KEEP: Final = """
insert into rejected_row (account_id, document_id, row_number, column_name, expected, found,
    raw_text)
select :account_id, :document_id, fault.row_number, said.header, min(fault.expected),
    min(fault.found), line.raw_text
from unnest(cast(:row_numbers as bigint[]), cast(:raw_texts as text[]))
    as line(row_number, raw_text)
join staged_fault fault on fault.row_number = line.row_number
join unnest(cast(:fields as text[]), cast(:headers as text[])) as said(field, header)
    on said.field = fault.field
group by fault.row_number, said.header, line.raw_text
"""


def check(connection: Connection, report: ReportFormat) -> None:
    """Turn the staged rows that a check of their format fails into faults."""
    for one in report.checks:
        statement = _CHECK.replace("{wrong}", one.wrong).replace("{row}", ROW)
        connection.execute(
            text(statement.replace("{field}", one.field)),
            {"field": one.field, "expected": one.expected},
        )


def derive(connection: Connection, report: ReportFormat) -> None:
    """Add what a row's fields say together."""
    for one in report.derived:
        connection.execute(text(f"alter table staged add column {one.field} {one.postgres}"))
        connection.execute(text(f"update staged set {one.field} = {one.value}"))


def keep(
    connection: Connection, incoming: Incoming, kind: Recognised, raw_text: Callable[[int], str]
) -> int:
    """Store every staged fault with its row's text; the number of rows rejected."""
    columns = kind.report.columns
    values = {
        "account_id": incoming.place.account_id,
        "document_id": incoming.document_id,
        "fields": ["", *(column.field for column in columns)],
        "headers": [WHOLE_ROW, *(kind.seen_as(column) for column in columns)],
    }
    rejected = 0
    numbers = _next(connection, 0)
    while numbers:
        texts = [raw_text(number).replace("\0", "␀") for number in numbers]
        connection.execute(text(_KEEP), values | {"row_numbers": numbers, "raw_texts": texts})
        rejected += len(numbers)
        numbers = _next(connection, numbers[-1])
    return rejected


def _next(connection: Connection, after: int) -> list[int]:
    found = connection.execute(text(_NEXT), {"after": after, "at_once": _AT_ONCE})
    return [int(number) for number in found.scalars()]
