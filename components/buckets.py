"""The three bucket cards: what it is worth, what moved, its parts, one thing to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import streamlit as st

from components.charts import Segment, parts_bar
from components.links import Link, draw_link
from components.palette import BucketName, palette, quiet, square
from components.sparkline import sparkline
from wording.money import money

CARD_MINIMUM_WIDTH: Final = 280


@dataclass(frozen=True)
class Press:
    """A sentence that does the same as a press on the part of this key."""

    words: str
    part: str


@dataclass(frozen=True)
class Bucket:
    """All words are ready to read and already escaped; parts stand in the bucket's own order."""

    name: BucketName
    title: str
    meaning: str
    amount: Decimal | None
    currency: str
    moved: str
    trend: Sequence[Decimal]
    parts: Sequence[Segment]
    # One thing to act on: a link that leads there, a press on this page, or a plain sentence.
    fact: Link | Press | str = ""
    # A press that tells why the figure moved.
    why: Press | None = None


def bucket_cards(
    buckets: Sequence[Bucket], *, key: str, on_choose: Callable[[str], None] | None = None
) -> str | None:
    """Equal cards side by side, one below another on a phone. Answers with the part pressed."""
    with st.grid(len(buckets), min_column_width=CARD_MINIMUM_WIDTH, gap="small"):
        pressed = [_card(bucket, f"{key}-{bucket.name}", on_choose) for bucket in buckets]
    return next((part for part in pressed if part), None)


def _card(bucket: Bucket, key: str, on_choose: Callable[[str], None] | None) -> str | None:
    with st.container(border=True, height="stretch", gap="xsmall", key=key):
        st.markdown(f"**{bucket.title}** {quiet(bucket.meaning)}", wrap=False)
        _figure(bucket, key, on_choose)
        on_bar = (lambda choice: on_choose(choice.values["part"])) if on_choose else None
        colours = palette().bucket(bucket.name)
        clicked = parts_bar(
            bucket.parts,
            bucket.currency,
            colours,
            key=f"{key}-bar",
            name=bucket.title,
            on_choose=on_bar,
        )
        pressed = _parts(bucket, colours, key, on_choose)
        _fact(bucket.fact, key, on_choose)
    return pressed or (clicked.values["part"] if clicked else None)


def _figure(bucket: Bucket, key: str, on_choose: Callable[[str], None] | None) -> None:
    """The figure has the whole width: an amount in millions must not lose its cents."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        amount = money(bucket.amount, bucket.currency)
        st.metric(bucket.title, amount, label_visibility="collapsed", width="content")
        if bucket.why:
            st.button(
                bucket.why.words,
                key=f"{key}-why",
                type="tertiary",
                on_click=on_choose,
                help="Day by day: what was found, paid, corrected or ran out",
                args=(bucket.why.part,) if on_choose else None,
            )
    moved, trend = st.columns([2, 1], vertical_alignment="center", wrap=False, gap="xsmall")
    moved.markdown(f":small[{bucket.moved}]")
    with trend:
        sparkline(bucket.trend, bucket.currency, palette().bucket(bucket.name)[0])


def _parts(
    bucket: Bucket, colours: Sequence[str], key: str, on_choose: Callable[[str], None] | None
) -> str | None:
    """Under the bar, from its left end to its right: the same parts, for keyboard and finger."""
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="xsmall"):
        pressed = [
            part.key
            for part, colour in zip(bucket.parts, colours, strict=False)
            if _part(part, bucket.currency, colour, f"{key}-{part.key}", on_choose)
        ]
    return next(iter(pressed), None)


def _part(
    part: Segment, currency: str, colour: str, key: str, on_choose: Callable[[str], None] | None
) -> bool:
    return st.button(
        f"{square(colour)} {part.short or part.label}  \n{money(part.amount, currency)}",
        key=key,
        type="tertiary",
        wrap=False,
        on_click=on_choose,
        args=(part.key,) if on_choose else None,
    )


def _fact(fact: Link | Press | str, key: str, on_choose: Callable[[str], None] | None) -> None:
    if isinstance(fact, Link):
        with st.container(gap=None):
            st.space("xsmall")  # a link is not as high as a button: their words stand in one line
            draw_link(fact)
    elif isinstance(fact, Press):
        st.button(
            fact.words,
            key=f"{key}-fact",
            type="tertiary",
            on_click=on_choose,
            args=(fact.part,) if on_choose else None,
        )
    elif fact:
        st.markdown(quiet(fact))
