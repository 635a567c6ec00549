"""A few figures side by side: what each is called, small, over what it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.palette import quiet

_LEAST_WIDTH = 150


@dataclass(frozen=True)
class Fact:
    """Ready to read and already escaped; `note` stands small under the figure."""

    label: str
    value: str
    note: str = ""


def facts(shown: Sequence[Fact]) -> None:
    """On a phone two abreast, then one below another."""
    with st.grid(len(shown), min_column_width=_LEAST_WIDTH, gap="small"):
        for each in shown:
            note = f"  \n{quiet(each.note)}" if each.note else ""
            with st.container(gap=None):
                st.markdown(f"{quiet(each.label)}  \n**{each.value}**{note}")
