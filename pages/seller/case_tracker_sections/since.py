"""Since our last call, in the case tracker: which cases moved, which were filed, which decided."""

from dataclasses import replace
from datetime import date
from typing import Final

from components.filters import Chip
from components.since import Changed, changed_strip
from pages.shared import address
from pages.shared.since.sections import SINCE, Counting, chosen_day, since_card
from pages.shared.snapshot import Snapshot
from pages.shared.viewer import SignedIn
from services.insights.answers import Filters
from services.insights.cases import Search, Step, cases_sum
from wording.days import plain_date

STEP: Final = "step"
_LABELS: Final[dict[Step, str]] = {"moved": "Moved", "filed": "Filed", "decided": "Decided"}
_MEANINGS: Final[dict[Step, str]] = {
    "moved": "Filed, decided or moved by any step on that day or later. The amount is what these"
    " cases ask for.",
    "filed": "Filed by our service team on that day or later.",
    "decided": "Closed by the marketplace on that day or later, whatever the decision was.",
}


def _chosen() -> tuple[Step, date] | None:
    step, day = address.read(STEP), chosen_day()
    return (step, day) if step in _LABELS and day else None


def narrowed(search: Search) -> Search:
    """The search, and from which day on, if the address says so."""
    asked_for = _chosen()
    return replace(search, step=asked_for[0], since=asked_for[1]) if asked_for else search


def chips() -> list[Chip]:
    asked_for = _chosen()
    if asked_for is None:
        return []
    step, day = asked_for
    return [address.chip(STEP, f"{_LABELS[step]} since {plain_date(day)}")]


def section(viewer: SignedIn, told: Counting, filters: Filters, seen: Snapshot) -> None:
    """For account managers; a press on a figure narrows the list to its cases."""
    since_card(viewer, told, lambda day: _figures(day, filters, seen))


def _figures(day: date, filters: Filters, seen: Snapshot) -> None:
    asked_for = _chosen()
    changed_strip(
        [_changed(step, day, filters, seen) for step in _LABELS],
        filters.currency,
        key="since",
        chosen=asked_for[0] if asked_for else None,
        on_choose=lambda step: _choose(step, day),
    )


def _changed(step: Step, day: date, filters: Filters, seen: Snapshot) -> Changed:
    search = Search(since=day, step=step)
    total = cases_sum(seen.connection, seen.account_id, filters, search)
    words = (_LABELS[step], total.count, "case", "cases")
    return Changed(step, *words, total.amount, _MEANINGS[step])


def _choose(step: str, day: date) -> None:
    address.toggle(STEP, step)
    address.write(SINCE, day.isoformat())
