"""Fulfilment fee charged above the one that Amazon's own preview expects for the measured item.

More than one cent a unit. Measured sizes and the size tier are kept with the amount. A change of
the table of fees within the 90 days, such as a peak season's, looks the same: see the docs.
Source: settlement report V2 (FBAPerUnitFulfillmentFee); FBA fee preview
(expected-fulfillment-fee-per-unit, in Europe expected-domestic-fulfilment-fee-per-unit).
"""

from services.marketplaces.amazon.rules.charges import FULFILMENT, charged_above

RULE = charged_above(
    "fulfilment_fee",
    FULFILMENT,
    told=(
        "The settlement charges more for fulfillment than the fee preview expects for the size"
        " and weight that Amazon measured."
    ),
    tolerance="0.01",
    inputs="'size_tier', j.size_tier, 'measures', j.measures",
)
