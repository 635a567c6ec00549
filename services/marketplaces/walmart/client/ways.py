"""The ways in which Walmart hands out what it has, one object for each source."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from services.marketplaces.asking import Asking, Channel, Fetched, Found, State
from services.marketplaces.walmart.client.talk import Talk


@dataclass(frozen=True)
class Way(ABC):
    """A source that is read at once; the others say more."""

    talk: Talk

    def found(self, channel: Channel, since: datetime) -> Iterable[Found]:
        """What Walmart has already."""
        del channel, since
        return ()

    def order(self, asking: Asking) -> str:
        """Order it; returns the report's id."""
        raise TypeError(f"{asking.source.name} is not ordered")

    def state(self, asking: Asking, report_id: str) -> State:
        """What has become of it."""
        raise TypeError(f"{asking.source.name} is not ordered: {report_id}")

    @abstractmethod
    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """Write its files."""


def file_name(asking: Asking, told: str = "") -> str:
    """What a file is called: its source, its days or what else tells it from others."""
    days = [day.isoformat() for day in asking.days or ()]
    return "_".join([f"walmart-{asking.source.name}", *([told] if told else days)])


def today_at(channel: Channel) -> date:
    """The channel's day."""
    return datetime.now(UTC).astimezone(ZoneInfo(channel.time_zone)).date()


def first_moment(day: date, zone: str) -> datetime:
    """When a day begins at the channel, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def last_moment(day: date, zone: str) -> datetime:
    """Its last second."""
    return first_moment(day + timedelta(days=1), zone) - timedelta(seconds=1)


def written(moment: datetime) -> str:
    """A moment as Walmart's examples write it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
