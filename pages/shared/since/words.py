"""What changed since a day, in words: each figure, what it counts, and how its list is called."""

from datetime import date
from typing import Final

from components.money import plain_date
from components.since import Changed
from services.insights.answers import Counted
from services.insights.since import Since, SinceName

LABELS: Final[dict[SinceName, str]] = {
    "found": "Newly found",
    "recovered": "Recovered",
    "reversed": "Taken back",
    "expired": "Expired",
    "denied": "Denied",
    "cases": "Cases moved",
}
_MEANINGS: Final[dict[SinceName, str]] = {
    "found": "Became known since then, less what was found again, at today's estimate. What a"
    " marketplace's first reports told counts by the day it happened.",
    "recovered": "Payments that the marketplace dated on that day or later, before anything was"
    " taken back.",
    "reversed": "Payments taken back, dated on that day or later.",
    "expired": "The last day to claim was that day or later, has passed, and nobody claimed.",
    "denied": "Refused by the marketplace on that day or later.",
    "cases": "Filed, closed or moved by a step on that day or later; the amount is what these"
    " cases ask for.",
}


def title_of(name: SinceName, day: date) -> str:
    return f"{LABELS[name]} since {plain_date(day)}"


_ROWS: Final[dict[SinceName, tuple[str, str]]] = {
    "found": ("item", "items"),
    "recovered": ("payment", "payments"),
    "reversed": ("payment", "payments"),
    "expired": ("item", "items"),
    "denied": ("item", "items"),
    "cases": ("case", "cases"),
}


def changed(answer: Since) -> list[Changed]:
    return [_changed(name, answer.figure(name)) for name in LABELS]


def _changed(name: SinceName, figure: Counted) -> Changed:
    return Changed(name, LABELS[name], figure.count, *_ROWS[name], figure.amount, _MEANINGS[name])
