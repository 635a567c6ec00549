"""Clients side by side: what all of them come to, and a way to one by its name."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.facts import Fact, facts
from components.palette import quiet

_LEAST_WIDTH = 210


@dataclass(frozen=True)
class Sum:
    """One figure over all clients, ready to read: one value a currency, never added up.

    `together`: what they come to where they are converted, said beside them.
    """

    label: str
    values: Sequence[str]
    note: str = ""
    meaning: str | None = None
    together: str = ""


def sums(shown: Sequence[Sum], *, phone: bool) -> None:
    """Equal cards side by side; on a phone, small figures two abreast."""
    if phone:
        facts([Fact(one.label, " · ".join(one.values), " · ".join(_notes(one))) for one in shown])
        return
    with st.grid(len(shown), min_column_width=_LEAST_WIDTH, gap="small"):
        for one in shown:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _values(one)
                st.markdown("  \n".join(map(quiet, _notes(one))))


def _notes(one: Sum) -> list[str]:
    return [words for words in (one.together, one.note) if words]


def _values(one: Sum) -> None:
    """The first currency large, as everywhere; the others under it, none left out."""
    first, *others = one.values
    st.metric(one.label, first, help=one.meaning)
    for value in others:
        st.markdown(f"**{value}**")
