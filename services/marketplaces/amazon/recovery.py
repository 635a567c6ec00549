"""Amazon's room in recovery: its payments, its rules, and what no report of Amazon's tells.

Rules that share payments stand in the order in which those are used up (docs/rules-amazon.md).
"""

from services.marketplaces.amazon.payments import PAYMENTS
from services.marketplaces.amazon.rules import (
    damaged_in_warehouse,
    fulfilment_fee,
    inbound_damaged,
    inbound_shortage,
    lost_in_warehouse,
    paid_below_cost,
    referral_fee,
    refunded_more,
    refunded_not_returned,
    removal_lost,
    removal_other,
    replacement_not_returned,
    returned_damaged,
)
from services.marketplaces.amazon.sales import SALES
from services.marketplaces.amazon.untold import UNTOLD
from services.marketplaces.rules import MarketplaceRecovery

RECOVERY = MarketplaceRecovery(
    marketplace="amazon",
    payments_kind="amazon_reimbursements",
    payments_sql=PAYMENTS,
    sales_sql=SALES,
    payments_name_cases=True,
    payments_amount="amount_total",
    rules=(
        lost_in_warehouse.RULE,
        damaged_in_warehouse.RULE,
        returned_damaged.RULE,
        refunded_not_returned.RULE,
        replacement_not_returned.RULE,
        refunded_more.RULE,
        inbound_shortage.RULE,
        inbound_damaged.RULE,
        removal_lost.RULE,
        removal_other.RULE,
        fulfilment_fee.RULE,
        referral_fee.RULE,
        paid_below_cost.RULE,
    ),
    untold=UNTOLD,
)
