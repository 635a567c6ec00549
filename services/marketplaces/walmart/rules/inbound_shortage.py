"""Delivered shipments of which Walmart received fewer units than were expected."""

from services.marketplaces.rules import Rule
from services.marketplaces.walmart.rules.receipts import IS_SHIPMENT, SHORT, receipt

RULE = Rule(
    subtype="inbound_shortage",
    sql=receipt(SHORT, "w.delivered_on", IS_SHIPMENT),
    payment_subtypes=("inbound_shortage",),
    match_by=("reference",),
)
