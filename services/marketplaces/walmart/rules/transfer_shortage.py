"""Units that went missing while Walmart moved them between its warehouses (MTR orders)."""

from services.marketplaces.rules import Rule
from services.marketplaces.walmart.rules.receipts import (
    EVIDENCE,
    INBOUND,
    IS_TRANSFER,
    IS_UNPROVEN,
    SHORT,
    SUBTRACTED,
    receipt,
)

RULE = Rule(
    subtype="transfer_shortage",
    told=(
        "Of a shipment that Walmart moved between its warehouses, fewer units were received"
        " than were expected."
    ),
    reads=("walmart_inbound_receipts", "walmart_inbound_items"),
    shares=(INBOUND,),
    sql=receipt(SHORT, "w.created_on", IS_TRANSFER, IS_UNPROVEN),
    evidence_sql=EVIDENCE,
    payment_subtypes=("transfer_shortage", "inbound_shortage"),
    match_by=("reference", "item"),
    subtracts=SUBTRACTED,
    own_doubt="case when is_unproven then 'never_received' end",
    sister_subtypes=("inbound_damaged",),
    moment="inbound",
)
