"""The records of a delimited file as blocks of text columns, by pyarrow's streaming reader."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from services.sync.cells import ROW
from services.sync.lines import LONGEST_LINE, Layout, Records
from services.sync.refusals import RefusedError

# Enough to recognise legends and line counts; misshapen rows on end must not pile up in memory.
_TEXTS_KEPT: Final = 100
MOST_ON_END = 100_000
_SHORT: Final = 200  # long enough for a row of empty cells


class SwallowedError(Exception):
    """A line's quotes pair up but stand wrong, so that it ran on into the next: read carefully."""


@dataclass(frozen=True)
class Misshapen:
    """A row with more or fewer cells than the header."""

    row_number: int
    cells: int
    text: str | None  # None: not kept


@dataclass(frozen=True)
class RawBlock:
    """Some rows as text, columns named c0, c1 … by their place, and those that fit no column."""

    frame: pl.DataFrame
    misshapen: Sequence[Misshapen]


def raw_blocks(records: Records, layout: Layout, places: Sequence[int]) -> Iterator[RawBlock]:
    """Every record of the stream, the columns at these places only.

    Raises RefusedError, and SwallowedError where records have run into each other.
    """
    odd: list[tuple[int, int, str | None]] = []
    count = _Count()
    for table in _tables(records, layout, places, odd):
        aside = _taken(odd)
        numbers = count.take(table.num_rows, [record for record, _, _ in aside])
        lines = records.numbering.lines(numbers)
        frame = pl.DataFrame(pl.from_arrow(table)).with_columns(pl.Series(ROW, lines))
        yield RawBlock(frame, _located(aside, records))
    if count.met + len(odd) != records.numbering.record:
        raise SwallowedError
    yield RawBlock(pl.DataFrame(schema={ROW: pl.Int64}), _located(odd, records))


def _tables(
    records: Records, layout: Layout, places: Sequence[int], odd: list[tuple[int, int, str | None]]
) -> Iterator[pa.RecordBatch]:
    def put_aside(row: arrow_csv.InvalidRow) -> str:
        kept = row.text if len(odd) < _TEXTS_KEPT or len(row.text) < _SHORT else None
        odd.append((row.number, row.actual_columns, kept))
        return "skip" if len(odd) < MOST_ON_END else "error"

    names = [f"c{place}" for place in range(layout.cells)]
    wanted = [f"c{place}" for place in places]
    try:
        yield from arrow_csv.open_csv(
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
        )
    except pa.ArrowInvalid as error:
        if len(odd) >= MOST_ON_END:
            raise RefusedError(
                f"{MOST_ON_END} rows on end have another number of cells than the header: "
                "header and rows are not of one report."
            ) from error
        # A file with a header and nothing else is a report without rows.
        if records.numbering.record:
            raise RefusedError(f"It cannot be read as a table: {error}.") from error


def _taken(odd: list[tuple[int, int, str | None]]) -> list[tuple[int, int, str | None]]:
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


def _located(odd: Sequence[tuple[int, int, str | None]], records: Records) -> list[Misshapen]:
    lines = records.numbering.lines(np.array([record for record, _, _ in odd], dtype=np.int64))
    return [
        Misshapen(int(line), cells, text) for line, (_, cells, text) in zip(lines, odd, strict=True)
    ]
