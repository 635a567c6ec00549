"""A file in which several downloads were put together: each of them is a document of its own.

Where a header stands again another download begins. It was asked for at another time or for other
days, so nothing of it may be read together with the one above: days between the two are no quiet
days, and what both hold is one thing, not two. Rows above the first header are of a download whose
own header is lost, or has been sorted among them: the header below them names their cells.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Final

from services.landing.read.lines import RawLines, text_blocks
from services.landing.read.unpack import MOST_MEMBERS, Unpacked, rewritten
from services.landing.recognise.kinds import Recognised, header_in
from services.landing.refusals import RefusedError
from services.landing.rows.line_by_line import rows_of

TOO_MANY: Final = (
    f"Its header stands there more than {MOST_MEMBERS} times: it is put together of more downloads"
    " than can be told apart. Import each as the marketplace delivered it."
)
_MARK: Final = "\ufeff"


class PutTogetherError(Exception):
    """The document is several downloads: each must land as one of its own."""

    def __init__(self, kind: Recognised, repeated_headers: int) -> None:
        super().__init__()
        self.kind = kind
        self.repeated_headers = repeated_headers


@dataclass
class _Stretch:
    """The lines of one download."""

    first_line: int
    is_behind: bool = False  # its header stands on the line of the last row above
    has_rows: bool = False


def parts_of(document: Unpacked, kind: Recognised) -> Iterator[Unpacked]:
    """Each download in order; one without rows says nothing, and is left out.

    A part's rows are counted from its own first line, which its name tells. Raises RefusedError.
    """
    stretches = _stretches(document, kind)
    for at, pairs in groupby(_lines(document, kind, stretches), key=itemgetter(0)):
        stretch, below = stretches[at], stretches[at + 1 : at + 2]
        if not stretch.has_rows:
            continue
        lines: Iterable[bytes] = (line for _, line in pairs)
        if at == 0 and kind.rows_above:
            lines = _below_a_header(lines, document, kind)
        named = replace(document, name=f"{document.name}, from line {stretch.first_line}")
        within = document.script.ends_within if not below else ""
        ended = not (within or (below and below[0].is_behind))
        for part in rewritten(named, lines, ended=ended):
            script = replace(part.script, ends_within=within or part.script.ends_within)
            yield replace(part, script=script)


def _stretches(document: Unpacked, kind: Recognised) -> list[_Stretch]:
    """Every download. Raises RefusedError."""
    if kind.layout is None:
        raise TypeError("only a table of text has headers")
    found = [_Stretch(1)]
    if kind.rows_above:
        found = [_Stretch(1, has_rows=True), _Stretch(kind.layout.header_line)]
    below = kind.layout.header_line + 1  # the line below the last row
    for row in rows_of(document, kind, kind.layout, lambda _: None):
        if row.header:
            found.append(_Stretch(row.line, is_behind=row.line < below))
        else:
            found[-1].has_rows = True
        below = row.next_line
    if len(found) > MOST_MEMBERS:
        raise RefusedError(TOO_MANY)
    if not any(stretch.has_rows for stretch in found):
        found[0].has_rows = True  # nothing but headers: a report without rows
    return found


def _lines(
    document: Unpacked, kind: Recognised, stretches: list[_Stretch]
) -> Iterator[tuple[int, bytes]]:
    """Every line, and to which download it belongs."""
    at = 0
    lines = (line for block in text_blocks(document) for line in block.split(b"\n")[:-1])
    for number, line in enumerate(lines, start=1):
        rest = line
        while stretches[at + 1 : at + 2] and stretches[at + 1].first_line == number:
            if stretches[at + 1].is_behind:
                row, rest = _parted(rest, kind)
                yield at, row
            at += 1
        yield at, rest


def _parted(line: bytes, kind: Recognised) -> tuple[bytes, bytes]:
    """A row, and the header that stands behind it on its line."""
    said, name = line.decode(), re.escape(kind.header[0])
    begins = (found.start() for found in re.finditer(f'"{name}"|{name}', said, re.IGNORECASE))
    at = next(at for at in begins if header_in(said[at:], 1))
    return said[:at].rstrip(_MARK).encode(), said[at:].encode()


def _below_a_header(
    lines: Iterable[bytes], document: Unpacked, kind: Recognised
) -> Iterator[bytes]:
    """Rows that stood above the header, below it; a preamble stays above."""
    header_line = kind.layout.header_line if kind.layout else 0
    numbered = list(enumerate(lines, start=1))
    yield from (line for number, line in numbered if number not in kind.rows_above)
    yield RawLines(document).text((header_line, header_line)).encode()
    yield from (line for number, line in numbered if number in kind.rows_above)
