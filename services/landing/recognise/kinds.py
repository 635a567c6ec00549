"""Which kind of report a file is: told from its header line or members, never from its name."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from services.landing.read import json_rows
from services.landing.read.lines import DELIMITERS, Layout, first_lines, text_pieces
from services.landing.read.unpack import Unpacked
from services.landing.recognise.known_formats import (
    DELIMITED,
    JSON_SHAPES,
    JSON_WITHOUT_ENVELOPE,
    may_come,
)
from services.landing.recognise.unknown_kinds import (
    LONGEST_ANSWER,
    cells_of,
    refuse_connector_tables,
    said_of_json,
    said_of_marked_up_text,
    said_of_text,
)
from services.landing.refusals import RefusedError
from services.marketplaces.contract import Column, ReportFormat, plain_name

_MOST_NAMED: Final = 40
HEADER_NAMES: Final = frozenset().union(
    *(column.names for report in DELIMITED for column in report.columns)
)
_ANY_DELIMITER: Final = re.compile(f"[{''.join(DELIMITERS)}]")
_BEGINS_WITH_LETTER: Final = re.compile("[^0-9A-Za-z]*[A-Za-z]")
_SHAPES: Final = (*JSON_SHAPES, *JSON_WITHOUT_ENVELOPE)
# A list without any name around it may be of every kind: only our own case feed comes so.
_MAY_BE_EMPTY: Final = (*JSON_SHAPES, *(shape for shape in JSON_WITHOUT_ENVELOPE if shape[1]))
# Lines that may stand above the header: a seller's name, a period.
MOST_PREAMBLE_LINES: Final = 20


@dataclass(frozen=True)
class Recognised:
    """What a file turned out to be."""

    report: ReportFormat
    layout: Layout | None  # None: JSON
    header: tuple[str, ...]
    preamble: int = 0  # lines above the header that are not blank, and are no rows
    rows_above: tuple[int, ...] = ()  # lines above the header that are rows
    path: tuple[str, ...] = ()  # JSON: by which members its records are reached

    @property
    def named_cells(self) -> int:
        """How many cells of a row stand below a name; those at its end that do not say nothing."""
        return max((at for at, name in enumerate(self.header, start=1) if name), default=0)

    def is_laid_out_as(self, other: "Recognised") -> bool:
        """Whether the rows below both headers are read the same way."""
        here, there = self.layout, other.layout
        if not here or not there or replace(here, header_line=0) != replace(there, header_line=0):
            return False
        return [*map(plain_name, self.header)] == [*map(plain_name, other.header)]

    @property
    def delimiter(self) -> str:
        """The delimiter's name."""
        return DELIMITERS[self.layout.delimiter] if self.layout else "json"

    def position(self, column: Column) -> int | None:
        """Where the column stands in the file, from 0; None: the file has it not."""
        found = [at for at, name in enumerate(self.header) if plain_name(name) in column.names]
        return found[0] if found else None

    def seen_as(self, column: Column) -> str:
        """The column's header as this file writes it."""
        at = self.position(column)
        return column.header if at is None else self.header[at]


def recognise(document: Unpacked, marketplace: str | None = None) -> Recognised:
    """The kind, delimiter and quoting of a document.

    Raises RefusedError, which says what the document is instead, lists the headers seen and names
    the way out, or the nearest kind that the marketplace has.
    """
    start = next((piece.lstrip()[:1] for piece in text_pieces(document) if piece.strip()), "")
    if not start:
        raise RefusedError("The file is empty.")
    if start in "[{":
        return _recognise_json(document, marketplace)
    if start == "<":
        raise RefusedError(said_of_marked_up_text(_start(document)))
    lines = first_lines(document, MOST_PREAMBLE_LINES)
    for number, line in enumerate(lines, start=1):
        if found := header_in(line, number, marketplace):
            return _with_lines_above(found, lines[: number - 1])
    raise RefusedError(said_of_text(lines, marketplace))


# A preamble names a thing and two days; a row of every report fills more cells.
_MOST_PREAMBLE_CELLS: Final = 3


def _with_lines_above(found: Recognised, lines: Sequence[str]) -> Recognised:
    """What stands above the header: what looks like its rows is no preamble."""
    rows = tuple(n for n, line in enumerate(lines, start=1) if _may_be_row(line, found))
    filled = sum(1 for line in lines if line.strip())
    return replace(found, preamble=filled - len(rows), rows_above=rows)


def _may_be_row(line: str, found: Recognised) -> bool:
    if found.layout is None:
        return False
    cells = cells_of(line, found.layout.delimiter)
    filled = sum(1 for cell in cells if cell.strip())
    return filled > _MOST_PREAMBLE_CELLS and 2 * len(cells) > found.layout.cells


# JSON --------------------------------------------------------------------------------------


