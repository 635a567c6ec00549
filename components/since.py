"""What changed since a day: a row of figures, each of which opens its list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from components.palette import quiet
from wording.money import money
from wording.numbers import counted, plain_number

_LEAST_WIDTH = 150


@dataclass(frozen=True)
class Changed:
    """One figure: how many of what, and what they come to. `meaning` says what exactly counts."""

    key: str
    label: str
    count: int
    one: str
    many: str
    amount: Decimal | None
    meaning: str


def changed_strip(
    shown: Sequence[Changed],
    currency: str,
    *,
    key: str,
    chosen: str | None,
    on_choose: Callable[[str], None],
) -> None:
    """A press opens the list behind a figure; a second press takes it back."""
    with st.grid(len(shown), min_column_width=_LEAST_WIDTH, gap="small"):
        for one in shown:
            st.button(
                _words(one, currency),
                key=f"{key}-{one.key}",
                on_click=on_choose,
                args=(one.key,),
                help=one.meaning,
                width="stretch",
                icon=":material/check:" if one.key == chosen else None,
            )


def changed_figures(shown: Sequence[Changed], currency: str) -> None:
    """The same to look at only, where nothing is to be pressed."""
    with st.grid(len(shown), min_column_width=_LEAST_WIDTH, gap="small"):
        for one in shown:
            with st.container(border=True, height="stretch", gap=None):
                st.markdown(quiet(one.label))
                st.markdown(f"**{money(one.amount, currency)}**")
                st.markdown(quiet(counted(one.count, one.one, one.many)))


def _words(one: Changed, currency: str) -> str:
    return f"**{one.label}** {_rows(one)}  \n{quiet(money(one.amount, currency))}"


def _rows(one: Changed) -> str:
    return plain_number(one.count) if one.count else "none"
