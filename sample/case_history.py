"""How a case went: the service team's own notes, as a seller may read them."""

from datetime import date, timedelta
from typing import Final

from sample.chance import Chance
from sample.model import CaseEvent

_FILED: Final = (
    "Claim filed with the marketplace.",
    "Claim filed with the ledger rows and the invoice.",
    "Claim filed with proof of delivery and the packing list.",
)
_MEANWHILE: Final = (
    "The marketplace asked for an invoice; sent the same day.",
    "The marketplace is looking into it.",
    "Reminder sent: no answer for five days.",
    "Passed on to another team of the marketplace.",
)
_ENDS: Final = {
    "fully_reimbursed": ("Approved in full.", "Approved in full after a second look."),
    "partially_reimbursed": ("Approved for part of the units.",),
    "not_eligible": (
        "Declined: the marketplace says the units were disposed of at the seller's request.",
        "Declined: the marketplace found no proof that the units were received.",
        "Declined: the marketplace holds the item as customer-damaged.",
    ),
    "closed": ("Closed without a decision; can be filed again while the window is open.",),
}


def history(
    status: str, opened: date, closed: date | None, last_day: date, chance: Chance
) -> tuple[CaseEvent, ...]:
    """The events of a case up to the last day known, ending with its status."""
    until = closed or last_day
    events = [CaseEvent(opened, "open", chance.one_of(_FILED))]
    if (until - opened).days >= 4 and chance.happens(70):
        day = opened + timedelta(days=chance.between(2, (until - opened).days - 1))
        events.append(CaseEvent(day, "open", chance.one_of(_MEANWHILE)))
    if status != "open":
        ended = closed or events[-1].on + timedelta(days=1)
        events.append(CaseEvent(min(ended, last_day), status, chance.one_of(_ENDS[status])))
    return tuple(events)
