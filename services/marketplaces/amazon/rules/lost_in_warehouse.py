"""Units that Amazon's ledger reports as misplaced (reasons M and 5) and has not reconciled."""

from services.marketplaces.amazon.rules.ledger import FOUND, taken_away
from services.marketplaces.rules import Rule, Subtracted

RULE = Rule(
    subtype="lost_in_warehouse",
    told=(
        "Amazon's inventory ledger takes units off your stock as missing. What it finds again,"
        " reconciles or pays for is taken away from that."
    ),
    reads=("amazon_ledger_detail",),
    sql=taken_away("lost"),
    found_sql=FOUND,
    leaves_rows=True,
    payment_subtypes=("lost_in_warehouse",),
    match_by=("item",),
    # Units found later stand in the ledger itself.
    subtracts=(Subtracted("amazon_ledger_detail", ("fnskus", "skus", "items")),),
    sister_subtypes=("damaged_in_warehouse",),
)
