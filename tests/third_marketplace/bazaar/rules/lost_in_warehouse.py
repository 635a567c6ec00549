"""Units that Bazaar's ledger calls lost, less what it finds again."""

from services.marketplaces.bazaar.rules.ledger import FOUND, moved

from services.marketplaces.rules import Rule, Subtracted

RULE = Rule(
    subtype="lost_in_warehouse",
    told="Bazaar's stock ledger calls pieces lost. What it finds again is taken away from that.",
    reads=("bazaar_ledger",),
    sql=moved("Lost"),
    found_sql=FOUND,
    payment_subtypes=("lost_in_warehouse",),
    match_by=("item",),
    subtracts=(Subtracted("bazaar_ledger", ("skus",)),),
)
