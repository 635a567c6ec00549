"""A refunded unit that Walmart or its carrier lost on its way (see returns.py)."""

from services.marketplaces.walmart.rules.returns import returned

RULE = returned(
    "return_lost",
    told=(
        "The customer was refunded, and the reason in Walmart's list of returns is that the"
        " order was lost on its way or after delivery."
    ),
)