def _recognise_json(document: Unpacked, marketplace: str | None) -> Recognised:
    """The kind by the members of the first answer that has any record."""
    seen: dict[str, None] = {}
    empty: list[tuple[ReportFormat, tuple[str, ...]]] = []
    # Of two marketplaces with the same members the one that is asked about has them.
    shapes = sorted(_SHAPES, key=lambda shape: not may_come(shape[0], marketplace))
    for sketch in json_rows.sketches(document):
        if found := _of_shape(sketch, shapes):
            return found
        empty += [one for one in _MAY_BE_EMPTY if _is_empty(sketch, one) and one not in empty]
        seen |= dict.fromkeys(islice(json_rows.member_paths(sketch), _MOST_NAMED - len(seen)))
    if (not seen and empty) or len(empty) == 1:
        return of_json(*empty[0])
    refuse_connector_tables([path.rpartition(".")[2] for path in seen])
    raise RefusedError(_unknown_json(document, tuple(seen), empty, marketplace))


def _of_shape(
    sketch: json_rows.Sketch, shapes: Sequence[tuple[ReportFormat, tuple[str, ...]]]
) -> Recognised | None:
    for report, path in shapes:
        below = json_rows.at(sketch, path)
        if isinstance(below, Mapping) and not _missing(report, below):
            return of_json(report, path)
    return None


def of_json(report: ReportFormat, path: tuple[str, ...] = ()) -> Recognised:
    """What JSON of the kind is whose records are reached by these members."""
    return Recognised(report, None, tuple(c.header for c in report.columns), path=path)


def _is_empty(sketch: json_rows.Sketch, shape: tuple[ReportFormat, tuple[str, ...]]) -> bool:
    report, path = shape
    below = json_rows.at(sketch, path)
    lines = below.get(report.json_lines or "") if isinstance(below, Mapping) else below
    return lines == "empty list"


def _missing(report: ReportFormat, record: json_rows.Sketch) -> list[Column]:
    names = {plain_name(path) for path in json_rows.member_paths(record)}
    return [column for column in report.required if not column.names & names]


def _unknown_json(
    document: Unpacked,
    seen: tuple[str, ...],
    empty: Sequence[tuple[ReportFormat, tuple[str, ...]]],
    marketplace: str | None,
) -> str:
    if empty:
        kinds = " or ".join(f"“{report.label}”" for report, _ in empty)
        return f"Its list is empty: nothing in it says whether it is {kinds}."
    start = _start(document) if document.size <= LONGEST_ANSWER else ""
    return said_of_json(seen, start, marketplace)


def _start(document: Unpacked) -> str:
    """The document's first letters, which are all of it where it is short."""
    return next(text_pieces(document), "")


# Delimited text ----------------------------------------------------------------------------


def header_in(line: str, number: int, marketplace: str | None = None) -> Recognised | None:
    """What the rows below a line are, if the line is the header of a report.

    Of two marketplaces with the same headers the one that is asked about has it.

    Raises RefusedError.
    """
    for delimiter in DELIMITERS:
        header = cells_of(line, delimiter)
        refuse_connector_tables(header)
        if report := _format_of(header, marketplace):
            return _checked(report, header, _layout(line, delimiter, header, number))
    return None


def may_be_header(line: str) -> bool:
    """Whether a line deserves to be asked for its header; of rows nearly none does."""
    if not _BEGINS_WITH_LETTER.match(line):
        return False
    return any(plain_name(cell) in HEADER_NAMES for cell in _ANY_DELIMITER.split(line, 4)[:4])


def below(kind: Recognised, names: tuple[str, ...], number: int) -> Recognised | None:
    """What the rows below a header of these names are; it is written as that of `kind` is."""
    report = _format_of(names, kind.report.marketplace)
    if report is None or kind.layout is None:
        return None
    return _checked(report, names, replace(kind.layout, cells=len(names), header_line=number))


def _layout(line: str, delimiter: str, header: tuple[str, ...], number: int) -> Layout:
    # Unquoted tab files hold lone quotes in product titles: there a quote is a letter, unless its
    # cell shows that a spreadsheet has set it (services.landing.rows.line_by_line).
    quoted = delimiter != "\t" or line.lstrip().startswith('"')
    return Layout(delimiter, quoted, len(header), number)


def _format_of(header: tuple[str, ...], marketplace: str | None) -> ReportFormat | None:
    names = {plain_name(cell) for cell in header}
    fitting = [report for report in DELIMITED if all(c.names & names for c in report.required)]
    return max(
        fitting,
        key=lambda report: (may_come(report, marketplace), _shared(report, names)),
        default=None,
    )


def _shared(report: ReportFormat, names: set[str]) -> int:
    return sum(1 for column in report.columns if column.names & names)


def _checked(report: ReportFormat, header: tuple[str, ...], layout: Layout) -> Recognised:
    times = Counter(plain_name(cell) for cell in header)
    for column in report.columns:
        if sum(times[name] for name in column.names) > 1:
            raise RefusedError(f'The column "{column.header}" is there twice.')
    return Recognised(report, layout, header)
