"""The Support API, 2025-02-01: how Amazon itself keeps a case. Read-only.

Not every seller's application has the role: then Amazon refuses. What a case is about, and whose
addresses are in it, is not read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from services.marketplaces.amazon.client.answers import (
    Told,
    each_of,
    heed,
    moment_in,
    pages,
    unknown_word,
)
from services.marketplaces.amazon.client.api import Api
from services.marketplaces.amazon.client.operations import LIST_CASES
from services.marketplaces.asking import Notice, TheirCase

_PATH: Final = "/support/2025-02-01/cases"
# As far back as reports reach: an older case is of no claim that is known here.
_HISTORY: Final = timedelta(days=548)
_MEMBERS: Final = frozenset(
    {
        "appointments",
        "caseId",
        "ccEmails",
        "createdDate",
        "lastOutboundDate",
        "lastUpdatedDate",
        "primaryEmail",
        "resolvedDate",
        "status",
        "subject",
    }
)
_State = Literal["waits_for_marketplace", "waits_for_you", "resolved", "moved"]
_STATES: Final[Mapping[str, _State]] = {
    "PENDING_AMAZON_ACTION": "waits_for_marketplace",
    "PENDING_MERCHANT_ACTION": "waits_for_you",
    "RESOLVED": "resolved",
    "TRANSFERRED": "moved",
}


@dataclass(frozen=True)
class Cases:
    """Of one seller. now: the moment, with its zone."""

    api: Api
    notice: Notice
    now: Callable[[], datetime]

    def changed(self, since: datetime | None) -> Iterator[TheirCase]:
        """Those that have changed since: Amazon sorts and filters by no such day, so all are read.

        A case that stands on two pages comes twice, the same.
        """
        after = (self.now() - _HISTORY).astimezone(UTC).isoformat(timespec="seconds")
        asked = {
            "caseFilters": {"createdDate": {"after": after}},
            "sortField": "CREATION_DATE",
            "sortOrder": "DESC",
        }
        for told in pages(
            self.api.post(LIST_CASES, _PATH, asked),
            lambda token: self.api.post(LIST_CASES, _PATH, {**asked, "nextToken": token}),
            lambda page: page.get("nextToken"),
            LIST_CASES.name,
        ):
            heed(told, frozenset({"cases", "nextToken"}), LIST_CASES.name, self.notice)
            for case in map(self._case, each_of(told, "cases", LIST_CASES.name)):
                if case and (not since or not case.updated_at or case.updated_at >= since):
                    yield case

    def _case(self, told: Told) -> TheirCase | None:
        heed(told, _MEMBERS, LIST_CASES.name, self.notice)
        case_id, said = told.get("caseId"), str(told.get("status"))[:100]
        if not isinstance(case_id, str) or not case_id:
            unknown_word("no caseId", LIST_CASES.name, self.notice)
            return None
        state = _STATES.get(said)
        if state is None:
            unknown_word(said, f"{LIST_CASES.name} status", self.notice)
        return TheirCase(
            case_id,
            state or "unknown",
            said,
            moment_in(told, "createdDate"),
            moment_in(told, "lastUpdatedDate"),
            moment_in(told, "resolvedDate"),
        )
