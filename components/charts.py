"""The charts: each asks one question and answers it in its title, its hover and its `alt`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from math import ceil
from typing import Any, Final

from components.figures import (
    NOT_CHOSEN_OPACITY,
    TEXT_SIZE,
    Choice,
    Figure,
    OnChoose,
    Trace,
    bars,
    day_axis,
    draw,
    hidden_axis,
    in_large_type,
    layout,
    mark,
    money_axis,
    word_axis,
)
from components.palette import Palette, palette
from wording.buckets import PAYMENTS
from wording.days import (
    AXIS_DAY,
    AXIS_MONTH_OVER_YEAR,
    days_between,
    month_and_year,
)
from wording.money import money
from wording.numbers import counted

CHART_HEIGHT: Final = 190
_MOST_PANELS: Final = 3
_MOST_WEEK_NAMES: Final = 7
_WEEK_MILLISECONDS: Final = 7 * 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Segment:
    """One part of one bar; `short` is its name where room is scarce and the whole is named.

    An unknown amount (None) takes no room in the bar and is called unknown.
    """

    key: str
    label: str
    amount: Decimal | None
    short: str = ""

    @property
    def length(self) -> Decimal:
        return max(self.amount or Decimal(0), Decimal(0))


@dataclass(frozen=True)
class TypeAmount:
    """What is unclaimed of one type on one channel; names are what people read."""

    type_key: str
    type_name: str
    channel_key: str
    channel_name: str
    amount: Decimal
    count: int


@dataclass(frozen=True)
class MonthAmount:
    """One calendar month; `reversed_` is what was taken back, as a positive amount."""

    month: date
    paid: Decimal
    reversed_: Decimal

    @property
    def net(self) -> Decimal:
        return self.paid - self.reversed_


@dataclass(frozen=True)
class WeekAmount:
    """What expires in the week that starts on `starts`."""

    starts: date
    ends: date
    amount: Decimal
    count: int


# One bar of parts ----------------------------------------------------------------------------


def parts_bar(  # noqa: PLR0913, what it shows and what a press does are separate questions
    segments: Sequence[Segment],
    currency: str,
    colours: Sequence[str],
    *,
    key: str,
    name: str,
    on_choose: OnChoose | None = None,
) -> Choice | None:
    """A whole and its parts, which stand below it once more, as buttons or as words.

    The outline keeps the palest part visible on any background.
    """
    figure = parts_figure(segments, currency, colours, palette())
    alt = f"{name}: " + ", ".join(f"{s.label} {money(s.amount, currency)}" for s in segments)
    return draw(figure, key=key, alt=alt, on_choose=on_choose, height=26, has_buttons=True)


def parts_figure(
    segments: Sequence[Segment], currency: str, colours: Sequence[str], look: Palette
) -> Figure:
    total = sum((s.length for s in segments), Decimal(0))
    traces = [
        _segment_trace(segment, currency, colour, colours[0])
        for segment, colour in zip(segments, colours, strict=False)
        if segment.length
    ]
    return {
        "data": traces or [_nothing_trace(look)],
        "layout": layout(
            look,
            barmode="stack",
            bargap=0.45,
            xaxis=hidden_axis(range=[0, float(total) * 1.003 or 1.0]),
            yaxis=hidden_axis(),
        ),
    }


def _segment_trace(segment: Segment, currency: str, colour: str, outline: str) -> Trace:
    hover = f"{escape(segment.label)} <b>{money(segment.amount, currency)}</b>"
    look = {"color": colour, "line": {"color": outline, "width": 1}}
    customdata = [mark(hover, part=segment.key)]
    return bars([""], [segment.length], customdata, colour, orientation="h", marker=look)


def _nothing_trace(look: Palette) -> Trace:
    return bars([""], [Decimal(1)], [mark("Nothing yet")], look.border, orientation="h")


# Unclaimed by type and marketplace ------------------------------------------------------------


def unclaimed_by_type(
    amounts: Sequence[TypeAmount],
    currency: str,
    *,
    key: str,
    chosen_values: Mapping[str, str] | None = None,
    on_choose: OnChoose | None = None,
) -> Choice | None:
    """One panel a marketplace, named in words, on one scale: colour keeps its one meaning."""
    figure = unclaimed_figure(amounts, currency, palette(), chosen_values or {})
    return draw(
        figure,
        key=key,
        alt=_unclaimed_alt(amounts, currency),
        on_choose=on_choose,
        height=CHART_HEIGHT,
    )


def _unclaimed_alt(amounts: Sequence[TypeAmount], currency: str) -> str:
    total = sum((row.amount for row in amounts), Decimal(0))
    if not amounts:
        return "Nothing is unclaimed"
    most = max(amounts, key=lambda row: row.amount)
    return (
        f"Unclaimed {money(total, currency)} by type and marketplace, most in "
        f"{most.type_name} on {most.channel_name}: {money(most.amount, currency)}"
    )


def unclaimed_figure(
    amounts: Sequence[TypeAmount],
    currency: str,
    look: Palette,
    chosen_values: Mapping[str, str],
) -> Figure:
    panels = channel_panels(amounts)
    highest = max((row.amount for panel in panels for row in panel.rows), default=Decimal(0))
    types = list(dict.fromkeys(row.type_name for row in amounts))[::-1]
    return {
        "data": [
            _panel_trace(panel, position, currency, look, chosen_values)
            for position, panel in enumerate(panels, start=1)
        ],
        "layout": layout(
            look,
            margin={"l": 74, "r": 6, "t": 40, "b": 22, "pad": 4},
            annotations=[
                _panel_title(panel, position, currency, look)
                for position, panel in enumerate(panels, start=1)
            ],
            yaxis=word_axis(look, categoryorder="array", categoryarray=types),
            **_panel_axes(len(panels), highest, currency, look),
        ),
    }


@dataclass(frozen=True)
class Panel:
    """One marketplace's rows, or those of several small ones together (then without a key)."""

    channel_key: str | None
    name: str
    rows: Sequence[TypeAmount]

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), Decimal(0))


