"""How cells read that only Amazon's reports have: its own order ids, ASINs and FNSKUs."""

from dataclasses import replace

from services.marketplaces.contract import (
    CODE,
    DASHED_ORDER,
    IDENTITY,
    LOST_DIGITS,
    LOST_DIGITS_OF_SKU,
)

# An order's name in the seller's own books: whatever he wants, an Amazon order too.
OWN_ORDER_ID = replace(CODE, damaged=f"^({LOST_DIGITS_OF_SKU})$")
# Whatever else has two long groups of digits around a dash, or nothing but digits and dashes, is
# an order that was cut, overwritten or written about. Removals have names of their own, which may
# be numbers.
ORDER_ID = replace(
    IDENTITY,
    damaged=rf"^({LOST_DIGITS}|\d{{1,4}}[^0-9A-Za-z]\d{{5,}}.*|\d{{3}}\W.{{7}}\W.{{7}}"
    r"|.*\d{4,}-\d{4,}.*|\d{3}|\d*-[\d-]+|\d{15,})$",
    undamaged=rf"^({DASHED_ORDER}|\d{{3}}-\d{{1,2}}|\d{{4}}-\d{{2}}-\d{{2}})$",
)
# ASIN and FNSKU have ten letters or digits: a shorter number has lost the zeros before it.
ITEM = replace(IDENTITY, damaged=rf"^({LOST_DIGITS}|\d{{1,9}})$")
