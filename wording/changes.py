"""What moved a figure, and what changed since a day."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from wording.days import plain_date
from wording.labels import from_code

# What moves a figure from one day to the next ("Why did my estimate change?").
CHANGES: Final[dict[str, str]] = {
    "new": "Newly found",
    "found": "Found again",
    "paid": "Paid by the marketplace",
    "reversed": "Payment taken back",
    "denied": "Denied",
    "reopened": "Open again",
    "valued": "Valued anew",
    "window": "Deadline changed",
    "expired": "Window passed",
    "corrected": "Report corrected",
    "rematched": "Payment counts for another loss",
    "gone": "No longer in the reports",
}


@dataclass(frozen=True)
class Told:
    """One figure of what changed since a day: what its rows are, and what exactly counts."""

    label: str
    one: str
    many: str
    meaning: str

    def since(self, day: date) -> str:
        return f"{self.label} since {plain_date(day)}"


SINCE: Final[dict[str, Told]] = {
    "found": Told(
        "Newly found",
        "item",
        "items",
        "Became known since then, less what was found again, at today's estimate. What a"
        " marketplace's first reports told counts by the day it happened.",
    ),
    "recovered": Told(
        "Recovered",
        "payment",
        "payments",
        "Payments that the marketplace dated on that day or later, before anything was taken back.",
    ),
    "reversed": Told(
        "Taken back",
        "payment",
        "payments",
        "Payments taken back, dated on that day or later.",
    ),
    "expired": Told(
        "Expired",
        "item",
        "items",
        "The last day to claim was that day or later, has passed, and nobody claimed.",
    ),
    "denied": Told("Denied", "item", "items", "Refused by the marketplace on that day or later."),
    "cases": Told(
        "Cases moved",
        "case",
        "cases",
        "Filed, closed or moved by a step on that day or later; the amount is what these"
        " cases ask for.",
    ),
}


def change_label(cause: str) -> str:
    return CHANGES.get(cause) or from_code(cause)


NO_CALL_YET: Final = "Since our last call"


def since_title(call: str, day: date) -> str:
    """From where changes are counted: `call` is the last, an earlier one, or none."""
    match call:
        case "last":
            return f"Since our last call, {plain_date(day)}"
        case "earlier":
            return f"Since our call on {plain_date(day)}"
    return f"Since {plain_date(day)}"
