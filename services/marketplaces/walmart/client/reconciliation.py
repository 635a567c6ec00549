"""The inventory reconciliation of calendar months: on request, or read month by month.

A row sums up a month; of the one that is not over it sums up the days so far. Where Walmart refuses
the report on request (it is newer than most keys, and who has it is not published) each month is
read by the older operation, which tells the same. Source of both:
https://developer.walmart.com/us-marketplace/docs/get-inventory-reconciliation-data-for-wfs-item.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from services.marketplaces.asking import Asking, Days, Fetched, Ready, State
from services.marketplaces.walmart.client.on_request import OnRequest
from services.marketplaces.walmart.client.operations import RECONCILIATION
from services.marketplaces.walmart.client.ways import file_name
from services.transport.refusals import KeyRefusedError, RefusedError

# In place of a report's id: each month is read by itself.
BY_MONTH: Final = "by-month"
_PATH: Final = "/v3/report/wfs/inventoryReconciliationReport"
_NOT_GRANTED: Final = frozenset({400, 403, 404})


@dataclass(frozen=True)
class Reconciliation(OnRequest):
    """Both ways."""

    def order(self, asking: Asking) -> str:
        """Order it; where that is refused, the months are read one by one."""
        try:
            return super().order(asking)
        except KeyRefusedError:
            raise
        except RefusedError as refusal:
            if refusal.status not in _NOT_GRANTED:
                raise
            return BY_MONTH

    def state(self, asking: Asking, report_id: str) -> State:
        """What has become of it: months that are read one by one are there."""
        if report_id == BY_MONTH:
            return Ready(BY_MONTH, asking.days)
        return super().state(asking, report_id)

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """One file of all months, or one of each."""
        if document != BY_MONTH:
            yield from super().fetch(asking, document, into)
            return
        for month in months_of(asking.days):
            of_month = replace(asking, days=month)
            query = {"monthYear": f"{month[0].month:02}-{month[0].year}"}
            path = self.talk.save(RECONCILIATION, _PATH, query, into / file_name(of_month))
            yield Fetched(path, path.name, month)


def months_of(days: Days | None) -> Iterator[Days]:
    """The days of each month apart, the newest first."""
    if days is None:
        return
    first, last = days
    while last >= first:
        yield max(first, last.replace(day=1)), last
        last = last.replace(day=1) - timedelta(days=1)
