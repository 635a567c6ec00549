"""The records of a regular file as blocks of text columns, by pyarrow's streaming reader.

What is not regular about a file is for services.landing.rows.line_by_line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from services.landing.read.lines import LONGEST_LINE, ROW, Layout, Records

# More rows of another shape are no legends and line counts beside the data.
_MOST_MISSHAPEN: Final = 1000


class IrregularError(Exception):
    """The file is not as regular as it seemed: it must be read line by line."""


@dataclass(frozen=True)
class Misshapen:
    """A row with more or fewer cells than the header."""

    row_number: int
    text: str


@dataclass(frozen=True)
class RawBlock:
    """Some rows as text, columns named c0, c1 … by their position, and those that fit no column."""

    frame: pl.DataFrame
    misshapen: Sequence[Misshapen]


def raw_blocks(records: Records, layout: Layout, positions: Sequence[int]) -> Iterator[RawBlock]:
    """Every record of the stream, the columns at these positions only.

    Raises RefusedError, and IrregularError where it cannot be read as a table, records have run
    into each other, cells are quoted although the header is not, or a quote is never closed.
    """
    odd: list[tuple[int, str]] = []
    count = _Count()
    for table in _tables(records, layout, positions, odd):
        aside = _taken(odd)
        numbers = count.take(table.num_rows, [record for record, _ in aside])
        lines = records.numbering.lines(numbers)
        frame = pl.DataFrame(pl.from_arrow(table)).with_columns(pl.Series(ROW, lines))
        yield RawBlock(frame, _located(aside, records))
        if records.quoted_cells or records.unclosed:
            raise IrregularError
    swallowed = count.met + len(odd) != records.numbering.record
    if swallowed or records.quoted_cells or records.unclosed:
        raise IrregularError
    yield RawBlock(pl.DataFrame(schema={ROW: pl.Int64}), _located(odd, records))


def _tables(
    records: Records, layout: Layout, positions: Sequence[int], odd: list[tuple[int, str]]
) -> Iterator[pa.RecordBatch]:
    def put_aside(row: arrow_csv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip" if len(odd) < _MOST_MISSHAPEN else "error"

    names = [f"c{position}" for position in range(layout.cells)]
    wanted = [f"c{position}" for position in positions]
    try:
        with arrow_csv.open_csv(
            pa.PythonFile(records, mode="r"),
            read_options=arrow_csv.ReadOptions(
                use_threads=False,  # else rows have no numbers
                block_size=2 * LONGEST_LINE,
                column_names=names,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter,
                quote_char='"' if layout.quoted else False,
                ignore_empty_lines=False,
                invalid_row_handler=put_aside,
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False,  # decoded before
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        ) as reader:
            yield from reader
    except pa.ArrowInvalid as error:
        # A file with a header and nothing else is a report without rows.
        if records.rows:
            raise IrregularError from error


def _taken(odd: list[tuple[int, str]]) -> list[tuple[int, str]]:
    # pyarrow reads ahead in a thread of its own, which may add to the list at any moment.
    taken = odd[:]
    del odd[: len(taken)]
    return taken


class _Count:
    """Which records the good rows are: all that were not put aside."""

    def __init__(self) -> None:
        self.met = 0
        self._next = 1
        self._odd = np.empty(0, dtype=np.int64)  # put aside, at or after the next

    def take(self, rows: int, odd: Sequence[int]) -> NDArray[np.int64]:
        """The record numbers of the next good rows, `odd` having been put aside since."""
        self.met += rows + len(odd)
        self._odd = np.append(self._odd, np.asarray(odd, dtype=np.int64))
        reach = rows + len(self._odd)
        candidates = np.arange(self._next, self._next + reach, dtype=np.int64)
        numbers = np.setdiff1d(candidates, self._odd, assume_unique=True)[:rows]
        self._next = int(numbers[-1]) + 1 if rows else self._next
        self._odd = self._odd[self._odd >= self._next]
        return numbers


def _located(odd: Sequence[tuple[int, str]], records: Records) -> list[Misshapen]:
    lines = records.numbering.lines(np.array([record for record, _ in odd], dtype=np.int64))
    return [Misshapen(int(line), text) for line, (_, text) in zip(lines, odd, strict=True)]
