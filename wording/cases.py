"""Cases: their statuses, as they are read."""

from collections.abc import Mapping
from typing import Final

from wording.labels import from_code

CASE_STATUSES: Final[dict[str, str]] = {
    "open": "Open",
    "closed": "Closed",
    "partially_reimbursed": "Partially reimbursed",
    "fully_reimbursed": "Fully reimbursed",
    "not_eligible": "Not eligible",
}
KINDS: Final[dict[str, str]] = {"overall": "Overall cases", "reimbursed": "Reimbursed cases"}
# The marketplace has said yes, and no payment of it is in a report.
NOT_PAID_YET: Final = "Approved, not paid yet"


def case_words(status: str, *, is_paid: bool) -> str:
    """A case's status as it is read: nothing is called reimbursed before it is paid."""
    if status.endswith("_reimbursed") and not is_paid:
        return NOT_PAID_YET
    return CASE_STATUSES.get(status) or from_code(status)


def status_counts(cases: Mapping[str, int]) -> str:
    """`3 open · 1 closed`: how many cases stand where."""
    told = [(words, cases.get(status, 0)) for status, words in CASE_STATUSES.items()]
    return " · ".join(f"{count:,} {words.lower()}" for words, count in told if count)


# As the marketplace itself keeps a case, `{name}` being its own.
THEIR_STATES: Final[dict[str, str]] = {
    "waits_for_you": "{name} waits for you",
    "waits_for_marketplace": "Waiting for {name}",
    "resolved": "Resolved at {name}",
    "moved": "Passed on within {name}",
    "unknown": "{name} says “{said}”",
}


WAITS_FOR_YOU: Final = "The marketplace waits for you"


def their_words(state: str, said: str, name: str) -> str:
    """What the marketplace itself says of a case."""
    return THEIR_STATES[state].format(name=name, said=said)
