"""A unit that was lost on its way, and a replacement sent (see returns.py)."""

from services.marketplaces.walmart.rules.returns import returned

RULE = returned(
    "replacement_lost",
    told=(
        "A replacement was sent, and the reason in Walmart's list of returns is that the first"
        " unit was lost on its way or after delivery."
    ),
)
