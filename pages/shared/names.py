"""How things are called where there is little room."""

from typing import Final

from services.marketplaces.labels import short_report_label
from services.words import HOLDS, SUBTYPES, TYPES


def subtype_label(code: str) -> str:
    """A subtype that the word list does not have yet is named by its code, never left out."""
    known = SUBTYPES.get(code)
    return known.label if known else code.replace("_", " ").capitalize()


def type_label(code: str) -> str:
    return TYPES.get(code, code.replace("_", " ").capitalize())


# Short enough for a column; the story says the whole.
_BASES = {
    "sourcing_cost": "Sourcing cost",
    "past_payments": "Past payments",
    "fee_difference": "Fee difference",
    "own_order_proceeds": "Our own estimate",
    "unknown": "Unknown",
}


def basis_label(code: str) -> str:
    return _BASES.get(code, code.replace("_", " ").capitalize())


def item_label(sku: str | None, fnsku: str | None, item_code: str | None, title: str | None) -> str:
    """What a seller knows an item by: their SKU and its title, else the marketplace's code."""
    code = sku or fnsku or item_code
    return " · ".join(word for word in (code, title) if word) or "unknown item"


# What must come first, short enough for a column; the story says the whole.
_AWAITS: Final = {
    "unread_row": "awaits a readable row",
    "report": "awaits a report",
    "order_unknown": "awaits the order's own lines",
    "never_received": "prove delivery first",
    "reimbursed_unseen": "awaits the payment in a report",
    "closed_case": "refile only with new evidence",
    "newer_ledger": "awaits a newer ledger",
    "other_payment": "a payment may be for it",
}


def awaits_label(because: str | None, kind: str | None) -> str:
    """Why units are held back, with the report that would release them.

    Its marketplace is not said: the row or the page says it already.
    """
    if because == "report" and kind:
        return f"awaits {short_report_label(kind)}"
    return _AWAITS.get(because or "", (because or "").replace("_", " "))


def holds_label(because: str) -> str:
    """The same in full."""
    return HOLDS.get(because, because.replace("_", " ").capitalize())
