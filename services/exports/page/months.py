"""What came in each month: paid stands up, taken back hangs down, net is the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from services.exports.page.drawing import (
    BORDER,
    CLAIMED,
    GRID,
    HEADING,
    MUTED,
    QUIET,
    TEXT,
    Box,
    Ink,
    Sheet,
    width_of,
)
from services.insights.answers import Month
from wording.buckets import PAYMENTS
from wording.days import month_name
from wording.money import compact_money, money
from wording.numbers import counted

_AXIS: Final = 34.0
_SMALL: Final = Ink(size=6.5, colour=MUTED)
_STEPS: Final = (1, 2, 2.5, 5, 10, 20, 25)


@dataclass(frozen=True)
class Scale:
    """Money to height: `top` and `bottom` are the amounts at the plot's edges."""

    plot: Box
    top: float
    bottom: float

    def y(self, amount: Decimal | float) -> float:
        share = (self.top - float(amount)) / (self.top - self.bottom)
        return self.plot.top + share * self.plot.height


def draw_months(sheet: Sheet, box: Box, months: Sequence[Month], currency: str) -> None:
    sheet.fill(box, "#FFFFFF", border=BORDER, radius=6)
    inner = box.inner(10)
    used = sheet.words("Recovered by month", inner.left, inner.top + 8, HEADING)
    net = sum((month.net for month in months), Decimal(0))
    said = f"{money(net, currency)} net in {counted(len(months), 'month', 'months')}"
    sheet.words(said, inner.left + used + 6, inner.top + 8, QUIET, room=inner.width - used - 6)
    if not any(month.paid or month.reversed for month in months):
        sheet.words("Nothing was paid in these months.", inner.left, inner.top + 40, QUIET)
        return
    _legend(sheet, inner.left, inner.top + 22)
    plot = Box(inner.left + _AXIS, inner.top + 32, inner.width - _AXIS, inner.height - 54)
    _plot(sheet, _scale(plot, months), months, currency)


def _legend(sheet: Sheet, left: float, y: float) -> None:
    x = left
    for name, colour in ((PAYMENTS["paid"], CLAIMED[0]), (PAYMENTS["reversed"], CLAIMED[1])):
        sheet.fill(Box(x, y - 5.2, 5.2, 5.2), colour)
        x += 8 + sheet.words(name, x + 8, y, _SMALL) + 10
    sheet.line((x, y - 2.4), (x + 12, y - 2.4), TEXT, 0.8)
    sheet.dot(x + 6, y - 2.4, TEXT)
    sheet.words("Net", x + 16, y, _SMALL)


def _scale(plot: Box, months: Sequence[Month]) -> Scale:
    """From the deepest to the highest mark, with a little air."""
    highest = float(max(max(month.paid, month.net) for month in months))
    deepest = float(max(max(month.reversed, -month.net) for month in months))
    return Scale(plot, max(highest, deepest / 4) * 1.06, -max(deepest, 0.0) * 1.06)


def _step(highest: float) -> float:
    """A round distance between the axis's lines: two to four of them up to the highest."""
    power = 10.0 ** (len(str(int(max(highest, 1)))) - 2)
    return next(part * power for part in _STEPS if highest <= 4 * part * power)


def _plot(sheet: Sheet, scale: Scale, months: Sequence[Month], currency: str) -> None:
    _lines(sheet, scale, currency)
    width = scale.plot.width / len(months)
    middles = [scale.plot.left + (number + 0.5) * width for number in range(len(months))]
    for middle, month in zip(middles, months, strict=True):
        _bars(sheet, scale, middle, width * 0.56, month)
        _name(sheet, middle, scale.plot.bottom + 9, month.month)
    _net(sheet, [(x, scale.y(month.net)) for x, month in zip(middles, months, strict=True)])


def _lines(sheet: Sheet, scale: Scale, currency: str) -> None:
    step = _step(scale.top)
    count = int(scale.top // step) + 1
    for number in range(count):
        amount = step * number
        y = scale.y(amount)
        colour = MUTED if amount == 0 else GRID
        sheet.line((scale.plot.left, y), (scale.plot.right, y), colour, 0.5)
        label = compact_money(Decimal(str(amount)), currency)
        ink = Ink(
            min(_SMALL.size, _SMALL.size * (_AXIS - 6) / max(width_of(label, _SMALL), 1)),
            colour=MUTED,
            side="right",
        )
        sheet.words(label, scale.plot.left - 5, y + 2.2, ink)


def _bars(sheet: Sheet, scale: Scale, middle: float, width: float, month: Month) -> None:
    nought = scale.y(0)
    if month.paid > 0:
        top = scale.y(month.paid)
        sheet.fill(Box(middle - width / 2, top, width, nought - top), CLAIMED[0])
    if month.reversed > 0:
        depth = scale.y(-month.reversed) - nought
        sheet.fill(Box(middle - width / 2, nought, width, depth), CLAIMED[1])


def _name(sheet: Sheet, middle: float, y: float, month: date) -> None:
    """January says below it which year begins."""
    ink = Ink(_SMALL.size, colour=MUTED, side="middle")
    sheet.words(month_name(month), middle, y, ink)
    if month.month == 1:
        sheet.words(str(month.year), middle, y + 8, ink)


def _net(sheet: Sheet, points: Sequence[tuple[float, float]]) -> None:
    for start, end in pairwise(points):
        sheet.line(start, end, TEXT, 0.8)
    for x, y in points:
        sheet.dot(x, y, TEXT)
