"""Reports that are ordered, made within the hour and kept for thirty days.

Source: Walmart's model of /v3/reports and https://developer.walmart.com/us-marketplace/docs/
walmart-fulfillment-services-wfs-reports.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.marketplaces.asking import (
    Asking,
    Channel,
    Days,
    Fetched,
    Found,
    NotTold,
    Ready,
    State,
    Working,
)
from services.marketplaces.walmart.client.operations import (
    DOWNLOAD,
    REQUEST,
    REQUESTS,
    ordering,
)
from services.marketplaces.walmart.client.talk import wanted
from services.marketplaces.walmart.client.ways import (
    Way,
    file_name,
    first_moment,
    last_moment,
    written,
)
from services.marketplaces.walmart.settings import walmart_settings
from services.transport.refusals import NotUnderstoodError

_REQUESTS: Final = "/v3/reports/reportRequests"
_VERSION: Final = "v1"
_DAY_ENDS: Final = time(23, 59, 59)
_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True)
class OnRequest(Way):
    """One type of report.

    has_moments: its rows say the time of day; else they name days, and so are they asked for.
    granularity: by which spans the report sums up; '' where it does not.
    """

    report_type: str
    has_moments: bool = False
    granularity: str = ""

    def found(self, channel: Channel, since: datetime) -> Iterable[Found]:
        """Those of our type and shape that were ordered since, ours or another program's."""
        now = datetime.now(UTC)
        query: str | Mapping[str, str] = {
            "reportType": self.report_type,
            "reportVersion": _VERSION,
            "requestSubmissionStartDate": written(max(since.astimezone(UTC), now - _KEPT)),
            "requestSubmissionEndDate": written(now),
        }
        seen: set[object] = set()
        while query and str(query) not in seen:
            seen.add(str(query))
            told = self.talk.ask(REQUESTS, _REQUESTS, query)
            for one in _objects(told.get("requests")):
                yield from self._found(one, channel.time_zone)
            following = told.get("nextCursor")
            query = following if isinstance(following, str) else ""

    def order(self, asking: Asking) -> str:
        """Order it for these days; returns its id."""
        operation = ordering(self.report_type, walmart_settings().walmart_reports_an_hour)
        query = {"reportType": self.report_type, "reportVersion": _VERSION}
        told = self.talk.ask(operation, _REQUESTS, query, self._payload(asking))
        return wanted(operation, told, "requestId")

    def state(self, asking: Asking, report_id: str) -> State:
        """What has become of it."""
        told = self.talk.ask(REQUEST, f"{_REQUESTS}/{report_id}")
        return self._state(told, report_id, asking.days)

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """The report, from an address that is asked for anew: it does not live long."""
        told = self.talk.ask(DOWNLOAD, "/v3/reports/downloadReport", {"requestId": document})
        name = file_name(asking)
        path = self.talk.download(DOWNLOAD, wanted(DOWNLOAD, told, "downloadURL"), into / name)
        yield Fetched(path, path.name, asking.days)

    def _payload(self, asking: Asking) -> dict[str, str]:
        if asking.days is None:
            return {}
        (first, last), zone = asking.days, asking.channel.time_zone
        starts = (
            first_moment(first, zone) if self.has_moments else datetime.combine(first, time(), UTC)
        )
        ends = (
            last_moment(last, zone) if self.has_moments else datetime.combine(last, _DAY_ENDS, UTC)
        )
        payload = {"dataStartTime": written(starts), "dataEndTime": written(ends)}
        return payload | ({"dateGranularity": self.granularity} if self.granularity else {})

    def _found(self, told: Mapping[str, Any], zone: str) -> Iterator[Found]:
        """One of Walmart's list; not of what somebody has ordered with rows or columns left out."""
        payload = told.get("payload")
        payload = payload if isinstance(payload, dict) else {}
        made = _moment(told.get("requestSubmissionDate"))
        days = self._days(payload, zone)
        filtered = payload.get("rowFilters") or payload.get("excludeColumns")
        other = filtered or (payload.get("dateGranularity") or "") != self.granularity
        if other or made is None or days is None:
            return
        report_id = wanted(REQUESTS, told, "requestId")
        yield Found(report_id, made, self._state(told, report_id, days), days)

    def _days(self, payload: Mapping[str, Any], zone: str) -> Days | None:
        """Which whole days it was ordered for; None where it is no such order of ours."""
        starts, ends = (_moment(payload.get(name)) for name in ("dataStartTime", "dataEndTime"))
        if starts is None or ends is None:
            return None
        if not self.has_moments:
            return starts.date(), ends.date()
        first, last = (one.astimezone(ZoneInfo(zone)).date() for one in (starts, ends))
        whole = starts == first_moment(first, zone) and ends == last_moment(last, zone)
        return (first, last) if whole else None

    def _state(self, told: Mapping[str, Any], report_id: str, days: Days | None) -> State:
        status = str(told.get("requestStatus", ""))[:100]
        if status.upper() == "READY":
            return Ready(report_id, days)
        if status.upper() == "ERROR":
            return NotTold(status, "Walmart could not make the report: what it says is unknown.")
        return Working(status)


def _moment(said: object) -> datetime | None:
    """A moment of Walmart's, which is in UTC where it does not say."""
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _objects(said: object) -> list[dict[str, Any]]:
    if not isinstance(said, list):
        raise NotUnderstoodError(f"{REQUESTS.name}: requests is missing.")
    return [one for one in said if isinstance(one, dict)]
