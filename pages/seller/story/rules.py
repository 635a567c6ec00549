"""How an event is recognised, one sentence a marketplace and subtype: what the rules do, in words.

The rules themselves are in services/marketplaces/*/rules; a test holds that each has its sentence.
"""

from typing import Final

RULES: Final[dict[tuple[str, str], str]] = {
    ("amazon", "lost_in_warehouse"): (
        "Amazon's inventory ledger takes units off your stock as missing. What it finds again, "
        "reconciles or pays for is taken away from that."
    ),
    ("amazon", "damaged_in_warehouse"): (
        "Amazon's inventory ledger moves sellable units to damaged while they are in its care. "
        "The ledger writes this as two rows, which count once."
    ),
    ("amazon", "refunded_not_returned"): (
        "The settlement shows that the customer was refunded, and the customer returns report, "
        "where it covers the time, shows no unit coming back for that order."
    ),
    ("amazon", "returned_damaged"): (
        "The customer returns report says that the unit came back damaged by Amazon or by the "
        "carrier, not by the customer."
    ),
    ("amazon", "refunded_more"): (
        "The settlement refunds more for the item than the order's own lines had charged."
    ),
    ("amazon", "replacement_not_returned"): (
        "The replacements report shows a second unit sent out, and the customer returns report "
        "shows no first unit coming back for that order."
    ),
    ("amazon", "inbound_shortage"): (
        "Amazon has closed the shipment and counts fewer units received than you had shipped."
    ),
    ("amazon", "inbound_damaged"): (
        "Amazon's inventory ledger books units of your shipment as damaged on their arrival, by "
        "the carrier or in the warehouse."
    ),
    ("amazon", "removal_lost"): (
        "The removal shipment report says that the units were sent to you, and your own record "
        "of receipts says that they did not arrive."
    ),
    ("amazon", "removal_other"): (
        "Your own record of receipts says that units of a removal arrived damaged or wrong."
    ),
    ("amazon", "fulfilment_fee"): (
        "The settlement charges more for fulfillment than the fee preview expects for the size and "
        "weight that Amazon measured."
    ),
    ("amazon", "referral_fee"): (
        "The settlement charges more commission than the fee preview expects at that price."
    ),
    ("amazon", "paid_below_cost"): (
        "Amazon paid less for a lost or damaged unit than your sourcing cost in force on that day."
    ),
    ("walmart", "lost_in_warehouse"): (
        "Walmart's monthly stock reconciliation counts units as lost. What it finds again is taken "
        "away from that. The report names the month only, so its first day is taken."
    ),
    ("walmart", "damaged_in_warehouse"): (
        "Walmart's inventory log takes units off your stock with a reason that means damage in "
        "its care."
    ),
    ("walmart", "destroyed_in_warehouse"): (
        "Walmart's inventory log takes units off your stock with a reason that means that they "
        "were destroyed."
    ),
    ("walmart", "return_lost"): (
        "The customer was refunded, and the reason in Walmart's list of returns is that the order "
        "was lost on its way or after delivery."
    ),
    ("walmart", "replacement_lost"): (
        "A replacement was sent, and the reason in Walmart's list of returns is that the first "
        "unit was lost on its way or after delivery."
    ),
    ("walmart", "returned_damaged"): (
        "The return arrived, and the reason in Walmart's list of returns is damage on the way to "
        "the customer."
    ),
    ("walmart", "refunded_more"): (
        "The reconciliation report refunds more for the order line than its sale had brought."
    ),
    ("walmart", "delayed_return"): (
        "The customer was refunded, a return is expected, and its last day has passed without the "
        "unit arriving."
    ),
    ("walmart", "inbound_shortage"): (
        "Walmart counts fewer units received than it expected of a shipment that was delivered."
    ),
    ("walmart", "inbound_damaged"): ("Walmart's receipt of the shipment counts units as damaged."),
    ("walmart", "transfer_shortage"): (
        "Of a shipment that Walmart moved between its warehouses, fewer units were received than "
        "were expected."
    ),
    ("walmart", "referral_fee"): (
        "The commission charged on the sale is above the published rate for the category and the "
        "price."
    ),
}


def rule_of(channel: str, subtype: str) -> str:
    """Empty where the event comes from a rule that is not told yet."""
    return RULES.get((channel.partition("-")[0], subtype), "")
