"""Units that Bazaar's ledger calls broken."""

from services.marketplaces.bazaar.rules.ledger import moved

from services.marketplaces.rules import Rule

RULE = Rule(
    subtype="damaged_in_warehouse",
    told="Bazaar's stock ledger calls pieces broken in its care.",
    reads=("bazaar_ledger",),
    sql=moved("Broken"),
    payment_subtypes=("damaged_in_warehouse",),
    match_by=("item",),
)
