"""Which marketplaces' reports can be landed: one line each."""

from typing import Final

from services.marketplaces.amazon.report_formats import REPORTS as AMAZON
from services.marketplaces.contract import MarketplaceReports
from services.marketplaces.walmart.report_formats import REPORTS as WALMART

MARKETPLACE_REPORTS: Final[tuple[MarketplaceReports, ...]] = (AMAZON, WALMART)
