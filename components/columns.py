"""Groups of uneven length in two columns that end at about the same height."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

Group = TypeVar("Group")


def two_columns(
    groups: Sequence[Group], length: Callable[[Group], int]
) -> Iterator[tuple[DeltaGenerator, Group]]:
    """Each group with the column it goes to; on a phone the columns stand one below another."""
    columns = st.columns(2, gap="large")
    for column, half in zip(columns, halves(groups, length), strict=True):
        for group in half:
            yield column, group


def halves(
    groups: Sequence[Group], length: Callable[[Group], int]
) -> tuple[list[Group], list[Group]]:
    """Cut where the two parts differ least; the order is kept, so a phone reads it unchanged."""
    lengths = [length(group) for group in groups]
    cuts = range(1, len(groups) + 1)
    cut = min(cuts, key=lambda at: abs(sum(lengths[:at]) - sum(lengths[at:])), default=0)
    return list(groups[:cut]), list(groups[cut:])
