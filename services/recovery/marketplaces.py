"""Which marketplaces take part in recovery: one line each."""

from typing import Final

from services.marketplaces.amazon.recovery import RECOVERY as AMAZON
from services.marketplaces.rules import MarketplaceRecovery
from services.marketplaces.walmart.recovery import RECOVERY as WALMART

MARKETPLACES: Final[tuple[MarketplaceRecovery, ...]] = (AMAZON, WALMART)


def identified_subtypes(marketplace: str) -> frozenset[str]:
    """The subtypes that some rule looks for; of the others only payments are known."""
    return frozenset(
        rule.subtype
        for room in MARKETPLACES
        if room.marketplace == marketplace
        for rule in room.rules
    )
