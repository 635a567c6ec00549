"""What report files are, before anything of them lands: kind, rows and days, or why they are none.

Read as landing reads them, and nothing kept. Whether rows are new, and which find their place, only
landing can tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from services.landing.documents import can_be_asked
from services.landing.read.delimited import IrregularError
from services.landing.read.unpack import Unpacked, unpack
from services.landing.recognise.kinds import Recognised, recognise
from services.landing.recognise.line_ends import with_told_lines
from services.landing.refusals import RefusedError
from services.landing.rows.cells import Words
from services.landing.rows.days import MONTH_FIRST, Order
from services.landing.rows.parse import Parser
from services.landing.ways.choosing import way_of


@dataclass(frozen=True)
class Seen:
    """One document of a file.

    marketplace None: a file of our own kinds, or none at all. first, last: days, or moments where
    the report has those (they become days in its channel's zone); None: no row names one.
    can_be_asked: whether it speaks for the days that it was asked for, where somebody says them;
    its rows are then of asked_first to asked_last, or none of them names a day.
    """

    name: str
    kind: str | None = None
    marketplace: str | None = None
    rows: int = 0
    first: date | None = None
    last: date | None = None
    refused_because: str = ""
    can_be_asked: bool = False
    asked_first: date | None = None
    asked_last: date | None = None


def look(path: Path, words: Words) -> Iterator[Seen]:
    """Each document in the file. A database is not asked; words: what only it would know."""
    name = path.name
    try:
        for document in unpack(path):
            name = document.name
            yield _look_at(document, words)
    except RefusedError as refusal:
        yield Seen(name, refused_because=str(refusal))


def _look_at(document: Unpacked, words: Words) -> Seen:
    try:
        [seen] = [_seen(told, words) for told in with_told_lines(document)]
    except RefusedError as refusal:
        return Seen(document.name, refused_because=str(refusal))
    return seen


def _seen(document: Unpacked, words: Words) -> Seen:
    kind = recognise(document)
    report = kind.report
    nothing = Seen(
        document.name, report.kind, report.marketplace, can_be_asked=can_be_asked(report)
    )
    parser, seen = _read(document, kind, words, MONTH_FIRST, nothing)
    proven = parser.tally.days.order()
    if proven != parser.tally.order:  # the file itself shows that its days have the day first
        _, seen = _read(document, kind, words, proven, nothing)
    return seen


def _read(
    document: Unpacked, kind: Recognised, words: Words, order: Order, nothing: Seen
) -> tuple[Parser, Seen]:
    parser = Parser(document, kind, words, _unheard, order=order)
    try:
        return parser, _counted(parser, kind, nothing)
    except IrregularError:
        parser = Parser(document, kind, words, _unheard, line_by_line=True, order=order)
        return parser, _counted(parser, kind, nothing)


def _counted(parser: Parser, kind: Recognised, nothing: Seen) -> Seen:
    seen, report = nothing, kind.report
    for batch in parser.batches():
        for name in report.days or ():
            seen = _with_days(seen, batch.values[name].min(), batch.values[name].max())
        for name in report.asked_by or report.days or ():
            seen = _with_asked(seen, batch.values[name].min(), batch.values[name].max())
    if stated := way_of(kind.report).stated(parser.tally):
        return replace(seen, rows=parser.tally.rows, first=stated[0], last=stated[1])
    unread = parser.tally.unread_days
    if unread and seen.first is None and kind.report.covers_days:  # as landing has it
        seen = _with_days(seen, *unread)
    return replace(seen, rows=parser.tally.rows)


def _with_days(seen: Seen, first: object, last: object) -> Seen:
    if not isinstance(first, date) or not isinstance(last, date):  # a moment is a day as well
        return seen
    return replace(seen, first=min(first, seen.first or first), last=max(last, seen.last or last))


def _with_asked(seen: Seen, first: object, last: object) -> Seen:
    if not isinstance(first, date) or not isinstance(last, date):
        return seen
    return replace(
        seen,
        asked_first=min(first, seen.asked_first or first),
        asked_last=max(last, seen.asked_last or last),
    )


def _unheard(_done: int) -> None:
    """Nobody waits at a bar: it is over in seconds."""
