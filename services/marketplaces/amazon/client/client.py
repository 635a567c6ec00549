"""Amazon as `services.sync` asks it: one seller, one region."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from services.marketplaces.amazon.client import standing
from services.marketplaces.amazon.client.api import Api
from services.marketplaces.amazon.client.cases import Cases
from services.marketplaces.amazon.client.deliveries import Deliveries
from services.marketplaces.amazon.client.documents import Documents
from services.marketplaces.amazon.client.inbound import Inbound
from services.marketplaces.amazon.client.reports import Reports
from services.marketplaces.asking import (
    Asking,
    Channel,
    Fetched,
    Found,
    Notice,
    Secrets,
    Source,
    Standing,
    State,
    TheirCase,
)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class AmazonClient:
    """Who asks for one seller (services.marketplaces.asking.Client)."""

    api: Api
    secrets: Secrets = field(repr=False)
    notice: Notice
    now: Callable[[], datetime] = _now

    def standing(self) -> Standing:
        """What the connection may do."""
        return standing.standing(self.api, self.secrets, self.notice)

    def found(self, source: Source, channel: Channel, since: datetime) -> Iterable[Found]:
        """Reports of the source that there are."""
        return self._reports.found(source, channel, since)

    def order(self, asking: Asking) -> str:
        """Order the report."""
        return self._reports.order(asking)

    def state(self, asking: Asking, report_id: str) -> State:
        """What has become of it."""
        return self._reports.state(asking, report_id)

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """Write its files."""
        match asking.source.how:
            case "pages":
                return Inbound(self.api, self.notice, self.now).fetch(asking, into)
            case "awaited":
                return Deliveries(self.api).fetch(asking, into)
        return Documents(self.api, self.notice).fetch(asking, document, into)

    def cases(self, since: datetime | None) -> Iterator[TheirCase]:
        """Amazon's own state of each case that has changed."""
        return Cases(self.api, self.notice, self.now).changed(since)

    @property
    def _reports(self) -> Reports:
        return Reports(self.api, self.notice, self.now)
