"""Rows of Amazon's reports for a hand-made world: settlements, returns, shipments, fees."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from tests.common.reports.files import SETTLEMENT
from tests.common.worlds.recovery import RETURNS, Row, World

PACIFIC = ZoneInfo("America/Los_Angeles")
_SETTLEMENT = count(25889780001)

ORDER = "111-1111111-1111111"


def line(day: str, amount: str, what: str, *, at: str = "20:00:00", **more: object) -> Row:
    """One money line of an order of SKU-A; `what` is ItemPrice/Principal and the like.

    20:00 UTC is noon or one o'clock in the United States' Pacific time: the same day.
    """
    amount_type, description = what.split("/")
    return {
        "transaction-type": "Order",
        "order-id": ORDER,
        "merchant-order-id": ORDER,
        "marketplace-name": "Amazon.com",
        "amount-type": amount_type,
        "amount-description": description,
        "amount": amount,
        "fulfillment-id": "AFN",
        "posted-date": day,
        "posted-date-time": f"{day} {at} UTC",
        "order-item-code": "155037952465161",
        "sku": "SKU-A",
    } | more


def ordered(day: str, units: int, amount: str, **more: object) -> Row:
    """The price of all units of an order's item."""
    return line(day, amount, "ItemPrice/Principal", **{"quantity-purchased": units, **more})


def refunded(day: str, amount: str, *, what: str = "ItemPrice/Principal", **more: object) -> Row:
    """A refund of that price, or of a part; `amount` is positive."""
    changed = {"transaction-type": "Refund", "adjustment-id": f"amzn1:crow:{day}", **more}
    return line(day, f"-{amount}", what, **changed)


def settle(world: World, *lines: Row, currency: str = "USD") -> None:
    """Land one settlement of these lines, with its summary row."""
    world.land(SETTLEMENT, *_with_summary(lines, currency))


def _with_summary(lines: tuple[Row, ...], currency: str) -> Iterator[Row]:
    number = str(next(_SETTLEMENT))
    days = sorted(str(one["posted-date"]) for one in lines)
    yield {
        "settlement-id": number,
        "settlement-start-date": f"{days[0]} 00:00:00 UTC",
        "settlement-end-date": f"{days[-1]} 23:59:59 UTC",
        "deposit-date": f"{days[-1]} 23:59:59 UTC",
        "total-amount": str(sum(Decimal(str(one["amount"])) for one in lines)),
        "currency": currency,
    }
    for one in lines:
        yield {"settlement-id": number, **one}


def came_back(day: str, *, plate: str = "LPN1", **more: object) -> Row:
    """One unit of SKU-A back from the customer, as good as new."""
    return {
        "return-date": f"{day}T18:00:00+00:00",
        "order-id": ORDER,
        "sku": "SKU-A",
        "asin": "B001",
        "fnsku": "X001",
        "product-name": "Mug",
        "quantity": 1,
        "fulfillment-center-id": "LEX1",
        "detailed-disposition": "SELLABLE",
        "license-plate-number": plate,
    } | more


def another_return(day: str) -> Row:
    """A return of an order of no interest: it says that the report covers this day."""
    return came_back(day, plate=day, **{"order-id": "999-0000000-0000000", "sku": "SKU-Z"})


def returns_cover(world: World, first: str, last: str, *rows: Row) -> None:
    """Land a returns report of these rows that covers the days from first to last."""
    world.land(RETURNS, *rows, another_return(first), another_return(last))


def settlements_cover(world: World, first: str, last: str) -> None:
    """Land a settlement of an order of no interest whose period is the days from first to last."""
    other = {"order-id": "999-0000000-0000001", "sku": "SKU-Z", "fulfillment-id": "MFN"}
    settle(world, ordered(first, 1, "1.00", **other), ordered(last, 1, "1.00", **other))


def days_ago(days: int) -> str:
    """The day so many days before today in the channel's time zone."""
    return (dt.datetime.now(PACIFIC).date() - dt.timedelta(days)).isoformat()
