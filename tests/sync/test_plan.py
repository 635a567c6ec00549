"""Which days are asked for, and when again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from services.marketplaces.asking import Source
from services.sync.plan import Last, due, next_time, pieces

TODAY: Final = date(2026, 11, 28)
NOW: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)


def ledger(**more: Any) -> Source:
    usual = Source(
        "ledger",
        ("kind",),
        "region",
        "report",
        every=timedelta(hours=4),
        piece=30 * DAY,
        again=90 * DAY,
        settles_after=DAY,
    )
    return replace(usual, **more)


SOURCES: Final = st.builds(
    lambda piece, again, history, settles: ledger(
        piece=piece * DAY, again=again * DAY, history=history * DAY, settles_after=settles * DAY
    ),
    st.integers(1, 60),
    st.integers(0, 120),
    st.integers(1, 600),
    st.integers(0, 3),
)


@given(SOURCES, st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_pieces_hold_each_day_of_the_history_once_the_newest_first(
    source: Source, today: date
) -> None:
    found = list(pieces(source, today))
    asked = [first + n * DAY for first, last in found for n in range((last - first).days + 1)]
    last = today - source.settles_after
    whole = [last - n * DAY for n in range((last - (today - source.history)).days + 1)]
    assert sorted(asked) == sorted(whole)
    assert all(later[0] > earlier[1] for later, earlier in pairwise(found))


@given(SOURCES, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_a_piece_stays_the_same_piece_the_days_after(
    source: Source, today: date, later: int
) -> None:
    """But for the newest, which grows, and the oldest, which is forgotten day by day."""
    before = list(pieces(source, today))[1:-1]
    after = list(pieces(source, today + later * DAY))
    assert all(
        piece in after for piece in before if piece[0] > today + later * DAY - source.history
    )


@given(st.integers(31, 200), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 100))
def test_pieces_of_months_begin_and_end_with_a_month(length: int, today: date, later: int) -> None:
    """But for the newest, which ends with the last complete day."""
    source = ledger(piece=length * DAY, by_month=True)
    newest, *others = pieces(source, today)
    assert newest[1] == today - source.settles_after
    assert all((last + DAY).day == 1 for _, last in others)
    assert all(first.day == 1 for first, _ in (newest, *others))
    assert all(later[0] == earlier[1] + DAY for later, earlier in pairwise([newest, *others]))
    assert others[-1][0] <= today - source.history
    assert all((last - first).days < length + 31 for first, last in others)
    after = list(pieces(source, today + later * DAY))
    assert all(one in after for one in others if one[1] >= after[-1][1])


def test_what_nobody_asked_for_is_due_the_newest_first() -> None:
    found = [one.days for one in due(ledger(), TODAY, NOW, [])]
    assert found == list(pieces(ledger(), TODAY))
    assert found[0] is not None
    assert found[0][1] == date(2026, 11, 27)


def answered(source: Source, ago: timedelta, *, landed: bool = True, tries: int = 0) -> list[Last]:
    return [Last(days, NOW - ago, landed, tries) for days in pieces(source, TODAY)]


def test_only_what_may_still_change_is_read_again() -> None:
    source = ledger()
    days = list(pieces(source, TODAY))
    hourly = [one.days for one in due(source, TODAY, NOW, answered(source, timedelta(hours=5)))]
    assert hourly == days[:1]
    daily = [one.days for one in due(source, TODAY, NOW, answered(source, timedelta(days=1)))]
    changing = [one for one in days if one[1] > date(2026, 11, 27) - 90 * DAY]
    assert daily == changing
    assert next_time(source, TODAY, NOW, answered(source, timedelta(hours=1))) == NOW + timedelta(
        hours=3
    )


def test_a_piece_that_has_grown_since_is_asked_for_once_more() -> None:
    """Of a source that never changes what it said."""
    source = ledger(again=timedelta(0), piece=7 * DAY)
    then = TODAY - 20 * DAY
    before = [Last(days, NOW - 20 * DAY, True, 0) for days in pieces(source, then)]
    found = [one.days for one in due(source, TODAY, NOW, before)]
    grown = before[0].days
    assert grown is not None
    new = [one for one in pieces(source, TODAY) if one[1] > grown[1]]
    assert found == new
    assert any(first == grown[0] for first, _ in new)


def test_what_was_not_told_is_asked_again_later_and_later() -> None:
    source = ledger(history=DAY, piece=timedelta(days=1))
    [days] = pieces(source, TODAY)
    waits = []
    for tries in range(4):
        failed = Last(days, NOW, False, tries)
        at = next_time(source, TODAY, NOW, [failed])
        waits.append(at - NOW)
        assert list(due(source, TODAY, at - timedelta(seconds=1), [failed])) == []
        [again] = due(source, TODAY, at, [failed])
        assert again.tries == tries + 1
    assert waits == sorted(waits)
    assert waits[0] < waits[2]


def test_a_snapshot_is_due_when_it_is_old() -> None:
    stock = Source("stock", ("kind",), "channel", "report", timedelta(hours=12))
    assert [one.days for one in due(stock, TODAY, NOW, [])] == [None]
    fresh = [Last(None, NOW - timedelta(hours=11), True, 0)]
    assert list(due(stock, TODAY, NOW, fresh)) == []
    assert next_time(stock, TODAY, NOW, fresh) == NOW + timedelta(hours=1)
