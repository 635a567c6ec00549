"""Sellable units that Walmart's inventory log writes off as destroyed."""

from services.marketplaces.rules import Rule
from services.marketplaces.walmart.rules.log import ADJUSTED, SUBTRACTED, put_back, written_off

RULE = Rule(
    subtype="destroyed_in_warehouse",
    told=(
        "Walmart's inventory log takes units off your stock with a reason that means that they"
        " were destroyed."
    ),
    reads=("walmart_inventory_log",),
    shares=(ADJUSTED,),
    sql=written_off("destroyed"),
    found_sql=put_back("destroyed"),
    # Walmart's payments have no word of their own for destroyed units.
    payment_subtypes=("destroyed_in_warehouse", "damaged_in_warehouse"),
    match_by=("item",),
    subtracts=SUBTRACTED,
    reaches="told_until",
    sister_subtypes=("lost_in_warehouse",),
)
