"""A trend as small as a word: an inline picture, so that a card needs no chart of its own."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import streamlit as st

from wording.money import money

WIDTH: Final = 120
HEIGHT: Final = 30
# The theme rounds the corners of pictures: the last point must stay clear of them.
_SIDE: Final = 8
_TOP: Final = 5


def sparkline(trend: Sequence[Decimal], currency: str, colour: str) -> None:
    if len(trend) < 2:
        return
    alt = (
        f"From {money(trend[0], currency)} to {money(trend[-1], currency)} "
        f"over the last {len(trend)} months"
    )
    st.image(sparkline_svg(trend, colour), width="stretch", alt=alt)


def sparkline_svg(trend: Sequence[Decimal], colour: str) -> str:
    points = _points(trend)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<polygon points="{_SIDE},{HEIGHT} {line} {last_x:.1f},{HEIGHT}" fill="{colour}" '
        f'fill-opacity="0.1"/>'
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5" '
        f'stroke-linejoin="round" stroke-linecap="round"/>'
        f'<circle cx="{last_x:.1f}" cy="{last_y:.1f}" r="2.5" fill="{colour}"/></svg>'
    )


def _points(trend: Sequence[Decimal]) -> list[tuple[float, float]]:
    """Where each point stands; a flat trend runs through the middle."""
    low, high = min(trend), max(trend)
    step = (WIDTH - 2 * _SIDE) / (len(trend) - 1)
    return [
        (_SIDE + position * step, _height(value, low, high)) for position, value in enumerate(trend)
    ]


def _height(value: Decimal, low: Decimal, high: Decimal) -> float:
    share = float((value - low) / (high - low)) if high > low else 0.5
    return HEIGHT - _TOP - share * (HEIGHT - 2 * _TOP)
