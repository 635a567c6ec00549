"""What becomes of an ordered report: it waits, is worked on, and is done, unless it is told not to.

`fates` says of a report type what becomes of the next ones that are ordered.
"""

import gzip
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from time import monotonic
from typing import Any, Final, Literal

from tests.fakes.amazon.files import KINDS, SETTLEMENT, Days, Files
from tests.fakes.amazon.shops import SHOPS, Shop

Fate = Literal["DONE", "CANCELLED", "FATAL", "EMPTY", "NO_DOCUMENT", "UNHEARD_OF"]
_EVER: Final = (date.min, date.max)
_KEPT: Final = timedelta(days=90)


@dataclass
class Report:
    """One report. takes: seconds until it is done."""

    report_id: str
    type: str
    marketplace_ids: list[str]
    region: str
    created: datetime
    start: str | None = None
    end: str | None = None
    fate: Fate = "DONE"
    takes: float = 0.0
    began: float = field(default_factory=monotonic)
    content: Callable[[], bytes] = lambda: b""

    @property
    def document_id(self) -> str:
        return f"amzn1.spdoc.1.4.{self.report_id}"

    @property
    def status(self) -> str:
        """As it is now."""
        passed = monotonic() - self.began
        if passed < self.takes:
            return "IN_QUEUE" if passed < self.takes / 3 else "IN_PROGRESS"
        return {"EMPTY": "DONE", "NO_DOCUMENT": "DONE"}.get(self.fate, self.fate)

    def told(self) -> dict[str, Any]:
        """As getReport says it."""
        has_document = self.status == "DONE" and self.fate != "NO_DOCUMENT"
        return {
            "reportId": self.report_id,
            "reportType": self.type,
            "marketplaceIds": self.marketplace_ids,
            "createdTime": self.created.isoformat(timespec="seconds"),
            "processingStatus": self.status,
            **({"dataStartTime": self.start} if self.start else {}),
            **({"dataEndTime": self.end} if self.end else {}),
            **({"reportDocumentId": self.document_id} if has_document else {}),
        }


@dataclass
class Reports:
    """All that were made. first: the number of the first."""

    files: Files
    first: int = 50_001
    takes: float = 0.0
    fates: dict[str, deque[Fate]] = field(default_factory=lambda: defaultdict(deque))
    made: dict[str, Report] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Amazon makes settlements by itself; all of them as if lately, so that all are listed."""
        self._numbers = count(self.first)
        for channel in sorted(self.files.channels):
            for file in self.files.settlements({channel}):
                report = self._new(SETTLEMENT, [SHOPS[channel].marketplace_id], SHOPS[channel])
                report.created -= timedelta(minutes=len(self.made))
                report.content = lambda file=file: file.content  # type: ignore[misc]

    def order(self, asked: dict[str, Any], shop: Shop) -> Report:
        """createReport."""
        report = self._new(asked["reportType"], asked["marketplaceIds"], shop)
        report.start, report.end = asked.get("dataStartTime"), asked.get("dataEndTime")
        report.takes = self.takes
        fates = self.fates[report.type]
        report.fate = fates.popleft() if fates else "DONE"
        days = _EVER if report.fate != "EMPTY" else (date.min, date.min)
        if report.start and report.end and report.fate != "EMPTY":
            days = _days(report.start, report.end)
        kind = KINDS[report.type]
        channels = self._channels(shop) if kind.by_region else {shop.channel}
        report.content = lambda: self.files.report(kind, channels, days)
        return report

    def _channels(self, shop: Shop) -> set[str]:
        return {one for one in self.files.channels if SHOPS[one].region == shop.region}

    def _new(self, type_: str, marketplace_ids: list[str], shop: Shop) -> Report:
        number = str(next(self._numbers))
        report = Report(number, type_, marketplace_ids, shop.region, datetime.now(UTC))
        self.made[number] = report
        return report

    def listed(self, types: set[str], ids: set[str], region: str, since: datetime) -> list[Report]:
        """getReports: the newest first."""
        since = max(since, datetime.now(UTC) - _KEPT)
        found = [
            one
            for one in self.made.values()
            if one.type in types
            and one.region == region
            and one.created >= since
            and (not ids or ids & set(one.marketplace_ids))
        ]
        return sorted(found, key=lambda one: one.created, reverse=True)

    def document(self, document_id: str) -> tuple[bytes, str | None]:
        """What lies in a document, and how it is packed: every second one is. Raises KeyError."""
        report = self.made[document_id.rpartition(".")[2]]
        content = report.content()
        if int(report.report_id) % 2:
            return content, None
        return gzip.compress(content, mtime=0), "GZIP"


def _days(start: str, end: str) -> Days:
    return datetime.fromisoformat(start).date(), datetime.fromisoformat(end).date()
