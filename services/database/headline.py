"""Units summed over several subtypes: no unit twice.

The units of some subtypes are those of other losses (wording.subtypes.Subtype.counts_units): a unit
that was paid too low is one that was lost, and counts there. In a sum over subtypes such a subtype
adds its money alone; its own row shows its units.
"""

from decimal import Decimal
from typing import Final

from wording.subtypes import SUBTYPES

_COUNTED_ELSEWHERE: Final = ", ".join(
    f"'{subtype.code}'" for subtype in SUBTYPES.values() if not subtype.counts_units
)


# What is at risk: ready to claim on the channel's own day `h.today`, and lost if nobody claims it
# in time. Of rows `o` of open_total, where what is held back never opens. One word, one condition:
# the buckets, the portfolio, the queue of requests and the weekly summary all ask with it.
AT_RISK: Final = "h.today between o.opens_on and o.expires_on"


def headline(units: str, subtype: str) -> str:
    """This column of units, or nought where the subtype in that column adds no units to a sum."""
    return f"case when {subtype} in ({_COUNTED_ELSEWHERE}) then 0 else {units} end"


def known_or_none(units: int, known: Decimal, units_without_amount: int) -> Decimal | None:
    """What is known of it; None where there are units and nothing of them is."""
    return None if units and units == units_without_amount and not known else known
