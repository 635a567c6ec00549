"""What the calendar makes of units, on a channel's own day: expressions that statements share.

The last day of a window is its last day to claim: what expires on it is lost from the day after.
"""

from collections.abc import Mapping
from typing import Final

from services.database.sql import fill

# Of rows `o` of open_total, on the channel's today `h.today`. One word, one condition: the buckets,
# the portfolio, the queue of requests and the weekly summary all ask with these.
FUTURE: Final = "h.today < o.opens_on"  # what is held back never opens
AT_RISK: Final = "h.today between o.opens_on and o.expires_on"  # ready, and lost if nobody claims
EXPIRED: Final = "o.expires_on < h.today"
WINDOW_UNKNOWN: Final = "o.expires_on = 'infinity'"
_WITHIN: Final = "o.expires_on between h.today and h.today + {days}"
_REMAINING: Final = """sum({units}) filter (where {condition}) as {part}_units,
        sum(o.amount_remaining) filter (where {condition}) as {part}_amount,
        sum({without_amount}) filter (where {condition}) as {part}_unknown"""

# Of discrepancies.
_FREE: Final = "{row}.remaining_units - {row}.held_units"
_HAS_FREE: Final = "{row}.held_units < {row}.remaining_units"
_EXPIRED_UNITS: Final = "case when {row}.expires_on < {day} then {row}.remaining_units else 0 end"
_UNCLAIMED: Final = """{row}.in_progress_units
    + case when {row}.expires_on < {day} then 0 else {row}.remaining_units end"""
_READY_UNITS: Final = "case when {day} < {row}.opens_on then 0 else {free} end"
_STATE: Final = """case when {row}.expires_on < {day} then 'expired'
        when {day} < {row}.opens_on or not {has_free} then 'future'
        else 'ready' end"""


def expires_within(days: int) -> str:
    """The condition on what expires today or in the days after it, this many."""
    return fill(_WITHIN, days=str(days))


def remaining_in(parts: Mapping[str, str], units: str, without_amount: str) -> str:
    """Of what remains, each part's three columns, as services.insights.totals.figure reads them.

    `parts` are conditions by name; a part without any row is null. `units` and `without_amount`:
    of one subtype as they stand, of several at once as services.database.headline counts them.
    """
    return ",\n        ".join(
        fill(_REMAINING, part=part, condition=condition, units=units, without_amount=without_amount)
        for part, condition in parts.items()
    )


def free_units(row: str) -> str:
    """The units of a discrepancy that are left and that nothing unproven holds back."""
    return fill(_FREE, row=row)


def has_free_units(row: str) -> str:
    """The condition on a discrepancy of whose units left something is free."""
    return fill(_HAS_FREE, row=row)


def ready_units(row: str, day: str) -> str:
    """The units of a discrepancy that can be claimed on this day, within its window."""
    return fill(_READY_UNITS, row=row, day=day, free=free_units(row))


def remaining_state(row: str, day: str) -> str:
    """The one word for what is left of a discrepancy on this day: expired, future or ready."""
    return fill(_STATE, row=row, day=day, has_free=has_free_units(row))


def expired_units(row: str, day: str) -> str:
    """The units of a discrepancy whose window has passed on this day."""
    return fill(_EXPIRED_UNITS, row=row, day=day)


def unclaimed_units(row: str, day: str) -> str:
    """The units of a discrepancy that are unclaimed on this day: in a case, or still in time."""
    return fill(_UNCLAIMED, row=row, day=day)
