"""What is asked of Walmart, by its models' names for it, and how often it may be.

Walmart publishes: one report of a type an hour (On-request Reports API), 32 a minute for inbound
shipments. Of the others it says that there are limits: those here are our own, and what it answers
counts (429, x-next-replenishment-time).
"""

from typing import Final

from services.transport.limits import Operation

TOKEN: Final = Operation("tokenAPI", 1, 10)
TOKEN_DETAIL: Final = Operation("getTokenDetail", 1, 10)
REQUESTS: Final = Operation("getRequestsStatus", 1, 20)
REQUEST: Final = Operation("getSingleRequestStatus", 2, 20)
DOWNLOAD: Final = Operation("downloadReport", 1, 20)
# The files are made anew from time to time; asked for often, they are withheld for a quarter hour.
RECON_DATES: Final = Operation("getAvailableReconReportDates", 0.1, 5)
RECON_FILE: Final = Operation("getReconReport", 0.5, 50)
# Made anew once a day; not to be fetched more than once an hour.
RECONCILIATION: Final = Operation("getInventoryReconciliationReport", 0.1, 20)
RETURNS: Final = Operation("getReturns", 5, 20)
SHIPMENTS: Final = Operation("getInboundShipments", 32 / 60, 32)
ITEMS: Final = Operation("getInboundShipmentItems", 32 / 60, 32)
_HOUR: Final = 3600


def ordering(report_type: str, an_hour: int) -> Operation:
    """Ordering reports of a type: each type has a limit of its own."""
    return Operation(f"generateReport {report_type}", an_hour / _HOUR, an_hour)
