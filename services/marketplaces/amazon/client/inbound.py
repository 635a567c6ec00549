"""The Fulfillment Inbound API, version 0: shipments to Amazon and their items, page by page."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from services.marketplaces.amazon.client.answers import (
    Told,
    each_of,
    heed,
    pages,
    part_of,
    unknown_word,
)
from services.marketplaces.amazon.client.api import Api
from services.marketplaces.amazon.client.days import span_of
from services.marketplaces.amazon.client.operations import GET_SHIPMENT_ITEMS, GET_SHIPMENTS
from services.marketplaces.amazon.shops import SHOPS
from services.marketplaces.asking import Asking, Fetched, Notice
from services.transport.limits import Operation

_STATUSES: Final = frozenset(
    {
        "CANCELLED",
        "CHECKED_IN",
        "CLOSED",
        "DELETED",
        "DELIVERED",
        "ERROR",
        "IN_TRANSIT",
        "READY_TO_SHIP",
        "RECEIVING",
        "SHIPPED",
        "WORKING",
    }
)
# Whose address it is, is a person's: it is not written down.
_LEFT_OUT: Final = "ShipFromAddress"


@dataclass(frozen=True)
class _Listed:
    """One of the two lists: how it is asked for, and what its records have."""

    operation: Operation
    path: str
    list: str
    members: frozenset[str]


_LISTS: Final[Mapping[str, _Listed]] = {
    "inbound_shipments": _Listed(
        GET_SHIPMENTS,
        "/fba/inbound/v0/shipments",
        "ShipmentData",
        frozenset(
            {
                "AreCasesRequired",
                "BoxContentsSource",
                "ConfirmedNeedByDate",
                "DestinationFulfillmentCenterId",
                "EstimatedBoxContentsFee",
                "LabelPrepType",
                "ShipFromAddress",
                "ShipmentId",
                "ShipmentName",
                "ShipmentStatus",
            }
        ),
    ),
    "inbound_items": _Listed(
        GET_SHIPMENT_ITEMS,
        "/fba/inbound/v0/shipmentItems",
        "ItemData",
        frozenset(
            {
                "FulfillmentNetworkSKU",
                "PrepDetailsList",
                "QuantityInCase",
                "QuantityReceived",
                "QuantityShipped",
                "ReleaseDate",
                "SellerSKU",
                "ShipmentId",
            }
        ),
    ),
}


@dataclass(frozen=True)
class Inbound:
    """Of one seller. now: the moment, with its zone."""

    api: Api
    notice: Notice
    now: Callable[[], datetime]

    def fetch(self, asking: Asking, into: Path) -> Iterator[Fetched]:
        """One file of all pages, as landing puts them together: whole, or none."""
        listed = _LISTS[asking.source.name]
        first, last = asking.days or (None, None)
        name = f"{asking.source.name}_{first}_{last}.json"
        path = into / name
        try:
            _write(path, self._pages(listed, asking))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        yield Fetched(path, name, asking.days)

    def _pages(self, listed: _Listed, asking: Asking) -> Iterator[Told]:
        shop = {"MarketplaceId": SHOPS[asking.channel.code].marketplace_id}
        for told in pages(
            self.api.get(listed.operation, listed.path, self._first(asking) | shop),
            lambda token: self.api.get(
                listed.operation,
                listed.path,
                {"QueryType": "NEXT_TOKEN", "NextToken": token} | shop,
            ),
            lambda page: part_of(page, "payload").get("NextToken"),
            listed.operation.name,
        ):
            yield self._heeded(listed, told)

    def _first(self, asking: Asking) -> dict[str, str]:
        if asking.days is None:
            raise ValueError(f"{asking.source.name} is asked for days")
        after, before = span_of(asking.days, asking.channel, self.now())
        return {"QueryType": "DATE_RANGE", "LastUpdatedAfter": after, "LastUpdatedBefore": before}

    def _heeded(self, listed: _Listed, told: Told) -> Told:
        where, payload = listed.operation.name, part_of(told, "payload")
        heed(told, frozenset({"payload", "errors"}), where, self.notice)
        heed(payload, frozenset({listed.list, "NextToken"}), where, self.notice)
        records = [self._record(listed, one) for one in each_of(payload, listed.list, where)]
        return {"payload": {**payload, listed.list: records}}

    def _record(self, listed: _Listed, record: Told) -> Told:
        where = listed.operation.name
        heed(record, listed.members, where, self.notice)
        status = record.get("ShipmentStatus")
        if status is not None and status not in _STATUSES:
            unknown_word(status, f"{where} ShipmentStatus", self.notice)
        return {name: value for name, value in record.items() if name != _LEFT_OUT}


def _write(path: Path, told: Iterator[Told]) -> None:
    """A list of the answers, each written before the next is asked for."""
    with path.open("x", encoding="utf-8") as file:
        for number, page in enumerate(told):
            file.write(",\n" if number else "[")
            json.dump(page, file, ensure_ascii=False)
        file.write("]\n")
