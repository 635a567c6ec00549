"""How rows become the bytes of a file: delimiter, quotes, line ends, encoding, compression.

Nothing here depends on the clock or the machine: the same rows are the same bytes.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

Row = Sequence[str]
_ZIP_DAY: Final = (2020, 1, 1, 0, 0, 0)


def columns(header: str) -> tuple[str, ...]:
    """The columns of a header that is written as text: commas between them, lines as they fit."""
    return tuple(" ".join(name.split()) for name in header.split(","))


def quoted_tab(rows: Iterable[Row], newline: str = "\n") -> bytes:
    """Amazon's ledger: UTF-8 with a byte order mark, tabs, every cell in quotes."""
    lines = ("\t".join(_quoted(cell) for cell in row) + newline for row in rows)
    return "".join(lines).encode("utf-8-sig")


def plain_tab(rows: Iterable[Row]) -> bytes:
    """Amazon's other reports: cp1252, tabs, no quotes, so that a lone quote stands for itself."""
    return "".join("\t".join(row) + "\n" for row in rows).encode("cp1252")


def by_hand(rows: Iterable[Row]) -> bytes:
    """The same report downloaded by hand in Seller Central: commas, every cell in quotes."""
    return "".join(",".join(_quoted(cell) for cell in row) + "\r\n" for row in rows).encode("utf-8")


def comma(rows: Iterable[Row], encoding: str = "utf-8") -> bytes:
    """Walmart's files: commas, quotes only where a cell needs them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode(encoding)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def zipped(content: bytes, name: str) -> bytes:
    """A ZIP with one file in it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        member = zipfile.ZipInfo(name, _ZIP_DAY)
        member.compress_type = zipfile.ZIP_DEFLATED
        target.writestr(member, content)
    return archive.getvalue()


def gzipped(content: bytes) -> bytes:
    """A gzip stream without name or time in its header."""
    return gzip.compress(content, mtime=0)


def save(path: Path, content: bytes) -> Path:
    """Write a file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
