"""Lists that are read page by page: returns, inbound shipments and their items.

The pages become one answer with each record once: a page that comes twice, or in another order
than the one before, adds nothing. Where the records do not come to the total that Walmart tells,
all pages are asked for once more; if they still do not, the file says the total, and landing says
what is missing. Source: Walmart's models of /v3/returns and /v3/fulfillment.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TextIO

from services.marketplaces.asking import Asking, Days, Fetched
from services.marketplaces.walmart.client.operations import ITEMS, RETURNS, SHIPMENTS
from services.marketplaces.walmart.client.talk import Talk
from services.marketplaces.walmart.client.ways import (
    Way,
    file_name,
    first_moment,
    last_moment,
    today_at,
    written,
)
from services.transport.limits import Operation
from services.transport.refusals import NotUnderstoodError

_TRIES: Final = 2
_RETURNS: Final = "/v3/returns"
_RETURNS_A_PAGE: Final = "200"  # the most that there may be
_A_PAGE: Final = 50
# A page without anything new is asked for again; after so many in a row the list is over.
_MOST_STALE: Final = 3
# Who the customer is is nobody's business here: it is let go before anything is written.
_PERSONAL: Final = ("customerEmailId", "customerName")


@dataclass(frozen=True)
class Page:
    """Records of an answer, and how many Walmart says that there are in all."""

    records: list[dict[str, Any]]
    total: int
    cursor: str = ""


@dataclass(frozen=True)
class Listing:
    """A list as it is written: by which member its records stand, what tells them apart."""

    member: str
    envelope: str
    key: tuple[str, ...]


_OF_RETURNS: Final = Listing("returnOrders", "meta", ("returnOrderId",))
_OF_SHIPMENTS: Final = Listing("payload", "headers", ("inboundOrderId", "shipmentId"))
_OF_ITEMS: Final = Listing("payload", "headers", ("inboundOrderId", "shipmentId", "gtin", "sku"))


class Seen:
    """Which records have come: one that came on an earlier page is no other."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._keys: set[tuple[str, ...]] = set()
        self.records = 0
        self.total = 0

    def new_of(self, page: Page) -> list[dict[str, Any]]:
        """The page's records that no page before had; one page may say two things alike."""
        keys = [tuple(str(one.get(name)) for name in self._listing.key) for one in page.records]
        new = [one for one, key in zip(page.records, keys, strict=True) if key not in self._keys]
        self._keys.update(keys)
        self.records += len(new)
        self.total = page.total
        return new

    @property
    def is_whole(self) -> bool:
        """Whether all that Walmart speaks of has come."""
        return self.records >= self.total


Pages = Callable[[Seen], Iterator[Page]]


@dataclass(frozen=True)
class Returns(Way):
    """Returned orders of WFS, which we claim of: all that were begun as far back as is asked."""

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """One file, of all complete days and quiet ones too."""
        del document
        days = asking.days or _complete_days(asking)
        path = into / f"{file_name(replace(asking, days=days))}.json"
        write(lambda seen: self._pages(asking.channel.time_zone, days, seen), _OF_RETURNS, path)
        yield Fetched(path, path.name, days)

    def _pages(self, zone: str, days: Days, seen: Seen) -> Iterator[Page]:
        query: str | Mapping[str, str] = {
            "isWFSEnabled": "Y",
            "limit": _RETURNS_A_PAGE,
            "returnCreationStartDate": written(first_moment(days[0], zone)),
            "returnCreationEndDate": written(last_moment(days[1], zone)),
        }
        asked: set[str] = set()
        while str(query) not in asked:
            asked.add(str(query))
            page = _page(self.talk, RETURNS, _RETURNS, query, _OF_RETURNS)
            yield page
            # A cursor may come after the last page, too.
            if not page.cursor or seen.is_whole:
                return
            query = page.cursor


def _complete_days(asking: Asking) -> Days:
    yesterday = today_at(asking.channel) - timedelta(days=1)
    return yesterday - asking.source.history, yesterday


@dataclass(frozen=True)
class Inbound(Way):
    """Every inbound shipment as it stands now, and the items of all.

    Of a seller without any there is no file: an empty list does not say what it would hold.
    """

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """One file of shipments, one of items."""
        del document
        for operation, path, listing in (
            (SHIPMENTS, "inbound-shipments", _OF_SHIPMENTS),
            (ITEMS, "inbound-shipment-items", _OF_ITEMS),
        ):
            file = into / f"{file_name(asking, path)}.json"
            if write(self._pages(operation, f"/v3/fulfillment/{path}", listing), listing, file):
                yield Fetched(file, file.name, None)
            else:
                file.unlink()

    def _pages(self, operation: Operation, path: str, listing: Listing) -> Pages:
        def pages(seen: Seen) -> Iterator[Page]:
            stale = 0
            while stale < _MOST_STALE:
                before = seen.records
                query = {"offset": str(before), "limit": str(_A_PAGE)}
                page = _page(self.talk, operation, path, query, listing)
                yield page
                if seen.is_whole:
                    return
                stale = stale + 1 if seen.records == before else 0

        return pages


def write(pages: Pages, listing: Listing, into: Path) -> int:
    """Write each record once as one answer; returns how many. Raises NoAnswerError."""
    for _ in range(_TRIES):
        seen = Seen(listing)
        with into.open("w", encoding="utf-8") as file:
            _write(file, pages(seen), listing, seen)
        if seen.is_whole:
            break
    return seen.records


def _write(file: TextIO, pages: Iterator[Page], listing: Listing, seen: Seen) -> None:
    file.write(f'{{"{listing.member}": [')
    comma = ""
    for page in pages:
        for record in seen.new_of(page):
            kept = {name: value for name, value in record.items() if name not in _PERSONAL}
            file.write(f"{comma}\n{json.dumps(kept, ensure_ascii=False)}")
            comma = ","
    total = json.dumps({"totalCount": max(seen.total, seen.records)})
    file.write(f'\n], "{listing.envelope}": {total}}}\n')


def _page(
    talk: Talk, operation: Operation, path: str, query: str | Mapping[str, str], listing: Listing
) -> Page:
    told = talk.ask(operation, path, query)
    records, envelope = told.get(listing.member), told.get(listing.envelope)
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise NotUnderstoodError(f"{operation.name}: {listing.member} is missing.")
    about = envelope if isinstance(envelope, dict) else {}
    total, cursor = about.get("totalCount"), about.get("nextCursor")
    if not isinstance(total, int):
        raise NotUnderstoodError(f"{operation.name}: totalCount is missing.")
    return Page(records, total, cursor if isinstance(cursor, str) else "")
