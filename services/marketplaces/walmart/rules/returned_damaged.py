"""A return of a unit damaged on its way, not by the customer (see returns.py)."""

from services.marketplaces.walmart.rules.returns import returned

RULE = returned(
    "returned_damaged",
    told=(
        "The return arrived, and the reason in Walmart's list of returns is damage on the way"
        " to the customer."
    ),
)
