"""The daily business of an Amazon channel: what its ledger and returns tell besides losses."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sample.amazon.names import adjustment_id, country_of, order_id, plate, shipment_id
from sample.amazon.orders import daily_orders, shipped_for, tell_orders
from sample.model import Chapter, CustomerReturn, Loss, Movement, Product
from sample.plans import IN_WAREHOUSE
from sample.shop import Shop

_SHIPMENTS_A_DAY: Final = 30
_TRANSFERS_A_DAY: Final = 3
_RETURNS_A_DAY: Final = 3
_REPLENISHED_EVERY: Final = 28  # days
_PER_CARTON: Final = 6

# Ordinary returns: disposition, reasons, comments.
_ORDINARY: Final = (
    ("SELLABLE", ("UNWANTED_ITEM", "ORDERED_WRONG_ITEM", "NO_REASON_GIVEN", "NOT_COMPATIBLE")),
    ("CUSTOMER_DAMAGED", ("UNWANTED_ITEM", "NOT_AS_DESCRIBED", "QUALITY_UNACCEPTABLE")),
    ("DEFECTIVE", ("DEFECTIVE", "MISSING_PARTS")),
)
_COMMENTS: Final = (
    "",
    "",
    "",
    "",
    "did not fit",
    "changed my mind",
    "smaller than expected",
    "gift",
    'measured 9" not 10"',
    "arrived too late",
    "lid does not close",
    "très joli mais trop grand",
)

# Rows that are no loss: code, disposition left, code of the row that answers it, and where to.
_ODDITIES: Final = (
    ("O", "SELLABLE", "", ""),
    ("D", "CUSTOMER_DAMAGED", "", ""),
    ("G", "CUSTOMER_DAMAGED", "", ""),
    ("Q", "CUSTOMER_DAMAGED", "P", "SELLABLE"),
    ("4", "SELLABLE", "3", "SELLABLE"),
)
_UNKNOWN_CODES: Final = ("J", "W", "J")  # in no list of codes that we know of
_LISTINGS_LOST: Final = 3


def daily_life(shop: Shop, selling: Shop, chapter: Chapter) -> None:
    """Add the channel's returns, orders and ledger rows that are not losses themselves.

    `selling` is the same shop with a chance of its own for what concerns orders.
    """
    chapter.returns.extend(_returns(shop, chapter.losses))
    tell_orders(selling, chapter)
    ordinary = list(_shipments(shop))
    shipped = [*ordinary, *shipped_for(chapter)]
    chapter.orders.extend(daily_orders(selling, ordinary))
    chapter.movements.extend(shipped)
    chapter.movements.extend(_transfers(shop))
    chapter.movements.extend(_receipts(shop, [*shipped, *_taken(shop, chapter.losses)]))
    chapter.movements.extend(_stock_given_back(shop, chapter))
    chapter.movements.extend(_oddities(shop))


def _returns(shop: Shop, losses: list[Loss]) -> Iterator[CustomerReturn]:
    for loss in losses:
        if loss.subtype == "returned_damaged":
            yield _damaged_return(shop, loss)
    for day in shop.busy_days(_RETURNS_A_DAY):
        yield _ordinary_return(shop, day)
    # The report speaks up to the day of its last row: let that be the last day.
    yield _ordinary_return(shop, shop.market.last_day)


def _damaged_return(shop: Shop, loss: Loss) -> CustomerReturn:
    """Where a settlement tells of the refund, that starts the clock and the unit comes later."""
    by_carrier = loss.reason == "CARRIER_DAMAGED"
    refund_is_told = loss.event_on >= loss.market.settled_from
    later = timedelta(days=shop.chance.between(0, 3) if refund_is_told else 0)
    return CustomerReturn(
        market=loss.market,
        on=min(loss.event_on + later, loss.market.last_day),
        product=loss.product,
        order_id=loss.order_id,
        plate=loss.reference,
        centre=loss.location,
        disposition=loss.reason,
        reason="DAMAGED_BY_CARRIER" if by_carrier else "DAMAGED_BY_FC",
        comment="box was crushed" if by_carrier else "",
        loss=loss.number,
    )


def _ordinary_return(shop: Shop, day: date) -> CustomerReturn:
    chance = shop.chance
    disposition, reasons = chance.weighted(_ORDINARY, (64, 24, 12))
    return CustomerReturn(
        market=shop.market,
        on=day,
        product=shop.popular(),
        order_id=order_id(shop.market, chance),
        plate=plate(chance),
        centre=shop.centre(),
        disposition=disposition,
        reason=chance.one_of(reasons),
        comment=chance.one_of(_COMMENTS),
    )


def _move(shop: Shop, day: date, kind: str, quantity: int, centre: str = "") -> Movement:
    location = centre or shop.centre()
    country = country_of(shop.market, location)
    return Movement(shop.market, country, day, shop.popular(), kind, quantity, location)


def _shipments(shop: Shop) -> Iterator[Movement]:
    for day in shop.busy_days(_SHIPMENTS_A_DAY):
        units = shop.chance.weighted((1, 2, 3, 4, 6), (70, 18, 6, 4, 2))
        abroad = shop.market.country == "DE" and shop.chance.happens(1)
        yield _move(shop, day, "Shipments", -units, "POZ1" if abroad else "")


def _transfers(shop: Shop) -> Iterator[Movement]:
    """What leaves one warehouse arrives in another some days later."""
    for day in shop.busy_days(_TRANSFERS_A_DAY):
        away = _move(shop, day, "WhseTransfers", -shop.chance.between(2, 24))
        arrives = day + timedelta(days=shop.chance.between(1, 5))
        if arrives <= shop.market.last_day:
            yield away
            yield replace(away, on=arrives, quantity=-away.quantity, centre=shop.centre())


def _taken(shop: Shop, losses: list[Loss]) -> Iterator[Movement]:
    for loss in losses:
        if loss.subtype in IN_WAREHOUSE:
            move = _move(shop, loss.event_on, "Adjustments", -loss.units, loss.location)
            yield replace(move, product=loss.product)


def _receipts(shop: Shop, outward: list[Movement]) -> Iterator[Movement]:
    """Each product comes in once a period: whole cartons, as many as the period will need."""
    first_day = shop.market.first_day
    needed: dict[tuple[int, str], int] = defaultdict(int)
    product_of = {move.product.sku: move.product for move in outward}
    for move in outward:
        needed[(move.on - first_day).days // _REPLENISHED_EVERY, move.product.sku] -= move.quantity
    for (period, sku), units in sorted(needed.items()):
        cartons = -(-units // _PER_CARTON) + shop.chance.between(0, 2)
        day = first_day + timedelta(days=period * _REPLENISHED_EVERY)
        move = _move(shop, day, "Receipts", cartons * _PER_CARTON)
        yield replace(move, product=product_of[sku], reference=shipment_id(shop.chance))


def _stock_given_back(shop: Shop, chapter: Chapter) -> Iterator[Movement]:
    """What the ledger shows where a payment is made in goods, or undone by a found unit."""
    for payment in chapter.payments:
        original = payment.undoes or payment
        if payment.inventory <= 0 or not original.reason.endswith("_Warehouse"):
            continue
        day = payment.paid_on - timedelta(days=1)
        move = _move(shop, day, "Adjustments", payment.inventory)
        yield replace(
            move,
            product=payment.product,
            reason="F" if payment.undoes else "N",
            reference=adjustment_id(shop.chance, day),
        )


def _oddities(shop: Shop) -> Iterator[Movement]:
    for number in range(max(len(_ODDITIES), shop.of_size(70))):
        yield from _oddity(shop, *_ODDITIES[number % len(_ODDITIES)])
    if shop.market.share == 100:
        for code in _UNKNOWN_CODES:
            yield replace(_adjustment(shop, -1), reason=code)
        for _ in range(_LISTINGS_LOST):
            yield _found_without_a_listing(shop)


def _adjustment(shop: Shop, quantity: int) -> Movement:
    day = shop.some_day(2, 520)
    move = _move(shop, day, "Adjustments", quantity)
    return replace(move, reference=adjustment_id(shop.chance, day))


def _oddity(shop: Shop, code: str, leaves: str, answer: str, becomes: str) -> Iterator[Movement]:
    # A correction of as many units as were found is read as theirs: these are of wrong receipts.
    few = (15, 24) if code == "O" else (1, 3)
    move = _adjustment(shop, -shop.chance.between(*few))
    yield replace(move, reason=code, disposition=leaves)
    if answer:
        product = move.product if answer == "P" else shop.popular()
        yield replace(
            move, reason=answer, quantity=-move.quantity, disposition=becomes, product=product
        )


def _found_without_a_listing(shop: Shop) -> Movement:
    """Stock that Amazon found under no listing of the seller: the MSKU is of Amazon's making."""
    move = _adjustment(shop, 1)
    stray = replace(
        move.product, fnsku=f"X00{shop.chance.letters(7)}", asin=f"B0{shop.chance.letters(8)}"
    )
    return replace(move, reason="F", product=_named_by_amazon(stray))


def _named_by_amazon(product: Product) -> Product:
    return replace(product, sku=f"Amazon.Found.{product.asin}")
