"""What an amount rests on."""

from dataclasses import dataclass
from typing import Final

from wording.labels import from_code


@dataclass(frozen=True)
class Basis:
    """One basis in full, and short enough for a column."""

    words: str
    short: str


BASES: Final[dict[str, Basis]] = {
    "sourcing_cost": Basis("Your sourcing cost", "Sourcing cost"),
    "past_payments": Basis("Average of past payments for such losses of this SKU", "Past payments"),
    "fee_difference": Basis("Fee charged less the fee expected", "Fee difference"),
    "cost_difference": Basis("Your sourcing cost less what was paid", "Cost difference"),
    "refund_difference": Basis("Refunded less what the customer had paid", "Refund difference"),
    "order_proceeds": Basis("Price of the order less its fees", "Order proceeds"),
    "own_order_proceeds": Basis(
        "Our own estimate: price of the order less its fees", "Our own estimate"
    ),
    "sale_proceeds": Basis("Price less fees", "Sale proceeds"),
    "average_sales_price": Basis("Average sales price", "Average sales price"),
    "unknown": Basis("No basis yet", "Unknown"),
}

# When a unit was lost: what a marketplace pays for it differs by that.
MOMENTS: Final[dict[str, str]] = {
    "before_order": "losses before a customer's order",
    "after_order": "losses after a customer's order",
    "inbound": "losses on the way in",
}
# A marketplace's own methods, as a pool of payments names them.
METHODS: Final[dict[str, str]] = {
    "sourcing_cost": "the sourcing cost",
    "sale_proceeds": "price less fees",
    "order_proceeds": "the order's price less its fees",
    "average_sales_price": "the average sales price",
}


def basis_label(code: str) -> str:
    known = BASES.get(code)
    return known.words if known else from_code(code)


def short_basis_label(code: str) -> str:
    known = BASES.get(code)
    return known.short if known else from_code(code)
