"""A list on its way into a file: its columns, its lines, and text that can start nothing."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import IO, Final, TypeAlias, TypeVar

from services.insights.columns import Cell, Heading

Row = TypeVar("Row")

_STARTERS: Final = frozenset("=+-@")
# All control characters but tab and line breaks: some readers end a cell or a file at one.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Converted:
    """Money of another currency than its line's."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Rate:
    """What one of a currency is in another: a number, in all its digits."""

    value: Decimal


FileCell: TypeAlias = Cell | Converted | Rate
FileColumns: TypeAlias = Sequence[tuple[Heading, Callable[[Row], FileCell]]]


@dataclass(frozen=True)
class Line:
    """One row; every Decimal in it is money of this currency, but for what says its own."""

    cells: Sequence[FileCell]
    currency: str = ""


@dataclass(frozen=True)
class Table:
    """A whole list, read while it is written."""

    title: str
    header: Sequence[Heading]
    lines: Iterable[Line]


Write: TypeAlias = Callable[[Table, IO[bytes]], None]


class NobodyWaitsError(Exception):
    """Whoever asked for the file has gone: it is not made to its end."""


@dataclass(frozen=True)
class Taker:
    """Who takes a file away. out: what it is written to; waits: whether they are still there."""

    out: IO[bytes]
    waits: Callable[[], bool] = lambda: True

    def take(self, table: Table, write: Write) -> None:
        """Raises NobodyWaitsError as soon as a line is for nobody."""
        write(replace(table, lines=self._while_waiting(table.lines)), self.out)

    def _while_waiting(self, lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            if not self.waits():
                raise NobodyWaitsError
            yield line


def plain(words: str) -> str:
    """The text without what no file can hold."""
    return _UNWRITABLE.sub("", words)


def starts_a_formula(words: str) -> bool:
    """Whether a spreadsheet could take the text for a formula.

    It looks past spaces and invisible signs, and takes a full-width ＝ for an equals sign.
    """
    if words[:1] in {"\t", "\r", "\n"}:
        return True
    first = next((sign for sign in words if not _is_passed_over(sign)), "")
    return unicodedata.normalize("NFKC", first)[:1] in _STARTERS


def _is_passed_over(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "ZC" or unicodedata.category(sign) == "Mn"
