"""Returns of orders that Walmart shipped: one line, one subtype, each worked out beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from services.database.engine import Database
from tests.common.reports.walmart import (
    adjustment,
    line,
    period,
    refund,
    returned,
    returns,
    whole_world,
)
from tests.common.worlds.recovery import RECON, Row, World, units

# Sold for 20.00 with 2.40 commission: 17.60 came to the seller. Refunded on 30 April.
SALE: Final = (line("Product Price", "20.00"), line("Commission on Product", "-2.40"))
REFUND: Final = (refund("Product Price", "-20.00"), refund("Commission on Product", "2.40"))

ON_ITS_WAY: Final = ("RETURN_INITIATED", "RETURN_IN_TRANSIT", "INTRANSIT_AFTER_INVOICE")
ARRIVED: Final = (*ON_ITS_WAY, "DELIVERED_AFTER_INVOICE")
LOST: Final = {"returnReason": "LOST_IN_TRANSIT", "returnExpectedFlag": False}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    for world in whole_world(database, tmp_path):
        world.land(RECON, period(), *SALE, *REFUND, delimiter=",")
        yield world


def later(day: str) -> dict[str, Any]:
    """An ordinary return, begun on that day: so far the list that holds it speaks."""
    return returned(f"later {day}", *ARRIVED, day=day, by="2026-12-31", purchaseOrderId="777")


def test_an_order_lost_on_its_way_and_refunded(world: World) -> None:
    # Refunded on 30 April, the earliest day the window can have opened: 45 days, to 14 June.
    # Price less fees of the order: 20.00 - 2.40 = 17.60.
    world.land_json(returns(returned("R1", "RETURN_INITIATED", "REFUND_ISSUED", **LOST)))
    one = world.one("2026-05-02")
    assert (one["subtype"], units(one)) == ("return_lost", {"ready": 1})
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-04-30", True)
    assert (one["basis"], one["amount"]["ready"]) == ("order_proceeds", "17.60")
    assert (one["opens_on"], one["expires_on"]) == ("2026-04-30", "2026-06-14")
    assert units(world.one("2026-06-14")) == {"ready": 1}
    assert units(world.one("2026-06-15")) == {"expired": 1}
    assert len(one["evidence"]) == 3  # the return, the order, the refund


def test_lost_after_delivery_is_walmarts_too(world: World) -> None:
    lost = LOST | {"returnReason": "LOST_AFTER_DELIVERY"}
    world.land_json(returns(returned("R1", "REFUND_ISSUED", **lost)))
    assert world.one("2026-05-02")["subtype"] == "return_lost"


def test_a_lost_order_that_was_sent_again(database: Database, tmp_path: Path) -> None:
    # No refund: the clock is the day the return was begun, 23:30 on 29 April in Los Angeles.
    world = World(database, tmp_path, "walmart-us", at_once=False)
    world.land(RECON, period(), *SALE, delimiter=",")
    again = returned("R1", "RETURN_INITIATED", kind="REPLACEMENT", **LOST, refundedQty=0)
    again["returnOrderDate"] = "2026-04-30T06:30:00.000Z"
    world.land_json(returns(again))
    one = world.one("2026-05-02")
    assert (one["subtype"], one["event_on"]) == ("replacement_lost", "2026-04-29")
    assert (units(one), one["amount"]["ready"]) == ({"ready": 1}, "17.60")


@pytest.mark.parametrize("tags", [("RETURN_INITIATED", "REFUND_ISSUED"), ON_ITS_WAY])
def test_a_return_that_is_overdue(world: World, tags: tuple[str, ...]) -> None:
    # To be sent by 30 May; the list also holds a return of 31 May, so it was made after that.
    world.land_json(returns(returned("R1", *tags), later("2026-05-31")))
    one = world.one("2026-06-01")
    assert (one["subtype"], units(one)) == ("delayed_return", {"ready": 1})
    assert (one["event_on"], one["expires_on"]) == ("2026-04-30", "2026-06-14")


def test_a_return_still_in_time_is_no_event(world: World) -> None:
    # The list speaks up to 30 May, the last day to send it.
    world.land_json(returns(returned("R1", *ON_ITS_WAY), later("2026-05-30")))
    assert world.all("2026-12-01") == []


def test_a_late_return_that_arrives_after_all_is_no_event(world: World) -> None:
    world.land_json(returns(returned("R1", *ON_ITS_WAY), later("2026-05-31")))
    assert units(world.one("2026-06-05")) == {"ready": 1}
    there = returned("R1", *ARRIVED, statusTime="2026-06-04T18:00:00.000Z")
    world.land_json(returns(there, later("2026-06-05")))
    assert world.all("2026-06-05") == []


def test_a_replaced_item_that_is_overdue(world: World) -> None:
    replaced = returned("R1", *ON_ITS_WAY[:2], kind="REPLACEMENT", refundedQty=0)
    world.land_json(returns(replaced, later("2026-05-31")))
    assert world.one("2026-06-01")["subtype"] == "delayed_return"


@pytest.mark.parametrize("reason", ["DAMAGED", "SHIPPING_BOX_DAMAGED"])
def test_a_return_damaged_on_its_way(world: World, reason: str) -> None:
    world.land_json(returns(returned("R1", *ARRIVED, returnReason=reason)))
    one = world.one("2026-05-02")
    assert (one["subtype"], units(one)) == ("returned_damaged", {"ready": 1})


def test_one_line_has_one_subtype(world: World) -> None:
    # Damaged on its way to the customer, and overdue: not back, so it is delayed, once.
    late = returned("R1", *ON_ITS_WAY, returnReason="DAMAGED")
    world.land_json(returns(late, later("2026-05-31")))
    assert world.one("2026-06-01")["subtype"] == "delayed_return"


def test_an_ordinary_return_is_no_event(world: World) -> None:
    world.land_json(returns(returned("R1", *ARRIVED), later("2026-07-31")))
    assert world.all("2026-12-01") == []


@pytest.mark.parametrize(
    "more",
    [
        {"isKeepIt": True},
        {"refundChannel": "SELLER_MANUAL_REFUND"},
        {"returnTrackingDetail": [{"sequenceNo": 1, "eventTag": "RETURN_CANCELLED"}]},
        {"purchaseOrderId": "130"},
        {"item": {"sku": "W-2", "productName": "Another"}},
    ],
)
def test_what_walmart_takes_no_dispute_for_is_no_event(world: World, more: Row) -> None:
    # Kept by rule, refunded by the seller's hand, cancelled, or an order that no payments report
    # says Walmart shipped.
    world.land_json(returns(returned("R1", "REFUND_ISSUED", **LOST | more)))
    assert world.all("2026-12-01") == []


def test_an_order_that_the_seller_shipped_is_no_event(database: Database, tmp_path: Path) -> None:
    world = World(database, tmp_path, "walmart-us", at_once=False)
    own = line("Product Price", "20.00", **{"Fulfillment Type": "Seller Fulfilled"})
    world.land(RECON, period(), own, delimiter=",")
    world.land_json(returns(returned("R1", "REFUND_ISSUED", **LOST)))
    assert world.all("2026-12-01") == []


def test_nothing_is_claimed_before_the_customer_was_refunded(
    database: Database, tmp_path: Path
) -> None:
    world = World(database, tmp_path, "walmart-us", at_once=False)
    world.land(RECON, period(), *SALE, delimiter=",")
    begun = returned("R1", "RETURN_INITIATED", **LOST, refundedQty=0, status="INITIATED")
    world.land_json(returns(begun))
    assert world.all("2026-12-01") == []


def test_only_the_units_that_were_refunded_count(world: World) -> None:
    # 3 were to come back, 2 are refunded so far.
    world.land_json(returns(returned("R1", "REFUND_ISSUED", units=3, **LOST | {"refundedQty": 2})))
    assert units(world.one("2026-05-02")) == {"ready": 2}


def test_a_dispute_that_was_won_settles_the_return_it_names(world: World) -> None:
    world.land_json(returns(returned("R1", "REFUND_ISSUED", **LOST)))
    won = adjustment("Dispute won", "17.60", 1, "05/20/2026", **{"Purchase Order #": "129"})
    world.land(RECON, period("05/16/2026", "05/29/2026"), won, delimiter=",")
    one = world.one("2026-05-30")
    assert (units(one), one["amount"]["claimed_net"]) == ({"paid_cash": 1}, "17.60")
