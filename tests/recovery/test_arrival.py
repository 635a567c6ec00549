"""Deliveries beside the ledger's receipts: many made-up shipments, each against the rules in words.

The days of a delivery lie around the limits that docs/rules-amazon.md names: a day before the
shipment was made, a day after its first receipt, 120 days before that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

import pytest

from tests.common.worlds.recovery import LEDGER, Row, World, lost, quiet, units

DAY: Final = timedelta(days=1)
AS_OF: Final = "2026-03-10"
BESIDE: Final = (-200, -121, -120, -119, -60, -5, -2, -1, 0, 1, 2, 3)
HEADER: Final = (
    "shipment_id",
    "parcels",
    "delivered_parcels",
    "first_delivered_on",
    "last_delivered_on",
)
SHIPPED, RECEIVED, DAMAGED = 10, 8, 2


@dataclass(frozen=True)
class Shipment:
    """10 shipped; 8 received from a day on, if any; perhaps 2 of them damaged, four days later."""

    number: int
    made: date | None
    received: date | None
    is_damaged: bool
    parcels: int
    delivered: int
    first: date | None
    last: date | None

    @property
    def name(self) -> str:
        return f"FBAX{self.number:03}Q"

    @property
    def fnsku(self) -> str:
        return f"X{self.number:05}"

    @property
    def is_whole(self) -> bool:
        return 0 < self.delivered == self.parcels

    @property
    def contradicts(self) -> bool:
        if self.first is None:
            return False
        before_made = self.made is not None and self.first < self.made - DAY
        if self.received is None:
            return before_made
        long_before = self.first < self.received - 120 * DAY
        return before_made or long_before or (self.is_whole and self.first > self.received + DAY)

    def arrived(self) -> tuple[date | None, bool]:
        """On which day, and whether that is approximate."""
        tells = self.first is not None and (self.is_whole or self.received is not None)
        if self.first is None or self.contradicts or not tells:
            return self.received or self.made, self.received is None or self.contradicts
        day = min(self.first, self.received or self.first)
        return day, day != (max(day, self.last or day) if self.is_whole else self.received)

    def missing(self) -> tuple[Any, ...]:
        unproven = self.received is None and not (self.is_whole and not self.contradicts)
        held = "delivery_contradicts" if self.contradicts else None
        held = held or ("never_received" if unproven else None)
        return *self.arrived(), held, SHIPPED - (RECEIVED if self.received else 0)

    def damaged(self) -> tuple[Any, ...]:
        if self.received is not None and not self.delivered:
            return self.received + 4 * DAY, False, None, DAMAGED
        return *self.arrived(), "delivery_contradicts" if self.contradicts else None, DAMAGED


def _made_up(number: int, chance: Random) -> Shipment:
    made = date(2026, 2, 11) + chance.randrange(5) * DAY
    received = made + (4 + chance.randrange(10)) * DAY if chance.random() < 0.7 else None
    is_named = received is None or chance.random() < 0.7
    parcels = chance.randrange(4)
    delivered = parcels if chance.random() < 0.5 else chance.randrange(parcels + 1)
    first = (received or made) + chance.choice(BESIDE) * DAY if delivered else None
    last = first + chance.choice((0, 0, 3)) * DAY if first and delivered > 1 else first
    is_damaged = received is not None and chance.random() < 0.3
    return Shipment(
        number, made if is_named else None, received, is_damaged, parcels, delivered, first, last
    )


def _listed(one: Shipment) -> dict[str, object]:
    made = one.made
    return {
        "ShipmentId": one.name,
        "ShipmentName": f"FBA ({made.month}/{made.day}/{made:%y}) - 1" if made else "Restock",
        "ShipmentStatus": "CLOSED",
        "AreCasesRequired": False,
        "ShipFromAddress": {"Name": "Seller"},
    }


def _item(one: Shipment) -> dict[str, object]:
    return {
        "ShipmentId": one.name,
        "SellerSKU": f"SKU-{one.number}",
        "FulfillmentNetworkSKU": one.fnsku,
        "QuantityShipped": SHIPPED,
        "QuantityReceived": RECEIVED if one.received else 0,
        "QuantityInCase": 0,
        "PrepDetailsList": [],
    }


def _receipts(one: Shipment) -> list[Row]:
    if one.received is None:
        return []
    told = {
        "Event Type": "Receipts",
        "Reference ID": one.name,
        "FNSKU": one.fnsku,
        "MSKU": f"SKU-{one.number}",
        "Reason": "",
    }
    good = RECEIVED - (DAMAGED if one.is_damaged else 0)
    rows: list[Row] = [{**lost(one.received.isoformat(), 1), **told, "Quantity": good}]
    if one.is_damaged:
        broken = {"Quantity": DAMAGED, "Disposition": "CARRIER_DAMAGED"}
        rows.append({**lost((one.received + 4 * DAY).isoformat(), 1), **told, **broken})
    return rows


def _parcels(one: Shipment) -> Row:
    told = (one.name, one.parcels, one.delivered, one.first or "", one.last or "")
    return dict(zip(HEADER, told, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_each_shipment_arrived_as_the_rules_say_in_whatever_order_it_was_told(
    world: World, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311  made-up shipments
    shipments = [_made_up(number, chance) for number in range(60)]
    world.covers = False
    receipts = [row for one in shipments for row in _receipts(one)]
    reports: list[Callable[[], None]] = [
        lambda: world.land_json({"payload": {"ShipmentData": [*map(_listed, shipments)]}}),
        lambda: world.land_json({"payload": {"ItemData": [*map(_item, shipments)]}}),
        lambda: world.land(LEDGER, quiet("2025-01-01"), *receipts, quiet(AS_OF)),
        lambda: world.land(HEADER, *map(_parcels, shipments), delimiter=","),
    ]
    chance.shuffle(reports)
    for land in reports:
        land()
        world.import_waiting()
    world.covered("2025-01-01", AS_OF)
    found = {(one["subtype"], one["fnsku"]): _seen(one) for one in world.all(AS_OF)}
    expected = {("inbound_shortage", one.fnsku): _said(one.missing()) for one in shipments} | {
        ("inbound_damaged", one.fnsku): _said(one.damaged()) for one in shipments if one.is_damaged
    }
    assert found == expected


def _seen(one: dict[str, Any]) -> tuple[object, ...]:
    return one["event_on"], one["event_on_approximate"], one["held"]["because"], units(one)


def _said(told: tuple[Any, ...]) -> tuple[object, ...]:
    day, is_approximate, held, count = told
    return day.isoformat(), is_approximate, held, {"future" if held else "ready": count}
