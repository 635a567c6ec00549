"""Files of which a part ends its lines as an old Mac did, with CR alone.

A CR within a line is a letter of a free text as a rule. It ends a line where a header stands beside
it: whoever wrote that header wrote the rows around it in the same way.
"""

from collections.abc import Iterator
from dataclasses import replace

from services.landing.read.lines import text_blocks
from services.landing.read.unpack import Unpacked, rewritten
from services.landing.recognise.kinds import header_in, may_be_header


def with_told_lines(document: Unpacked) -> Iterator[Unpacked]:
    """The document, every line of it told from the next; where none was hidden, as it is."""
    if not document.script.lone_returns or not any(map(_hides_a_header, _lines(document))):
        yield document
        return
    lines = (part for line in _lines(document) for part in _parted(line))
    for told in rewritten(document, lines, ended=not document.script.ends_within):
        # It is the same content: brought again it has landed before.
        yield replace(told, checksum=document.checksum)


def _lines(document: Unpacked) -> Iterator[bytes]:
    for block in text_blocks(document):
        yield from block.split(b"\n")[:-1]


def _parted(line: bytes) -> list[bytes]:
    return _pieces(line) if _hides_a_header(line) else [line]


def _pieces(line: bytes) -> list[bytes]:
    return line.removesuffix(b"\r").split(b"\r")


def _hides_a_header(line: bytes) -> bool:
    pieces = _pieces(line)
    if len(pieces) == 1:
        return False
    said = (piece.decode() for piece in pieces)
    return any(may_be_header(piece) and header_in(piece, 1) is not None for piece in said)
