"""Which kind of report a file is: told from its header line or members, never from its name."""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from services.marketplaces.contract import Column, OtherReport, ReportFormat, plain_name
from services.marketplaces.registry import MARKETPLACE_REPORTS
from services.sync import json_rows
from services.sync.lines import Layout, first_lines, text_pieces
from services.sync.own_formats import OWN_FORMATS
from services.sync.refusals import RefusedError
from services.sync.unpack import Unpacked
from services.words import REPORT_KINDS

FORMATS: Final[tuple[ReportFormat, ...]] = (
    *(report for place in MARKETPLACE_REPORTS for report in place.formats),
    *OWN_FORMATS,
)
DELIMITED: Final = tuple(report for report in FORMATS if report.delimited)
JSON_SHAPES: Final = tuple((report, path) for report in FORMATS for path in report.json_paths)
_MOST_NAMED: Final = 40
OTHERS: Final[tuple[OtherReport, ...]] = tuple(
    other for place in MARKETPLACE_REPORTS for other in place.others
)
DELIMITERS: Final = {"\t": "tab", ",": "comma", ";": "semicolon"}
HEADER_NAMES: Final = frozenset().union(
    *(column.names for report in DELIMITED for column in report.columns)
)
_ANY_DELIMITER: Final = re.compile(f"[{''.join(DELIMITERS)}]")
_BEGINS_WITH_LETTER: Final = re.compile("[^0-9A-Za-z]*[A-Za-z]")
# Lines that may stand above the header: a seller's name, a period.
MOST_PREAMBLE_LINES: Final = 20


@dataclass(frozen=True)
class Recognised:
    """What a file turned out to be."""

    report: ReportFormat
    layout: Layout | None  # None: JSON
    header: tuple[str, ...]
    preamble: int = 0  # lines above the header that are not blank
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


def recognise(document: Unpacked) -> Recognised:
    """The kind, delimiter and quoting of a document.

    Raises RefusedError, listing the headers seen and the nearest known kind.
    """
    start = next((piece.lstrip()[:1] for piece in text_pieces(document) if piece.strip()), "")
    if not start:
        raise RefusedError("The file is empty.")
    if start in "[{":
        return _recognise_json(document)
    lines = first_lines(document, MOST_PREAMBLE_LINES)
    for number, line in enumerate(lines, start=1):
        if found := header_in(line, number):
            above = sum(1 for before in lines[: number - 1] if before.strip())
            return replace(found, preamble=above)
    raise RefusedError(_unknown(lines))


# JSON --------------------------------------------------------------------------------------


def _recognise_json(document: Unpacked) -> Recognised:
    """The kind by the members of the first answer that has any record."""
    seen: dict[str, None] = {}
    empty: list[tuple[ReportFormat, tuple[str, ...]]] = []
    for sketch in json_rows.sketches(document):
        for report, path in JSON_SHAPES:
            below = json_rows.at(sketch, path)
            if isinstance(below, Mapping) and not _missing(report, below):
                return Recognised(report, None, tuple(c.header for c in report.columns), path=path)
            if _is_empty(report, below) and (report, path) not in empty:
                empty.append((report, path))
        seen |= dict.fromkeys(islice(json_rows.member_paths(sketch), _MOST_NAMED - len(seen)))
    if (not seen and empty) or len(empty) == 1:
        report, path = empty[0]
        return Recognised(report, None, tuple(c.header for c in report.columns), path=path)
    raise RefusedError(_unknown_json(tuple(seen), empty))


def _is_empty(report: ReportFormat, below: json_rows.Sketch | None) -> bool:
    lines = below.get(report.json_lines or "") if isinstance(below, Mapping) else below
    return lines == "empty list"


def _missing(report: ReportFormat, record: json_rows.Sketch) -> list[Column]:
    names = {plain_name(path) for path in json_rows.member_paths(record)}
    return [column for column in report.required if not column.names & names]


def _unknown_json(
    seen: tuple[str, ...], empty: Sequence[tuple[ReportFormat, tuple[str, ...]]]
) -> str:
    if empty:
        kinds = " or ".join(f"“{REPORT_KINDS[report.kind]}”" for report, _ in empty)
        return f"Its list is empty: nothing in it says whether it is {kinds}."
    said = f"This is JSON of no kind that we know. Members seen: {_listed(seen) or 'none'}."
    return f"{said} {_nearest_json(seen)}"


