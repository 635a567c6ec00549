"""Where each unit of a loss stands today: the truth that identification is held against.

The windows are written here a second time, on purpose: a test that read them from the product's
own data could not notice when those are wrong.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sample.model import Loss, Story
from sample.plans import IN_WAREHOUSE

Window = tuple[int, int]  # days after the event: opens, last day
_AMAZON: Final = ("amazon-us", "amazon-uk", "amazon-de")
_AFTER_ORDER: Final = (
    "returned_damaged",
    "refunded_not_returned",
    "replacement_not_returned",
    "refunded_more",
)
_RETURNS: Final[dict[str, Window]] = {
    "amazon-us": (60, 120),
    "amazon-uk": (45, 105),
    "amazon-de": (45, 105),
}
_WINDOWS: Final[dict[tuple[str, str], Window]] = {
    **{(channel, subtype): (0, 60) for channel in _AMAZON for subtype in IN_WAREHOUSE},
    **{(channel, subtype): _RETURNS[channel] for channel in _AMAZON for subtype in _AFTER_ORDER},
    **{(channel, "removal_lost"): (15, 75) for channel in _AMAZON},
    **{(channel, "removal_other"): (0, 60) for channel in _AMAZON},
    ("amazon-us", "fulfilment_fee"): (0, 90),
    ("amazon-us", "referral_fee"): (0, 90),
    ("amazon-us", "paid_below_cost"): (0, 60),
    ("amazon-uk", "paid_below_cost"): (0, 60),
    ("walmart-us", "inbound_shortage"): (10, 50),
    ("walmart-us", "inbound_damaged"): (10, 50),
    ("walmart-us", "referral_fee"): (0, 90),
    ("walmart-us", "return_lost"): (0, 45),
    ("walmart-us", "replacement_lost"): (0, 45),
    ("walmart-us", "returned_damaged"): (0, 45),
    ("walmart-us", "delayed_return"): (0, 45),
    ("walmart-us", "refunded_more"): (0, 45),
}
_MONTHS: Final = {"amazon-us": 9, "amazon-uk": 6, "amazon-de": 6}
# One report tells of the refund, another of what came back: open only once both speak of the day.
_TAKEN_AWAY: Final = ("refunded_not_returned", "replacement_not_returned")
_WAITS_DAYS: Final = 60  # where no window is known: the longest that Amazon gives anywhere


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
    if loss.market.is_amazon and loss.subtype.startswith("inbound"):
        return _in_months(loss)
    return _WINDOWS.get((loss.market.channel, loss.subtype))


def _in_months(loss: Loss) -> Window | None:
    months = _MONTHS.get(loss.market.channel)
    if months is None:
        return None
    whole = loss.event_on.month - 1 + months
    first = date(loss.event_on.year + whole // 12, whole % 12 + 1, 1)
    last = first.replace(day=min(loss.event_on.day, monthrange(first.year, first.month)[1]))
    return 0, (last - loss.event_on).days


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
    if _waits(loss, window):
        return "future"
    if window is None:
        return "undated"
    opens, closes = (loss.event_on + timedelta(days=days) for days in window)
    if story.today < opens:
        return "future"
    return "ready" if story.today <= closes else "expired"


def _waits(loss: Loss, window: Window | None) -> bool:
    """Whether the returns report does not speak yet of the day on which the window opens."""
    opens = window[0] if window else _WAITS_DAYS
    last_told = loss.market.last_day
    return loss.subtype in _TAKEN_AWAY and last_told < loss.event_on + timedelta(days=opens)
