"""Rows that could not be landed: column, reason, the file's own text, and what they name."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import Connection, text

from services.database.script import run_script
from services.marketplaces.contract import ByCase, ReportFormat
from services.marketplaces.registry import COVERING_KINDS
from services.sync.cells import ROW, read_cells
from services.sync.days import MONTH_FIRST, Order
from services.sync.documents import Incoming
from services.sync.kinds import Recognised
from services.sync.rejected_file import RejectedFile
from services.sync.statements import filled
from services.sync.unread import Names, names_of

WHOLE_ROW: Final = "(whole row)"
# So many rejected rows of a file are kept one by one; few enough for whoever reads them.
MOST_LISTED: Final = 10_000
_LEAST_LISTED: Final = 100  # of those that only finding their place rejects, whatever came before
LISTED: Final = (
    "{listed} of the {rejected} rows that could not be read are listed, spread over the file. All"
    " of them, one a line, stand in {file} in the data directory of this installation."
)
REASON: Final = "{rows} rows could not be read for “{header}”: expected {expected}."
_AT_ONCE: Final = 5000
_MOST_LETTERS: Final = 16 << 20

_COUNT: Final = "select count(distinct row_number) from staged_fault"


@dataclass(frozen=True)
class _Rejected:
    """A row that cannot be landed. is_listed: the database keeps its text."""

    number: int
    text: str
    is_listed: bool


_CHECK: Final = """
with wrong as (
    delete from staged where {wrong} returning {row}, {field}
)
insert into staged_fault (row_number, field, expected, found)
select {row}, :field, :expected, {field}::text from wrong
"""

# The rows whose text the database lists: all, or so many spread evenly over the file, and one of
# every kind of fault.
_CHOOSE: Final = """
drop table if exists staged_listed;
create temp table staged_listed on commit drop as
with at_fault as (
    select row_number, row_number() over (order by row_number) as at
    from (select distinct row_number from staged_fault) one
)
select row_number from at_fault
where :rows <= :most or at * :most / :rows <> (at - 1) * :most / :rows
union
select row_number from (
    select min(row_number) as row_number from staged_fault group by field, expected limit :most
) first;
create index on staged_listed (row_number);
create index if not exists staged_fault_row on staged_fault (row_number);
analyze staged_listed;
analyze staged_fault;
"""

_NEXT: Final = """
select one.row_number, listed.row_number is not null from (
    select distinct row_number from staged_fault
    where row_number > :after order by row_number limit :at_once
) one
left join staged_listed listed on listed.row_number = one.row_number
order by one.row_number
"""

_FAULTS: Final = """
select row_number, field, expected, found from staged_fault
where row_number = any(cast(:row_numbers as bigint[])) order by row_number, field
"""

_REASONS: Final = """
select field, expected, count(*) from staged_fault
group by field, expected order by count(*) desc, field, expected limit 5
"""

# One row stands for all that are not kept one by one: the document may be about anything that its
# report tells of, on any of its days.
_STAND_FOR_ALL: Final = """
update unread_row u set day = null, names_nothing = true, orders = '{}', skus = '{}',
    fnskus = '{}', items = '{}', rows = u.rows + :rows
where u.account_id = :account_id and u.document_id = :document_id and u.row_number = (
    select max(row_number) from unread_row one
    where one.account_id = :account_id and one.document_id = :document_id)
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


