"""Customers of Walmart who got back more than they paid: each figure worked out beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.database.engine import Database
from tests.common.reports.walmart import adjustment, line, period, refund, whole_world
from tests.common.worlds.recovery import RECON, Row, World, units

# 20.00 and 5.00 shipping: the customer paid 25.00 without tax.
SALE = (line("Product Price", "20.00"), line("Shipping", "5.00"), line("Product tax", "1.85"))


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    yield from whole_world(database, tmp_path)


def test_a_second_refund_above_what_was_paid(world: World) -> None:
    # 25.00 went back on 30 April, 3.00 more on 5 May: 28.00 of 25.00, 3.00 too much. The window
    # can have opened on 5 May at the earliest: 45 days, to 19 June.
    world.land(
        RECON,
        period("04/18/2026", "05/15/2026"),
        *SALE,
        refund("Product Price", "-20.00"),
        refund("Shipping", "-5.00"),
        refund("Product tax", "-1.85"),
        refund("Product Price", "-3.00", "05/05/2026"),
        delimiter=",",
    )
    waiting = world.one("2026-05-16")
    # An order may be shipped in parts: a sale line may stand up to 30 days before the first.
    assert (units(waiting), waiting["awaits"]) == ({"future": 1}, "walmart_payments")
    world.covered("2026-03-30", "2026-04-17")
    one = world.one("2026-05-16")
    assert (one["subtype"], one["basis"]) == ("refunded_more", "refund_difference")
    assert (units(one), one["amount"]["ready"]) == ({"ready": 1}, "3.00")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-05-05", True)
    assert (one["opens_on"], one["expires_on"]) == ("2026-05-05", "2026-06-19")
    assert units(world.one("2026-06-19")) == {"ready": 1}
    assert units(world.one("2026-06-20")) == {"expired": 1}
    assert len(one["evidence"]) == 5  # two lines of the sale, three of the refunds


@pytest.mark.parametrize(
    ("amount", "too_much"), [("25.00", []), ("25.01", []), ("25.02", ["0.02"])]
)
def test_one_cent_is_rounding(world: World, amount: str, too_much: list[str]) -> None:
    world.covered("2026-03-30", "2026-04-17")
    world.land(RECON, period(), *SALE, refund("Product Price", f"-{amount}"), delimiter=",")
    assert [row["amount"]["ready"] for row in world.all("2026-05-02")] == too_much


@pytest.mark.parametrize(
    "more",
    [
        {"Transaction Description": "Keep-it refund"},
        {"Transaction Description": "Seller Initiated Returns"},
        {"Amount Type": "Product tax"},
        {"Purchase Order #": "130"},
    ],
)
def test_what_cannot_be_disputed_or_compared_is_no_event(world: World, more: Row) -> None:
    # Kept by rule, refunded by the seller, tax alone, or a sale that no report holds.
    world.land(RECON, period(), *SALE, refund("Product Price", "-30.00", **more), delimiter=",")
    assert world.all("2026-05-02") == []


def test_an_order_that_the_seller_shipped_is_no_event(world: World) -> None:
    own = {"Fulfillment Type": "Seller Fulfilled"}
    sale = line("Product Price", "20.00", **own)
    world.land(RECON, period(), sale, refund("Product Price", "-30.00", **own), delimiter=",")
    assert world.all("2026-05-02") == []


def test_walmarts_own_correction_of_an_excess_counts(world: World) -> None:
    # 30.00 of 25.00 went back, and Walmart gave 5.00 of it to the seller: nothing is left.
    world.land(
        RECON,
        period(),
        *SALE,
        refund("Product Price", "-30.00"),
        refund("ExcessRefundAdjustment", "5.00"),
        delimiter=",",
    )
    assert world.all("2026-05-02") == []


def test_the_sale_and_its_refund_may_be_periods_apart(world: World) -> None:
    world.covered("2026-03-30", "2026-04-17")
    world.land(RECON, period(), *SALE, delimiter=",")
    late = refund("Product Price", "-27.50", "05/20/2026", **{"Partner Item Id": "w-1"})
    world.land(RECON, period("05/16/2026", "05/29/2026"), late, delimiter=",")
    one = world.one("2026-05-30")
    assert (one["event_on"], one["amount"]["ready"]) == ("2026-05-20", "2.50")


def test_a_dispute_that_was_won_settles_it(world: World) -> None:
    world.land(
        RECON,
        period(),
        *SALE,
        refund("Product Price", "-30.00"),
        adjustment("Dispute won", "5.00", 1, "05/01/2026", **{"Purchase Order #": "129"}),
        delimiter=",",
    )
    one = world.one("2026-05-02")
    assert (units(one), one["amount"]["claimed_net"]) == ({"paid_cash": 1}, "5.00")
