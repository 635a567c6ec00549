"""The colours: readable, distinct, and the same in the theme as in the figures."""

import tomllib
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from math import dist
from pathlib import Path
from typing import Any, Final

import pytest

from components.palette import DARK, LIGHT, Palette

CONFIG: Final = Path(__file__).parents[2] / ".streamlit" / "config.toml"
TEXT_CONTRAST: Final = 4.5
MARK_CONTRAST: Final = 3.0
LOOKS: Final = {"light": LIGHT, "dark": DARK}
both = pytest.mark.parametrize("name", ["light", "dark"])


def theme(name: str) -> dict[str, Any]:
    read: dict[str, Any] = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][name]
    return read


def channels(colour: str) -> list[float]:
    return [int(colour[position : position + 2], 16) / 255 for position in (1, 3, 5)]


def luminance(colour: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@both
def test_text_is_readable_on_every_surface(name: str) -> None:
    look = LOOKS[name]
    for surface in (look.background, look.second):
        assert contrast(look.text, surface) >= TEXT_CONTRAST
        assert contrast(look.muted, surface) >= TEXT_CONTRAST
    assert contrast(look.on_primary, look.primary) >= TEXT_CONTRAST


@both
def test_words_in_a_colour_of_the_theme_are_readable(name: str) -> None:
    colours = theme(name)
    for hue in ("blue", "green", "orange", "red", "yellow", "violet", "gray"):
        words = colours[f"{hue}TextColor"]
        assert contrast(words, colours["backgroundColor"]) >= TEXT_CONTRAST
        assert contrast(words, colours[f"{hue}BackgroundColor"]) >= TEXT_CONTRAST
    assert contrast(colours["linkColor"], colours["backgroundColor"]) >= TEXT_CONTRAST
    assert contrast(colours["linkColor"], colours["sidebar"]["backgroundColor"]) >= TEXT_CONTRAST
    assert contrast(colours["dataframeHeaderTextColor"], colours["backgroundColor"]) >= (
        TEXT_CONTRAST
    )


@both
def test_every_bucket_stands_out_from_what_it_is_drawn_on(name: str) -> None:
    look = LOOKS[name]
    for bucket in (look.unclaimed, look.claimed, look.lost):
        assert contrast(bucket[0], look.background) >= MARK_CONTRAST


@both
def test_parts_of_a_bucket_grow_fainter_in_their_order(name: str) -> None:
    look = LOOKS[name]
    for bucket in (look.unclaimed, look.claimed, look.lost):
        distances = [contrast(part, look.background) for part in bucket]
        assert distances == sorted(distances, reverse=True)
        assert all(contrast(one, other) >= 1.3 for one, other in pairwise(bucket))


# How colour-blind eyes see a colour, in linear light (Viénot 1999, as tabulated by DaltonLens).
SEEN_BY: Final = {
    "deuteranopia": ((0.29031, 0.70969, 0.0), (0.29031, 0.70969, 0.0), (-0.02197, 0.02197, 1.0)),
    "protanopia": ((0.10889, 0.89111, 0.0), (0.10889, 0.89111, 0.0), (0.00447, -0.00447, 1.0)),
    "tritanopia": (
        (1.01277, 0.13548, -0.14826),
        (-0.01243, 0.86812, 0.14431),
        (0.07589, 0.80500, 0.11910),
    ),
}
# Differences in CIELAB: 2.3 can just be told apart. Blue and green come close for the few who see
# no blue (one in ten thousand), which is why no bucket is ever told by its colour alone.
LEAST_APART: Final = {"deuteranopia": 20.0, "protanopia": 20.0, "tritanopia": 5.0}
WHITE: Final = (0.95047, 1.0, 1.08883)
TO_XYZ: Final = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))


def times(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    return [
        max(sum(weight * value for weight, value in zip(row, vector, strict=True)), 0.0)
        for row in matrix
    ]


def linear(colour: str) -> list[float]:
    return [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels(colour)
    ]


def lab(light: Sequence[float]) -> tuple[float, float, float]:
    x, y, z = (
        value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
        for value in (a / b for a, b in zip(times(TO_XYZ, light), WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@both
@pytest.mark.parametrize("kind", list(SEEN_BY))
def test_buckets_differ_for_the_colour_blind_too(name: str, kind: str) -> None:
    look = LOOKS[name]
    mains = [bucket[0] for bucket in (look.unclaimed, look.claimed, look.lost)]
    seen = [lab(times(SEEN_BY[kind], linear(colour))) for colour in mains]
    assert min(dist(one, other) for one, other in combinations(seen, 2)) >= LEAST_APART[kind]


TOKENS: Final[dict[str, Callable[[Palette], str]]] = {
    "primaryColor": lambda look: look.primary,
    "backgroundColor": lambda look: look.background,
    "secondaryBackgroundColor": lambda look: look.second,
    "textColor": lambda look: look.text,
    "borderColor": lambda look: look.border,
    "grayColor": lambda look: look.muted,
    "blueColor": lambda look: look.unclaimed[0],
    "greenColor": lambda look: look.claimed[0],
    "orangeColor": lambda look: look.lost[0],
}


@both
@pytest.mark.parametrize("token", list(TOKENS))
def test_theme_and_figures_share_one_palette(name: str, token: str) -> None:
    look: Palette = LOOKS[name]
    assert theme(name)[token] == TOKENS[token](look)
