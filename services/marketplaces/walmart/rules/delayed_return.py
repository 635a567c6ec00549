"""A refunded or replaced unit whose return is overdue (see returns.py)."""

from services.marketplaces.walmart.rules.returns import returned

RULE = returned(
    "delayed_return",
    told=(
        "The customer was refunded, a return is expected, and its last day has passed without"
        " the unit arriving."
    ),
)
