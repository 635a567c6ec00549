"""What things are called that are neither an amount nor a day."""

from typing import Final

UNKNOWN_ITEM: Final = "unknown item"
ALL_MARKETPLACES: Final = "All marketplaces"
ALL_TYPES: Final = "All types"

# What a report row is to a discrepancy.
ROLES: Final[dict[str, str]] = {
    "event": "What happened",
    "found": "Found again",
    "charged": "What was charged",
    "expected": "What was expected",
    "refunded": "The refund",
    "ordered": "The order",
    "returned": "The return",
    "received": "What was received",
    "shipped": "What was shipped",
    "delivered": "When it was delivered",
    "paid": "What was paid",
    "unread": "A row that could not be read",
    "doubt": "What may be for it",
}


# The regions that a marketplace's reports are made for; a country's own is called by its code.
REGIONS: Final[dict[str, str]] = {"NA": "North America", "EU": "Europe", "FE": "Far East"}


def region_label(region: str) -> str:
    return REGIONS.get(region, region)


def from_code(code: str) -> str:
    """`Some new thing` for some_new_thing: what no word list has yet is named, never left out."""
    return code.replace("_", " ").capitalize()


def role_label(role: str) -> str:
    return ROLES.get(role) or from_code(role)


def item_label(sku: str | None, fnsku: str | None, item_code: str | None, title: str | None) -> str:
    """What a seller knows an item by: their SKU and its title, else the marketplace's code."""
    code = sku or fnsku or item_code
    return " · ".join(word for word in (code, title) if word) or UNKNOWN_ITEM


def one_line(text: str) -> str:
    """A name stays on its line, whatever somebody has put into it."""
    return " ".join(text.split())


def capitalized(words: str) -> str:
    """As a sentence begins; what else is written large stays so."""
    return f"{words[:1].upper()}{words[1:]}"


def in_a_sentence(words: str) -> str:
    """The same words after others."""
    return f"{words[:1].lower()}{words[1:]}"
