"""Which questions are due: of each source the days that nobody has asked for, or that may have
changed since. Newest first, so that pages fill with what still can be claimed.

Days are cut at the same places whatever today is: a piece that was asked for stays the same piece.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from services.marketplaces.asking import Days, Source

_ONE_DAY: Final = timedelta(days=1)
_EPOCH: Final = date(1970, 1, 1)
_YEAR: Final = 12  # months
_SHORTEST_MONTH: Final = 28
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
# Pieces that the marketplace may still change are read again at most so often, the newest apart.
_AGAIN_EVERY: Final = timedelta(days=1)
# What was refused or not told is asked for once more, later each time.
_TRIES_AGAIN: Final = (timedelta(minutes=30), timedelta(hours=4), timedelta(days=1))


@dataclass(frozen=True)
class Last:
    """How the newest question of a piece ended. landed: whether it brought its days."""

    days: Days | None
    settled_at: datetime
    landed: bool
    tries: int


@dataclass(frozen=True)
class Due:
    """A question to be asked."""

    days: Days | None
    tries: int


def pieces(source: Source, today: date) -> Iterator[Days]:
    """The pieces of all days that may be asked for, the newest first.

    Each begins a whole number of piece lengths after 1 January 1970, or with a calendar month; the
    newest ends with the last day that is complete.
    """
    if source.piece is None:
        return
    last = today - source.settles_after
    oldest = today - source.history
    while last >= oldest:
        first = _first_day(source.piece, last, by_month=source.by_month)
        yield first if source.by_month else max(first, oldest), last
        last = first - _ONE_DAY


def _first_day(piece: timedelta, day: date, *, by_month: bool) -> date:
    """Of the piece that a day lies in."""
    if not by_month:
        return day - timedelta(days=(day - _EPOCH).days % piece.days)
    months = piece.days // _SHORTEST_MONTH
    first = (day.year * _YEAR + day.month - 1) // months * months
    return date(first // _YEAR, first % _YEAR + 1, 1)


def due(source: Source, today: date, now: datetime, asked: Iterable[Last]) -> Iterator[Due]:
    """What is to be asked for now, given how the newest question of each piece ended."""
    newest = _by_piece(source, asked)
    for days, every in _wanted(source, today):
        last = newest.get(_piece(source, days))
        if last is None:
            yield Due(days, 0)
        elif now >= _again_at(last, days, every):
            yield Due(days, 0 if last.landed else last.tries + 1)


def due_again(source: Source, today: date, wanted: Days) -> Iterator[Due]:
    """The pieces that hold any of these days, whatever is known of them."""
    for days in pieces(source, today):
        if days[0] <= wanted[1] and days[1] >= wanted[0]:
            yield Due(days, 0)


def next_time(source: Source, today: date, now: datetime, asked: Iterable[Last]) -> datetime:
    """When the first of the source's questions is due; now, where one is already."""
    newest = _by_piece(source, asked)
    found = (
        _again_at(newest[piece], days, every) if (piece := _piece(source, days)) in newest else now
        for days, every in _wanted(source, today)
    )
    return max(now, min(found, default=now + source.every))


def _wanted(source: Source, today: date) -> Iterator[tuple[Days | None, timedelta | None]]:
    """Every question of the source, and how long an answer to it is fresh; None: for ever."""
    if not source.has_days:
        yield None, source.every
        return
    changes_from = today - source.settles_after - source.again
    for place, days in enumerate(pieces(source, today)):
        if place == 0:
            yield days, source.every
        elif days[1] > changes_from:
            yield days, max(source.every, _AGAIN_EVERY)
        else:
            yield days, None


def _again_at(last: Last, days: Days | None, every: timedelta | None) -> datetime:
    if not last.landed:
        return last.settled_at + _TRIES_AGAIN[min(last.tries, len(_TRIES_AGAIN) - 1)]
    if every is not None:
        return last.settled_at + every
    grew = days is not None and last.days is not None and days[1] > last.days[1]
    return last.settled_at if grew else _NEVER


def _by_piece(source: Source, asked: Iterable[Last]) -> Mapping[date | None, Last]:
    return {_piece(source, one.days): one for one in asked}


def _piece(source: Source, days: Days | None) -> date | None:
    """The first day of the piece that the days lie in."""
    if days is None or source.piece is None:
        return None
    return _first_day(source.piece, days[1], by_month=source.by_month)
