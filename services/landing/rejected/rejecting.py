"""Rows that could not be landed: column, reason, the file's own text, and what they name."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import compress
from operator import not_
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import fill, listed
from services.landing.documents import Incoming
from services.landing.read.lines import ROW
from services.landing.recognise.kinds import Recognised
from services.landing.rejected.file import RejectedFile
from services.landing.rejected.unread import Names, names_of
from services.landing.rows.cells import read_cells
from services.landing.rows.days import MONTH_FIRST, Order
from services.marketplaces.contract import ByCase, Check, Derived, ReportFormat
from services.marketplaces.registry import COVERING_KINDS

WHOLE_ROW: Final = "(whole row)"
# So many rejected rows of a file are kept one by one; few enough for whoever reads them.
MOST_LISTED: Final = 10_000
_LEAST_LISTED: Final = 100  # of those that only landing rejects, whatever came before
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

_NAME: Final = fill(
    """
insert into unread_row (account_id, document_id, row_number, kind, scope, day, names_nothing,
    orders, skus, fnskus, items, rows)
select :account_id, :document_id, one.row_number, :kind, :scope, one.day,
    one.orders || one.skus || one.fnskus || one.items = '[]', {lists}, one.rows
from jsonb_to_recordset(cast(:unread as jsonb)) as one(row_number bigint, day date, orders jsonb,
    skus jsonb, fnskus jsonb, items jsonb, rows bigint)
""",
    lists=listed(
        ("orders", "skus", "fnskus", "items"),
        "array(select jsonb_array_elements_text(one.{name}))",
    ),
)

# A case row may be read again once its channel is there: without the header no cell has a name.
_KEEP_HEADER: Final = """
update report_document set header = :header
where account_id = :account_id and document_id = :document_id
"""


_DERIVE: Final = """
alter table staged add column {field} {type};
update staged set {field} = {value};
"""


def checking(one: Check) -> str:
    """The statement that makes faults of the staged rows that fail this check."""
    return fill(_CHECK, wrong=one.wrong, row=ROW, field=one.field)


def deriving(one: Derived) -> str:
    """The statements that add this field to the staged rows."""
    return fill(_DERIVE, field=one.field, type=one.postgres, value=one.value)


def check(connection: Connection, report: ReportFormat) -> None:
    """Turn the staged rows that a check of their format fails into faults."""
    for one in report.checks:
        values = {"field": one.field, "expected": one.expected}
        connection.execute(text(checking(one)), values)


def derive(connection: Connection, report: ReportFormat) -> None:
    """Add what a row's fields say together."""
    for one in report.derived:
        run_script(connection, deriving(one), {})


@dataclass
class Rejecting:
    """Rows of one document that cannot be landed: kept with what they name, in a bounded space.

    Of many, MOST_LISTED are listed in the database and all are written to a file. Where their
    report speaks for days, of the rest one of every day then stands for all that name this day,
    and one for all that name none: they hold back whatever the report may tell of until then. Else
    what each of them names is kept all the same.
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
            self.file = RejectedFile(self.incoming.target.account_id, self.incoming.document_id)
        run_script(self.connection, _CHOOSE, {"rows": rows, "most": room})
        if rows > room:
            self.notes += self._reasons()
        try:
            rest = _Rest()
            for some in self._batches(raw_text):
                rest.add(self._keep_some(some))
        except BaseException:
            self.discard()
            raise
        self._store(rest.of_days())
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

    def _keep_some(self, rows: Sequence[_Rejected]) -> "list[_Unread]":
        """Keep them; what those are about that are not kept one by one."""
        if self.file:
            self.file.write(self._told(rows))
        listed = [row for row in rows if row.is_listed]
        self._list(listed)
        self.listed += len(listed)
        # What speaks for no days is replaced row by row: by what a later one says of the same.
        one_by_one = self.incoming.report.kind not in COVERING_KINDS
        unread = self._unread(rows)
        kept = [row.is_listed or one_by_one for row in rows]
        self._store(compress(unread, kept))
        return list(compress(unread, map(not_, kept)))

    def _unread(self, rows: Sequence[_Rejected]) -> "list[_Unread]":
        """What each of the rows is about."""
        numbers = {"row_numbers": [row.number for row in rows]}
        found = self.connection.execute(text(_UNREADABLE), numbers)
        unreadable = {int(number): fields for number, fields in found}
        names = [names_of(self.kind, row.text, unreadable[row.number]) for row in rows]
        report, zone = self.incoming.report, self.incoming.target.time_zone
        days = days_of(report, zone, [each.day for each in names], self.order)
        return [
            _Unread(row.number, day, each) for row, day, each in zip(rows, days, names, strict=True)
        ]

    def _store(self, unread: "Iterable[_Unread]") -> None:
        values = {"unread": json.dumps([one.as_plain() for one in unread])}
        self.connection.execute(text(_NAME), self.incoming.values | values)

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


@dataclass(frozen=True)
class _Unread:
    """A row that could not be read, or one that stands for several: which day and what it names."""

    number: int
    day: date | None
    names: Names
    rows: int = 1

    def as_plain(self) -> dict[str, object]:
        """As the database takes it."""
        return {
            "row_number": self.number,
            "day": self.day and self.day.isoformat(),
            "orders": sorted(self.names.orders),
            "skus": sorted(self.names.skus),
            "fnskus": sorted(self.names.fnskus),
            "items": sorted(self.names.items),
            "rows": self.rows,
        }


@dataclass
class _Rest:
    """The rows that are not kept one by one, counted by their day."""

    by_day: dict[date | None, _Unread] = field(default_factory=dict)

    def add(self, unread: Iterable[_Unread]) -> None:
        """Let one row of each day stand for these."""
        for one in unread:
            # More days than rows are listed: as if none were known.
            is_many = len(self.by_day) > MOST_LISTED and one.day not in self.by_day
            day = None if is_many else one.day
            before = self.by_day.get(day)
            number, rows = (before.number, before.rows) if before else (one.number, 0)
            self.by_day[day] = _Unread(number, day, Names(), rows + one.rows)

    def of_days(self) -> Iterable[_Unread]:
        """Those that stand for all."""
        return self.by_day.values()


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
