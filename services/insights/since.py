"""What changed since a day: since the last call with a client, that day included.

Each figure is the sum of a list that the page can open, read under the same conditions:

- newly found: what became known from that day on, for the units that were not found again, at
  today's estimate. What the first reports of a channel told counts by the day it happened.
- recovered, reversed: payments that the marketplace approved from that day on, by its own reports.
- expired: units that nobody claimed whose last day was that day or a later one, and is over.
- denied: what the marketplace refused from that day on.
- cases: those filed, closed or moved by a step of their history, and what they ask for.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection

from services.insights.answers import Counted, Filters
from services.insights.cases import Search, cases_sum
from services.insights.parts import PartView, part_sum
from services.insights.payments import Wanted, payments_sum

SinceName = Literal["found", "recovered", "reversed", "expired", "denied", "cases"]
# Without a call to count from.
USUAL_DAYS: Final = 30
FURTHEST_BACK: Final = timedelta(days=366)


@dataclass(frozen=True)
class Since:
    """What changed from `day` on; every channel counts by its own calendar."""

    day: date
    found: Counted
    recovered: Counted
    reversed: Counted  # negative
    expired: Counted
    denied: Counted
    cases: Counted

    def figure(self, name: SinceName) -> Counted:
        answer: Counted = getattr(self, name)
        return answer


def since(
    connection: Connection, account_id: int, filters: Filters, now: datetime, day: date
) -> Since:
    """The six figures, in the filters' one currency."""
    asked = (connection, account_id, filters)
    return Since(
        day,
        found=part_sum(*asked, now, PartView("found", since=day)),
        recovered=payments_sum(*asked, Wanted(way="paid", since=day)),
        reversed=payments_sum(*asked, Wanted(way="reversed", since=day)),
        expired=part_sum(*asked, now, PartView("expired", since=day)),
        denied=part_sum(*asked, now, PartView("denied", since=day)),
        cases=cases_sum(*asked, Search(since=day)),
    )


def no_further_back(day: date, today: date) -> date:
    """A year at most: what is older is told by the months of the Overview."""
    return max(day, today - FURTHEST_BACK)
