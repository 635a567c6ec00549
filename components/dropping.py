"""Where report files are dropped, what they are, and what becomes of them once they are loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import streamlit as st

from components import elements
from components.markdown import escape_markdown
from components.palette import on_primary, quiet
from components.tables import Column, Row, money_table

KEY: Final = "dropped-files"
_HINT: Final = "As the marketplace delivered them, unopened: text, CSV, JSON, zip or gzip."
_WORDS: Final[Mapping[str, str]] = {
    "title": "Drop report files here",
    "choose": "Choose files",
    "chooseFolder": "Choose a folder",
    "hint": _HINT,
    "list": "Files on their way",
    "waits": "Waits",
    "sends": "On its way",
    "isLookedAt": "Is looked at",
    "coming": "Files are on their way.",
    "arrived": "The files have arrived: what they are stands below.",
    "lost": "It did not arrive. Drop it again.",
}

# "prose": what a file is, or why it is none, is read whole.
_SEEN: Final = (
    Column("file", "File", "prose", phone=True),
    Column("what", "What it is", "prose", phone=True),
    Column("days", "Days", "said"),
    Column("rows", "Rows", "said"),
)
_LOADED: Final = (
    Column("file", "File", "prose", phone=True),
    Column("became", "What became of it", "prose", phone=True),
)


@dataclass(frozen=True)
class Found:
    """A file that is there, ready to read. key: what a press on it answers with."""

    key: str
    name: str
    what: str
    days: str = ""
    rows: str = ""


@dataclass(frozen=True)
class Choice:
    """A field of which one is chosen: its words by its value, and which comes first."""

    label: str
    options: Mapping[str, str]
    first: str


def drop_zone(address: str, most_bytes: int, too_large: str) -> None:
    """By mouse, by keyboard, by finger: files go to the address, one after the other."""
    route, _, persona = address.partition("?")
    left = f"{route}/left?{persona}" if persona else f"{route}/left"
    data = {"address": address, "left": left, "most": most_bytes, "tooLarge": too_large}
    elements.draw("drop", {**_WORDS, **data}, key=KEY)


def found_files(files: Sequence[Found], *, phone: bool) -> str | None:
    """What was dropped; answers with the key of a file that was pressed."""
    rows = [
        Row(one.key, {"file": one.name, "what": one.what, "days": one.days, "rows": one.rows}, "")
        for one in files
    ]
    alt = f"{len(files)} dropped files, and what they are"
    return money_table(_SEEN, rows, key="found-files", phone=phone, alt=alt)


def loaded_files(files: Sequence[Found], *, phone: bool) -> None:
    """What became of each file of an import."""
    rows = [Row(one.key, {"file": one.name, "became": one.what}, "") for one in files]
    alt = f"{len(files)} files, and what became of each"
    money_table(_LOADED, rows, key="loaded-files", phone=phone, alt=alt, opens=False)


def one_of(choice: Choice, key: str) -> str:
    """Its value; the words are what people see."""
    values = list(choice.options)
    at = values.index(choice.first) if choice.first in values else 0
    return str(
        st.selectbox(
            choice.label, values, index=at, format_func=choice.options.__getitem__, key=key
        )
    )


def days_form(
    known: tuple[date | None, date | None], today: date, *, is_said: bool
) -> tuple[date, date] | tuple[()] | None:
    """The days that are said, at the press; (): none any more; None: nothing was pressed."""
    with st.form("asked-days", border=False):
        with st.container(horizontal=True, gap="small"):
            first = _day("First day asked for", known[0], today)
            last = _day("Last day asked for", known[1], today)
        with st.container(horizontal=True, gap="small"):
            says = st.form_submit_button(
                on_primary("Keep these days"), type="primary", key="keep-days"
            )
            says_none = is_said and st.form_submit_button(
                "Only the days of its rows", key="only-rows"
            )
    if says_none:
        return ()
    if says and not (first and last):
        problem("Say both days, the first and the last.")
    return (first, last) if says and first and last else None


def _day(label: str, known: date | None, today: date) -> date | None:
    said = st.date_input(label, known, max_value=max(today, known or today), format="YYYY-MM-DD")
    return said if isinstance(said, date) else None


def progress(words: str, share: float | None) -> None:
    """How far an import is; None: nobody knows how long it takes."""
    st.progress(share or 0.0, text=escape_markdown(words))


def problem(words: str) -> None:
    """Why something was not done, where it was asked for."""
    st.markdown(f":red[:material/error: {escape_markdown(words)}]")


def note(words: str) -> None:
    st.markdown(quiet(escape_markdown(words)))
