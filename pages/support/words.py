"""How the queue says what it holds."""

from datetime import datetime
from typing import Final

from services.activation.at_risk import AtRisk
from services.activation.history import Kind
from services.activation.states import Status
from wording.days import how_long
from wording.money import money, without_amount

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


def first_answer(asked_at: datetime, answered_at: datetime | None) -> str:
    return f"after {how_long(answered_at - asked_at)}" if answered_at else "none yet"


def amounts(at_risk: tuple[AtRisk, ...]) -> str:
    """One amount a currency, never added up."""
    return " · ".join(money(one.amount, one.currency) for one in at_risk) or "nothing"


def unpriced(at_risk: tuple[AtRisk, ...]) -> str:
    """Units whose amount nobody knows are counted, never valued at nothing."""
    units = sum(one.units_without_amount for one in at_risk)
    return f"plus {without_amount(units)}" if units else ""
