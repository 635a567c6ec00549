"""The kinds of claim that no report of Amazon's tells of, each with the record that is missing."""

from typing import Final

from services.marketplaces.rules import Untold

UNTOLD: Final = (
    Untold(
        "return_lost",
        "No report says whether a parcel was lost on its way back or was never sent: both stand "
        "under Refunded, not returned.",
    ),
    Untold(
        "delayed_return",
        "No report says that a return is on its way: a unit that is not back stands under "
        "Refunded, not returned.",
    ),
    Untold(
        "destroyed_in_warehouse",
        "The inventory ledger shows disposals without the order they were made for, so it does "
        "not say which of them you never asked for.",
    ),
    Untold(
        "awd_shortage",
        "Amazon's reports on bulk storage (AWD) are missing: what was sent to it, what it "
        "received, and what it sent on.",
    ),
    Untold(
        "multichannel_order",
        "A record of delivery is missing: no report says whether an order from another shop "
        "arrived, late, broken or not at all.",
    ),
    Untold(
        "unused_label",
        "The carrier's record of the label is missing: no report says whether a label that was "
        "charged was ever scanned.",
    ),
    Untold(
        "inbound_defect_fee",
        "Proof of how the shipment was packed is missing: Amazon reports the fee and the defect "
        "it saw, not whether it was there.",
    ),
)
