"""The way of a case, from filing to its end, wherever it is told."""

from collections.abc import Sequence
from typing import Final

from components.timeline import Standing, Step
from services.insights.answers import Case, CaseEvent
from wording.cases import case_words
from wording.days import plain_date

_ENDS: Final[dict[str, Standing]] = {
    "fully_reimbursed": "good",
    "partially_reimbursed": "good",
    "not_eligible": "bad",
    "closed": "done",
    "open": "current",
}


def status_words(case: Case) -> str:
    return case_words(case.status, is_paid=case.is_paid)


def steps_of(case: Case, events: Sequence[CaseEvent]) -> list[Step]:
    """Each step that was told; of a case without any, how it stands."""
    if not events:
        end = _ENDS[case.status]
        return [Step(status_words(case), plain_date(case.opened_on), "", end)]
    return [_step(event, case, is_last=event == events[-1]) for event in events]


def _step(event: CaseEvent, case: Case, *, is_last: bool) -> Step:
    standing = _ENDS.get(event.status, "done") if is_last else "done"
    word = case_words(event.status, is_paid=case.is_paid)
    return Step(word, plain_date(event.day), event.note or "", standing)
