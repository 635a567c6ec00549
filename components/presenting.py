"""A page for a shared screen: large, nothing to press but what leads away, nothing of others."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st

from components.buckets import Bucket
from components.charts import Segment, parts_bar
from components.palette import palette, quiet, square
from wording.money import money

_LARGE: Final = Path(__file__).parent.parent / "static" / "presenting.css"
_LEAST_WIDTH: Final = 300


def large_type() -> None:
    """The framework has one size of type for the whole product: here it is a third larger."""
    st.html(_LARGE)


def presented_buckets(buckets: Sequence[Bucket]) -> None:
    """The same cards as everywhere, to look at: what is pressed elsewhere stands as words."""
    with st.grid(len(buckets), min_column_width=_LEAST_WIDTH, gap="small"):
        for bucket in buckets:
            _card(bucket)


def _card(bucket: Bucket) -> None:
    colours = palette().bucket(bucket.name)
    with st.container(border=True, height="stretch", gap="xsmall", key=f"present-{bucket.name}"):
        st.markdown(f"**{bucket.title}** {quiet(bucket.meaning)}")
        st.metric(bucket.title, money(bucket.amount, bucket.currency), label_visibility="collapsed")
        st.markdown(f":small[{bucket.moved}]")
        parts_bar(
            bucket.parts,
            bucket.currency,
            colours,
            key=f"present-{bucket.name}-bar",
            name=bucket.title,
        )
        for part, colour in zip(bucket.parts, colours, strict=False):
            st.markdown(_part(part, bucket.currency, colour))


def _part(part: Segment, currency: str, colour: str) -> str:
    return f"{square(colour)} {part.label} **{money(part.amount, currency)}**"


def lines(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: int = 1) -> None:
    """A table that grows with the type. Cells are escaped; the last `right` are figures."""
    left = len(header) - right
    rule = ["---"] * left + ["---:"] * right
    written = [header, rule, *rows]
    st.markdown("\n".join(f"| {' | '.join(row)} |" for row in written))
