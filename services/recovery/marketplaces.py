"""Which marketplaces take part in recovery: one line each."""

from typing import Final

from services.marketplaces.amazon.recovery import RECOVERY as AMAZON
from services.marketplaces.rules import MarketplaceRecovery
from services.marketplaces.walmart.recovery import RECOVERY as WALMART

MARKETPLACES: Final[tuple[MarketplaceRecovery, ...]] = (AMAZON, WALMART)
