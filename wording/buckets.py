"""The three buckets and their parts: what they are called, and what is said of them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from wording.money import money, worth
from wording.notices import MAY_BE_ELIGIBLE


@dataclass(frozen=True)
class Named:
    """A bucket's name, and what is in it."""

    title: str
    meaning: str


BUCKETS: Final[dict[str, Named]] = {
    "unclaimed": Named("Unclaimed", f"{MAY_BE_ELIGIBLE}, not yet paid"),
    "claimed": Named("Claimed", "recovered, net of reversals"),
    "lost": Named("Lost", "window passed or refused"),
}

# Where a discrepancy's units are.
STATES: Final[dict[str, str]] = {
    "future": "Future claim",
    "ready": "Ready to claim",
    "in_progress": "In progress",
    "found": "Found again",
    "claimed": "Claimed",
    "expired": "Expired",
    "denied": "Denied",
}

# Where there is little room.
SHORT_STATES: Final[dict[str, str]] = {**STATES, "future": "Future", "ready": "Ready"}
# How money came in.
WAYS: Final[dict[str, str]] = {"via_case": "Via case", "automatic": "Automatic"}
# The payments of each way, and what they lost again, as a list of them is called.
PAYMENTS: Final[dict[str, str]] = {
    "via_case": "Paid via a case",
    "automatic": "Paid automatically",
    "reversed": "Taken back",
    "paid": "Paid",
}

# One word, one thing, wherever it stands: services.database.calendar.AT_RISK.
AT_RISK: Final = (
    "At risk is what is ready to claim today, and lost if nobody claims it in time: the seller's"
    " “Ready to claim”."
)


def expires_within(amount: Decimal | None, units: int, currency: str, days: int) -> str:
    if not units and not amount:
        return f"Nothing expires within {days} days"
    return f"{worth(amount, units, currency)} expires within {days} days"


def expires_soon(seven: Decimal | None, thirty: Decimal | None, currency: str) -> str:
    """Beside a list of what expires next."""
    return f"{money(seven, currency)} in 7 days · {money(thirty, currency)} in 30 days"


def taken_back(gross: Decimal, taken: Decimal, currency: str) -> str:
    if not taken:
        return "Nothing was taken back"
    return f"{money(taken, currency)} of {money(gross, currency)} was taken back"


def open_state(state: str, units: int, free: int) -> str:
    """Units that are held back, all but the free ones, are never called ready."""
    if state == "ready" and free < units:
        return f"{STATES[state]}: {free:,} of {units:,} units"
    return STATES[state]


def short_open_state(state: str, units: int, free: int) -> str:
    """The same where there is little room."""
    if state == "ready":
        part = f": {free:,} of {units:,}" if free < units else ""
        return f"{SHORT_STATES[state]}{part}"
    return "Held back" if free < units else SHORT_STATES[state]
