"""Fulfilment fee charged above the one that Amazon's own preview expects for the measured item.

More than one cent a unit. Measured sizes and the size tier are kept with the amount. A change of
the table of fees within the 90 days, such as a peak season's, looks the same: see the docs.
Source: settlement report V2 (FBAPerUnitFulfillmentFee); FBA fee preview
(expected-fulfillment-fee-per-unit, in Europe expected-domestic-fulfilment-fee-per-unit).
"""

from services.marketplaces.amazon.rules.charges import SUBTRACTED, charged_above, evidence
from services.marketplaces.rules import Rule

SQL = charged_above(
    "FBAPerUnitFulfillmentFee",
    "expected_fulfilment_fee",
    condition="true",
    tolerance="0.01",
    inputs="'size_tier', j.size_tier, 'measures', j.measures",
)

RULE = Rule(
    subtype="fulfilment_fee",
    reads=("amazon_fee_preview",),
    sql=SQL,
    evidence_sql=evidence(SQL),
    moment="after_order",
    payment_subtypes=("fulfilment_fee", "fee_correction"),
    match_by=("order", "item"),
    subtracts=SUBTRACTED,
)
