"""In how many decimals an amount may be said: CLDR's word on each currency."""

from typing import Final

from babel.numbers import get_currency_precision, list_currencies

# Without decimals: an estimate, or a share of a payment, is a whole number.
WHOLE_CURRENCIES: Final = sorted(
    code for code in list_currencies() if get_currency_precision(code) == 0
)
