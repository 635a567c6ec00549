"""What a page's address carries beside its filters: a clicked month, a part, a place in a list."""

import hashlib
from datetime import date
from functools import partial

import streamlit as st

from components.filters import Chip


def read(key: str) -> str | None:
    return st.query_params.get(key)


def write(key: str, value: str | None) -> None:
    """None takes the key out of the address."""
    if value is not None:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def toggle(key: str, value: str) -> None:
    """The same click again takes it back."""
    write(key, None if read(key) == value else value)


def chip(key: str, label: str) -> Chip:
    return Chip(key, label, partial(write, key, None))


def read_day(key: str) -> date | None:
    """A day such as 2026-11-24, or a month such as 2026-11; what cannot be read is none."""
    word = read(key) or ""
    try:
        return date.fromisoformat(f"{word}-01" if len(word) == len("2026-11") else word)
    except ValueError:
        return None


# A place in a list holds for one list only: it carries the sign of the filters that it was made
# under, and under any others the list begins at its beginning.
def sign_of(*filters: object) -> str:
    return hashlib.sha256(repr(filters).encode()).hexdigest()[:8]


def read_cursor(key: str, sign: str) -> str | None:
    made_under, _, cursor = (read(key) or "").partition(".")
    return cursor if made_under == sign else None


def write_cursor(key: str, sign: str, cursor: str | None) -> None:
    write(key, f"{sign}.{cursor}" if cursor else None)