def channel_panels(amounts: Sequence[TypeAmount]) -> list[Panel]:
    """Largest first. More than fit side by side are shown together, never left out."""
    by_channel: dict[str, list[TypeAmount]] = {}
    for row in amounts:
        by_channel.setdefault(row.channel_key, []).append(row)
    panels = [Panel(name, rows[0].channel_name, rows) for name, rows in by_channel.items()]
    panels.sort(key=lambda panel: panel.total, reverse=True)
    if len(panels) <= _MOST_PANELS:
        return panels
    return [*panels[: _MOST_PANELS - 1], _together(panels[_MOST_PANELS - 1 :])]


def _together(panels: Sequence[Panel]) -> Panel:
    by_type: dict[str, list[TypeAmount]] = {}
    for row in (row for panel in panels for row in panel.rows):
        by_type.setdefault(row.type_key, []).append(row)
    name = counted(len(panels), "other", "others")
    return Panel(None, name, [_summed(rows, name) for rows in by_type.values()])


def _summed(rows: Sequence[TypeAmount], name: str) -> TypeAmount:
    first = rows[0]
    amount = sum((row.amount for row in rows), Decimal(0))
    return TypeAmount(
        first.type_key, first.type_name, "", name, amount, sum(row.count for row in rows)
    )


def _panel_trace(
    panel: Panel, position: int, currency: str, look: Palette, chosen_values: Mapping[str, str]
) -> Trace:
    return bars(
        [row.type_name for row in panel.rows],
        [row.amount for row in panel.rows],
        [_type_mark(row, panel, currency) for row in panel.rows],
        look.primary,
        orientation="h",
        xaxis="x" if position == 1 else f"x{position}",
        marker={
            "color": look.primary,
            "cornerradius": 3,
            "opacity": [_opacity(row, chosen_values) for row in panel.rows],
        },
    )


def _type_mark(row: TypeAmount, panel: Panel, currency: str) -> list[str]:
    hover = (
        f"{escape(row.type_name)} · {escape(panel.name)}<br><b>{money(row.amount, currency)}</b>"
        + (f"<br>{counted(row.count, 'item', 'items')}" if row.count else "")
    )
    channel = {"channel": panel.channel_key} if panel.channel_key else {}
    return mark(hover, type=row.type_key, **channel)


def _opacity(row: TypeAmount, chosen_values: Mapping[str, str]) -> float:
    mine = {"type": row.type_key, "channel": row.channel_key}
    matches = all(mine.get(name, value) == value for name, value in chosen_values.items())
    return 1.0 if matches else NOT_CHOSEN_OPACITY


def _panel_axes(count: int, highest: Decimal, currency: str, look: Palette) -> dict[str, Any]:
    return {
        "xaxis" if position == 0 else f"xaxis{position + 1}": _panel_axis(
            position,
            count,
            money_axis(Decimal(0), highest, currency, look, steps=4 - min(count, 2)),
        )
        for position in range(count)
    }


def _panel_axis(position: int, count: int, axis: dict[str, Any]) -> dict[str, Any]:
    """Zero is named once: beside the last amount of the panel before, it could be misread."""
    width = 1 / count
    names = axis["ticktext"] if position == 0 else ["", *axis["ticktext"][1:]]
    domain = [position * width + (0.02 if position else 0), (position + 1) * width - 0.02]
    return {**axis, "ticktext": names, "domain": domain, "anchor": "y", "side": "bottom"}


def _panel_title(panel: Panel, position: int, currency: str, look: Palette) -> dict[str, Any]:
    return {
        "text": f"<b>{escape(panel.name)}</b><br>{money(panel.total, currency)}",
        "xref": "x domain" if position == 1 else f"x{position} domain",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "yshift": 38,
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "showarrow": False,
        "font": {"size": TEXT_SIZE, "color": look.muted},
    }


# Recovered by month ----------------------------------------------------------------------------


def recovered_by_month(
    months: Sequence[MonthAmount],
    currency: str,
    *,
    key: str,
    large: bool = False,
    on_choose: OnChoose | None = None,
) -> Choice | None:
    """Paid stands up, reversed hangs down, net is the line: position and shape tell them apart."""
    figure = recovered_figure(months, currency, palette())
    return draw(
        in_large_type(figure) if large else figure,
        key=key,
        alt=_recovered_alt(months, currency),
        on_choose=on_choose,
        height=CHART_HEIGHT,
    )


