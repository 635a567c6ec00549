"""How cells read that only Walmart's reports have."""

from dataclasses import replace

from services.marketplaces.contract import IDENTITY, LOST_DIGITS, Reading

# A purchase order is Walmart's own number, or digits and letters: marks within are not its own.
PURCHASE_ORDER = replace(IDENTITY, damaged=rf"^({LOST_DIGITS}|#.*|\d[\d.,]*[.,]\d*)$")
# Returns: what one unit of the line was charged, discounts taken off, without tax.
CHARGES = Reading(
    "charges",
    "numeric",
    'a list of charges {"chargeCategory", "chargePerUnit": {"currencyAmount"}, "isDiscount"}',
)
