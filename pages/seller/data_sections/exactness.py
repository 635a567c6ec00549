"""How many claim windows are approximate, and what would make them exact."""

from collections.abc import Iterable, Sequence

import streamlit as st

from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet
from components.states import guarded
from pages.shared.trouble import report
from services.insights.exactness import Exactness, Inexact
from services.marketplaces.labels import marketplace_label
from wording import exactness as words
from wording.labels import in_a_sentence
from wording.numbers import plain_number
from wording.subtypes import subtype_label


def draw_exactness(found: Exactness) -> None:
    """Nothing where nothing open has a last day."""
    if not found.dated:
        return
    with (
        card(words.QUESTION, aside=words.aside(found.dated, found.approximate)),
        guarded("These figures", report),
    ):
        st.markdown(words.sentence(found.dated, found.approximate))
        for parts in _by_way_out(found.parts):
            st.markdown(_line(parts))


def _by_way_out(parts: Sequence[Inexact]) -> Iterable[list[Inexact]]:
    """Kinds that the same would make exact, together."""
    found: dict[tuple[str, str], list[Inexact]] = {}
    for one in parts:
        found.setdefault((one.marketplace, one.exact_by), []).append(one)
    return found.values()


def _line(parts: Sequence[Inexact]) -> str:
    count = plain_number(sum(one.discrepancies for one in parts))
    kinds = ", ".join(
        f"{in_a_sentence(subtype_label(one.subtype))} {plain_number(one.discrepancies)}"
        for one in parts
    )
    named = escape_markdown(f"{marketplace_label(parts[0].marketplace)}: {count}")
    way_out = escape_markdown(parts[0].exact_by)
    return f"**{named}** {quiet(escape_markdown(f'· {kinds}'))}  \n{quiet(way_out)}"
