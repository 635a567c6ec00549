"""Payments: the reconciliation files, which Walmart makes every two weeks by itself.

Source: Walmart's model of /v3/report/reconreport.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.marketplaces.asking import Asking, Channel, Fetched, Found, Ready, Unknown
from services.marketplaces.walmart.client.operations import RECON_DATES, RECON_FILE
from services.marketplaces.walmart.client.ways import Way, file_name
from services.transport.refusals import NotUnderstoodError

_PATH: Final = "/v3/report/reconreport"
# Month, day and year without anything between.
_DATE: Final = re.compile(r"(\d\d)(\d\d)(\d{4})")
_DATES: Final = "availableApReportDates"
_VERSION: Final = {"reportVersion": "v1"}


@dataclass(frozen=True)
class Recon(Way):
    """One file for each date; a file says its own period."""

    def found(self, channel: Channel, since: datetime) -> Iterable[Found]:
        """The files of the dates since then; none before the first period is over."""
        del channel
        told = self.talk.ask(RECON_DATES, f"{_PATH}/availableReconFiles", _VERSION)
        dates = told.get(_DATES)
        if not isinstance(dates, list):
            raise NotUnderstoodError(f"{RECON_DATES.name}: {_DATES} is missing.")
        for said in map(str, dates):
            made = self._moment(said)
            if made is not None and made >= since:
                yield Found(said, made, Ready(said))

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """The file of a date."""
        query = {"reportDate": document, **_VERSION}
        name = file_name(asking, document)
        path = self.talk.save(RECON_FILE, f"{_PATH}/reconFile", query, into / name)
        yield Fetched(path, path.name, None)

    def _moment(self, said: str) -> datetime | None:
        found = _DATE.fullmatch(said)
        try:
            month, day, year = map(int, found.groups() if found else ())
            return datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            self.talk.notice(Unknown(f"{RECON_DATES.name} {_DATES}", said[:100]))
            return None
