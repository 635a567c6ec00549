"""The field's words: types, subtypes, states and report kinds, with what a seller reads.

The codes are what the database and the command line hold; the labels are what people see.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Subtype:
    """One way in which a marketplace may owe a seller something."""

    code: str
    type: str
    label: str
    story: str  # one plain sentence: what happened
    counts_units: bool = True  # False: its units are those of other losses, and count there


TYPES: Final[dict[str, str]] = {
    "inventory": "Inventory",
    "return": "Returns",
    "shipment": "Shipments",
    "fee": "Fees",
    "unknown": "Not classified",
}

_SUBTYPES: Final = (
    Subtype(
        "lost_in_warehouse",
        "inventory",
        "Lost in warehouse",
        "The marketplace recorded these units as missing from its warehouse.",
    ),
    Subtype(
        "damaged_in_warehouse",
        "inventory",
        "Damaged in warehouse",
        "The marketplace recorded these units as damaged while in its care.",
    ),
    Subtype(
        "destroyed_in_warehouse",
        "inventory",
        "Destroyed in warehouse",
        "The marketplace destroyed these units.",
    ),
    Subtype(
        "refunded_not_returned",
        "return",
        "Refunded, not returned",
        "The customer was refunded and the units did not come back.",
    ),
    Subtype(
        "returned_damaged",
        "return",
        "Returned damaged",
        "The return arrived damaged, and not by the customer.",
    ),
    Subtype(
        "refunded_more",
        "return",
        "Refunded more than charged",
        "The customer was refunded more than the order had cost.",
    ),
    Subtype(
        "replacement_not_returned",
        "return",
        "Replacement, original not returned",
        "A replacement was sent and the first unit did not come back.",
    ),
    Subtype(
        "return_lost",
        "return",
        "Return lost",
        "The unit was lost on its way, and the customer was refunded.",
    ),
    Subtype(
        "replacement_lost",
        "return",
        "Replacement lost",
        "The unit was lost on its way, and a replacement was sent.",
    ),
    Subtype(
        "delayed_return",
        "return",
        "Return delayed",
        "The return is still missing long after the refund.",
    ),
    Subtype(
        "seller_fulfilled_return",
        "return",
        "Return of an order you shipped",
        "A return of an order that you shipped yourself was refunded against the rules.",
    ),
    Subtype(
        "failed_delivery_refund",
        "return",
        "Refund after a failed delivery",
        "The customer was refunded because the order could not be delivered.",
    ),
    Subtype(
        "customer_care_refund",
        "return",
        "Refund by the marketplace's customer care",
        "The marketplace's customer care refunded the customer at your expense.",
    ),
    Subtype(
        "inbound_shortage",
        "shipment",
        "Inbound shortage",
        "Fewer units were received than were delivered.",
    ),
    Subtype(
        "inbound_damaged",
        "shipment",
        "Inbound damaged",
        "Units were damaged while the marketplace received the shipment.",
    ),
    Subtype(
        "transfer_shortage",
        "shipment",
        "Transfer shortage",
        "Units went missing while being moved between warehouses.",
    ),
    Subtype(
        "awd_shortage",
        "shipment",
        "AWD shortage",
        "Units went missing on the way to the marketplace's bulk storage (AWD) or from it.",
    ),
    Subtype(
        "multichannel_order",
        "shipment",
        "Multichannel order lost or damaged",
        "An order from another shop was lost or damaged while the marketplace shipped it.",
    ),
    Subtype(
        "removal_lost",
        "shipment",
        "Removal lost in transit",
        "Units sent back to you never arrived.",
    ),
    Subtype("removal_other", "shipment", "Removal, other", "A removal arrived wrong or damaged."),
    Subtype(
        "fulfilment_fee",
        "fee",
        "Fulfillment fee too high",
        "The fee charged is above the fee for the item's size.",
    ),
    Subtype(
        "referral_fee",
        "fee",
        "Referral fee too high",
        "The commission charged is above the published rate for the category.",
    ),
    Subtype(
        "inbound_defect_fee",
        "fee",
        "Inbound defect fee",
        "A fee was charged for a defect in an inbound shipment.",
    ),
    Subtype(
        "unused_label",
        "fee",
        "Unused shipping label",
        "A partnered carrier's label was charged and never used.",
    ),
    Subtype(
        "paid_below_cost",
        "inventory",
        "Paid below sourcing cost",
        "The marketplace paid less than the item costs you.",
        counts_units=False,
    ),
    Subtype(
        "customer_service_issue",
        "return",
        "Customer service adjustment",
        "The marketplace compensated an order handled by its customer service.",
    ),
    Subtype(
        "fee_correction", "fee", "Fee correction", "The marketplace corrected a fee it had charged."
    ),
    Subtype(
        "dispute_appeal",
        "unknown",
        "Appeal of a decision",
        "The marketplace decided a dispute, and the decision can be appealed.",
    ),
    Subtype(
        "general_adjustment",
        "unknown",
        "General adjustment",
        "The marketplace paid or took an amount without saying for what.",
    ),
    Subtype(
        "unknown",
        "unknown",
        "Unknown reason",
        "The marketplace gave a reason that we do not know yet.",
    ),
)

SUBTYPES: Final[dict[str, Subtype]] = {subtype.code: subtype for subtype in _SUBTYPES}

STATES: Final[dict[str, str]] = {
    "future": "Future claim",
    "ready": "Ready to claim",
    "in_progress": "In progress",
    "found": "Found again",
    "claimed": "Claimed",
    "expired": "Expired",
    "denied": "Denied",
}

CASE_STATUSES: Final[dict[str, str]] = {
    "open": "Open",
    "closed": "Closed",
    "partially_reimbursed": "Partially reimbursed",
    "fully_reimbursed": "Fully reimbursed",
    "not_eligible": "Not eligible",
}
# The marketplace has said yes, and no payment of it is in a report.
NOT_PAID_YET: Final = "Approved, not paid yet"

BASES: Final[dict[str, str]] = {
    "sourcing_cost": "Your sourcing cost",
    "past_payments": "Average of past payments for such losses of this SKU",
    "fee_difference": "Fee charged less the fee expected",
    "cost_difference": "Your sourcing cost less what was paid",
    "refund_difference": "Refunded less what the customer had paid",
    "order_proceeds": "Price of the order less its fees",
    "own_order_proceeds": "Our own estimate: price of the order less its fees",
    "sale_proceeds": "Price less fees",
    "average_sales_price": "Average sales price",
    "unknown": "No basis yet",
}

# One word, one thing, wherever it stands: services.database.calendar.AT_RISK.
AT_RISK: Final = (
    "At risk is what is ready to claim today, and lost if nobody claims it in time: the seller's"
    " “Ready to claim”."
)

# When a unit was lost: what a marketplace pays for it differs by that.
MOMENTS: Final[dict[str, str]] = {
    "before_order": "losses before a customer's order",
    "after_order": "losses after a customer's order",
    "inbound": "losses on the way in",
}

# Why units that may be owed are not called ready: what must be seen or decided first.
HOLDS: Final[dict[str, str]] = {
    "unread_row": "Awaits a readable row: one that could not be read may be about it",
    "report": "Awaits a report that reaches far enough",
    "order_unknown": "Awaits the settlement with the order's own lines",
    "refund_unknown": "Awaits the settlement that tells when it was refunded",
    "stray_return": "Awaits a readable return: one of this order names no item of it",
    "never_received": "Prove delivery first: nothing of this shipment was ever received",
    "arrival_unknown": "Awaits the ledger that tells when the shipment arrived",
    "nameless_receipt": "Decide: units of this item were received without naming a shipment",
    "reimbursed_unseen": "The marketplace says reimbursed: awaits the payment in a report",
    "closed_case": "Decide: refile only with new evidence, our case was closed without a payment",
    "newer_ledger": "Awaits a newer ledger: a later payment may have been for it",
    "given_back": "Decide: it may have been found, or that find was given back for a payment",
    "other_payment": "Decide: another payment for the same item may be for it",
}

# What a report row is to a discrepancy.
ROLES: Final[dict[str, str]] = {
    "event": "What happened",
    "found": "Found again",
    "charged": "What was charged",
    "expected": "What was expected",
    "refunded": "The refund",
    "ordered": "The order",
    "returned": "The return",
    "received": "What was received",
    "shipped": "What was shipped",
    "paid": "What was paid",
    "unread": "A row that could not be read",
    "doubt": "What may be for it",
}

# What moves a figure from one day to the next ("Why did my estimate change?").
CHANGES: Final[dict[str, str]] = {
    "new": "Newly found",
    "found": "Found again",
    "paid": "Paid by the marketplace",
    "reversed": "Payment taken back",
    "denied": "Denied",
    "reopened": "Open again",
    "valued": "Valued anew",
    "window": "Deadline changed",
    "expired": "Window passed",
    "corrected": "Report corrected",
    "rematched": "Payment counts for another loss",
    "gone": "No longer in the reports",
}


def case_words(status: str, *, is_paid: bool) -> str:
    """A case's status as it is read: nothing is called reimbursed before it is paid."""
    if status.endswith("_reimbursed") and not is_paid:
        return NOT_PAID_YET
    return CASE_STATUSES.get(status, status.replace("_", " ").capitalize())