@dataclass
class Rejecting:
    """Rows of one document that cannot be landed: kept with what they name, in a bounded space.

    Of many, MOST_LISTED are listed in the database and all are written to a file. Where their
    report speaks for days, one then stands for the rest and holds back all that the document
    reaches to; else what each of them names is kept all the same.
    """

    connection: Connection
    incoming: Incoming
    kind: Recognised
    order: Order = MONTH_FIRST
    rejected: int = 0
    listed: int = 0
    file: RejectedFile | None = None
    notes: list[str] = field(default_factory=list)

    def keep(self, raw_text: Callable[[int], str]) -> None:
        """Store every staged fault with its row's text, and what the row names; forget the faults.

        raw_text: asked in ascending order. Raises RefusedError where there is no room for the file.
        """
        rows = int(self.connection.execute(text(_COUNT)).scalar_one())
        if not rows:
            return
        # A case may be read again, from the text that is listed: of cases all are.
        is_case = isinstance(self.incoming.report.landing, ByCase)
        if is_case:
            self._keep_header(raw_text)
        room = rows if is_case else max(MOST_LISTED - self.listed, _LEAST_LISTED)
        if rows > room and self.file is None:
            self.file = RejectedFile(self.incoming.place.account_id, self.incoming.document_id)
        run_script(self.connection, _CHOOSE, {"rows": rows, "most": room})
        if rows > room:
            self.notes += self._reasons()
        try:
            kept = sum(self._keep_some(some) for some in self._batches(raw_text))
        except BaseException:
            self.discard()
            raise
        if kept < rows:
            values = self.incoming.values | {"rows": rows - kept}
            self.connection.execute(text(_STAND_FOR_ALL), values)
        self.rejected += rows
        self.connection.execute(text("truncate staged_fault"))

    def close(self) -> None:
        """No more rows come."""
        if self.file:
            self.file.close()
            said = LISTED.format(listed=self.listed, rejected=self.rejected, file=self.file.name)
            self.notes.insert(0, said)

    def discard(self) -> None:
        """The document does not land."""
        if self.file:
            self.file.remove()

    def _keep_header(self, raw_text: Callable[[int], str]) -> None:
        if self.kind.layout:
            values = self.incoming.values | {"header": raw_text(self.kind.layout.header_line)}
            self.connection.execute(text(_KEEP_HEADER), values)

    def _reasons(self) -> Iterator[str]:
        headers = self._headers
        for name, expected, rows in self.connection.execute(text(_REASONS)):
            yield REASON.format(rows=rows, header=headers[name], expected=expected)

    @property
    def _headers(self) -> dict[str, str]:
        """What a person knows each field by."""
        columns = self.incoming.report.columns
        return {"": WHOLE_ROW} | {one.field: self.kind.seen_as(one) for one in columns}

    def _batches(self, raw_text: Callable[[int], str]) -> Iterator[list[_Rejected]]:
        """The rows in order, so many together as memory holds whatever their length."""
        after = 0
        while found := self._next(after):
            some: list[_Rejected] = []
            letters = 0
            for number, is_listed in found:
                some.append(_Rejected(number, raw_text(number).replace("\0", "␀"), is_listed))
                letters += len(some[-1].text)
                if letters > _MOST_LETTERS:
                    yield some
                    some, letters = [], 0
            yield some
            after = found[-1][0]

    def _next(self, after: int) -> list[tuple[int, bool]]:
        values = {"after": after, "at_once": _AT_ONCE}
        return [(int(row[0]), bool(row[1])) for row in self.connection.execute(text(_NEXT), values)]

    def _keep_some(self, rows: Sequence[_Rejected]) -> int:
        """How many of them are kept one by one."""
        if self.file:
            self.file.write(self._told(rows))
        listed = [row for row in rows if row.is_listed]
        self._list(listed)
        self.listed += len(listed)
        # What speaks for no days is replaced row by row: by what a later one says of the same.
        kept = listed if self.incoming.report.kind in COVERING_KINDS else rows
        _name(self.connection, self.incoming, self.kind, self.order,
              {row.number: row.text for row in kept})  # fmt: skip
        return len(kept)

    def _list(self, rows: Sequence[_Rejected]) -> None:
        values = self.incoming.values | {
            "row_numbers": [row.number for row in rows],
            "raw_texts": [row.text for row in rows],
            "fields": list(self._headers),
            "headers": list(self._headers.values()),
        }
        self.connection.execute(text(_KEEP), values)

    def _told(self, rows: Sequence[_Rejected]) -> Iterator[dict[str, object]]:
        headers, texts = self._headers, {row.number: row.text for row in rows}
        found = self.connection.execute(text(_FAULTS), {"row_numbers": list(texts)})
        for number, name, expected, cell in found:
            yield {
                "row": number,
                "column": headers[name],
                "expected": expected,
                "found": cell,
                "raw_text": texts[number],
            }


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
