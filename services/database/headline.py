"""Units summed over several subtypes: no unit twice.

The units of some subtypes are those of other losses (wording.subtypes.Subtype.counts_units): a unit
that was paid too low is one that was lost, and counts there. In a sum over subtypes such a subtype
adds its money alone; its own row shows its units.
"""

from decimal import Decimal
from typing import Final

from services.database.sql import fill
from wording.subtypes import SUBTYPES

_COUNTED_ELSEWHERE: Final = ", ".join(
    f"'{subtype.code}'" for subtype in SUBTYPES.values() if not subtype.counts_units
)

_UNITS: Final = "case when {subtype} in ({elsewhere}) then 0 else {units} end"


def headline(units: str, subtype: str) -> str:
    """This column of units, or nought where the subtype in that column adds no units to a sum."""
    return fill(_UNITS, units=units, subtype=subtype, elsewhere=_COUNTED_ELSEWHERE)


# Of rows `o` of open_total.
REMAINING: Final = headline("o.units_remaining", "o.subtype")
REMAINING_WITHOUT_AMOUNT: Final = headline("o.units_remaining_without_amount", "o.subtype")


def known_or_none(units: int, known: Decimal, units_without_amount: int) -> Decimal | None:
    """What is known of it; None where there are units and nothing of them is."""
    return None if units and units == units_without_amount and not known else known
