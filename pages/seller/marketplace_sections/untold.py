"""What no report tells: kinds of claim that cannot be seen, and which record would tell them."""

from collections.abc import Sequence

from components.columns import two_columns
from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet
from services.marketplaces.rules import Untold
from wording.numbers import counted
from wording.subtypes import SUBTYPES, subtype_label, type_label


def untold_section(missing: Sequence[Untold]) -> None:
    """Nothing where every kind can be told."""
    if not missing:
        return
    aside = f"{counted(len(missing), 'kind', 'kinds')} of claim that we cannot see"
    with card("What no report tells", aside=aside):
        for column, each in two_columns(missing, lambda _: 1):
            column.markdown(_words(each))


def _words(each: Untold) -> str:
    known = SUBTYPES.get(each.subtype)
    of_type = f" · {type_label(known.type)}" if known else ""
    named = f"**{escape_markdown(subtype_label(each.subtype))}**{quiet(of_type)}"
    return f"{named}  \n{quiet(escape_markdown(each.missing))}"
