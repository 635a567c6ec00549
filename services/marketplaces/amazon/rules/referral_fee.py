"""Commission above the referral fee that Amazon's own preview expects at the same price.

The preview's fee holds for its own price, so only sales at that price are judged: item price per
unit, and all that the customer paid without tax, both within one cent of it. More than two cents a
unit, for Amazon's rounding. Source: settlement report V2 (Commission); FBA fee preview
(estimated-referral-fee-per-unit, sales-price, your-price).
"""

from services.marketplaces.amazon.rules.charges import SUBTRACTED, charged_above, evidence
from services.marketplaces.rules import Rule

SQL = charged_above(
    "Commission",
    "estimated_referral_fee",
    condition="""abs(charge.principal / charge.units - preview.price) <= 0.01
        and abs(charge.price / charge.units - preview.price) <= 0.01""",
    tolerance="0.02",
    inputs="'price', j.price::text, 'category', j.product_group",
)

RULE = Rule(
    subtype="referral_fee",
    reads=("amazon_fee_preview",),
    sql=SQL,
    evidence_sql=evidence(SQL),
    moment="after_order",
    payment_subtypes=("referral_fee", "fee_correction"),
    match_by=("order", "item"),
    subtracts=SUBTRACTED,
)
