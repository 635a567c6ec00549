"""Which kind of report a file is: told from its header line, never from its name."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Final

from services.marketplaces.contract import Column, OtherReport, ReportFormat, plain_name
from services.marketplaces.registry import MARKETPLACE_REPORTS
from services.sync.lines import Layout, first_lines
from services.sync.own_formats import CASE_FEED, OWN_FORMATS
from services.sync.refusals import RefusedError
from services.sync.unpack import Unpacked
from services.words import REPORT_KINDS

FORMATS: Final[tuple[ReportFormat, ...]] = (
    *(report for place in MARKETPLACE_REPORTS for report in place.formats),
    *OWN_FORMATS,
)
OTHERS: Final[tuple[OtherReport, ...]] = tuple(
    other for place in MARKETPLACE_REPORTS for other in place.others
)
DELIMITERS: Final = {"\t": "tab", ",": "comma", ";": "semicolon"}
# Lines that may stand above the header: a seller's name, a period.
MOST_PREAMBLE_LINES: Final = 20


@dataclass(frozen=True)
class Recognised:
    """What a file turned out to be."""

    report: ReportFormat
    layout: Layout | None  # None: JSON
    header: tuple[str, ...]
    preamble: int  # lines above the header that are not blank

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
    lines = first_lines(document, MOST_PREAMBLE_LINES)
    start = next((line.strip() for line in lines if line.strip()), "")
    if not start:
        raise RefusedError("The file is empty.")
    if start.startswith(("[", "{")):
        return Recognised(CASE_FEED, None, tuple(c.header for c in CASE_FEED.columns), 0)
    for number, line in enumerate(lines, start=1):
        for delimiter in DELIMITERS:
            header = _cells(line, delimiter)
            if report := _format_of(header):
                above = sum(1 for before in lines[: number - 1] if before.strip())
                return _checked(report, header, _layout(line, delimiter, header, number), above)
    raise RefusedError(_unknown(lines))


def _layout(line: str, delimiter: str, header: tuple[str, ...], number: int) -> Layout:
    # Unquoted tab files hold lone quotes in product titles: there a quote is a letter.
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
    fitting = [report for report in FORMATS if all(c.names & names for c in report.required)]
    return max(fitting, key=lambda report: _shared(report, names), default=None)


def _shared(report: ReportFormat, names: set[str]) -> int:
    return sum(1 for column in report.columns if column.names & names)


def _checked(
    report: ReportFormat, header: tuple[str, ...], layout: Layout, preamble: int
) -> Recognised:
    times = Counter(plain_name(cell) for cell in header)
    for column in report.columns:
        if sum(times[name] for name in column.names) > 1:
            raise RefusedError(f'The column "{column.header}" is there twice.')
    return Recognised(report, layout, header, preamble)


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
    nearest = max(FORMATS, key=lambda report: (_shared(report, names), _share(report, names)))
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
