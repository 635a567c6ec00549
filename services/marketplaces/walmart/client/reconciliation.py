"""The inventory reconciliation, by whole calendar months: on request, or read month by month.

A row sums up a month, so the days that are asked for are widened to their months; of the month
that is not over only the days up to the last one asked for. Where Walmart refuses the report on
request (it is newer than most keys, and who has it is not published) each month is read by the
older operation, which tells the same. Source of both:
https://developer.walmart.com/us-marketplace/docs/get-inventory-reconciliation-data-for-wfs-item.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from services.marketplaces.asking import Asking, Days, Fetched, Ready, State
from services.marketplaces.walmart.client.on_request import OnRequest
from services.marketplaces.walmart.client.operations import RECONCILIATION
from services.marketplaces.walmart.client.ways import file_name, today_at
from services.transport.refusals import KeyRefusedError, RefusedError

# In place of a report's id: each month is read by itself.
BY_MONTH: Final = "by-month"
_PATH: Final = "/v3/report/wfs/inventoryReconciliationReport"
_NOT_GRANTED: Final = frozenset({400, 403, 404})


@dataclass(frozen=True)
class Reconciliation(OnRequest):
    """Both ways."""

    def order(self, asking: Asking) -> str:
        """Order it for whole months; where that is refused, they are read one by one."""
        try:
            return super().order(_of_months(asking))
        except KeyRefusedError:
            raise
        except RefusedError as refusal:
            if refusal.status not in _NOT_GRANTED:
                raise
            return BY_MONTH

    def state(self, asking: Asking, report_id: str) -> State:
        """What has become of it: months that are read one by one are there."""
        asking = _of_months(asking)
        if report_id == BY_MONTH:
            return Ready(BY_MONTH, asking.days)
        return super().state(asking, report_id)

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """One file of all months, or one of each."""
        asking = _of_months(asking)
        if document != BY_MONTH:
            yield from super().fetch(asking, document, into)
            return
        for month in months_of(asking.days):
            of_month = replace(asking, days=month)
            query = {"monthYear": f"{month[0].month:02}-{month[0].year}"}
            path = self.talk.save(RECONCILIATION, _PATH, query, into / file_name(of_month))
            yield Fetched(path, path.name, month)


def _of_months(asking: Asking) -> Asking:
    if asking.days is None:
        return asking
    first, last = asking.days
    end = month_end(last)
    is_over = end < today_at(asking.channel)
    return replace(asking, days=(first.replace(day=1), end if is_over else last))


def month_end(day: date) -> date:
    """The last day of a calendar month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def months_of(days: Days | None) -> Iterator[Days]:
    """The days of each month apart, the newest first."""
    if days is None:
        return
    first, last = days
    while last >= first:
        yield max(first, last.replace(day=1)), last
        last = last.replace(day=1) - timedelta(days=1)
