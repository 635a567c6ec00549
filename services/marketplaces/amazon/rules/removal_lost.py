"""Units of a removal shipment that never arrived, by our own removal receipts.

The clock starts when the shipment is created (Amazon's announcements of 2024, claim windows); the
report's shipment-date stands for that day. Without removal receipts nothing is claimed.
Source: FBA removal shipment detail report; the file removal_receipts.
"""

from services.marketplaces.amazon.rules.removals import ARRIVED, EVIDENCE, SHIPMENT_ROW, removal
from services.marketplaces.rules import Rule, Subtracted

SQL = removal("a.shipped - a.received_units", "a.sent_on", SHIPMENT_ROW)

RULE = Rule(
    subtype="removal_lost",
    told=(
        "The removal shipment report says that the units were sent to you, and your own record"
        " of receipts says that they did not arrive."
    ),
    reads=("removal_receipts",),
    shares=(ARRIVED,),
    sql=SQL,
    evidence_sql=EVIDENCE,
    payment_subtypes=("removal_lost",),
    match_by=("order", "item"),
    subtracts=(Subtracted("removal_receipts", ("orders", "skus"), until="never"),),
)
