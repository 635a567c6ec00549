"""From a document's bytes to lines of UTF-8, and to records: one line each.

Row numbers are the physical lines of the unpacked file, the header's own line included. A row
whose quoted cell holds line breaks has the number of its first line; the breaks in its cells
become spaces, so that in all later steps one line is one row and a quote that is never closed
costs its own row only.
"""

import codecs
import csv
import io
import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.landing.read.encoding import Decoder
from services.landing.read.unpack import Unpacked
from services.landing.refusals import RefusedError

BLOCK = 1 << 20
ROW: Final = "row_number"  # the column that holds it, beside a row's cells
LONGEST_LINE: Final = 1 << 20
LONGEST_RECORD_LINES: Final = 100
IN_QUOTES: Final = r'"(?:[^"]|"")*+"'
DELIMITERS: Final = {"\t": "tab", ",": "comma", ";": "semicolon"}
# As UTF-8, and as UTF-8 that was taken for cp1252.
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF8.decode("cp1252").encode())

# Hears how many bytes have been read; it may be called from the CSV reader's own thread.
Told = Callable[[int], None]


@dataclass(frozen=True)
class Layout:
    """How a file's lines are cut into cells."""

    delimiter: str
    quoted: bool
    cells: int
    header_line: int  # the line the header stands on


def text_blocks(document: Unpacked, told: Told = lambda _: None) -> Iterator[bytes]:
    """The document as UTF-8 without byte order marks, in blocks that end where a line ends.

    `told` hears how many bytes of the document have been read.
    """
    yield from map(_without_marks, _whole_lines(_decoded(document, told)))


def text_pieces(document: Unpacked, told: Told = lambda _: None) -> Iterator[str]:
    """The document as text without a byte order mark, in pieces that end anywhere."""
    decoder = Decoder(document.script.encoding)
    at = 0
    while block := document.read_at(at, BLOCK):
        at += len(block)
        yield decoder.decode(block)
        told(at)
    yield decoder.decode(b"", final=True)


def _decoded(document: Unpacked, told: Told) -> Iterator[bytes]:
    script = document.script
    decoder = Decoder(script.encoding)
    as_it_is = script.encoding == "utf-8" and script.readable
    at = 0
    while block := document.read_at(at, BLOCK):
        at += len(block)
        text = block if as_it_is else decoder.decode(block).encode()
        yield text.replace(b"\r", b"\n") if script.old_mac_lines else text
        told(at)
    yield b"" if as_it_is else decoder.decode(b"", final=True).encode()


def _without_marks(block: bytes) -> bytes:
    """Without the byte order marks that lines begin with where several files were put together."""
    for mark in _MARKS:
        if mark in block:
            block = block.replace(b"\n" + mark, b"\n").removeprefix(mark)
    return block


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            yield rest + block[:cut]
            rest = block[cut:]
        else:
            rest += block
        if len(rest) > LONGEST_LINE:
            raise RefusedError("A line is longer than 1 MiB: this is no report.")
    if rest:
        yield rest + b"\n"


def first_lines(document: Unpacked, count: int) -> list[str]:
    """The first lines, without their ends."""
    lines: list[bytes] = []
    for block in text_blocks(document):
        lines += block.split(b"\n", count)[:-1]
        if len(lines) >= count:
            break
    return [line.rstrip(b"\r").decode() for line in lines[:count]]


def ends_in_empty_cells(document: Unpacked, layout: Layout) -> bool:
    """Whether any line ends with a delimiter: where empty cells are left out, none does."""
    mark = layout.delimiter.encode()
    ends = (mark + b"\n", mark + b"\r\n")
    return any(end in block for block in text_blocks(document) for end in ends)


