"""The colours of the product, for what the theme cannot reach: figures, marks and coloured text."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import streamlit as st

BucketName: TypeAlias = Literal["unclaimed", "claimed", "lost"]


@dataclass(frozen=True)
class Palette:
    """One appearance. A bucket's colours stand in the order of its parts."""

    unclaimed: tuple[str, str, str]
    claimed: tuple[str, str]
    lost: tuple[str, str]
    background: str
    second: str
    border: str
    text: str
    muted: str
    grid: str
    on_primary: str

    @property
    def primary(self) -> str:
        return self.unclaimed[0]

    def bucket(self, name: BucketName) -> tuple[str, ...]:
        return {"unclaimed": self.unclaimed, "claimed": self.claimed, "lost": self.lost}[name]


LIGHT = Palette(
    unclaimed=("#1F4FD8", "#8FA8EE", "#D3DDF9"),
    claimed=("#0F8A6A", "#6FB9A6"),
    lost=("#C2410C", "#E8B49A"),
    background="#FFFFFF",
    second="#F6F7F9",
    border="#E4E7EC",
    text="#16181D",
    muted="#667085",
    grid="#EDEFF3",
    on_primary="#FFFFFF",
)

DARK = Palette(
    unclaimed=("#7BA0FF", "#4C66A8", "#33415F"),
    claimed=("#3FC79A", "#2C7E65"),
    lost=("#F28C5A", "#8A5A44"),
    background="#0F1115",
    second="#171A21",
    border="#2A2F3A",
    text="#E8EAEE",
    muted="#9AA3B2",
    grid="#2A2F3A",
    on_primary="#0F1115",
)


def palette() -> Palette:
    """The appearance this browser shows now; light until it has told us."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def coloured(text: str, colour: str) -> str:
    """Markdown for text in a colour of the palette; the text must already be escaped."""
    return f':color[{text}]{{foreground="{colour}"}}'


def quiet(text: str) -> str:
    """Small and muted, for what explains a figure beside it."""
    return f":small[:gray[{text}]]"


def square(colour: str) -> str:
    """The key of a part: a mark before its word, never instead of it."""
    return coloured("■", colour)


def on_primary(label: str) -> str:
    """A label for a primary button: white text on the dark theme's blue is too faint to read."""
    return coloured(label, palette().on_primary)
