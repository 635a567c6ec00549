"""Units that Amazon damaged in its warehouse (reasons E, 6, 7, H, K, U).

Each such row is followed by a P row in the new disposition: only the negative leg is counted.
Inspected and found to be whole again, it counts as found.
"""

from services.marketplaces.amazon.rules.ledger import CORRECTED, taken_away
from services.marketplaces.rules import Rule, Subtracted

RULE = Rule(
    subtype="damaged_in_warehouse",
    told=(
        "Amazon's inventory ledger moves sellable units to damaged while they are in its care."
        " The ledger writes this as two rows, which count once."
    ),
    reads=("amazon_ledger_detail",),
    sql=taken_away("damaged"),
    found_sql=CORRECTED,
    payment_subtypes=("damaged_in_warehouse",),
    match_by=("item",),
    # Units found later stand in the ledger itself.
    subtracts=(Subtracted("amazon_ledger_detail", ("fnskus", "skus", "items")),),
    sister_subtypes=("lost_in_warehouse",),
)
