"""The three buckets as cards: what it is, how much, of what parts, one thing to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.exports.page.drawing import (
    BOLD,
    BORDER,
    CLAIMED,
    LOST,
    MUTED,
    PLAIN,
    QUIET,
    SECOND,
    UNCLAIMED,
    Box,
    Ink,
    Sheet,
    shrunk,
    width_of,
)
from services.insights.totals import Totals
from wording.buckets import BUCKETS, SHORT_STATES, WAYS, Named, expires_within, taken_back
from wording.money import money, moved

HEIGHT: Final = 122.0
_GAP: Final = 10.0
_PADDING: Final = 10.0
_BAR: Final = 8.0


@dataclass(frozen=True)
class Part:
    name: str
    amount: Decimal | None
    colour: str


@dataclass(frozen=True)
class Bucket:
    words: Named
    amount: Decimal | None
    parts: Sequence[Part]
    fact: str


def draw_buckets(sheet: Sheet, box: Box, totals: Totals, currency: str) -> None:
    buckets = (_unclaimed(totals, currency), _claimed(totals, currency), _lost(totals, currency))
    width = (box.width - 2 * _GAP) / 3
    for number, bucket in enumerate(buckets):
        _card(
            sheet,
            Box(box.left + number * (width + _GAP), box.top, width, HEIGHT),
            bucket,
            currency,
        )


def _unclaimed(totals: Totals, currency: str) -> Bucket:
    parts = [
        Part(SHORT_STATES["ready"], totals.ready.amount, UNCLAIMED[0]),
        Part(SHORT_STATES["in_progress"], totals.in_progress.amount, UNCLAIMED[1]),
        Part(SHORT_STATES["future"], totals.future.amount, UNCLAIMED[2]),
    ]
    month = totals.within_30_days
    soon = expires_within(month.amount, month.units, currency, 30)
    return Bucket(BUCKETS["unclaimed"], totals.unclaimed.amount, parts, soon)


def _claimed(totals: Totals, currency: str) -> Bucket:
    claimed = totals.claimed
    parts = [
        Part(WAYS["via_case"], claimed.via_case, CLAIMED[0]),
        Part(WAYS["automatic"], claimed.automatic, CLAIMED[1]),
    ]
    taken = taken_back(claimed.gross, claimed.reversed, currency)
    return Bucket(BUCKETS["claimed"], claimed.net, parts, taken)


def _lost(totals: Totals, currency: str) -> Bucket:
    parts = [
        Part(SHORT_STATES["expired"], totals.expired.amount, LOST[0]),
        Part(SHORT_STATES["denied"], totals.denied.amount, LOST[1]),
    ]
    lost = totals.lost_this_month
    month = f"{moved(lost.amount, lost.units, currency)} this month"
    return Bucket(BUCKETS["lost"], totals.lost.amount, parts, month)


def _card(sheet: Sheet, box: Box, bucket: Bucket, currency: str) -> None:
    sheet.fill(box, "#FFFFFF", border=BORDER, radius=6)
    inner = box.inner(_PADDING)
    title = Ink(size=9, font=BOLD)
    used = sheet.words(bucket.words.title, inner.left, inner.top + 7, title)
    meaning = shrunk(bucket.words.meaning, QUIET, inner.width - used - 5)
    sheet.words(bucket.words.meaning, inner.left + used + 5, inner.top + 7, meaning)
    figure = money(bucket.amount, currency)
    ink = shrunk(figure, Ink(size=19, font=BOLD), inner.width)
    sheet.words(figure, inner.left, inner.top + 31, ink)
    _bar(sheet, Box(inner.left, inner.top + 41, inner.width, _BAR), bucket.parts)
    for number, part in enumerate(bucket.parts):
        _part(sheet, inner, inner.top + 61 + number * 11.5, part, currency)
    fact = shrunk(bucket.fact, QUIET, inner.width)
    sheet.words(bucket.fact, inner.left, inner.bottom - 1, fact)


def _bar(sheet: Sheet, box: Box, parts: Sequence[Part]) -> None:
    """Lengths as the amounts are; a part below nought or unknown has no length."""
    lengths = [max(part.amount or Decimal(0), Decimal(0)) for part in parts]
    whole = sum(lengths, Decimal(0))
    sheet.fill(box, SECOND, border="" if whole else BORDER)
    left = box.left
    for part, length in zip(parts, lengths, strict=True):
        width = box.width * float(length / whole) if whole else 0.0
        if width:
            sheet.fill(Box(left, box.top, width, box.height), part.colour)
        left += width


def _part(sheet: Sheet, inner: Box, y: float, part: Part, currency: str) -> None:
    sheet.fill(Box(inner.left, y - 5.6, 5.6, 5.6), part.colour)
    name = Ink(size=7.5, colour=MUTED)
    sheet.words(part.name, inner.left + 9, y, name)
    room = inner.width - 9 - width_of(part.name, name) - 6
    amount = money(part.amount, currency)
    ink = shrunk(amount, Ink(size=PLAIN.size, side="right"), room)
    sheet.words(amount, inner.right, y, ink)
