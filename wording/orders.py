"""In which order lists stand: what each is chosen by, and what it is."""

from dataclasses import dataclass
from typing import Final

from wording.buckets import AT_RISK
from wording.labels import capitalized


@dataclass(frozen=True)
class Order:
    """`label` is what it is chosen by, where it can be chosen; `why` says more beside the list."""

    label: str
    said: str
    why: str = ""

    @property
    def sentence(self) -> str:
        return f"{capitalized(self.said)}{f': {self.why}' if self.why else ''}."


EXPIRING: Final[dict[str, Order]] = {
    "priority": Order("By priority", "most money a day left first"),
    "soonest": Order("By deadline", "the earliest last day first"),
}
QUEUE: Final[dict[str, Order]] = {
    "at risk": Order(
        "Most at risk first",
        "most at risk first, each currency by itself",
        "amounts of two are never compared",
    ),
    "expires": Order(
        "First to expire",
        "first to expire",
        "the next last day among what is ready to claim on each channel",
    ),
    "oldest": Order("Oldest first", "oldest first", "by the moment in which the seller asked"),
    "settled": Order("", "the last settled first"),
}
PORTFOLIO: Final = (
    "Clients stand by currency, that with most units at risk first, and in each by priority: what"
    " is at risk, divided by the days left, today included. What has no known last day is at risk,"
    f" but counts for no priority. {AT_RISK}"
)
PORTFOLIO_IN_ONE: Final = (
    "Clients stand by priority: what is at risk in all currencies together, divided by the days"
    " left, today included. What has no known last day, or no exchange rate, is at risk, but counts"
    f" for no priority. {AT_RISK}"
)
