"""How the queue says what it holds."""

from datetime import datetime, timedelta
from typing import Final

from components.money import counted, money
from services.activation.at_risk import AtRisk
from services.activation.history import Kind
from services.activation.states import Status

STATUS_TONES: Final[dict[Status, str]] = {
    "new": "blue",
    "need_info": "gray",
    "answered": "blue",
    "ready": "violet",
    "active": "green",
    "declined": "orange",
}
EVENTS: Final[dict[Kind, tuple[str, str]]] = {
    "requested": ("Asked for the service", ":material/mail:"),
    "taken": ("Taken", ":material/pan_tool:"),
    "released": ("Put back", ":material/undo:"),
    "checked": ("Checklist", ":material/checklist:"),
    "noted": ("Note", ":material/sticky_note_2:"),
    "asked": ("Asked the seller", ":material/help:"),
    "answered": ("The seller answered", ":material/reply:"),
    "ready": ("Everything is there", ":material/task_alt:"),
    "activated": ("Service started", ":material/rocket_launch:"),
    "declined": ("Declined", ":material/cancel:"),
}


def span(passed: timedelta) -> str:
    """`42 min`, `5 h`, `3 days`."""
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return counted(minutes // (24 * 60), "day", "days")


def first_answer(asked_at: datetime, answered_at: datetime | None) -> str:
    return f"after {span(answered_at - asked_at)}" if answered_at else "none yet"


def amounts(at_risk: tuple[AtRisk, ...]) -> str:
    """One amount a currency, never added up."""
    return " · ".join(money(one.amount, one.currency) for one in at_risk) or "nothing"


def unpriced(at_risk: tuple[AtRisk, ...]) -> str:
    """Units whose amount nobody knows are counted, never valued at nothing."""
    units = sum(one.units_without_amount for one in at_risk)
    return f"plus {counted(units, 'unpriced unit', 'unpriced units')}" if units else ""
