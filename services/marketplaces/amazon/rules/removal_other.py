"""Units of a removal that arrived damaged, by our own removal receipts.

The clock starts with the delivery, so a receipt without a day says nothing that can be claimed.
Without removal receipts nothing is claimed.
Source: the file removal_receipts; FBA removal shipment detail report for channel and item.
"""

from services.marketplaces.amazon.rules.removals import ARRIVED, EVIDENCE, RECEIPT_ROW, removal
from services.marketplaces.rules import Rule, Subtracted

SQL = removal("a.damaged_units", "a.received_on", RECEIPT_ROW)

RULE = Rule(
    subtype="removal_other",
    told="Your own record of receipts says that units of a removal arrived damaged or wrong.",
    reads=("removal_receipts",),
    shares=(ARRIVED,),
    sql=SQL,
    evidence_sql=EVIDENCE,
    payment_subtypes=("removal_other",),
    match_by=("order", "item"),
    subtracts=(Subtracted("removal_receipts", ("orders", "skus"), until="never"),),
)
