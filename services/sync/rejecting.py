"""Rows that could not be landed: column, reason, the file's own text, and what they name."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import Connection, text

from services.marketplaces.contract import ByCase, ReportFormat
from services.sync.cells import ROW, read_cells
from services.sync.days import MONTH_FIRST, Order
from services.sync.documents import Incoming
from services.sync.kinds import Recognised
from services.sync.statements import filled
from services.sync.unread import Names, names_of

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
select distinct row_number from staged_fault order by row_number limit :at_once
"""

_FORGET: Final = """
delete from staged_fault where row_number = any(cast(:row_numbers as bigint[]))
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

_UNREADABLE: Final = """
select row_number, array_agg(distinct field) from staged_fault
where row_number = any(cast(:row_numbers as bigint[])) group by row_number
"""

_NAME: Final = """
insert into unread_row (account_id, document_id, row_number, kind, scope, day, names_nothing,
    orders, skus, fnskus, items)
select :account_id, :document_id, one.row_number, :kind, :scope, one.day,
    one.orders || one.skus || one.fnskus || one.items = '[]', {lists}
from jsonb_to_recordset(cast(:rows as jsonb)) as one(row_number bigint, day date, orders jsonb,
    skus jsonb, fnskus jsonb, items jsonb)
""".replace(
    "{lists}",
    ", ".join(
        f"array(select jsonb_array_elements_text(one.{name}))"
        for name in ("orders", "skus", "fnskus", "items")
    ),
)

# A case row may be read again once its channel is there: without the header no cell has a name.
_KEEP_HEADER: Final = """
update report_document set header = :header
where account_id = :account_id and document_id = :document_id
"""


def check(connection: Connection, report: ReportFormat) -> None:
    """Turn the staged rows that a check of their format fails into faults."""
    for one in report.checks:
        statement = filled(_CHECK, wrong=one.wrong, row=ROW, field=one.field)
        connection.execute(text(statement), {"field": one.field, "expected": one.expected})


def derive(connection: Connection, report: ReportFormat) -> None:
    """Add what a row's fields say together."""
    for one in report.derived:
        connection.execute(text(f"alter table staged add column {one.field} {one.postgres}"))
        connection.execute(text(f"update staged set {one.field} = {one.value}"))


def keep(
    connection: Connection,
    incoming: Incoming,
    kind: Recognised,
    raw_text: Callable[[int], str],
    order: Order = MONTH_FIRST,
) -> int:
    """Store every staged fault with its row's text, and what the row names; then forget the fault.

    The number of rows rejected.
    """
    columns = kind.report.columns
    values = incoming.values | {
        "fields": ["", *(column.field for column in columns)],
        "headers": [WHOLE_ROW, *(kind.seen_as(column) for column in columns)],
    }
    rejected = 0
    numbers = _next(connection)
    if numbers and kind.layout and isinstance(kind.report.landing, ByCase):
        header = raw_text(kind.layout.header_line)
        connection.execute(text(_KEEP_HEADER), values | {"header": header})
    while numbers:
        texts = [raw_text(number).replace("\0", "␀") for number in numbers]
        these = values | {"row_numbers": numbers, "raw_texts": texts}
        connection.execute(text(_KEEP), these)
        _name(connection, incoming, kind, order, dict(zip(numbers, texts, strict=True)))
        connection.execute(text(_FORGET), these)
        rejected += len(numbers)
        numbers = _next(connection)
    return rejected


def _next(connection: Connection) -> list[int]:
    found = connection.execute(text(_NEXT), {"at_once": _AT_ONCE})
    return [int(number) for number in found.scalars()]


def _name(
    connection: Connection,
    incoming: Incoming,
    kind: Recognised,
    order: Order,
    texts: Mapping[int, str],
) -> None:
    found = connection.execute(text(_UNREADABLE), {"row_numbers": list(texts)})
    unreadable = {int(number): fields for number, fields in found}
    names = [names_of(kind, raw, unreadable[number]) for number, raw in texts.items()]
    cells = [each.day for each in names]
    days = days_of(incoming.report, incoming.place.time_zone, cells, order)
    rows = [
        _as_plain(number, each, day) for number, each, day in zip(texts, names, days, strict=True)
    ]
    connection.execute(text(_NAME), incoming.values | {"rows": json.dumps(rows)})


def _as_plain(number: int, names: Names, day: date | None) -> dict[str, object]:
    return {
        "row_number": number,
        "day": day and day.isoformat(),
        "orders": sorted(names.orders),
        "skus": sorted(names.skus),
        "fnskus": sorted(names.fnskus),
        "items": sorted(names.items),
    }


def days_of(
    report: ReportFormat, time_zone: str, cells: Sequence[str], order: Order
) -> list[date | None]:
    """The days that the cells name, in the channel's zone; None where they cannot be read."""
    if report.days is None:
        return [None] * len(cells)
    column = next(column for column in report.columns if column.field == report.days[0])
    raw = pl.DataFrame({ROW: range(len(cells)), column.field: list(cells)})
    read = read_cells(raw, [replace(column, filled=False, otherwise=None)], {}, order).values
    said = dict(read.select(ROW, column.field).iter_rows())
    zone = ZoneInfo(time_zone)
    return [_as_day(said.get(at), zone) for at in range(len(cells))]


def _as_day(said: date | datetime | None, zone: ZoneInfo) -> date | None:
    return said.astimezone(zone).date() if isinstance(said, datetime) else said
