"""Which days reports speak for: one line a report kind and part, broken where none does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any, Final

from components.figures import TEXT_SIZE, Figure, Trace, day_axis, draw, layout, mark, word_axis
from components.palette import Palette, palette
from wording.days import AXIS_DAY, AXIS_MONTH, days_between
from wording.numbers import counted

_LINE_HEIGHT: Final = 46
# Days where the axis shows weeks, months where it shows months.
_DAY_WORDS: Final = [
    {"dtickrange": [None, "M1"], "value": AXIS_DAY},
    {"dtickrange": ["M1", None], "value": AXIS_MONTH},
]
_DAY_MILLISECONDS: Final = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class CoverageLine:
    """One report kind of one part: the days that it speaks for, and the gaps between them.

    Of `unproven` days a report tells, but a row that could not be read may be about any of them.
    """

    name: str
    covered: Sequence[Span]
    gaps: Sequence[Span]
    unproven: Sequence[Span] = ()


def coverage_chart(lines: Sequence[CoverageLine], *, key: str) -> None:
    gaps = sum(len(line.gaps) for line in lines)
    unproven = sum(len(line.unproven) for line in lines)
    words = counted(gaps, "gap", "gaps") if gaps else "no gap"
    if unproven:
        words += f", {counted(unproven, 'stretch', 'stretches')} not proven"
    alt = f"{counted(len(lines), 'report', 'reports')} with the days they speak for: {words}"
    height = 40 + _LINE_HEIGHT * len(lines)
    draw(coverage_figure(lines, palette()), key=key, alt=alt, height=height)


def coverage_figure(lines: Sequence[CoverageLine], look: Palette) -> Figure:
    """A gap is outlined, not filled, an unproven day hatched: shape tells them from a covered day,
    and colour repeats it.
    """
    covered = [(line, span) for line in lines for span in line.covered]
    missing = [(line, span) for line in lines for span in line.gaps]
    unproven = [(line, span) for line in lines for span in line.unproven]
    names = [line.name for line in lines][::-1]
    outlined = {"color": look.background, "line": {"color": look.text, "width": 1.5}}
    return {
        "data": [
            _spans(covered, "covered", {"color": look.muted}),
            _spans(missing, "no report", outlined),
            _spans(unproven, "not proven: a row could not be read", _hatched(look)),
        ],
        "layout": layout(
            look,
            barmode="overlay",
            bargap=0.72,
            margin={"l": 0, "r": 8, "t": 14, "b": 24, "pad": 0},
            yaxis=word_axis(look, categoryorder="array", categoryarray=names, showticklabels=False),
            xaxis=day_axis(
                look, showgrid=True, gridcolor=look.grid, nticks=5, tickformatstops=_DAY_WORDS
            ),
            annotations=[_name(name, position, look) for position, name in enumerate(names)],
        ),
    }


def _hatched(look: Palette) -> dict[str, Any]:
    pattern = {"shape": "/", "size": 5, "solidity": 0.35, "fgcolor": look.text}
    line = {"color": look.text, "width": 1.5}
    return {"color": look.background, "pattern": pattern, "line": line}


def _name(name: str, position: int, look: Palette) -> dict[str, Any]:
    """Above its line, not beside it: a phone has no room beside."""
    return {
        "text": escape(name),
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": position,
        "yref": "y",
        "yanchor": "bottom",
        "yshift": 6,
        "showarrow": False,
        "font": {"size": TEXT_SIZE, "color": look.text},
    }


def _spans(spans: Sequence[tuple[CoverageLine, Span]], said: str, marker: dict[str, Any]) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "y": [line.name for line, _ in spans],
        "base": [span.first.isoformat() for _, span in spans],
        "x": [span.days * _DAY_MILLISECONDS for _, span in spans],
        "customdata": [mark(_hover(line, span, said)) for line, span in spans],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
        "marker": marker,
    }


def _hover(line: CoverageLine, span: Span, said: str) -> str:
    return (
        f"{escape(line.name)}<br><b>{days_between(span.first, span.last)}</b>"
        f"<br>{counted(span.days, 'day', 'days')} {said}"
    )


def spans_between(first: date, last: date, without: Sequence[Span]) -> list[Span]:
    """What is left of the days from first to last when these are taken out."""
    gaps = sorted(without, key=lambda span: span.first)
    starts = [first, *(gap.last + timedelta(days=1) for gap in gaps)]
    ends = [*(gap.first - timedelta(days=1) for gap in gaps), last]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True) if start <= end]


def gap_words(gaps: Sequence[Span]) -> str:
    """`11 to 13 Feb 2026`, one after another."""
    return "; ".join(days_between(gap.first, gap.last) for gap in gaps)
