"""A file that is not regular, read line by line: each row with its cells, each header on the way.

Slower than the reader of regular files, which gives up at the first sign of what this one knows:
cells quoted in a file whose header is not, other headers further down, a file that is cut off.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.landing.read.lines import (
    IN_QUOTES,
    LONGEST_LINE,
    LONGEST_RECORD_LINES,
    Layout,
    Told,
    cells_like,
    closed_line,
    text_blocks,
)
from services.landing.read.unpack import Unpacked
from services.landing.recognise.kinds import Recognised, below, header_in, may_be_header
from services.landing.refusals import RefusedError
from services.marketplaces.contract import plain_name

_MARK: Final = "\ufeff"


@dataclass(slots=True)
class Row:
    """A row below a header, or a header below other rows."""

    line: int  # its first one in the file
    lines: int  # how many it has
    cells: list[str] | None  # None: it opens a quote that no later line closes
    position: int = 0  # which row below its header, from 1
    size: int = 0  # letters of its first line
    header: Recognised | None = None  # it is itself a header: of this
    cut: bool = False  # what follows it was cut off
    is_short: bool = False  # it lacks cells, one of which must be filled

    @property
    def next_line(self) -> int:
        """The line below it."""
        return self.line + self.lines


def rows_of(document: Unpacked, kind: Recognised, layout: Layout, told: Told) -> Iterator[Row]:
    """Every row below the header, and every header among them, in order; blank lines are none.

    Raises RefusedError.
    """
    before: Row | None = None
    reader = _Reader(document, kind, layout, told)
    for row in reader.rows():
        if before:
            yield before
        before = row
    if before:
        before.cut |= _is_cut(before, document, reader.width)
        yield before


def _is_cut(last: Row, document: Unpacked, width: int) -> bool:
    """Whether the file ends within its last row; many a file ends at its last letter."""
    if document.script.ends_within == "line":
        return last.cells is None or (last.header is None and len(last.cells) < width)
    return document.script.ends_within == "letter"


class _Reader:
    """Goes from line to line, the layout of the header above at hand."""

    def __init__(self, document: Unpacked, kind: Recognised, layout: Layout, told: Told) -> None:
        self._lines = _Lines(text_blocks(document, told))
        self._lines.go(layout.header_line)
        self._position = 0
        self._turn_to(kind, layout)

    def _turn_to(self, kind: Recognised, layout: Layout) -> None:
        self._kind = kind
        self.width = layout.cells
        self._cutter = _Quoted(layout) if layout.quoted else _ToldPerCell(layout)

    def rows(self) -> Iterator[Row]:
        while (line := self._lines.ahead(0)) is not None:
            number = self._lines.number
            if not line:
                self._lines.go(1)
            elif (
                may_be_header(line)
                and (header := header_in(line, number))
                and self._is_header_alone(header)
            ):
                self._lines.go(1)
                yield self._header(header, number)
            else:
                count, cells = self._cutter.row(self._lines)
                self._lines.go(count)
                yield from self._parted(Row(number, count, cells, size=len(line)))

    def _is_header_alone(self, header: Recognised) -> bool:
        """Whether nothing else has run into the header's line: names have no digits, rows have."""
        known = {plain_name(name) for name in self._kind.header}.union(
            *(column.names for column in header.report.columns)
        )
        return all(
            plain_name(cell) in known or not any(letter.isdigit() for letter in cell)
            for cell in header.header
        )

    def _header(self, header: Recognised, number: int) -> Row:
        if header.report is not self._kind.report:
            above, here = (kind.report.label for kind in (self._kind, header))
            raise RefusedError(
                f"Two reports stand in it: “{above}” at its start and “{here}” from line {number} "
                "on. Save each as a file of its own and import both."
            )
        if header.layout and not header.is_laid_out_as(self._kind):
            self._turn_to(header, header.layout)
        self._position = 0
        return Row(number, 1, [], header=self._kind)

    def _parted(self, row: Row) -> Iterator[Row]:
        """A row; or, where the line end between two files was missing, a row and a header."""
        at, header = self._header_within(row)
        if header is None or row.cells is None:
            yield self._counted(row)
            return
        cells = row.cells[: at + 1]
        cells[at] = cells[at].strip('"').removesuffix(header.header[0]).rstrip('"' + _MARK)
        yield self._counted(Row(row.line, row.lines, cells, cut=len(cells) < self.width))
        yield self._header(header, row.line)

    def _header_within(self, row: Row) -> tuple[int, Recognised | None]:
        if not row.cells or len(row.cells) <= self.width:
            return 0, None
        first = self._kind.header[0]
        for at in {self.width - 1, len(row.cells) - len(self._kind.header)}:
            if at >= 0 and plain_name(row.cells[at]).endswith(plain_name(first)):
                names = (first, *(cell.strip() for cell in row.cells[at + 1 :]))
                if header := below(self._kind, names, row.line):
                    return at, header
        return 0, None

    def _counted(self, row: Row) -> Row:
        self._position += 1
        row.position = self._position
        return row


