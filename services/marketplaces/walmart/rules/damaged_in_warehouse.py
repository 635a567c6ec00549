"""Sellable units that Walmart's inventory log writes off as damaged in the warehouse."""

from services.marketplaces.rules import Rule
from services.marketplaces.walmart.rules.log import ADJUSTED, SUBTRACTED, put_back, written_off

RULE = Rule(
    subtype="damaged_in_warehouse",
    told=(
        "Walmart's inventory log takes units off your stock with a reason that means damage in"
        " its care."
    ),
    reads=("walmart_inventory_log",),
    shares=(ADJUSTED,),
    sql=written_off("damaged"),
    found_sql=put_back("damaged"),
    payment_subtypes=("damaged_in_warehouse",),
    match_by=("item",),
    subtracts=SUBTRACTED,
    reaches="told_until",
    sister_subtypes=("lost_in_warehouse",),
)