def _recovered_alt(months: Sequence[MonthAmount], currency: str) -> str:
    if not months:
        return "Nothing recovered yet"
    net = sum((m.net for m in months), Decimal(0))
    back = sum((m.reversed_ for m in months), Decimal(0))
    return (
        f"Recovered {money(net, currency)} net over {counted(len(months), 'month', 'months')}, "
        f"{money(back, currency)} of it taken back"
    )


def recovered_figure(months: Sequence[MonthAmount], currency: str, look: Palette) -> Figure:
    words = [m.month.isoformat() for m in months]
    customdata = [_month_mark(m, currency) for m in months]
    highest = max((m.paid for m in months), default=Decimal(0))
    lowest = -max((m.reversed_ for m in months), default=Decimal(0))
    return {
        "data": [
            bars(
                words, [m.paid for m in months], customdata, look.claimed[0], name=PAYMENTS["paid"]
            ),
            _reversed_trace(months, words, customdata, look),
            _net_trace(months, words, customdata, look),
        ],
        "layout": layout(
            look,
            barmode="relative",
            margin={"l": 40, "r": 4, "t": 26, "b": 34, "pad": 4},
            **_legend_above(look),
            xaxis=day_axis(look, tickformat=AXIS_MONTH_OVER_YEAR),
            yaxis=money_axis(lowest, highest, currency, look, steps=3),
        ),
    }


def _month_mark(month: MonthAmount, currency: str) -> list[str]:
    hover = (
        f"{month_and_year(month.month)}"
        f"<br>Paid {money(month.paid, currency)}"
        f"<br>Taken back {money(-month.reversed_, currency)}"
        f"<br><b>Net {money(month.net, currency)}</b>"
    )
    return mark(hover, month=f"{month.month:%Y-%m}")


def _reversed_trace(
    months: Sequence[MonthAmount], words: list[str], customdata: list[list[str]], look: Palette
) -> Trace:
    hatched = {"color": look.background, "line": {"color": look.claimed[0], "width": 1}}
    hatched |= {"pattern": {"shape": "/", "fgcolor": look.claimed[0], "size": 4, "solidity": 0.4}}
    amounts = [-m.reversed_ for m in months]
    return bars(
        words, amounts, customdata, look.claimed[1], marker=hatched, name=PAYMENTS["reversed"]
    )


def _net_trace(
    months: Sequence[MonthAmount], words: list[str], customdata: list[list[str]], look: Palette
) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Net",
        "x": words,
        "y": [float(m.net) for m in months],
        "customdata": customdata,
        "hovertemplate": "%{customdata[0]}<extra></extra>",
        "line": {"color": look.text, "width": 1.5},
        "marker": {"size": 5, "color": look.background, "line": {"color": look.text, "width": 1.5}},
    }


def _legend_above(look: Palette) -> dict[str, Any]:
    return {
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": TEXT_SIZE, "color": look.muted},
        },
    }


# What expires per week --------------------------------------------------------------------------


def expiring_by_week(
    weeks: Sequence[WeekAmount],
    currency: str,
    *,
    key: str,
    on_choose: OnChoose | None = None,
) -> Choice | None:
    """What is lost if nothing is filed, week by week; a click answers with the week's first day."""
    total = sum((week.amount for week in weeks), Decimal(0))
    alt = f"{money(total, currency)} expires over {counted(len(weeks), 'week', 'weeks')}"
    figure = expiring_figure(weeks, currency, palette())
    return draw(figure, key=key, alt=alt, on_choose=on_choose, height=CHART_HEIGHT)


def expiring_figure(weeks: Sequence[WeekAmount], currency: str, look: Palette) -> Figure:
    words = [week.starts.isoformat() for week in weeks]
    highest = max((week.amount for week in weeks), default=Decimal(0))
    return {
        "data": [
            bars(
                words,
                [week.amount for week in weeks],
                [_week_mark(week, currency) for week in weeks],
                look.primary,
            )
        ],
        "layout": layout(
            look,
            margin={"l": 40, "r": 4, "t": 8, "b": 24, "pad": 4},
            xaxis=_week_axis(weeks, look),
            yaxis=money_axis(Decimal(0), highest, currency, look, steps=3),
        ),
    }


def _week_axis(weeks: Sequence[WeekAmount], look: Palette) -> dict[str, Any]:
    every = ceil(len(weeks) / _MOST_WEEK_NAMES) or 1
    first = weeks[0].starts.isoformat() if weeks else None
    return day_axis(look, tickformat=AXIS_DAY, tick0=first, dtick=every * _WEEK_MILLISECONDS)


def _week_mark(week: WeekAmount, currency: str) -> list[str]:
    hover = (
        f"{days_between(week.starts, week.ends)}"
        f"<br><b>{money(week.amount, currency)}</b> expires"
        f"<br>{counted(week.count, 'item', 'items')}"
    )
    return mark(hover, week=week.starts.isoformat())
