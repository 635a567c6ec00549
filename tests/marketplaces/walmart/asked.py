"""Asking from the first question to the file, as a sync does."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from services.marketplaces.asking import Asking, Channel, Client, Days, Fetched, Ready, Source
from tests.common.databases import SAMPLE_DAY

Connect = Callable[[], Client]
US: Final = Channel("walmart-us", "US", "US", "America/Los_Angeles")
# No marketplace tells of what is still to come: in the evening there it is tomorrow in UTC.
TODAY: Final = min(SAMPLE_DAY, datetime.now(ZoneInfo(US.time_zone)).date())
ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)


def days_up_to(last: date, length: int) -> Days:
    """So many days, the last included."""
    return last - timedelta(days=length - 1), last


def newest_day() -> date:
    """The last one that the sample world tells of."""
    return TODAY - timedelta(days=1)


def sixty_days(source: Source) -> Asking:
    """A question for the sixty days that are just complete, or for how things stand."""
    first, last = days_up_to(newest_day() - timedelta(days=2), 60)
    days = first.replace(day=1) if source.by_month else first, last
    return Asking(source, US, days if source.has_days else None)


def documents(client: Client, asking: Asking) -> Iterator[str]:
    """What can be fetched to answer the question."""
    if asking.source.how == "pages":
        yield ""
    elif asking.source.how == "listed":
        for one in client.found(asking.source, US, ALWAYS):
            assert isinstance(one.state, Ready)
            yield one.state.document
    else:
        state = client.state(asking, client.order(asking))
        if isinstance(state, Ready):
            yield state.document


def fetched(client: Client, asking: Asking, into: Path) -> list[Fetched]:
    """The files that answer the question."""
    into.mkdir(exist_ok=True)
    found = documents(client, asking)
    return [file for document in found for file in client.fetch(asking, document, into)]
