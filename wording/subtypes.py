"""What a marketplace may owe a seller for: types and subtypes, with what a seller reads.

The codes are what the database and the command line hold; the labels are what people see. A new
subtype is one entry here, its rule and its claim windows.
"""

from dataclasses import dataclass
from typing import Final

from wording.labels import from_code


@dataclass(frozen=True)
class Subtype:
    """One way in which a marketplace may owe a seller something."""

    code: str
    type: str
    label: str
    told: str  # one plain sentence: what happened
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

UNTOLD: Final = "The reports hold an event that we do not know yet."


def type_label(code: str) -> str:
    return TYPES.get(code) or from_code(code)


def type_of(subtype: str) -> str:
    """Of a subtype that is not in the list, the unknown type."""
    known = SUBTYPES.get(subtype)
    return known.type if known else "unknown"


def subtype_label(code: str) -> str:
    """A subtype that the word list does not have yet is named by its code, never left out."""
    known = SUBTYPES.get(code)
    return known.label if known else from_code(code)


def told_of(subtype: str) -> str:
    """What happened, in one plain sentence."""
    known = SUBTYPES.get(subtype)
    return known.told if known else UNTOLD
