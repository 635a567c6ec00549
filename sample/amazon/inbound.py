"""What a seller sends to Amazon: FBA shipments, and what of them is received."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sample.amazon.names import country_of, shipment_id
from sample.model import Chapter, Loss, Movement, Shipment
from sample.shop import Shop

# Why a shipment of a loss was received as it was: nothing of it, or damaged on its way in.
NOTHING_RECEIVED: Final = "NOTHING_RECEIVED"
_PER_CARTON: Final = 6
# Shipments that are no loss yet, or never will be: status, per cent of the units received.
_UNFINISHED: Final = (
    ("RECEIVING", 90),
    ("RECEIVING", 50),
    ("IN_TRANSIT", 0),
    ("WORKING", 0),
    ("CANCELLED", 0),
)
_DAMAGED_BY_SELLER: Final = 5


def tell_shipments(shop: Shop, chapter: Chapter) -> None:
    """Add the shipments of losses and those still on their way, with their ledger rows.

    What is received in full (the ledger's other receipts) must be there already.
    """
    chapter.shipments.extend(_received_in_full(shop, chapter.movements))
    for loss in chapter.losses:
        if loss.subtype in ("inbound_shortage", "inbound_damaged"):
            shipment = _of_loss(shop, loss)
            chapter.shipments.append(shipment)
            chapter.movements.extend(_receipts(shipment, loss))
    for number, (status, share) in enumerate(_UNFINISHED):
        _unfinished(shop, chapter, number, status, share)
    for _ in range(shop.of_size(_DAMAGED_BY_SELLER)):
        _damaged_by_seller(shop, chapter)


def _received_in_full(shop: Shop, movements: Sequence[Movement]) -> Iterator[Shipment]:
    for move in movements:
        if move.event_type == "Receipts":
            created = move.on - timedelta(days=shop.chance.between(8, 16))
            yield Shipment(
                move.market,
                move.reference,
                created,
                move.centre,
                "CLOSED",
                move.product,
                move.quantity,
                move.quantity,
            )


def _cartons(shop: Shop, at_least: int) -> int:
    return (-(-at_least // _PER_CARTON) + shop.chance.between(2, 8)) * _PER_CARTON


def _of_loss(shop: Shop, loss: Loss) -> Shipment:
    nothing = loss.reason == NOTHING_RECEIVED
    shipped = loss.units if nothing else _cartons(shop, loss.units)
    short = loss.units if loss.subtype == "inbound_shortage" else 0
    on_the_way = 0 if nothing else shop.chance.between(8, 16)
    return Shipment(
        market=loss.market,
        shipment_id=loss.reference,
        created_on=loss.event_on - timedelta(days=on_the_way),
        centre=loss.location,
        status="CLOSED",
        product=loss.product,
        shipped=shipped,
        received=shipped - short,
    )


def _receipt(shipment: Shipment, on: date, units: int) -> Movement:
    return Movement(
        market=shipment.market,
        country=country_of(shipment.market, shipment.centre),
        on=on,
        product=shipment.product,
        event_type="Receipts",
        quantity=units,
        centre=shipment.centre,
        reference=shipment.shipment_id,
    )


def _receipts(shipment: Shipment, loss: Loss) -> Iterator[Movement]:
    """What the ledger says came in; what was damaged on its way in has a row of its own."""
    damaged = loss.units if loss.subtype == "inbound_damaged" else 0
    if shipment.received > damaged:
        yield _receipt(shipment, loss.event_on, shipment.received - damaged)
    if damaged:
        yield replace(_receipt(shipment, loss.event_on, damaged), disposition=loss.reason)


def _unfinished(shop: Shop, chapter: Chapter, number: int, status: str, share: int) -> None:
    product, shipped = shop.popular(), _cartons(shop, 6)
    on = shop.market.last_day - timedelta(days=number)
    shipment = Shipment(
        shop.market,
        shipment_id(shop.chance),
        on - timedelta(days=11),
        shop.centre(),
        status,
        product,
        shipped,
        shipped * share // 100,
    )
    chapter.shipments.append(shipment)
    if shipment.received:
        chapter.movements.append(_receipt(shipment, on, shipment.received))


def _damaged_by_seller(shop: Shop, chapter: Chapter) -> None:
    """Units that were damaged or defective before Amazon had them: nobody else's fault."""
    shipped, day = _cartons(shop, 6), shop.some_day(2, 300)
    shipment = Shipment(
        shop.market,
        shipment_id(shop.chance),
        day - timedelta(days=9),
        shop.centre(),
        "CLOSED",
        shop.popular(),
        shipped,
        shipped,
    )
    bad = shop.chance.one_of(("DISTRIBUTOR_DAMAGED", "DEFECTIVE"))
    chapter.shipments.append(shipment)
    chapter.movements.append(_receipt(shipment, day, shipped - 2))
    chapter.movements.append(replace(_receipt(shipment, day, 2), disposition=bad))
