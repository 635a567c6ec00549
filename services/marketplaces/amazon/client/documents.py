"""A report's document: an address that is a right to it for five minutes, and what lies there."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from services.marketplaces.amazon.client.answers import Told, heed, text_of, unknown_word
from services.marketplaces.amazon.client.api import Api
from services.marketplaces.amazon.client.operations import GET_REPORT_DOCUMENT
from services.marketplaces.asking import Asking, Fetched, Notice
from services.transport.refusals import RefusedError

_PATH: Final = "/reports/2021-06-30/documents"
_MEMBERS: Final = frozenset({"reportDocumentId", "url", "compressionAlgorithm"})
# As much as landing unpacks of one file.
_MOST_BYTES: Final = 4 << 30


@dataclass(frozen=True)
class Documents:
    """Of one seller."""

    api: Api
    notice: Notice

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """Write it as it comes: packed where Amazon packed it, for landing to unpack."""
        told = self._resolved(document)
        name = f"{_called(asking, document)}.txt{self._packing(told)}"
        path = into / name
        try:
            self._download(told, path)
        except RefusedError as refused:
            if not refused.is_about_the_token:
                raise
            # The address waited for longer than it holds.
            self._download(self._resolved(document), path)
        yield Fetched(path, name, asking.days)

    def _resolved(self, document: str) -> Told:
        told = self.api.get(GET_REPORT_DOCUMENT, f"{_PATH}/{document}")
        heed(told, _MEMBERS, GET_REPORT_DOCUMENT.name, self.notice)
        return told

    def _packing(self, told: Told) -> str:
        packing = told.get("compressionAlgorithm")
        if packing not in (None, "GZIP"):
            unknown_word(packing, f"{GET_REPORT_DOCUMENT.name} compressionAlgorithm", self.notice)
        return ".gz" if packing == "GZIP" else ""

    def _download(self, told: Told, path: Path) -> None:
        address = text_of(told, "url", GET_REPORT_DOCUMENT.name)
        self.api.caller.download(address, path, most_bytes=_MOST_BYTES)


def _called(asking: Asking, document: str) -> str:
    """As people see it: its source and days; without days, some signs that tell it from others."""
    if asking.days:
        first, last = asking.days
        return f"{asking.source.name}_{first}_{last}"
    return f"{asking.source.name}_{sha256(document.encode()).hexdigest()[:8]}"
