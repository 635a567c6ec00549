"""Clients side by side: what all of them come to, and a way to one by its name."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.facts import Fact, facts
from components.palette import quiet

_LEAST_WIDTH = 210


@dataclass(frozen=True)
class Sum:
    """One figure over all clients, ready to read: one value a currency, never added up."""

    label: str
    values: Sequence[str]
    note: str = ""
    meaning: str | None = None


def sums(shown: Sequence[Sum], *, phone: bool) -> None:
    """Equal cards side by side; on a phone, small figures two abreast."""
    if phone:
        facts([Fact(one.label, " · ".join(one.values), one.note) for one in shown])
        return
    with st.grid(len(shown), min_column_width=_LEAST_WIDTH, gap="small"):
        for one in shown:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _values(one)
                st.markdown(quiet(one.note) if one.note else "")


def _values(one: Sum) -> None:
    """The first currency large, as everywhere; the others under it, none left out."""
    first, *others = one.values
    st.metric(one.label, first, help=one.meaning)
    for value in others:
        st.markdown(f"**{value}**")