class _Lines:
    """The lines of a file one after the other, with a look at those to come."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._lines: list[str] = []
        self._at = 0
        self.number = 1

    def ahead(self, steps: int) -> str | None:
        """A line without its end, this many lines on; None: there is none."""
        while self._at + steps >= len(self._lines):
            block = next(self._blocks, None)
            if block is None:
                return None
            self._lines = self._lines[self._at :] + _split(block.decode())
            self._at = 0
        return self._lines[self._at + steps]

    def go(self, steps: int) -> None:
        """Move on; a file may have fewer lines."""
        self.ahead(steps)
        self._at += steps
        self.number += steps


def _split(block: str) -> list[str]:
    lines = block.removesuffix("\n").split("\n")
    if "\r" not in block:
        return lines
    # A lone CR within a line is no line end of this file.
    return [line.removesuffix("\r").replace("\r", " ") for line in lines]


# From a line to its cells ------------------------------------------------------------------

_BEGINS_QUOTED: Final = re.compile(r'"((?:[^"]|"")*+)"(.*)', re.DOTALL)


class _Quoted:
    """Any cell may stand in quotes; a lone quote within a cell is a letter."""

    def __init__(self, layout: Layout) -> None:
        mark = re.escape(layout.delimiter)
        bare = rf'(?!")[^{mark}]*+'
        self._layout = layout
        self._closed = closed_line(layout.delimiter)
        self._strict = cells_like(f"(?:{IN_QUOTES}(?={mark}|\\Z)|{bare})", mark)
        self._cell = re.compile(rf"{mark}({IN_QUOTES}[^{mark}]*+|[^{mark}]*+)")

    def row(self, lines: _Lines) -> tuple[int, list[str] | None]:
        """How many lines the row has that starts here, and its cells."""
        line = lines.ahead(0) or ""
        if '"' not in line:
            return 1, line.split(self._layout.delimiter)
        if cells := self._quoted_throughout(line):
            return 1, cells
        if self._closed.fullmatch(line):
            return 1, self._cells(line)
        return self._joined(line, lines) or (1, None)

    def _quoted_throughout(self, line: str) -> list[str] | None:
        """The usual case, told quickly: every cell in quotes, none of which holds one."""
        if not line.startswith('"') or line.count('"') != 2 * self._layout.cells:
            return None
        cells = line[1:-1].split(f'"{self._layout.delimiter}"')
        return cells if len(cells) == self._layout.cells and line.endswith('"') else None

    def _joined(self, text: str, lines: _Lines) -> tuple[int, list[str]] | None:
        for steps in range(1, LONGEST_RECORD_LINES):
            more = lines.ahead(steps)
            if more is None:
                return None
            text = f"{text} {more}"
            if len(text) > LONGEST_LINE:
                return None
            if text.count('"') % 2 == 0 and self._strict.fullmatch(text):
                cells = self._cells(text)
                if len(cells) == self._layout.cells:
                    return steps + 1, cells
        return None

    def _cells(self, line: str) -> list[str]:
        return [_bare(cell) for cell in self._cell.findall(self._layout.delimiter + line)]


def _bare(cell: str) -> str:
    found = _BEGINS_QUOTED.fullmatch(cell)
    return found[1].replace('""', '"') + found[2] if found else cell


# What a spreadsheet quotes in a tab file: cells that hold one of these.
_REASONS: Final = re.compile(r'[\t\n",;]')
_WHOLE: Final = re.compile(IN_QUOTES)


class _ToldPerCell:
    """A tab file whose header is not quoted: quotes are letters, unless a spreadsheet set them.

    It sets them around a cell that holds a comma, a quote, a tab or a line break, and doubles the
    quotes within. A title that a seller has put in quotes has none of these, or single ones.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        cell = rf"(?>{IN_QUOTES}(?=\t|\Z)|[^\t\n]*+)"
        self._spanning = re.compile(rf"{cell}(?:\t{cell})*+")
        self._cell = re.compile(rf"\t({cell})")

    def row(self, lines: _Lines) -> tuple[int, list[str]]:
        """How many lines the row has that starts here, and its cells."""
        line = lines.ahead(0) or ""
        cells = line.split(self._layout.delimiter)
        if '"' not in line or not any(cell.startswith('"') for cell in cells):
            return 1, cells
        if len(cells) > self._layout.cells:
            return 1, self._spanned(line) or _unquoted(cells)
        if len(cells) == self._layout.cells and not _is_open(cells[-1]):
            return 1, _unquoted(cells)
        return self._joined(line, lines) or (1, _unquoted(cells))

    def _spanned(self, text: str) -> list[str] | None:
        """The cells, tabs and line breaks within quotes taken for theirs, if that makes a row."""
        if not self._spanning.fullmatch(text):
            return None
        cells = self._cell.findall("\t" + text)
        if len(cells) != self._layout.cells:
            return None
        return [cell.replace("\n", " ") for cell in _unquoted(cells)]

    def _joined(self, text: str, lines: _Lines) -> tuple[int, list[str]] | None:
        for steps in range(1, LONGEST_RECORD_LINES):
            more = lines.ahead(steps)
            if more is None or more.count("\t") == self._layout.cells - 1:
                return None  # the line below is a row of its own
            text = f"{text}\n{more}"
            if text.count("\t") > 2 * self._layout.cells or len(text) > LONGEST_LINE:
                return None
            if cells := self._spanned(text):
                return steps + 1, cells
        return None


def _is_open(cell: str) -> bool:
    return cell.startswith('"') and not _WHOLE.fullmatch(cell)


def _unquoted(cells: Sequence[str]) -> list[str]:
    filled = [cell for cell in cells if cell]
    # A row that is quoted throughout is quoted by a program, whatever its header looks like.
    throughout = len(filled) > 1 and all(_WHOLE.fullmatch(cell) for cell in filled)
    return [_without_quotes(cell, certain=throughout) for cell in cells]


def _without_quotes(cell: str, *, certain: bool) -> str:
    if not cell.startswith('"') or not _WHOLE.fullmatch(cell):
        return cell
    within = cell[1:-1]
    if certain or not within or _REASONS.search(within):
        return within.replace('""', '"')
    return cell
