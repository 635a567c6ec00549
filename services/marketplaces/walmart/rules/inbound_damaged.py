"""Units that were damaged while Walmart received a shipment."""

from services.marketplaces.rules import Rule
from services.marketplaces.walmart.rules.receipts import (
    DAMAGED,
    EVIDENCE,
    INBOUND,
    IS_SHIPMENT,
    SUBTRACTED,
    receipt,
)

RULE = Rule(
    subtype="inbound_damaged",
    told="Walmart's receipt of the shipment counts units as damaged.",
    reads=("walmart_inbound_receipts", "walmart_inbound_items"),
    shares=(INBOUND,),
    sql=receipt(DAMAGED, "w.delivered_on", IS_SHIPMENT),
    evidence_sql=EVIDENCE,
    # Not every payment's words tell damage from shortage.
    payment_subtypes=("inbound_damaged", "inbound_shortage"),
    match_by=("reference", "item"),
    subtracts=SUBTRACTED,
    moment="inbound",
)
