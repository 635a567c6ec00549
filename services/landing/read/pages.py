"""Whether the answers of a document are all that the marketplace had to say, or some pages of it.

An answer says how many records there are (`totalCount`), or that there are more (`nextToken`,
`nextCursor`). Where both stand the number counts: a cursor may be given after the last page, too.
Source: Walmart Marketplace API (returns, inbound shipments, inventory log), Amazon Selling Partner
API (fulfillment inbound v0).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from services.marketplaces.contract import plain_name

# Where an answer speaks of its pages, besides its own members.
ENVELOPES: Final = frozenset({"meta", "headers", "pagination"})
NAMES: Final = frozenset({"totalcount", "nexttoken", "nextcursor"})
MISSING: Final = (
    "It holds {held} of {total}: it is one page of several. It says nothing of what stands on the "
    "others. Put the answers of all pages into one file, one after the other, and import that."
)


_COUNT: Final = re.compile(r"\s*([0-9]{1,18})(\.0+)?\s*")


class Pages:
    """Told of each answer in turn: of its members, its records and its end."""

    def __init__(self) -> None:
        self._answer = _Answer()
        self._question = _Answer()  # what its pages have said and held so far
        self._seen: set[bytes] = set()  # one digest for each page
        self._missing: str | None = None

    def start(self) -> None:
        """An answer begins."""
        self._answer = _Answer()

    def hear(self, members: Mapping[str, object]) -> None:
        """What the answer says of its pages, where these members do."""
        for name, value in members.items():
            match plain_name(name):
                case "totalcount" if isinstance(value, str) and (count := _COUNT.fullmatch(value)):
                    self._answer.total = int(count[1])
                case "nexttoken" | "nextcursor":
                    self._answer.has_more = bool(value)

    def meet(self) -> None:
        """The answer has a list of records, be it empty."""
        self._answer.has_list = True

    def take(self, record: object, records: int) -> None:
        """So many records of the answer, as its total counts them."""
        self._answer.held += records
        self._answer.digest.update(repr(record).encode())

    def end(self) -> None:
        """The answer is over: the next page of the question at hand, or the first of another.

        An error among the answers is no page, and a page that was fetched twice is one.
        """
        if self._is_no_page() or self._is_repeated():
            return
        before = self._question
        self._question = self._answer
        if before.is_open and before.total == self._answer.total:
            self._answer.held += before.held
        else:
            self._close(before)

    def _is_no_page(self) -> bool:
        return not (self._answer.has_list or self._answer.is_open)

    def _is_repeated(self) -> bool:
        if not self._answer.held:
            return False
        self._answer.digest.update(repr(self._answer.total).encode())
        page = self._answer.digest.digest()
        repeated = page in self._seen
        self._seen.add(page)
        return repeated

    @property
    def missing(self) -> str | None:
        """What is said of a document that holds some pages only. After its last answer."""
        self._close(self._question)
        return self._missing

    def _close(self, question: "_Answer") -> None:
        if question.is_open and self._missing is None:
            total = "more" if question.total is None else f"{question.total:,}"
            self._missing = MISSING.format(held=f"{question.held:,}", total=total)


@dataclass
class _Answer:
    total: int | None = None
    has_more: bool = False
    has_list: bool = False
    held: int = 0
    digest: blake2b = field(default_factory=blake2b)

    @property
    def is_open(self) -> bool:
        return self.held < self.total if self.total is not None else self.has_more
