"""The figures: every mark carries its filter and its cents, every scale its zero."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.charts import (
    MonthAmount,
    Segment,
    TypeAmount,
    WeekAmount,
    channel_panels,
    expiring_figure,
    parts_figure,
    recovered_figure,
    unclaimed_figure,
)
from components.figures import chosen, mark, money_ticks
from components.palette import DARK, LIGHT

CHANNELS = [("amazon-us", "Amazon US"), ("amazon-ca", "Amazon CA"), ("walmart-us", "Walmart US")]


def amounts(channels: list[tuple[str, str]]) -> list[TypeAmount]:
    return [
        TypeAmount("return", "Returns", key, name, Decimal(100 - position) + Decimal("0.25"), 3)
        for position, (key, name) in enumerate(channels)
    ]


def clicked(customdata: object) -> dict[str, Any]:
    return {"selection": {"points": [{"customdata": customdata}]}}


def test_a_click_is_read_from_what_the_mark_stands_for() -> None:
    choice = chosen(clicked(mark("hover", type="return", channel="amazon-us")))
    assert choice is not None
    assert choice.values == {"type": "return", "channel": "amazon-us"}


@pytest.mark.parametrize(
    "event",
    [clicked(None), clicked(["only hover"]), clicked("text"), {"selection": {"points": []}}],
)
def test_a_click_beside_every_mark_chooses_nothing(event: dict[str, Any]) -> None:
    assert chosen(event) is None


def test_each_marketplace_has_its_panel_and_one_colour_serves_all() -> None:
    figure = unclaimed_figure(amounts(CHANNELS), "USD", LIGHT, {})
    assert len(figure["data"]) == 3
    assert {trace["marker"]["color"] for trace in figure["data"]} == {LIGHT.primary}
    titles = [note["text"] for note in figure["layout"]["annotations"]]
    assert [name in title for (_key, name), title in zip(CHANNELS, titles, strict=True)]


def test_more_marketplaces_than_fit_are_shown_together_to_the_cent() -> None:
    many = [(f"c{position}", f"Channel {position}") for position in range(7)]
    rows = amounts(many)
    panels = channel_panels(rows)
    assert [panel.name for panel in panels] == ["Channel 0", "Channel 1", "5 others"]
    assert sum(panel.total for panel in panels) == sum(row.amount for row in rows)
    figure = unclaimed_figure(rows, "USD", LIGHT, {})
    together = chosen(clicked(figure["data"][2]["customdata"][0]))
    assert together is not None
    assert together.values == {"type": "return"}


def test_what_is_not_chosen_steps_back() -> None:
    figure = unclaimed_figure(amounts(CHANNELS), "USD", LIGHT, {"channel": "amazon-us"})
    assert [trace["marker"]["opacity"] == [1.0] for trace in figure["data"]] == [True, False, False]


def test_hover_tells_the_cents() -> None:
    figure = unclaimed_figure(amounts(CHANNELS), "USD", LIGHT, {})
    assert "$100.25" in figure["data"][0]["customdata"][0][0]


def test_names_cannot_write_markup_into_a_figure() -> None:
    row = TypeAmount("t", "<img src=x>", "c", "<b>C", Decimal(1), 1)
    figure = unclaimed_figure([row], "USD", LIGHT, {})
    assert "<img" not in figure["data"][0]["customdata"][0][0]
    assert "<b>C" not in figure["layout"]["annotations"][0]["text"].removeprefix("<b>")


def test_reversed_hangs_below_zero_and_net_is_its_own_line() -> None:
    months = [MonthAmount(date(2026, 1, 1), Decimal("100.00"), Decimal("30.10"))]
    paid, back, net = recovered_figure(months, "USD", LIGHT)["data"]
    assert (paid["y"], back["y"], net["y"]) == ([100.0], [-30.1], [69.9])
    assert "pattern" in back["marker"]
    assert "Net $69.90" in net["customdata"][0][0]
    choice = chosen(clicked(paid["customdata"][0]))
    assert choice is not None
    assert choice.values == {"month": "2026-01"}


def test_parts_keep_their_colour_when_one_of_them_is_nothing() -> None:
    parts = [Segment("a", "A", Decimal(0)), Segment("b", "B", Decimal(5))]
    figure = parts_figure(parts, "USD", LIGHT.unclaimed, LIGHT)
    assert [trace["marker"]["color"] for trace in figure["data"]] == [LIGHT.unclaimed[1]]
    assert figure["data"][0]["marker"]["line"]["color"] == LIGHT.unclaimed[0]


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_nothing_at_all_is_still_a_figure(look: Any) -> None:
    assert parts_figure([], "USD", look.lost, look)["data"]
    assert unclaimed_figure([], "USD", look, {})["data"] == []
    assert recovered_figure([], "USD", look)["layout"]
    assert expiring_figure([], "USD", look)["layout"]


def test_a_week_answers_with_its_first_day() -> None:
    week = WeekAmount(date(2026, 11, 23), date(2026, 11, 29), Decimal("2310.40"), 8)
    trace = expiring_figure([week], "USD", LIGHT)["data"][0]
    choice = chosen(clicked(trace["customdata"][0]))
    assert choice is not None
    assert choice.values == {"week": "2026-11-23"}


@given(
    st.decimals("-1e9", "0", places=2),
    st.decimals("0", "1e9", places=2),
    st.integers(min_value=2, max_value=6),
)
def test_an_axis_has_few_even_steps_and_a_zero(low: Decimal, high: Decimal, steps: int) -> None:
    ticks = money_ticks(low, high, steps)
    assert Decimal(0) in ticks
    assert len(ticks) <= steps + 2
    assert len({second - first for first, second in pairwise(ticks)}) <= 1


def test_no_figure_can_be_zoomed_by_accident() -> None:
    figure = recovered_figure([], "USD", LIGHT)
    assert figure["layout"]["dragmode"] is False
    assert figure["layout"]["xaxis"]["fixedrange"]
    assert figure["layout"]["yaxis"]["fixedrange"]
