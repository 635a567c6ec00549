"""The Reports API, 2021-06-30: order a report, ask what became of it, find those that there are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from services.marketplaces.amazon.client.answers import (
    Told,
    each_of,
    heed,
    moment_in,
    pages,
    text_of,
    unknown_word,
)
from services.marketplaces.amazon.client.api import Api
from services.marketplaces.amazon.client.days import days_told, window_of
from services.marketplaces.amazon.client.operations import CREATE_REPORT, GET_REPORT, GET_REPORTS
from services.marketplaces.amazon.shops import SHOPS
from services.marketplaces.amazon.sources import REPORTS
from services.marketplaces.asking import (
    Asking,
    Channel,
    Found,
    Notice,
    NotTold,
    Ready,
    Source,
    State,
    Working,
)

_PATH: Final = "/reports/2021-06-30/reports"
_MOST_A_PAGE: Final = "100"
# Amazon lists no older ones, and refuses to look for them; a minute for the way.
_LISTED_FOR: Final = timedelta(days=90) - timedelta(minutes=1)
_MEMBERS: Final = frozenset(
    {
        "createdTime",
        "dataEndTime",
        "dataStartTime",
        "marketplaceIds",
        "processingEndTime",
        "processingStartTime",
        "processingStatus",
        "reportDocumentId",
        "reportId",
        "reportScheduleId",
        "reportType",
    }
)
_WORKING: Final = frozenset({"IN_QUEUE", "IN_PROGRESS"})
_NO_DOCUMENT: Final = "Amazon says that the report is done, and names no document of it."
# One word of Amazon's for both: an empty report, and one that was asked for too often.
_CANCELLED: Final = (
    "Amazon canceled the report: there was nothing to tell, or it was asked for too often."
    " Which of the two it does not say."
)
_FATAL: Final = "Amazon gave the report up, for a reason that it does not say."


@dataclass(frozen=True)
class Reports:
    """Of one seller. now: the moment, with its zone."""

    api: Api
    notice: Notice
    now: Callable[[], datetime]

    def order(self, asking: Asking) -> str:
        """Order the report that the question is about; its id."""
        report = REPORTS[asking.source.name]
        body = {
            "reportType": report.type,
            "marketplaceIds": [SHOPS[asking.channel.code].marketplace_id],
            **window_of(asking, report, self.now()),
            **({"reportOptions": dict(report.options)} if report.options else {}),
        }
        told = self.api.post(CREATE_REPORT, _PATH, body)
        heed(told, frozenset({"reportId"}), CREATE_REPORT.name, self.notice)
        return text_of(told, "reportId", CREATE_REPORT.name)

    def state(self, asking: Asking, report_id: str) -> State:
        """What has become of it."""
        told = self.api.get(GET_REPORT, f"{_PATH}/{report_id}")
        heed(told, _MEMBERS, GET_REPORT.name, self.notice)
        return self._state(told, asking.channel)

    def found(self, source: Source, channel: Channel, since: datetime) -> Iterator[Found]:
        """Those of the source since then; of days whole ones only, which is how we ask.

        What another program ordered with other options cannot be told apart but by that.
        """
        seen: set[str] = set()
        for told in self._listed(source, channel, since):
            report_id = text_of(told, "reportId", GET_REPORTS.name)
            made_at, days = moment_in(told, "createdTime"), days_told(told, channel)
            if report_id in seen or made_at is None or (source.has_days and days is None):
                continue
            seen.add(report_id)
            yield Found(report_id, made_at, self._state(told, channel), days)

    def _listed(self, source: Source, channel: Channel, since: datetime) -> Iterator[Told]:
        earliest = max(since, self.now() - _LISTED_FOR).astimezone(UTC)
        query = {
            "reportTypes": REPORTS[source.name].type,
            "createdSince": earliest.isoformat(timespec="seconds"),
            "pageSize": _MOST_A_PAGE,
        }
        if source.per == "channel":
            query["marketplaceIds"] = SHOPS[channel.code].marketplace_id
        for told in pages(
            self.api.get(GET_REPORTS, _PATH, query),
            # Alone: with anything beside it, Amazon refuses it.
            lambda token: self.api.get(GET_REPORTS, _PATH, {"nextToken": token}),
            lambda page: page.get("nextToken"),
            GET_REPORTS.name,
        ):
            heed(told, frozenset({"reports", "nextToken"}), GET_REPORTS.name, self.notice)
            for one in each_of(told, "reports", GET_REPORTS.name):
                heed(one, _MEMBERS, GET_REPORTS.name, self.notice)
                yield one

    def _state(self, told: Told, channel: Channel) -> State:
        said = text_of(told, "processingStatus", GET_REPORT.name)
        match said:
            case "DONE":
                document = told.get("reportDocumentId")
                if isinstance(document, str) and document:
                    return Ready(document, days_told(told, channel))
                return NotTold(said, _NO_DOCUMENT)
            case "CANCELLED":
                return NotTold(said, _CANCELLED)
            case "FATAL":
                return NotTold(said, _FATAL)
        if said not in _WORKING:
            unknown_word(said, f"{GET_REPORT.name} processingStatus", self.notice)
        return Working(said[:100])
