"""A marketplace by script, for what is about our own steps: what it is asked, and what it does.

It writes true report files; how a real one is spoken to is held by tests/marketplaces.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from services.marketplaces.asking import (
    Asking,
    Channel,
    Days,
    Fetched,
    Found,
    Ready,
    Source,
    Standing,
    State,
    TheirCase,
    Working,
)
from tests.common.reports import files

DAY: Final = timedelta(days=1)
RETURNS: Final = Source(
    "returns",
    ("amazon_customer_returns",),
    "channel",
    "report",
    every=timedelta(hours=4),
    piece=30 * DAY,
    again=30 * DAY,
    history=90 * DAY,
    settles_after=DAY,
)


US_AND_CANADA: Final = Standing(seller="S1", countries=frozenset({"US", "CA"}))


def returned_on(days: Iterable[date]) -> bytes:
    """Customer returns: one on each of these days."""
    rows = []
    for number, day in enumerate(days):
        told = {
            "return-date": f"{day}T18:00:00+00:00",
            "order-id": f"111-{number:07}-1{day:%y%m%d}",
            "sku": "SKU-A",
            "fnsku": "X001",
            "quantity": "1",
            "detailed-disposition": "SELLABLE",
        }
        rows.append([told.get(name, "") for name in files.RETURNS])
    return files.table(files.RETURNS, rows).encode()


@dataclass
class Scripted:
    """A client: each ordered report is made the second time it is looked at."""

    returns: list[date] = field(default_factory=list)
    strays: list[date] = field(default_factory=list)  # told whatever days are asked for
    ordered: Counter[Days | None] = field(default_factory=Counter)
    fetched: Counter[str] = field(default_factory=Counter)
    made: dict[str, tuple[Days | None, datetime]] = field(default_factory=dict)
    looked: Counter[str] = field(default_factory=Counter)
    before_state: Callable[[str], State | None] = lambda _report: None
    before_fetch: Callable[[Asking], None] = lambda _asking: None
    before_order: Callable[[Asking], None] = lambda _asking: None
    after_order: Callable[[Asking], None] = lambda _asking: None
    told_cases: list[TheirCase] = field(default_factory=list)
    told_standing: Standing = US_AND_CANADA

    def standing(self) -> Standing:
        return self.told_standing

    def found(self, source: Source, channel: Channel, since: datetime) -> Iterable[Found]:
        del source, channel
        for report, (days, at) in self.made.items():
            if at >= since:
                yield Found(report, at, self._state_of(report), days)

    def order(self, asking: Asking) -> str:
        self.before_order(asking)
        report = f"R{sum(self.ordered.values()) + 1}"
        self.ordered[asking.days] += 1
        self.made[report] = (asking.days, datetime.now(UTC))
        self.after_order(asking)
        return report

    def state(self, asking: Asking, report_id: str) -> State:
        del asking
        told = self.before_state(report_id)
        self.looked[report_id] += 1
        return told if told is not None else self._state_of(report_id)

    def _state_of(self, report_id: str) -> State:
        return Ready(f"D{report_id}") if self.looked[report_id] else Working("IN_PROGRESS")

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        self.before_fetch(asking)
        self.fetched[document] += 1
        assert asking.days is not None
        first, last = asking.days
        path = into / f"returns {first} to {last}.txt"
        told = [day for day in self.returns if first <= day <= last]
        path.write_bytes(returned_on([*self.strays, *told]))
        yield Fetched(path, path.name, asking.days)

    def cases(self, since: datetime | None) -> Iterator[TheirCase]:
        del since
        yield from self.told_cases
