"""Where each unit of a loss stands today: the truth that identification is held against.

The windows are written here a second time, on purpose: a test that read them from the product's
own data could not notice when those are wrong.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.sample.model import Loss, Story

Window = tuple[int, int]  # days after the event: opens, last day
_WAREHOUSE: Final = ("lost_in_warehouse", "damaged_in_warehouse")
_WINDOWS: Final[dict[tuple[str, str], Window]] = {
    **{
        (channel, subtype): (0, 60)
        for channel in ("amazon-us", "amazon-uk", "amazon-de")
        for subtype in _WAREHOUSE
    },
    ("amazon-us", "returned_damaged"): (60, 120),
    ("amazon-uk", "returned_damaged"): (45, 105),
    ("amazon-de", "returned_damaged"): (45, 105),
    ("walmart-us", "inbound_shortage"): (10, 50),
    ("walmart-us", "inbound_damaged"): (10, 50),
    ("walmart-us", "referral_fee"): (0, 90),
}


@dataclass(frozen=True)
class Standing:
    """A loss's units by what became of them; `undated` units are ready with no known deadline."""

    found: int = 0
    paid_cash: int = 0
    paid_inventory: int = 0
    future: int = 0
    ready: int = 0
    undated: int = 0
    in_progress: int = 0
    expired: int = 0
    denied: int = 0

    @property
    def units(self) -> int:
        return sum(vars(self).values())


def window_of(loss: Loss) -> Window | None:
    """The claim window in days after the event; None where none is published."""
    return _WINDOWS.get((loss.market.channel, loss.subtype))


def standing(story: Story, loss: Loss) -> Standing:
    """Where the units of a loss stand on the story's last day."""
    found = sum(find.units for find in story.found_of.get(loss.number, ()))
    settled = [share for _, share in story.paid_of.get(loss.number, ())]
    cash = sum(share.cash for share in settled)
    inventory = sum(share.inventory for share in settled)
    rest = loss.units - found - cash - inventory
    bucket = _bucket(story, loss)
    return Standing(found=found, paid_cash=cash, paid_inventory=inventory, **{bucket: rest})


def _bucket(story: Story, loss: Loss) -> str:
    case = story.case_of.get(loss.number)
    if case and case.status == "not_eligible":
        return "denied"
    if case and case.status == "partially_reimbursed" and case.closed_on:
        return "denied"
    if case and case.status != "closed":
        return "in_progress"
    return _by_window(story, loss)


def _by_window(story: Story, loss: Loss) -> str:
    window = window_of(loss)
    if window is None:
        return "undated"
    opens, closes = (loss.event_on + timedelta(days=days) for days in window)
    if story.today < opens:
        return "future"
    return "ready" if story.today <= closes else "expired"
