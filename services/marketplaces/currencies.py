"""Which currencies there are, and in how many decimals an amount may be said: CLDR's word."""

from typing import Final

from babel.numbers import get_currency_precision, list_currencies

# ISO 4217's codes, those of money that is no longer paid with too.
ISO_CURRENCIES: Final = frozenset(list_currencies())
# Without decimals: an estimate, or a share of a payment, is a whole number.
WHOLE_CURRENCIES: Final = sorted(
    code for code in list_currencies() if get_currency_precision(code) == 0
)


def decimals_of(currency: str) -> int:
    """In how many decimals an amount of it is paid."""
    return get_currency_precision(currency)
