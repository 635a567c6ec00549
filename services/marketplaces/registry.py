"""Which marketplaces' reports can be landed: one line each."""

from typing import Final

from services.marketplaces.amazon.report_formats import REPORTS as AMAZON
from services.marketplaces.contract import ByKey, ByPeriod, BySettlement, MarketplaceReports
from services.marketplaces.walmart.report_formats import REPORTS as WALMART

MARKETPLACE_REPORTS: Final[tuple[MarketplaceReports, ...]] = (AMAZON, WALMART)

# Which kinds speak for days at all.
COVERING_KINDS: Final = [
    report.kind for place in MARKETPLACE_REPORTS for report in place.formats if report.covers_days
]

# Of which a document holds rows of the periods that it states, and of no later day.
PERIOD_KINDS: Final = [
    report.kind
    for place in MARKETPLACE_REPORTS
    for report in place.formats
    if isinstance(report.landing, ByPeriod | BySettlement)
    or (isinstance(report.landing, ByKey) and report.landing.period)
]
