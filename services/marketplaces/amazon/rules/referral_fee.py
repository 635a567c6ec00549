"""Commission above the referral fee that Amazon's own preview expects at the same price.

The preview's fee holds for its own price, so only sales at that price are judged: item price per
unit, and all that the customer paid without tax, both within one cent of it. More than two cents a
unit, for Amazon's rounding. Source: settlement report V2 (Commission); FBA fee preview
(estimated-referral-fee-per-unit, sales-price, your-price).
"""

from services.marketplaces.amazon.rules.charges import COMMISSION, charged_above

RULE = charged_above(
    "referral_fee",
    COMMISSION,
    told="The settlement charges more commission than the fee preview expects at that price.",
    tolerance="0.02",
    inputs="'price', j.price::text, 'category', j.product_group",
    condition="abs(j.principal - j.price) <= 0.01 and abs(j.paid - j.price) <= 0.01",
)
