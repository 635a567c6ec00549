"""Walmart's room in recovery: its payments, its rules, and what no report of its tells."""

from services.marketplaces.rules import MarketplaceRecovery, Untold
from services.marketplaces.walmart.payments import PAYMENTS
from services.marketplaces.walmart.rules import (
    damaged_in_warehouse,
    delayed_return,
    destroyed_in_warehouse,
    inbound_damaged,
    inbound_shortage,
    lost_in_warehouse,
    referral_fee,
    refunded_more,
    replacement_lost,
    return_lost,
    returned_damaged,
    transfer_shortage,
)
from services.marketplaces.walmart.sales import SALES

RECOVERY = MarketplaceRecovery(
    marketplace="walmart",
    payments_kind="walmart_payments",
    payments_sql=PAYMENTS,
    sales_sql=SALES,
    payments_name_cases=False,
    payments_amount=None,
    # Where a payment says only the order and the item, the earlier rule takes it.
    rules=(
        lost_in_warehouse.RULE,
        damaged_in_warehouse.RULE,
        destroyed_in_warehouse.RULE,
        inbound_shortage.RULE,
        inbound_damaged.RULE,
        transfer_shortage.RULE,
        return_lost.RULE,
        replacement_lost.RULE,
        returned_damaged.RULE,
        delayed_return.RULE,
        refunded_more.RULE,
        referral_fee.RULE,
    ),
    untold=(
        Untold(
            "refunded_not_returned",
            "Walmart's list of returns does not say whether a customer kept the item or sends it"
            " late: such returns stand under Return delayed.",
        ),
        Untold(
            "replacement_not_returned",
            "Walmart's list of returns does not say whether a customer kept the first item or"
            " sends it late: such returns stand under Return delayed.",
        ),
        Untold(
            "seller_fulfilled_return",
            "What came back to your own address, and in which condition, is in no report of"
            " Walmart's: a record of your own receipts is missing.",
        ),
        Untold(
            "failed_delivery_refund",
            "Why a delivery of your own shipments failed is in the carrier's tracking, which no"
            " report of Walmart's holds.",
        ),
        Untold(
            "customer_care_refund",
            "No report says that a refund was given by Walmart's customer care, and the dispute"
            " must be filed within 48 hours of it.",
        ),
        Untold(
            "multichannel_order",
            "Orders from other shops that Walmart shipped, and what became of them, are in none"
            " of the reports that are read here.",
        ),
        Untold(
            "fulfilment_fee",
            "The measures and weight that Walmart charged for are in none of the reports that are"
            " read here, so that the fee cannot be checked.",
        ),
    ),
)