class RawLines:
    """The file's own text of spans of physical lines, asked for in ascending order."""

    def __init__(self, document: Unpacked) -> None:
        self._blocks = text_blocks(document)
        self._lines: list[bytes] = []
        self._before = 0  # lines ahead of those at hand

    def text(self, span: tuple[int, int]) -> str:
        """The lines from the first to the last number of the span, without their ends."""
        first, last = span
        lines: list[bytes] = []
        for number in range(first, last + 1):
            while number > self._before + len(self._lines):
                self._next_block()
            lines.append(self._lines[number - self._before - 1].removesuffix(b"\r"))
        return b"\n".join(lines).decode()

    def _next_block(self) -> None:
        self._before += len(self._lines)
        self._lines = next(self._blocks).split(b"\n")[:-1]


@dataclass
class Numbering:
    """Which physical lines each record came from. Records count from 1."""

    record: int = 0
    line: int = 0
    _records: "array[int]" = field(default_factory=lambda: array("q", [1]))
    _shifts: "array[int]" = field(default_factory=lambda: array("q"))
    _longer: dict[int, int] = field(default_factory=dict)

    def begin(self, line: int) -> None:
        """Records start after this line."""
        self.line = line
        self._shifts.append(line)

    def take(self, records: int) -> None:
        """These many lines were one record each."""
        self._mark()
        self.record += records
        self.line += records

    def take_joined(self, lines: int) -> None:
        """These many lines were one record together."""
        self._mark()
        self._longer[self.line + 1] = lines
        self.record += 1
        self.line += lines

    def skip(self) -> None:
        """A line was no record."""
        self.line += 1

    def _mark(self) -> None:
        shift = self.line - self.record
        if shift != self._shifts[-1]:
            self._records.append(self.record + 1)
            self._shifts.append(shift)

    def lines(self, records: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first physical line of each record."""
        starts = np.frombuffer(self._records.tobytes(), dtype=np.int64)
        shifts = np.frombuffer(self._shifts.tobytes(), dtype=np.int64)
        lines: NDArray[np.int64] = (
            records + shifts[np.searchsorted(starts, records, side="right") - 1]
        )
        return lines

    def span(self, line: int) -> tuple[int, int]:
        """The first and last physical line of the record that starts on this line."""
        return line, line + self._longer.get(line, 1) - 1


class Records(io.RawIOBase):
    """The data lines after the header as a stream of one record a line, blank lines left out.

    numbering: where each record came from. unclosed: lines left out because they open a quote
    that no later line closes. After the last byte, rows = records + unclosed lines.
    quoted_cells: a cell stands in quotes although the header does not.
    """

    def __init__(self, document: Unpacked, layout: Layout, told: Told) -> None:
        self.numbering = Numbering()
        self.numbering.begin(layout.header_line)
        self.unclosed: list[int] = []
        self._closed = closed_line(layout.delimiter)
        self.quoted_cells = False
        self._layout = layout
        self._blocks = self._without_header(text_blocks(document, told))
        self._carried = b""
        self._ready = memoryview(b"")
        self._records = self._cut()

    @property
    def rows(self) -> int:
        """How many rows the stream has given or left out so far."""
        return self.numbering.record + len(self.unclosed)

    def readable(self) -> bool:
        return True

    def readinto(self, target: "bytearray | memoryview") -> int:  # type: ignore[override]
        while not self._ready:
            block = next(self._records, None)
            if block is None:
                return 0
            self._ready = memoryview(block)
        size = min(len(target), len(self._ready))
        target[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _without_header(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        skip = self._layout.header_line
        for block in blocks:
            lines = block.split(b"\n", skip)
            if len(lines) > skip:
                yield lines[skip]
                break
            skip -= len(lines) - 1
        yield from blocks

    def _cut(self) -> Iterator[bytes]:
        for block in self._blocks:
            whole = self._carried + block
            self._carried = b""
            self.quoted_cells |= not self._layout.quoted and _has_quoted_cell(block)
            yield whole if self._is_regular(whole) else self._cut_line_by_line(whole, last=False)
        yield self._cut_line_by_line(self._carried, last=True)

    def _is_regular(self, block: bytes) -> bool:
        """Whether each line is a record as it stands: the usual case, told without a loop."""
        if block.startswith((b"\n", b"\r\n")) or b"\n\n" in block or b"\n\r\n" in block:
            return False
        if block.count(b"\r") != block.count(b"\r\n"):
            return False
        if self._layout.quoted and not _quotes_pair_up(block):
            return False
        self.numbering.take(block.count(b"\n"))
        return True

    def _cut_line_by_line(self, block: bytes, *, last: bool) -> bytes:
        lines = [_without_end(line) for line in block.split(b"\n")[:-1]]
        records: list[bytes] = []
        at = 0
        while at < len(lines):
            joined = self._record_at(lines, at)
            if joined == 0 and not last and at + LONGEST_RECORD_LINES > len(lines):
                self._carried = b"\n".join([*lines[at:], b""])
                break
            records += self._taken(lines[at : at + max(joined, 1)], closed=joined > 0)
            at += max(joined, 1)
        return b"".join(record + b"\n" for record in records)

    def _record_at(self, lines: list[bytes], at: int) -> int:
        """How many lines the record that starts here has; 0: its quote is not closed."""
        if not self._layout.quoted or self._is_closed(lines[at]):
            return 1
        quotes, size = lines[at].count(b'"'), len(lines[at])
        for end in range(at + 2, min(at + LONGEST_RECORD_LINES, len(lines)) + 1):
            quotes += lines[end - 1].count(b'"')
            size += len(lines[end - 1])
            if size > LONGEST_LINE:
                return 0
            if quotes % 2 == 0 and self._is_record(b"\n".join(lines[at:end])):
                return end - at
        return 0

    def _is_closed(self, line: bytes) -> bool:
        return line.count(b'"') % 2 == 0 or self._closed.fullmatch(line.decode()) is not None

    def _is_record(self, text: bytes) -> bool:
        source = io.StringIO(text.decode(), newline="")
        reader = csv.reader(source, delimiter=self._layout.delimiter, strict=True)
        try:
            rows = list(reader)
        except csv.Error:
            return False
        return len(rows) == 1 and len(rows[0]) == self._layout.cells

    def _taken(self, lines: list[bytes], *, closed: bool) -> Iterator[bytes]:
        if not closed:
            self.numbering.skip()
            self.unclosed.append(self.numbering.line)
        elif len(lines) > 1:
            self.numbering.take_joined(len(lines))
            yield b" ".join(lines)
        elif lines[0]:
            self.numbering.take(1)
            yield lines[0]
        else:
            self.numbering.skip()


def _without_end(line: bytes) -> bytes:
    # A lone CR within a line is no line end of this file; CSV parsers would take it for one.
    return line.removesuffix(b"\r").replace(b"\r", b" ")


def closed_line(delimiter: str) -> re.Pattern[str]:
    """Lines that end outside quotes, as pyarrow reads them: only a cell's first quote opens."""
    mark = re.escape(delimiter)
    return cells_like(rf'(?:{IN_QUOTES}[^{mark}]*+|(?!")[^{mark}]*+)', mark)


def cells_like(cell: str, mark: str) -> re.Pattern[str]:
    """Lines of nothing but such cells."""
    return re.compile(f"{cell}(?:{mark}{cell})*+", re.DOTALL)


def _quotes_pair_up(block: bytes) -> bool:
    """Whether no line ends within quotes, as far as their number tells."""
    if b'"' not in block:
        return True
    letters = np.frombuffer(block, dtype=np.uint8)
    quotes = np.flatnonzero(letters == ord('"'))
    ends = np.flatnonzero(letters == ord("\n"))
    return not np.any(np.searchsorted(quotes, ends) % 2)


# Of files whose header is not quoted. Most have no quote where a cell begins: no search there.
_QUOTED_CELL: Final = re.compile(rb'(?:^|\t)"[^\t\n]*"(?:[\t\r]|$)', re.MULTILINE)


def _has_quoted_cell(block: bytes) -> bool:
    begins = b'\t"' in block or b'\n"' in block or block.startswith(b'"')
    return begins and _QUOTED_CELL.search(block) is not None
