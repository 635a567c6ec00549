"""Claim windows: when a claim may be filed, and how sure whoever says so is."""

from datetime import date
from typing import Final

from wording.days import in_days_or_months, plain_date

_CERTAINTY: Final[dict[str, str]] = {
    "official": "Official source",
    "secondary": "Secondary source, not confirmed by {marketplace}",
    "code": "Read from public source code, not from {marketplace}",
    "unknown": "Unknown: not published",
}


def certainty(confidence: str, marketplace: str) -> str:
    return _CERTAINTY[confidence].format(marketplace=marketplace)


def checked(day: date) -> str:
    """When somebody last looked at the source."""
    return f"checked on {plain_date(day)}"


def rule(
    anchor: str, opens_after_days: int | None, closes_after: int | None, closes_unit: str | None
) -> str:
    """`Opens 60 days after the delivery, closes 9 months after it.`"""
    if closes_after is None:
        return _without_last_day(anchor, opens_after_days)
    closes = f"closes {in_days_or_months(closes_after, closes_unit)} after"
    if opens_after_days is None:
        return f"The first day is not published; {closes} {anchor}."
    if opens_after_days == 0:
        return f"Opens at once, {closes} {anchor}."
    opens = in_days_or_months(opens_after_days, "days")
    return f"Opens {opens} after {anchor}, {closes} it."


def _without_last_day(anchor: str, opens_after_days: int | None) -> str:
    if opens_after_days is None:
        return "No claim window is published."
    opens = in_days_or_months(opens_after_days, "days")
    return f"Opens {opens} after {anchor}; the last day is not published."