def _nearest_json(seen: tuple[str, ...]) -> str:
    names = {plain_name(path) for path in seen}
    best = max(JSON_SHAPES, key=lambda shape: len(_wanted(*shape).keys() & names))
    wanted = _wanted(*best)
    if not wanted.keys() & names:
        return "No known kind shares a member with it."
    missing = tuple(shown for name, shown in wanted.items() if name not in names)
    lacks = f"; it lacks {_listed(missing)}" if missing else ""
    return f"Nearest known kind: {REPORT_KINDS[best[0].kind]}{lacks}."


def _wanted(report: ReportFormat, path: tuple[str, ...]) -> dict[str, str]:
    """What a document of the kind must have: plain name to what is shown of it."""
    before = "".join(f"{name}." for name in path)
    paths = [".".join(path), *(before + column.header for column in report.required)]
    return {plain_name(shown): shown for shown in paths if shown}


# Delimited text ----------------------------------------------------------------------------


def header_in(line: str, number: int) -> Recognised | None:
    """What the rows below a line are, if the line is the header of a report.

    Raises RefusedError.
    """
    for delimiter in DELIMITERS:
        header = _cells(line, delimiter)
        if report := _format_of(header):
            return _checked(report, header, _layout(line, delimiter, header, number))
    return None


def may_be_header(line: str) -> bool:
    """Whether a line deserves to be asked for its header; of rows nearly none does."""
    if not _BEGINS_WITH_LETTER.match(line):
        return False
    return any(plain_name(cell) in HEADER_NAMES for cell in _ANY_DELIMITER.split(line, 4)[:4])


def below(kind: Recognised, names: tuple[str, ...], number: int) -> Recognised | None:
    """What the rows below a header of these names are; it is written as that of `kind` is."""
    report = _format_of(names)
    if report is None or kind.layout is None:
        return None
    return _checked(report, names, replace(kind.layout, cells=len(names), header_line=number))


def _layout(line: str, delimiter: str, header: tuple[str, ...], number: int) -> Layout:
    # Unquoted tab files hold lone quotes in product titles: there a quote is a letter, unless its
    # cell shows that a spreadsheet has set it (services.sync.line_by_line).
    quoted = delimiter != "\t" or line.lstrip().startswith('"')
    return Layout(delimiter, quoted, len(header), number)


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        row = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return ()
    return tuple(cell.strip() for cell in row)


def _format_of(header: tuple[str, ...]) -> ReportFormat | None:
    names = {plain_name(cell) for cell in header}
    fitting = [report for report in DELIMITED if all(c.names & names for c in report.required)]
    return max(fitting, key=lambda report: _shared(report, names), default=None)


def _shared(report: ReportFormat, names: set[str]) -> int:
    return sum(1 for column in report.columns if column.names & names)


def _checked(report: ReportFormat, header: tuple[str, ...], layout: Layout) -> Recognised:
    times = Counter(plain_name(cell) for cell in header)
    for column in report.columns:
        if sum(times[name] for name in column.names) > 1:
            raise RefusedError(f'The column "{column.header}" is there twice.')
    return Recognised(report, layout, header)


# What a refusal says -----------------------------------------------------------------------


def _unknown(lines: list[str]) -> str:
    header = _likely_header(lines)
    names = {plain_name(cell) for cell in header}
    said = [_named_other(names), f"Headers seen: {_listed(header)}.", _nearest(names)]
    return " ".join(filter(None, said))


def _likely_header(lines: list[str]) -> tuple[str, ...]:
    cut = [_cells(line, delimiter) for line in lines if line.strip() for delimiter in DELIMITERS]
    return max(cut, key=len, default=())


def _named_other(names: set[str]) -> str:
    for other in OTHERS:
        if {plain_name(header) for header in other.headers} <= names:
            return f"This is the report “{other.label}”, which is not landed yet."
    return "This is no kind of report that we know."


def _nearest(names: set[str]) -> str:
    nearest = max(DELIMITED, key=lambda report: (_shared(report, names), _share(report, names)))
    if not _shared(nearest, names):
        return "No known kind shares a header with it."
    missing = [column.header for column in nearest.required if not column.names & names]
    lacks = f"; it lacks {_listed(tuple(missing))}" if missing else ""
    return f"Nearest known kind: {REPORT_KINDS[nearest.kind]}{lacks}."


def _share(report: ReportFormat, names: set[str]) -> float:
    return _shared(report, names) / len(report.columns)


def _listed(cells: tuple[str, ...], most: int = 40) -> str:
    shown = [cell if len(cell) <= 60 else cell[:60] + "…" for cell in cells[:most]]
    more = f" and {len(cells) - most} more" if len(cells) > most else ""
    # A picture or a program may have been picked by mistake: its bytes are not for a terminal.
    return "".join(letter if letter.isprintable() else "�" for letter in ", ".join(shown)) + more
