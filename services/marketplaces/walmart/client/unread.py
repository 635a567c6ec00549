"""A report of which Walmart publishes no columns: those that it has are noticed, nothing lands.

Returns themselves are read page by page. Once the columns are known a format can read them.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.marketplaces.asking import Asking, Fetched, Unknown
from services.marketplaces.walmart.client.on_request import OnRequest
from services.transport.refusals import NotUnderstoodError

# A row of data would have a number or a day, which no column is called.
_COLUMN: Final = re.compile(r"[A-Za-z][A-Za-z #()/&._-]{0,99}")
_LONGEST_LINE: Final = 1 << 16


@dataclass(frozen=True)
class Unread(OnRequest):
    """One type of report that no format of ours reads."""

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """Notice its columns; the file is let go."""
        for file in super().fetch(asking, document, into):
            for column in _columns(file.path):
                self.talk.notice(Unknown(f"{self.report_type} columns", column))
            file.path.unlink()
        yield from ()


def _columns(path: Path) -> list[str]:
    """The cells of the first line, where it is a line of columns. Raises NotUnderstoodError."""
    try:
        line = _first_line(path).decode("utf-8-sig", "replace")
        cells = next(csv.reader(io.StringIO(line)), [])
    except (zipfile.BadZipFile, csv.Error):
        raise NotUnderstoodError("downloadReport: the file cannot be unpacked.") from None
    return cells if all(map(_COLUMN.fullmatch, cells)) else []


def _first_line(path: Path) -> bytes:
    if path.suffix != ".zip":
        with path.open("rb") as file:
            return file.readline(_LONGEST_LINE)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if not names:
            return b""
        with archive.open(names[0]) as packed:
            return packed.readline(_LONGEST_LINE)
