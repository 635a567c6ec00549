"""Pages of a list by key, not by number: the page after a row costs the same wherever it lies.

A cursor is what a page's address carries: `after` or `before`, and the sort key of a row, its parts
written so that no value can be taken for the sign between them. It comes from outside, so it is
read strictly; what cannot be read is the first page.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote, unquote

from sqlalchemy import Connection, TextClause, text

from services.database.sql import fill, fill_from, gaps
from services.insights.answers import Counted, Page
from services.insights.ask import ask

Row = TypeVar("Row")
Reader = Callable[[str], object]
Key = dict[str, tuple[Reader, object]]

PAGE_SIZE: Final = 50
MOST_COUNTED: Final = 5_000  # of a longer list is said that it is longer
_ROWS_AT_ONCE: Final = 1_000  # of a list that is read whole, so many are held
_BETWEEN: Final = "~"
_MOST_DIGITS: Final = 18  # a bigint holds them all
MOST: Final = Decimal(10) ** 12  # more than any amount a day; in hundredths it still fits a bigint
_ONWARDS: Final = {
    "rising": "asc",
    "falling": "desc",
    "above": ">",
    "below": "<",
    "up_to": "<=",
    "down_to": ">=",
    "plus": "+",
    "minus": "-",
    "widest": "ceil",
    "narrowest": "floor",
    "end": "0",  # of amounts that fall: none stands after it
}
_BACKWARDS: Final = {
    "rising": "desc",
    "falling": "asc",
    "above": "<",
    "below": ">",
    "up_to": ">=",
    "down_to": "<=",
    "plus": "-",
    "minus": "+",
    "widest": "floor",
    "narrowest": "ceil",
    "end": str(MOST),
}


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A statement written once, to be read onwards or backwards, what it answers, its sort key.

    Each part of the key is a column of the answer; with it comes the way to read it from an
    address, and the value that lies before every row. The statement binds it as `:at_<name>`.
    """

    onwards: TextClause
    backwards: TextClause
    answer: type[Row]
    key: Key

    @property
    def total(self) -> TextClause:
        """Of a list whose rows have an `amount`: how many they are, and what they come to."""
        return text(fill(_TOTAL, listed=self.onwards.text))


_TOTAL: Final = """
select count(*) as count, coalesce(sum(amount), 0) as known_amount,
    count(*) filter (where amount is null) as without_amount
from ({listed}) listed
"""


def listing(written: str, answer: type[Row], key: Key, **pieces: str) -> Listing[Row]:
    """`{rising}`, `{above}` … turn with the direction, in the statement and in its pieces.

    A piece may have the gaps of those before it.
    """
    return Listing(
        _turned(written, pieces, _ONWARDS),
        _turned(written, pieces, _BACKWARDS),
        answer,
        key,
    )


def _turned(written: str, pieces: dict[str, str], words: dict[str, str]) -> TextClause:
    unused = pieces.keys() - gaps(" ".join((written, *pieces.values())))
    if unused:
        raise ValueError(f"no gap for {sorted(unused)}")
    known = dict(words)
    for name, piece in pieces.items():
        known[name] = fill_from(known, piece)
    return text(fill_from(known, written))


def number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS):
        raise ValueError(word)
    return int(word)


def amount(word: str) -> Decimal:
    value = Decimal(word)
    if not value.is_finite() or abs(value) > MOST or abs(value.adjusted()) > _MOST_DIGITS:
        raise ValueError(word)
    return value


def day(word: str) -> date:
    return date.fromisoformat(word)


def moment(word: str) -> datetime:
    """With its zone: a time without one would be read in the server's."""
    value = datetime.fromisoformat(word)
    if value.tzinfo is None:
        raise ValueError(word)
    return value


def plain(word: str) -> str:
    if "\0" in word:  # PostgreSQL holds no such text
        raise ValueError(word)
    return word


@dataclass(frozen=True)
class Asked(Generic[Row]):
    """A listing as one reader asks for it: the account, the filters and the view are bound."""

    listing: Listing[Row]
    bound: Mapping[str, Any]

    def page(
        self, connection: Connection, cursor: str | None = None, size: int = PAGE_SIZE
    ) -> Page[Row]:
        """The page beside the cursor, in the listing's own order, and its neighbours' cursors."""
        key, before = _read_cursor(cursor, self.listing.key)
        direction = self.listing.backwards if before else self.listing.onwards
        found = ask(connection, direction, self.listing.answer, self._from(key, size + 1))
        rows, more = found[:size], len(found) > size
        if before:
            return _page(rows[::-1], self.listing.key, follows=True, precedes=more)
        return _page(rows, self.listing.key, follows=more, precedes=key is not None)

    def total(self, connection: Connection) -> Counted:
        """What the whole list comes to, as far as it is counted: `MOST_COUNTED` rows, and one."""
        values = self._from(None, MOST_COUNTED + 1)
        return ask(connection, self.listing.total, Counted, values)[0]

    def every(self, connection: Connection, most: int) -> Iterator[Row]:
        """All of it, to `most` rows, by one question: rows come as they are taken."""
        streamed = {"stream_results": True, "yield_per": _ROWS_AT_ONCE}
        values = self._from(None, most)
        with connection.execute(self.listing.onwards, values, execution_options=streamed) as found:
            for row in found.mappings():
                yield self.listing.answer(**row)

    def _from(self, key: dict[str, object] | None, size: int) -> dict[str, Any]:
        start = key or {name: first for name, (_, first) in self.listing.key.items()}
        at = {f"at_{name}": value for name, value in start.items()}
        return {**self.bound, **at, "size": size}


def _read_cursor(cursor: str | None, key: Key) -> tuple[dict[str, object] | None, bool]:
    side, *parts = (cursor or "").split(_BETWEEN)
    if side not in ("after", "before") or len(parts) != len(key):
        return None, False
    readers = [reader for reader, _ in key.values()]
    try:
        values = [
            reader(unquote(part, errors="strict"))
            for reader, part in zip(readers, parts, strict=True)
        ]
    except (ValueError, InvalidOperation):
        return None, False
    return dict(zip(key, values, strict=True)), side == "before"


def _page(rows: Sequence[Row], key: Key, *, follows: bool, precedes: bool) -> Page[Row]:
    return Page(
        tuple(rows),
        _write_cursor("after", rows[-1], key) if rows and follows else None,
        _write_cursor("before", rows[0], key) if rows and precedes else None,
    )


def _write_cursor(side: str, row: object, key: Key) -> str:
    return _BETWEEN.join([side, *(_written(str(getattr(row, name))) for name in key)])


def _written(part: str) -> str:
    """Percent-encoded; an address leaves this one sign as it is, so it is encoded by hand."""
    return quote(part, safe=" :").replace(_BETWEEN, "%7E")
