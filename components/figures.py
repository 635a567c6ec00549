"""How every figure is made: plain dicts, one look, one hover, one click.

A click is read from `customdata`, never from an index: an index changes meaning with the order
and number of traces.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

import streamlit as st

from components import elements
from components.palette import Palette
from wording.money import compact_money

Figure: TypeAlias = dict[str, Any]
Trace: TypeAlias = dict[str, Any]

FONT: Final = "Inter, system-ui, sans-serif"
TEXT_SIZE: Final = 12
LARGE_TEXT_SIZE: Final = 13.5  # on a shared screen
NOT_CHOSEN_OPACITY: Final = 0.35
_CONFIG: Final = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
_EVEN_STEPS: Final = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Choice:
    """What a click stands for: the name of the filter and its value, e.g. `type`, `returns`."""

    values: Mapping[str, str]


OnChoose: TypeAlias = Callable[[Choice], None]


def draw(  # noqa: PLR0913, what it shows and what a press does are separate questions
    figure: Figure,
    *,
    key: str,
    alt: str,
    on_choose: OnChoose | None = None,
    height: int,
    has_buttons: bool = False,
) -> Choice | None:
    """Draws a figure; answers once to each press.

    A keyboard presses the same marks from a list below it, but where the page has buttons of its
    own for them. Without `on_choose` there is nothing to press.
    The callback runs before the page does, so it may set a filter that a widget above holds.
    Streamlit forgets a chart's selection whenever its figure changes: the choice must be kept by
    `on_choose`, in the filter, and the chart's own data must not depend on it.
    """
    st.plotly_chart(
        figure,
        key=key,
        alt=alt,
        height=height,
        theme="streamlit",
        config=dict(_CONFIG),
        selection_mode="points",
        on_select=(lambda: _tell(key, on_choose)) if on_choose else "ignore",
    )
    if on_choose and not has_buttons:
        _marks(figure, key, alt, on_choose)
    clicked = st.session_state.pop(clicked_key(key), None)
    return Choice(clicked) if clicked else None


def clicked_key(key: str) -> str:
    """Where a click waits for its one answer; a test may put a click there."""
    return f"{key}-clicked"


def _tell(key: str, on_choose: OnChoose | None) -> None:
    _take(chosen(st.session_state[key]), key, on_choose)


def _take(choice: Choice | None, key: str, on_choose: OnChoose | None) -> None:
    if choice is None:
        return
    st.session_state[clicked_key(key)] = dict(choice.values)
    if on_choose:
        on_choose(choice)


def chosen(event: Any) -> Choice | None:
    """The first clicked mark that stands for something."""
    for point in event["selection"]["points"]:
        values = _values(point.get("customdata"))
        if values:
            return Choice(values)
    return None


# By keyboard ------------------------------------------------------------------------------------

_TAGS: Final = re.compile(r"<[^>]+>")


def _marks(figure: Figure, key: str, alt: str, on_choose: OnChoose | None) -> None:
    marks = list(marks_of(figure))
    own = f"{key}-marks"
    if marks:
        data = {"label": alt, "marks": [words for words, _ in marks]}
        elements.draw(
            "bars", data, key=own, on_press=lambda: _tell_mark(own, marks, key, on_choose)
        )


def _tell_mark(
    own: str, marks: Sequence[tuple[str, Choice]], key: str, on_choose: OnChoose | None
) -> None:
    """Only a mark that was drawn can have been pressed."""
    said = elements.pressed(own)
    if isinstance(said, int) and 0 <= said < len(marks):
        _take(marks[said][1], key, on_choose)


def marks_of(figure: Figure) -> Iterator[tuple[str, Choice]]:
    """Each mark that stands for something, once: the words of its hover, and what it chooses."""
    seen = []
    for trace in figure["data"]:
        for customdata in trace.get("customdata", ()):
            values = _values(customdata)
            if values and values not in seen:
                seen.append(values)
                yield _words(customdata[0]), Choice(values)


def _words(hover: str) -> str:
    return html.unescape(_TAGS.sub("", hover.replace("<br>", ", ")))


def _values(customdata: Any) -> dict[str, str]:
    pairs = customdata[1:] if isinstance(customdata, list | tuple) else []
    return dict(zip(pairs[::2], pairs[1::2], strict=False))


def mark(hover: str, **values: str) -> list[str]:
    """The customdata of one mark: its hover text, then the filters a click on it would set."""
    return [hover, *(word for pair in values.items() for word in pair)]


def layout(colours: Palette, **changes: Any) -> dict[str, Any]:
    """What every figure shares: our font, no background, no zoom, a quiet hover.

    When the reader switches between light and dark, the theme repaints faint lines at once, but
    what is said here waits for the app's next run. So words have the muted colour, which can be
    read on either background, and a hover brings its own.
    """
    return {
        "font": {"family": FONT, "size": TEXT_SIZE, "color": colours.muted},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": _hover_label(colours),
        "bargap": 0.4,
        **changes,
    }


def _hover_label(colours: Palette) -> dict[str, Any]:
    return {
        "bgcolor": colours.background,
        "bordercolor": colours.border,
        "font": {"family": FONT, "size": TEXT_SIZE, "color": colours.text},
        "align": "left",
        "namelength": 0,
    }


def in_large_type(figure: Any) -> Any:
    """The same figure with all its words larger. A style could not: the room that words have is
    measured by what the figure says."""
    if isinstance(figure, list):
        return [in_large_type(one) for one in figure]
    if not isinstance(figure, dict):
        return figure
    larger = {key: in_large_type(value) for key, value in figure.items()}
    for key in larger.keys() & {"font", "tickfont"}:
        larger[key] = {**larger[key], "size": LARGE_TEXT_SIZE}
    return larger


def hidden_axis(**changes: Any) -> dict[str, Any]:
    return {"visible": False, "fixedrange": True, **changes}


def word_axis(colours: Palette, **changes: Any) -> dict[str, Any]:
    return {
        "type": "category",
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": TEXT_SIZE, "color": colours.muted},
        **changes,
    }


def day_axis(colours: Palette, **changes: Any) -> dict[str, Any]:
    """Months or weeks: a narrow screen leaves names out instead of turning them on their side."""
    return {
        "type": "date",
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "tickangle": 0,
        "tickfont": {"size": TEXT_SIZE, "color": colours.muted},
        **changes,
    }


def money_axis(
    low: Decimal, high: Decimal, currency: str, colours: Palette, *, steps: int, **changes: Any
) -> dict[str, Any]:
    """Round amounts as `$2k`, faint lines, and room for the outermost mark."""
    ticks = money_ticks(low, high, steps)
    return {
        "fixedrange": True,
        "range": [float(min(low, ticks[0])), float(max(high, ticks[-1])) * 1.02 or 1.0],
        "tickvals": [float(tick) for tick in ticks],
        "ticktext": [compact_money(tick, currency) for tick in ticks],
        "showgrid": True,
        "zeroline": True,
        "zerolinecolor": colours.muted,
        "zerolinewidth": 1,
        "tickfont": {"size": TEXT_SIZE, "color": colours.muted},
        **changes,
    }


def money_ticks(low: Decimal, high: Decimal, steps: int) -> list[Decimal]:
    """About `steps` round amounts around zero that span low to high."""
    step = _round_step((max(high, Decimal(0)) - min(low, Decimal(0))) / steps)
    first = int((min(low, Decimal(0)) / step).to_integral_value(rounding="ROUND_CEILING"))
    last = int((max(high, Decimal(0)) / step).to_integral_value(rounding="ROUND_FLOOR"))
    return [step * position for position in range(first, last + 1)]


def _round_step(rough: Decimal) -> Decimal:
    if rough <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(rough.adjusted())
    return next(power * even for even in _EVEN_STEPS if power * even >= rough)


def bars(
    words: Sequence[str],
    amounts: Sequence[Decimal],
    customdata: Sequence[Sequence[str]],
    colour: str | Sequence[str],
    **changes: Any,
) -> Trace:
    """One set of bars. Here money becomes a float: a length on the screen, nothing else."""
    lengths = [float(amount) for amount in amounts]
    sideways = changes.get("orientation") == "h"
    return {
        "type": "bar",
        "x": lengths if sideways else list(words),
        "y": list(words) if sideways else lengths,
        "customdata": [list(row) for row in customdata],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
        "marker": {"color": colour, "cornerradius": 3},
        "unselected": {"marker": {"opacity": NOT_CHOSEN_OPACITY}},
        **changes,
    }
