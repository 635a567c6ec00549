"""Walmart's room in recovery: its payments and its rules."""

from services.marketplaces.rules import MarketplaceRecovery
from services.marketplaces.walmart.payments import PAYMENTS
from services.marketplaces.walmart.rules import (
    inbound_damaged,
    inbound_shortage,
    lost_in_warehouse,
    referral_fee,
    transfer_shortage,
)

RECOVERY = MarketplaceRecovery(
    marketplace="walmart",
    payments_sql=PAYMENTS,
    payments_name_cases=False,
    rules=(
        lost_in_warehouse.RULE,
        inbound_shortage.RULE,
        inbound_damaged.RULE,
        transfer_shortage.RULE,
        referral_fee.RULE,
    ),
)
