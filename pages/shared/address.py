"""What an address carries beside filters: a clicked month, a part, a position in a list."""

import hashlib
import re
from datetime import date
from functools import partial
from typing import Final

import streamlit as st

from components.filters import Chip

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,6}")


def read(key: str) -> str | None:
    return st.query_params.get(key)


def write(key: str, value: str | None) -> None:
    """None takes the key out of the address."""
    if value is not None:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def toggle(key: str, value: str) -> bool:
    """The same click again takes it back; whether it holds now."""
    holds = read(key) != value
    write(key, value if holds else None)
    return holds


def chip(key: str, label: str) -> Chip:
    return Chip(key, label, partial(write, key, None))


def read_day(key: str) -> date | None:
    """A day such as 2026-11-24, or a month such as 2026-11; what cannot be read is none."""
    word = read(key) or ""
    try:
        return date.fromisoformat(f"{word}-01" if len(word) == len("2026-11") else word)
    except ValueError:
        return None


# A position in a list holds for one list only: it carries the sign of the filters that it was made
# under, and under any others the list begins at its beginning. With it comes the page's number, to
# say which rows these are: `<sign>-<number>.<cursor>`.
def sign_of(*filters: object) -> str:
    return hashlib.sha256(repr(filters).encode()).hexdigest()[:8]


def read_cursor(key: str, sign: str) -> str | None:
    made_under, _, cursor = (read(key) or "").partition(".")
    return cursor if made_under.partition("-")[0] == sign else None


def read_number(key: str, sign: str) -> int | None:
    """Counted from 1; None where the address has a position without its number."""
    made_under, _, _ = (read(key) or "").partition(".")
    own, _, number = made_under.partition("-")
    if own != sign:
        return 1
    return int(number) if _NUMBER.fullmatch(number) else None


def write_cursor(key: str, sign: str, cursor: str | None, number: int | None) -> None:
    write(key, f"{sign}-{number or ''}.{cursor}" if cursor else None)
