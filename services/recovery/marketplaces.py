"""What each registered marketplace brings to recovery."""

from typing import Final

from services.marketplaces.registry import MARKETPLACES as REGISTERED
from services.marketplaces.rules import MarketplaceRecovery

MARKETPLACES: Final[tuple[MarketplaceRecovery, ...]] = tuple(
    one.recovery for one in REGISTERED.values()
)
