"""A document as batches of typed rows, in constant memory however long it is."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

import polars as pl

from services.landing.read import json_rows
from services.landing.read.delimited import IrregularError, Misshapen, raw_blocks
from services.landing.read.encoding import LOST
from services.landing.read.json_text import as_written
from services.landing.read.lines import ROW, Layout, RawLines, Records, Told, ends_in_empty_cells
from services.landing.read.pages import Pages
from services.landing.read.unpack import Unpacked
from services.landing.recognise.kinds import HEADER_NAMES, Recognised
from services.landing.refusals import RefusedError
from services.landing.rows.cells import (
    FAULT_SCHEMA,
    Cells,
    Words,
    faults_in,
    is_too_narrow,
    read_cells,
)
from services.landing.rows.days import (
    MONTH_FIRST,
    Order,
    Proofs,
    columns_of_events,
    is_to_come,
    slashed_columns,
)
from services.landing.rows.line_by_line import Row, rows_of
from services.landing.rows.mending import RowFault, mended
from services.marketplaces.contract import TOO_NARROW, Aside, Column, plain_name

WHOLE_ROW: Final = ""  # the field of a fault that is of no one column
EMPTY_ROW: Final = "empty row"
PREAMBLE: Final = "line above the header"
REPEATED_HEADER: Final = "header repeated"
KNOWN_LETTERS: Final = "letters that the file's encoding knows"
ONE_ENCODING: Final = "letters of the file's encoding (these are UTF-8)"
# A letter with an accent, or a dash, as UTF-8 has it and cp1252 shows it: Ã¼ is what ü became.
_UTF8_AS_CP1252: Final = "[ÂÃÄÅ][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â€"
HAS_BEEN: Final = "a day that has been: in either order of day and month this one is still to come"
_MOST_KEPT: Final = 100
_OBJECTS_A_BATCH: Final = 5000


UnreadDays = tuple[date, date]  # or moments, as the report has them


@dataclass
class Tally:
    """What was met on the way through a document."""

    rows: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    asides: list[tuple[Aside, dict[str, str]]] = field(default_factory=list)  # by plain header
    comma_decimals: bool = False
    three_decimals: bool = False
    damaged: dict[str, int] = field(default_factory=dict)  # rows that land without it, by field
    order: Order = MONTH_FIRST  # in which its days were read
    days: Proofs = field(default_factory=Proofs)
    pages: Pages = field(default_factory=Pages)
    unread_days: UnreadDays | None = None  # of rows that could not be read, first and last
    to_come: date | None = None  # the first day that was still to come, as the rows were read
    cut_row: int | None = None  # the last row, if it is rejected for its shape: more is missing

    def hear_of_time_to_come(self, days: pl.Series) -> None:
        """Remember the first of these days: once it has come, the file may read otherwise."""
        first = days.cast(pl.Date).min()
        if isinstance(first, date):
            self.to_come = min(first, self.to_come or first)

    def hear_of_unread(self, first: object, last: object) -> None:
        """Widen the days that unread rows name."""
        if isinstance(first, date) and isinstance(last, date):  # a moment is a day as well
            before = self.unread_days or (first, last)
            self.unread_days = min(before[0], first), max(before[1], last)

    def pass_over(self, reason: str, rows: int) -> None:
        """Count rows that are no data."""
        if rows:
            self.passed_over[reason] = self.passed_over.get(reason, 0) + rows


@dataclass(frozen=True)
class Batch:
    """Some rows of the document: those that could be read, and the faults of the others."""

    values: pl.DataFrame
    faults: pl.DataFrame


@dataclass(frozen=True)
class _Raw:
    """Some rows as text, columns named by their fields, and the faults of rows without any."""

    kind: Recognised  # by the header they stand below
    frame: pl.DataFrame
    faults: Sequence[RowFault] = ()


class Parser:
    """Reads one document once. tally is complete after the last batch."""

    def __init__(  # noqa: PLR0913  each is named where it is given
        self,
        document: Unpacked,
        kind: Recognised,
        words: Words,
        told: Told,
        *,
        line_by_line: bool = False,
        order: Order = MONTH_FIRST,
    ) -> None:
        self.tally = Tally(rows=kind.preamble, order=order)
        self.tally.pass_over(PREAMBLE, kind.preamble)
        self._document = document
        self._kind = kind
        self._columns = kind.report.columns
        self._words = words
        self._told = told
        self._line_by_line = line_by_line
        self._spans: Callable[[int], tuple[int, int]] | None = None
        self._odd_end: int | None = None  # the last row so far, if it has another shape

    def batches(self) -> Iterator[Batch]:
        """The rows in order. Raises RefusedError, and IrregularError: start again, line by line."""
        for raw in self._raws():
            data, unreadable = self._without_unreadable(self._data_of(raw))
            known = self._without_nothing(data)
            cells = read_cells(known, self._columns, self._words, self.tally.order)
            self._learn(known, cells)
            values, to_come = self._without_days_to_come(known, cells.values)
            faults = pl.concat([_faults(raw.faults), unreadable, cells.faults, to_come])
            if self._odd_end is not None and self._odd_end in faults[ROW]:
                self.tally.cut_row = self._odd_end
            yield Batch(values, faults)
        if self.tally.cut_row != self._odd_end:
            self.tally.cut_row = None  # other rows came below it
        self._refuse_two_ways_of_writing_amounts()

    def _without_days_to_come(
        self, raw: pl.DataFrame, values: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows but those written with a day that cannot have been, and their faults."""
        faults = pl.DataFrame(schema=FAULT_SCHEMA)
        for column in columns_of_events(self._kind.report):
            to_come = values.filter(is_to_come(values[column.field]))
            if to_come.is_empty():
                continue
            self.tally.hear_of_time_to_come(to_come[column.field])
            late = to_come[ROW]
            seen = raw.filter(
                pl.col(ROW).is_in(late.implode()) & pl.col(column.field).str.contains("/")
            )
            faults.extend(faults_in(seen, column.field, pl.lit(HAS_BEEN)))
        return values.filter(~pl.col(ROW).is_in(faults[ROW].implode())), faults

    def _raws(self) -> Iterator[_Raw]:
        layout = self._kind.layout
        if not layout:
            return self._from_json()
        return self._by_lines(layout) if self._line_by_line else self._by_blocks(layout)

    def _learn(self, raw: pl.DataFrame, cells: Cells) -> None:
        """What these rows say of how the whole file is written."""
        tally = self.tally
        tally.comma_decimals |= cells.comma_decimals
        tally.three_decimals |= cells.three_decimals
        for name, rows in cells.damaged.items():
            tally.damaged[name] = tally.damaged.get(name, 0) + rows
        tally.days = tally.days.with_rows(raw, cells.values, self._kind.report, tally.order)
        if self._kind.report.days and cells.unread.height:
            first, last = (cells.unread[name] for name in self._kind.report.days)
            tally.hear_of_unread(first.min(), last.max())

    def _learn_days(self, beside: pl.DataFrame) -> None:
        """A line that names the period says how the file writes its days, too."""
        report, order = self._kind.report, self.tally.order
        cells = read_cells(beside, slashed_columns(report), self._words, order)
        self.tally.days = self.tally.days.with_rows(beside, cells.values, report, order)

    def raw_texts(self) -> Callable[[int], str]:
        """Asked for row numbers in ascending order, gives the file's own text of each."""
        if self._spans is None:
            return self._raw_objects()
        spans, lines = self._spans, RawLines(self._document)
        return lambda line: lines.text(spans(line))

    def _refuse_two_ways_of_writing_amounts(self) -> None:
        if self.tally.comma_decimals and self.tally.three_decimals:
            raise RefusedError(
                "Its amounts are written in two ways: some with a comma before the decimals, "
                "some like 1.234, which may then mean 1234. Nothing was guessed."
            )

    # Delimited text, regular ----------------------------------------------------------------

    def _by_blocks(self, layout: Layout) -> Iterator[_Raw]:
        """By the quick reader, which knows regular files only."""
        # Of NUL bytes every cell must be asked, also those that nobody reads.
        if self._document.script.ends_within == "letter" or self._document.script.nuls:
            raise IrregularError
        records = Records(self._document, layout, self._told)
        self._spans = records.numbering.span
        positions = self._positions(self._kind)
        # Lines beside the data may say something in columns that the data has no use for.
        every = range(layout.cells) if self._kind.report.asides else None
        for block in raw_blocks(records, layout, every or sorted(set(positions.values()))):
            frame = _named(block.frame, positions)
            if self._may_have_header(frame) or not self._are_asides(block.misshapen):
                raise IrregularError
            yield _Raw(self._kind, frame)
        self.tally.rows += records.rows

    def _may_have_header(self, frame: pl.DataFrame) -> bool:
        """Whether a name stands where another kind of cell belongs: seen in one column."""
        column = next((c for c in self._columns if c.always and _has_digits(c)), self._columns[0])
        if column.field not in frame.columns:
            return False
        wordy = frame[column.field].filter(~frame[column.field].str.contains("[0-9]"))
        return any(plain_name(cell) in HEADER_NAMES for cell in wordy.unique())

    def _are_asides(self, rows: Sequence[Misshapen]) -> bool:
        if rows and self._document.script.ends_within:
            return False  # one of them may be cut off
        return all(map(self._is_aside_line, rows))

    def _is_aside_line(self, row: Misshapen) -> bool:
        delimiter = self._kind.layout.delimiter if self._kind.layout else ""
        return self._is_aside(
            self._kind, next(csv.reader(io.StringIO(row.text), delimiter=delimiter), [])
        )

    # Delimited text, not regular --------------------------------------------------------------

    def _by_lines(self, layout: Layout) -> Iterator[_Raw]:
        joined: dict[int, int] = {}
        self._spans = lambda line: (line, line + joined.get(line, 1) - 1)
        rows = rows_of(self._document, self._kind, layout, self._told)
        trimmed = not ends_in_empty_cells(self._document, layout)
        for some in mended(rows, self._kind, self._is_aside, self._trial, ends_trimmed=trimmed):
            joined |= {row.line: row.lines for row in some.rows if row.lines > 1}
            self.tally.rows += len(some.rows) + len(some.faults) + some.repeated_headers
            self.tally.pass_over(REPEATED_HEADER, some.repeated_headers)
            if some.rows or some.faults:
                self._odd_end = some.odd_end
                yield _Raw(some.kind, self._frame(some.kind, some.rows), some.faults)

    def _frame(self, kind: Recognised, rows: Sequence[Row]) -> pl.DataFrame:
        positions = self._positions(kind)
        every = range(len(kind.header)) if kind.report.asides else sorted(set(positions.values()))
        cells = {f"c{at}": [(row.cells or [])[at] for row in rows] for at in every}
        frame = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
        numbers = pl.Series(ROW, [row.line for row in rows], dtype=pl.Int64)
        return _named(frame.with_columns(numbers), positions)

    def _trial(self, kind: Recognised, rows: Sequence[Row]) -> list[set[str]]:
        """By which fields each row cannot be read."""
        numbered = [Row(at, 1, row.cells) for at, row in enumerate(rows)]
        frame = self._without_nothing(self._with_every_field(self._frame(kind, numbered)))
        found: list[set[str]] = [set() for _ in rows]
        faults = read_cells(frame, self._columns, self._words).faults
        for at, name in faults.select(ROW, "field").iter_rows():
            found[at].add(name)
        return found

    # Lines beside the data, and letters that mean nothing -----------------------------------

    def _positions(self, kind: Recognised) -> dict[str, int]:
        found = ((column.field, kind.position(column)) for column in self._columns)
        return {name: at for name, at in found if at is not None}

    def _with_every_field(self, frame: pl.DataFrame) -> pl.DataFrame:
        missing = (c.field for c in self._columns if c.field not in frame.columns)
        return frame.with_columns(pl.lit("").alias(name) for name in missing)

    def _data_of(self, raw: _Raw) -> pl.DataFrame:
        """The data rows, every field present."""
        frame = self._with_every_field(raw.frame)
        for aside in raw.kind.report.asides:
            cells = frame[aside.field]
            tells = cells.str.contains(aside.pattern) & ~is_too_narrow(cells)
            self._keep(aside, raw.kind, frame.filter(tells))
            if aside.tells == "period" and tells.any():
                self._learn_days(frame.filter(tells))
            self.tally.pass_over(aside.reason, int(tells.sum()))
            frame = frame.filter(~tells)
        return self._without_empty(frame)

    def _without_unreadable(self, data: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows but those with an unreadable letter outside free text, and their faults.

        Such a cell names nothing: with another letter in its place it would name another item.
        """
        script = self._document.script
        if script.readable and not script.mixed and self._kind.layout:
            return data, pl.DataFrame(schema=FAULT_SCHEMA)
        wrong = [(LOST, KNOWN_LETTERS)] + (
            [(_UTF8_AS_CP1252, ONE_ENCODING)] if script.mixed else []
        )
        exact = [c.field for c in self._columns if c.reading.manner != "text"]
        faults = [
            faults_in(data.filter(pl.col(name).str.contains(letters)), name, pl.lit(expected))
            for name in exact
            for letters, expected in wrong
        ]
        found = pl.concat(faults)
        return data.filter(~pl.col(ROW).is_in(found[ROW].implode())), found

    def _without_nothing(self, data: pl.DataFrame) -> pl.DataFrame:
        """Cells that say that nothing is known, as empty."""
        nothing = self._kind.report.nothing
        if not nothing:
            return data
        fields = pl.col([column.field for column in self._columns])
        said = fields.str.strip_chars() == nothing
        return data.with_columns(pl.when(said).then(pl.lit("")).otherwise(fields).name.keep())

    def _without_empty(self, frame: pl.DataFrame) -> pl.DataFrame:
        fields = [column.field for column in self._columns]
        # Most rows differ from empty in the first column: the others are looked at only then.
        blank = frame[fields[0]].str.strip_chars() == ""
        if not blank.any():
            return frame
        empty = frame.select(pl.all_horizontal(pl.col(fields).str.strip_chars() == "")).to_series()
        self.tally.pass_over(EMPTY_ROW, int(empty.sum()))
        return frame.filter(~empty)

    def _keep(self, aside: Aside, kind: Recognised, rows: pl.DataFrame) -> None:
        positions = self._positions(kind)
        for row in rows.head(max(_MOST_KEPT - len(self.tally.asides), 0)).iter_rows(named=True):
            named = {
                plain_name(header): row.get(f"c{at}", "") for at, header in enumerate(kind.header)
            }
            for name, at in positions.items():
                named[plain_name(kind.header[at])] = row[name]
            self.tally.asides.append((aside, named))

    def _is_aside(self, kind: Recognised, cells: list[str]) -> bool:
        """Whether cells of another number than the header's are no data, and count them so."""
        if not any(cell.strip(" \t\x1a") for cell in cells):
            self.tally.rows += self._line_by_line
            self.tally.pass_over(EMPTY_ROW, 1)
            return True
        return any(self._gives_away(aside, kind, cells) for aside in kind.report.asides)

    def _gives_away(self, aside: Aside, kind: Recognised, cells: list[str]) -> bool:
        at = self._positions(kind).get(aside.field)
        if at is None or at >= len(cells) or not re.search(aside.pattern, cells[at]):
            return False
        if re.fullmatch(rf"\s*{TOO_NARROW}\s*", cells[at]):
            return False
        self.tally.rows += self._line_by_line
        self.tally.pass_over(aside.reason, 1)
        names = [plain_name(header) for header in kind.header]
        if len(self.tally.asides) < _MOST_KEPT:
            self.tally.asides.append((aside, dict(zip(names, cells, strict=False))))
        return True

    # JSON ----------------------------------------------------------------------------------

    def _from_json(self) -> Iterator[_Raw]:
        """Objects as rows; a row's number is its position among the rows of the file."""
        cells = map(self._as_cells, self._json_rows(self._told, self.tally.pages))
        while rows := list(islice(cells, _OBJECTS_A_BATCH)):
            numbers = range(self.tally.rows + 1, self.tally.rows + len(rows) + 1)
            self.tally.rows += len(rows)
            fields = {column.field: pl.String for column in self._columns}
            frame = pl.DataFrame(rows, schema=fields)
            numbered = frame.with_columns(pl.Series(ROW, numbers, dtype=pl.Int64))
            yield _Raw(self._kind, numbered)

    def _json_rows(
        self, told: Told = lambda _: None, pages: Pages | None = None
    ) -> Iterator[dict[str, object]]:
        return json_rows.rows(self._document, self._kind.report, self._kind.path, told, pages)

    def _as_cells(self, said: dict[str, object]) -> dict[str, str]:
        plain = dict(json_rows.named_values(said))
        return {
            column.field: _as_cell(next((plain[n] for n in column.names if n in plain), None))
            for column in self._columns
        }

    def _raw_objects(self) -> Callable[[int], str]:
        objects = enumerate(self._json_rows(), start=1)
        return lambda wanted: next(as_written(said) for number, said in objects if number == wanted)


def _named(frame: pl.DataFrame, positions: dict[str, int]) -> pl.DataFrame:
    """The columns by their fields; two fields may read one column."""
    if frame.width == 1:  # the row numbers alone: no rows
        return frame
    named = frame.with_columns(pl.col(f"c{at}").alias(field) for field, at in positions.items())
    return named.drop({f"c{at}" for at in positions.values()})


def _faults(rows: Sequence[RowFault]) -> pl.DataFrame:
    listed = [(row.line, WHOLE_ROW, row.expected, row.found) for row in rows]
    return pl.DataFrame(listed, schema=FAULT_SCHEMA, orient="row")


def _has_digits(column: Column) -> bool:
    return column.reading.manner in {"whole", "amount", "gtin", "day", "moment"}


def _as_cell(value: object) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, str):
        return value.replace("\r", " ").replace("\n", " ")  # as in quoted cells
    return as_written(value)
