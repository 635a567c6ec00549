"""Amazon's room in recovery: its payments and its rules."""

from services.marketplaces.amazon.payments import PAYMENTS
from services.marketplaces.amazon.rules import (
    damaged_in_warehouse,
    lost_in_warehouse,
    returned_damaged,
)
from services.marketplaces.rules import MarketplaceRecovery

RECOVERY = MarketplaceRecovery(
    marketplace="amazon",
    payments_sql=PAYMENTS,
    payments_name_cases=True,
    rules=(lost_in_warehouse.RULE, damaged_in_warehouse.RULE, returned_damaged.RULE),
)
