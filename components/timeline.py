"""What happened and what comes next, from top to bottom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import streamlit as st

from components.markdown import escape_markdown

Standing: TypeAlias = Literal["done", "current", "next", "good", "bad"]

# A shape for every standing, so that colour only repeats what the shape and the word say.
_MARKS: Final[dict[Standing, str]] = {
    "done": ":gray[:material/check_circle:]",
    "current": ":blue[:material/radio_button_checked:]",
    "next": ":gray[:material/radio_button_unchecked:]",
    "good": ":green[:material/check_circle:]",
    "bad": ":orange[:material/cancel:]",
}


@dataclass(frozen=True)
class Step:
    """`when` is ready to read (`24 Nov 2026`, `expected by 2 Dec 2026`) and may be empty."""

    word: str
    when: str = ""
    note: str = ""
    standing: Standing = "done"


def timeline(steps: Sequence[Step]) -> None:
    """One text, read in order; a note hangs on the line between its step and the next."""
    st.markdown("\n\n".join(_step(step) for step in steps))


def _step(step: Step) -> str:
    word = escape_markdown(step.word)
    title = word if step.standing == "next" else f"**{word}**"
    when = f" :small[:gray[{escape_markdown(step.when)}]]" if step.when else ""
    note = f"\n> :small[{escape_markdown(step.note)}]" if step.note else ""
    return f"{_MARKS[step.standing]} {title}{when}{note}"
