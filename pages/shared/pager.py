"""From one page of a list to its neighbours. The position is in the address, so a link keeps it."""

from typing import Any, Final, TypeAlias

import streamlit as st

from components.markdown import escape_markdown
from components.palette import quiet
from pages.shared import address
from pages.shared.arrival import arrive, go_to
from services.insights.answers import Counted, Page
from services.insights.keyset import MOST_COUNTED, PAGE_SIZE
from wording.money import AMOUNTLESS, money
from wording.numbers import counted, plain_number

# In the address: where in the one list of a page somebody is.
ROWS: Final = "rows"
# Of which list, under which sign, after which row, as which page.
Position: TypeAlias = tuple[str, str, str | None, int | None]


def turn_pages(page: Page[Any], key: str, sign: str, count: int | None = None) -> None:
    """Which rows these are, of how many where that is known, and the way to the others.

    Draws nothing where the whole list is on one page.
    """
    if page.preceding or page.following:
        number = address.read_number(key, sign) if page.preceding else 1
        with st.container(
            horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"
        ):
            if number:
                st.markdown(quiet(rows_words(number, len(page.rows), count)), width="content")
            back = (key, sign, page.preceding, number and number - 1)
            on = (key, sign, page.following, number and number + 1)
            _button("Previous", ":material/chevron_left:", back)
            _button("Next", ":material/chevron_right:", on)
    arrive(key)


def _button(label: str, icon: str, to: Position) -> None:
    key, _, cursor, _ = to
    st.button(
        label,
        key=f"{key}-{label.lower()}",
        icon=icon,
        disabled=cursor is None,
        on_click=_turn,
        args=to,
    )


def _turn(key: str, sign: str, cursor: str | None, number: int | None) -> None:
    """The next page begins at its beginning, not where the last one ended."""
    address.write_cursor(key, sign, cursor, number)
    go_to(key)


def rows_words(number: int, rows: int, count: int | None) -> str:
    """`51–100 of 312`."""
    first = (number - 1) * PAGE_SIZE + 1
    shown = f"{plain_number(first)}–{plain_number(first + rows - 1)}"
    return shown if count is None else f"{shown} of {_at_most(count)}"


def _at_most(count: int) -> str:
    return (
        f"more than {plain_number(MOST_COUNTED)}" if count > MOST_COUNTED else plain_number(count)
    )


def total_words(total: Counted, currency: str, one: str, many: str) -> str:
    """What a whole list comes to: how many, how much, and what that leaves out.

    Of a list that is too long to be summed while somebody waits, only that it is.
    """
    if total.count > MOST_COUNTED:
        return f"{_at_most(total.count)} {many}"
    said = [counted(total.count, one, many), money(total.amount, currency)]
    if total.without_amount and total.amount is not None:
        said.append(f"{plain_number(total.without_amount)} {AMOUNTLESS}")
    return escape_markdown(" · ".join(said))
