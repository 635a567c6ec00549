"""Why units that may be owed are not called ready: what must be seen or decided first."""

from dataclasses import dataclass
from typing import Final

from wording.labels import from_code


@dataclass(frozen=True)
class Hold:
    """One reason in full, and short enough for a column."""

    words: str
    short: str


HOLDS: Final[dict[str, Hold]] = {
    "unread_row": Hold(
        "Awaits a readable row: one that could not be read may be about it",
        "awaits a readable row",
    ),
    "report": Hold(
        "Awaits a report that reaches far enough",
        "awaits a report",
    ),
    "order_unknown": Hold(
        "Awaits the settlement with the order's own lines",
        "awaits the order's own lines",
    ),
    "refund_unknown": Hold(
        "Awaits the settlement that tells when it was refunded",
        "awaits the refund's own line",
    ),
    "stray_return": Hold(
        "Awaits a readable return: one of this order names no item of it",
        "awaits a readable return",
    ),
    "never_received": Hold(
        "Prove delivery first: nothing of this shipment was ever received",
        "prove delivery first",
    ),
    "arrival_unknown": Hold(
        "Awaits the ledger that tells when the shipment arrived",
        "awaits the day of arrival",
    ),
    "delivery_contradicts": Hold(
        "Decide: the days of its delivery and of its receipt contradict each other",
        "its days contradict each other",
    ),
    "shop_unknown": Hold(
        "Awaits the ledger that tells which country received the shipment",
        "awaits the country it went to",
    ),
    "nameless_receipt": Hold(
        "Decide: units of this item were received without naming a shipment",
        "a nameless receipt may be of it",
    ),
    "reimbursed_unseen": Hold(
        "The marketplace says reimbursed: awaits the payment in a report",
        "awaits the payment in a report",
    ),
    "closed_case": Hold(
        "Decide: refile only with new evidence, our case was closed without a payment",
        "refile only with new evidence",
    ),
    "newer_ledger": Hold(
        "Awaits a newer ledger: a later payment may have been for it",
        "awaits a newer ledger",
    ),
    "given_back": Hold(
        "Decide: it may have been found, or that find was given back for a payment",
        "a find may be of it",
    ),
    "other_payment": Hold(
        "Decide: another payment for the same item may be for it",
        "a payment may be for it",
    ),
}


def holds_label(because: str) -> str:
    known = HOLDS.get(because)
    return known.words if known else from_code(because)


def awaits_label(because: str | None, report: str = "") -> str:
    """Short; `report` is what the report that would release them is called, where one would."""
    if because == "report" and report:
        return f"awaits {report}"
    known = HOLDS.get(because or "")
    return known.short if known else (because or "").replace("_", " ")
