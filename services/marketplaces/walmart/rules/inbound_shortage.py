"""Delivered shipments of which Walmart received fewer units than were expected.

Claimable from day 10 to day 50 after delivery; the shipment need not be closed.
"""

from services.marketplaces.rules import Rule
from services.marketplaces.walmart.rules.receipts import (
    EVIDENCE,
    INBOUND,
    IS_SHIPMENT,
    SHORT,
    SUBTRACTED,
    receipt,
)

RULE = Rule(
    subtype="inbound_shortage",
    told="Walmart counts fewer units received than it expected of a shipment that was delivered.",
    reads=("walmart_inbound_receipts", "walmart_inbound_items"),
    shares=(INBOUND,),
    sql=receipt(SHORT, "w.delivered_on", IS_SHIPMENT),
    evidence_sql=EVIDENCE,
    payment_subtypes=("inbound_shortage",),
    match_by=("reference", "item"),
    subtracts=SUBTRACTED,
    sister_subtypes=("inbound_damaged",),
    moment="inbound",
)
