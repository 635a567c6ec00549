"""A document as batches of typed rows, in constant memory however long it is."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import polars as pl

from services.marketplaces.contract import Aside, plain_name
from services.sync import json_rows
from services.sync.cells import FAULT_SCHEMA, ROW, Words, read_cells
from services.sync.delimited import Misshapen, RawBlock, raw_blocks
from services.sync.json_text import as_written
from services.sync.kinds import Recognised
from services.sync.lines import Layout, RawLines, Records, Told
from services.sync.refusals import RefusedError
from services.sync.unpack import Unpacked

WHOLE_ROW: Final = ""  # the field of a fault that is of no one column
EMPTY_ROW: Final = "empty row"
PREAMBLE: Final = "line above the header"
_MOST_KEPT: Final = 100
_OBJECTS_A_BATCH: Final = 5000


@dataclass
class Tally:
    """What was met on the way through a document."""

    rows: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    asides: list[tuple[Aside, dict[str, str]]] = field(default_factory=list)  # by plain header
    comma_decimals: bool = False
    three_decimals: bool = False
    damaged: int = 0  # rows that land without a number whose digits the file has lost

    def pass_over(self, reason: str, rows: int) -> None:
        """Count rows that are no data."""
        if rows:
            self.passed_over[reason] = self.passed_over.get(reason, 0) + rows


@dataclass(frozen=True)
class Batch:
    """Some rows of the document: those that could be read, and the faults of the others."""

    values: pl.DataFrame
    faults: pl.DataFrame


class Parser:
    """Reads one document once. tally is complete after the last batch."""

    def __init__(
        self,
        document: Unpacked,
        kind: Recognised,
        words: Words,
        told: Told,
        *,
        careful: bool = False,
    ) -> None:
        self.tally = Tally(rows=kind.preamble)
        self.tally.pass_over(PREAMBLE, kind.preamble)
        self._document = document
        self._kind = kind
        self._columns = kind.report.columns
        self._words = words
        self._told = told
        self._careful = careful
        self._records: Records | None = None

    def batches(self) -> Iterator[Batch]:
        """The rows in order. Raises RefusedError, and SwallowedError: start again, carefully."""
        layout = self._kind.layout
        for block in self._from_lines(layout) if layout else self._from_json():
            data, more = self._without_asides(block)
            cells = read_cells(self._without_nothing(data), self._columns, self._words)
            self.tally.comma_decimals |= cells.comma_decimals
            self.tally.three_decimals |= cells.three_decimals
            self.tally.damaged += cells.damaged
            yield Batch(cells.values, pl.concat([more, cells.faults]))
        self._refuse_two_ways_of_writing_amounts()

    def raw_texts(self) -> Callable[[int], str]:
        """Asked for row numbers in ascending order, gives the file's own text of each."""
        if self._records is None:
            return self._raw_objects()
        numbering, lines = self._records.numbering, RawLines(self._document)
        return lambda line: lines.text(numbering.span(line))

    def _refuse_two_ways_of_writing_amounts(self) -> None:
        if self.tally.comma_decimals and self.tally.three_decimals:
            raise RefusedError(
                "Its amounts are written in two ways: some with a comma before the decimals, "
                "some like 1.234, which may then mean 1234. Nothing was guessed."
            )

    # Delimited text ------------------------------------------------------------------------

    def _from_lines(self, layout: Layout) -> Iterator[RawBlock]:
        records = self._records = Records(self._document, layout, self._told, careful=self._careful)
        places = {
            column.field: place
            for column in self._columns
            if (place := self._kind.position(column)) is not None
        }
        # Lines beside the data may say something in columns that the data has no use for.
        every = range(layout.cells) if self._kind.report.asides else None
        for block in raw_blocks(records, layout, every or sorted(set(places.values()))):
            yield RawBlock(_named(block.frame, places), block.misshapen)
        self.tally.rows += records.rows
        yield self._unclosed(records)

    def _unclosed(self, records: Records) -> RawBlock:
        rows = [Misshapen(line, 0, None) for line in records.unclosed]
        return RawBlock(pl.DataFrame(schema={ROW: pl.Int64}), rows)

    def _without_asides(self, block: RawBlock) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The data rows, every field present, and the faults of rows that fit no columns."""
        misshapen = [row for row in block.misshapen if not self._is_aside(row)]
        frame = block.frame.with_columns(
            pl.lit("").alias(column.field)
            for column in self._columns
            if column.field not in block.frame.columns
        )
        for aside in self._kind.report.asides:
            tells = frame[aside.field].str.contains(aside.pattern)
            self._keep(aside, frame.filter(tells))
            self.tally.pass_over(aside.reason, int(tells.sum()))
            frame = frame.filter(~tells)
        return self._without_empty(frame), self._shape_faults(misshapen)

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

    def _keep(self, aside: Aside, rows: pl.DataFrame) -> None:
        places = {column.field: self._kind.position(column) for column in self._columns}
        for row in rows.head(max(_MOST_KEPT - len(self.tally.asides), 0)).iter_rows(named=True):
            named = {
                plain_name(header): row.get(f"c{at}", "")
                for at, header in enumerate(self._kind.header)
            }
            for name, at in places.items():
                if at is not None:
                    named[plain_name(self._kind.header[at])] = row[name]
            self.tally.asides.append((aside, named))

    def _is_aside(self, row: Misshapen) -> bool:
        """Whether a row of too few or many cells is a line beside the data, and count it so."""
        if row.text is None or self._kind.layout is None:
            return False
        cells = next(csv.reader(io.StringIO(row.text), delimiter=self._kind.layout.delimiter), [])
        if not any(cell.strip(" \t\x1a") for cell in cells):
            self.tally.pass_over(EMPTY_ROW, 1)
            return True
        return any(self._gives_away(aside, cells) for aside in self._kind.report.asides)

    def _gives_away(self, aside: Aside, cells: list[str]) -> bool:
        column = next(column for column in self._columns if column.field == aside.field)
        at = self._kind.position(column)
        if at is None or at >= len(cells) or not re.search(aside.pattern, cells[at]):
            return False
        self.tally.pass_over(aside.reason, 1)
        names = [plain_name(header) for header in self._kind.header]
        self.tally.asides.append((aside, dict(zip(names, cells, strict=False))))
        return True

    def _shape_faults(self, rows: Sequence[Misshapen]) -> pl.DataFrame:
        width = len(self._kind.header)
        listed = [
            (row.row_number, WHOLE_ROW, f"{width} cells, as in the header", f"{row.cells} cells")
            if row.cells
            else (row.row_number, WHOLE_ROW, "quotes in pairs", "a quote that is never closed")
            for row in rows
        ]
        return pl.DataFrame(listed, schema=FAULT_SCHEMA, orient="row")

    # JSON ----------------------------------------------------------------------------------

    def _from_json(self) -> Iterator[RawBlock]:
        """Objects as rows; a row's number is its place among the rows of the file."""
        cells = map(self._as_cells, self._json_rows(self._told))
        while rows := list(islice(cells, _OBJECTS_A_BATCH)):
            numbers = range(self.tally.rows + 1, self.tally.rows + len(rows) + 1)
            self.tally.rows += len(rows)
            fields = {column.field: pl.String for column in self._columns}
            frame = pl.DataFrame(rows, schema=fields)
            yield RawBlock(frame.with_columns(pl.Series(ROW, numbers, dtype=pl.Int64)), [])

    def _json_rows(self, told: Told = lambda _: None) -> Iterator[dict[str, object]]:
        return json_rows.rows(self._document, self._kind.report, self._kind.path, told)

    def _as_cells(self, said: dict[str, object]) -> dict[str, str]:
        plain = dict(json_rows.named_values(said))
        return {
            column.field: _as_cell(next((plain[n] for n in column.names if n in plain), None))
            for column in self._columns
        }

    def _raw_objects(self) -> Callable[[int], str]:
        objects = enumerate(self._json_rows(), start=1)
        return lambda wanted: next(as_written(said) for number, said in objects if number == wanted)


def _named(frame: pl.DataFrame, places: dict[str, int]) -> pl.DataFrame:
    """The columns by their fields; two fields may read one column."""
    if frame.width == 1:  # the row numbers alone: no rows
        return frame
    named = frame.with_columns(pl.col(f"c{at}").alias(field) for field, at in places.items())
    return named.drop({f"c{at}" for at in places.values()})


def _as_cell(value: object) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, str):
        return value.replace("\r", " ").replace("\n", " ")  # as in quoted cells
    return as_written(value)
