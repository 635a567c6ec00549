"""How marketplaces, their channels and their reports are called: a code is never for a reader.

What is stored may outlive the marketplace that brought it: a code that is not registered any more
is read as it is written.
"""

from typing import Final

from services.marketplaces.registry import FORMAT_OF, MARKETPLACES, marketplace_of

# What the marketplaces call their own numbers of items, each name once.
ITEM_NUMBERS: Final = tuple(dict.fromkeys(one.item_number for one in MARKETPLACES.values()))
# The same over a column of several marketplaces' items.
ANY_ITEM_NUMBER: Final = " or ".join(ITEM_NUMBERS)


def marketplace_label(code: str) -> str:
    """Its name, for its own code and for that of each of its channels."""
    known = marketplace_of(code)
    return known.name if known else code.partition("-")[0].capitalize()


def channel_label(code: str) -> str:
    """`… US` for …-us."""
    country = code.partition("-")[2]
    return f"{marketplace_label(code)} {country.upper()}".rstrip()


def item_number_label(code: str) -> str:
    """What the marketplace of a channel calls its own number of an item."""
    known = marketplace_of(code)
    return known.item_number if known else "item number"


def report_label(kind: str) -> str:
    """What the report is called, its marketplace's name in front."""
    known = FORMAT_OF.get(kind)
    return known.label if known else kind.replace("_", " ").capitalize()


def short_report_label(kind: str) -> str:
    """The same without its marketplace, where that is said beside it."""
    known = FORMAT_OF.get(kind)
    marketplace = marketplace_label(known.marketplace) if known and known.marketplace else ""
    return report_label(kind).removeprefix(f"{marketplace} ")
