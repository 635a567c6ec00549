"""Bazaar's room in recovery."""

from services.marketplaces.bazaar.payments import PAYMENTS, SALES
from services.marketplaces.bazaar.rules import damaged_in_warehouse, lost_in_warehouse

from services.marketplaces.rules import MarketplaceRecovery, Untold

RECOVERY = MarketplaceRecovery(
    marketplace="bazaar",
    payments_kind="bazaar_payments",
    payments_sql=PAYMENTS,
    sales_sql=SALES,
    payments_name_cases=False,
    payments_amount="amount",
    rules=(lost_in_warehouse.RULE, damaged_in_warehouse.RULE),
    untold=(
        Untold("removal_lost", "Bazaar's reports do not say what became of pieces sent back."),
    ),
)
