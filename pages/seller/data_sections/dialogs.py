"""One report file, or one row that could not be read, over the page."""

from collections.abc import Iterable

import streamlit as st

from components.markdown import escape_markdown
from components.palette import quiet
from pages.shared import clock
from services.insights.answers import Document, Rejected
from services.marketplaces.labels import report_label
from wording.days import days_between, plain_date
from wording.numbers import counted


def read_words(one: Document) -> str:
    """Whether it was read whole, short enough for a column."""
    if one.is_whole:
        return "Whole"
    if not one.is_standing:
        return "Replaced since"
    if one.rows_rejected:
        return f"{counted(one.rows_rejected, 'row', 'rows')} not read"
    return "Does not add up"


def open_file(chosen: Iterable[Document]) -> None:
    """What is worth knowing of a file: whether it was read whole, what was passed over, and why."""
    for one in chosen:
        st.dialog(escape_markdown(one.file_name), width="medium")(_draw_file)(one)


def _draw_file(one: Document) -> None:
    st.markdown(f"{report_label(one.kind)}, imported on {plain_date(clock.day_of(one.landed_at))}")
    st.markdown(
        f"**{counted(one.rows_in_file, 'row', 'rows')}** = {one.rows_landed:,} landed"
        f" + {one.rows_passed_over:,} passed over + {one.rows_rejected:,} rejected"
    )
    if not one.is_whole:
        st.markdown(_not_whole(one))
    if one.asked_from and one.asked_to:
        asked = days_between(one.asked_from, one.asked_to)
        st.markdown(quiet(f"Asked for: {asked}"))
    for reason, rows in one.passed_over_because.items():
        said = f"{counted(rows, 'row', 'rows')} passed over: {reason}"
        st.markdown(quiet(escape_markdown(said)))
    for note in one.notes:
        st.markdown(quiet(escape_markdown(note)))


def _not_whole(one: Document) -> str:
    said = "**Not read whole.**"
    if not one.is_standing:
        return f"{said} A report that was read whole has replaced it since."
    if one.rows_rejected:
        rows = counted(one.rows_rejected, "row", "rows")
        return f"{said} {rows} could not be read: what they may be about is held back."
    return f"{said} Its lines do not add up to the total that it states: some may be missing."


def open_rejected(chosen: Iterable[Rejected]) -> None:
    """The row as it came, beside what was expected of it."""
    for one in chosen:
        title = f"Row {one.row_number:,} of {one.file_name}"
        st.dialog(escape_markdown(title), width="large")(_draw_rejected)(one)


def _draw_rejected(one: Rejected) -> None:
    found = one.found or "nothing"
    st.markdown(f"**{escape_markdown(one.column_name)}**: found {escape_markdown(found)}")
    st.markdown(f"Expected {escape_markdown(one.expected)}")
    st.code(one.raw_text, language=None, wrap_lines=True)
    st.markdown(quiet("No other row was lost with it. Mend it in the file and import that again."))
