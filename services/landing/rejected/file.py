"""The file of a document's rejected rows, where they are more than the database lists.

One row a line, as JSON: no spreadsheet takes a seller's text for a formula. It lies in the data
directory, under the account's and the document's number.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from services.database.disk import no_room
from services.landing.refusals import RefusedError
from services.settings import settings

FOLDER: Final = "rejected"
_FAST: Final = 1  # gzip's level: these rows are much alike


class RejectedFile:
    """Written row by row. Raises RefusedError where the disk has no room."""

    def __init__(self, account_id: int, document_id: int) -> None:
        self.name = f"{FOLDER}/{account_id}/{document_id}.jsonl.gz"
        self.path = settings().data_directory / self.name
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(mode=0o600)
            self._file = gzip.open(self.path, "wb", compresslevel=_FAST)  # noqa: SIM115
        except OSError as error:
            raise _refusal(error, self.path) from error

    def write(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Add rows."""
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        try:
            self._file.write("".join(lines).encode("utf-8", "replace"))
        except OSError as error:
            self.remove()
            raise _refusal(error, self.path) from error

    def close(self) -> None:
        """No more rows come."""
        try:
            self._file.close()
        except OSError as error:
            self.remove()
            raise _refusal(error, self.path) from error

    def remove(self) -> None:
        """The document did not land: its rejected rows are nobody's."""
        remove(self.name)


def remove(name: str) -> None:
    """Remove the file of a document that did not land after all."""
    (settings().data_directory / name).unlink(missing_ok=True)


def _refusal(error: OSError, path: Path) -> RefusedError:
    said = f"{path.parent} cannot be written to: {error.strerror}."
    return RefusedError(no_room(error, path.parent) or said)
