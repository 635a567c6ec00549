"""What is asked, and how often Amazon says it may be: a second, and at once.

The published usage plans, from the models of amzn/selling-partner-api-models at 34dc93f; of
listCases from the same model of 2025-02-01. Answers say what holds for this seller
(`x-amzn-RateLimit-Limit`), and that is believed.
"""

from typing import Final

from services.transport.limits import Operation

CREATE_REPORT: Final = Operation("createReport", 0.0167, 15)
GET_REPORTS: Final = Operation("getReports", 0.0222, 10)
GET_REPORT: Final = Operation("getReport", 2, 15)
GET_REPORT_DOCUMENT: Final = Operation("getReportDocument", 0.0167, 15)
GET_SHIPMENTS: Final = Operation("getShipments", 2, 30)
GET_SHIPMENT_ITEMS: Final = Operation("getShipmentItems", 2, 30)
LIST_INBOUND_PLANS: Final = Operation("listInboundPlans", 2, 6)
GET_INBOUND_PLAN: Final = Operation("getInboundPlan", 2, 6)
GET_SHIPMENT: Final = Operation("getShipment", 2, 6)
GET_PARTICIPATIONS: Final = Operation("getMarketplaceParticipations", 0.016, 15)
LIST_CASES: Final = Operation("listCases", 0.1, 10)
ROTATE_SECRET: Final = Operation("rotateApplicationClientSecret", 0.0167, 1)
# No rate is published of these: ours. A token holds for an hour.
GET_TRACKING: Final = Operation("getShipmentTracking", 1, 5)
TOKEN: Final = Operation("token", 1, 5)
