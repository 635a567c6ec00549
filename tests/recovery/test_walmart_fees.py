"""Commission above Walmart's published schedule: each figure worked out beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.database.engine import Database
from tests.common.reports.walmart import adjustment, line, period, refund, whole_world
from tests.common.worlds.recovery import RECON, Row, World, units

AUTOMOTIVE = "Automotive & Powersports"
APPAREL = "Apparel & Accessories"
COMPACT = "Appliances - Compact"
TODAY, LAST_WINTER = "04/29/2026", "02/28/2025"


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    yield from whole_world(database, tmp_path)


def sold(
    world: World, category: str, day: str, price: str, charged: str, **more: object
) -> list[tuple[str, str]]:
    """What is found, subtype and amount, of one sale that was charged this commission."""
    said = {"Contract Category": category, "Transaction Posted Timestamp": day} | more
    world.land(
        RECON,
        period(),
        line("Product Price", price, **said),
        line("Commission on Product", f"-{charged}", **said),
        delimiter=",",
    )
    return [(row["subtype"], row["amount"]["ready"]) for row in world.all("2026-05-02")]


def test_a_referral_fee_above_the_schedule(world: World) -> None:
    # Automotive is 12 %: of 20.00 + 5.00 shipping that is 3.00; charged 5.00: 2.00 too much.
    # Settled with the period that ended on 1 May: 90 days, to 30 July.
    world.land(
        RECON,
        period(),
        line("Product Price", "20.00"),
        line("Shipping", "5.00"),
        line("Product tax", "1.85"),
        line("Product tax withheld", "-1.85"),
        line("Commission on Product", "-4.00"),
        line("Commission on Shipping", "-1.00"),
        delimiter=",",
    )
    one = world.one("2026-05-02")
    assert (one["subtype"], one["amount"]["ready"]) == ("referral_fee", "2.00")
    assert (one["basis"], one["expires_on"]) == ("fee_difference", "2026-07-30")
    assert len(one["evidence"]) == 4  # the charge, price, shipping and the shipping's commission
    assert units(world.one("2026-07-30")) == {"ready": 1}
    assert units(world.one("2026-07-31")) == {"expired": 1}


@pytest.mark.parametrize(
    ("category", "day", "price", "charged", "too_much"),
    [
        # One rate on the whole price: up to 15.00 5 %, up to 20.00 10 %, above 15 %.
        (APPAREL, TODAY, "15.00", "2.25", "1.50"),  # 5 % is 0.75
        (APPAREL, TODAY, "15.01", "2.25", "0.75"),  # 10 % is 1.501
        (APPAREL, TODAY, "20.00", "3.00", "1.00"),  # 10 % is 2.00
        (APPAREL, TODAY, "20.01", "3.00", None),  # 15 % is 3.0015
        # Each tier's rate on its portion: 12 % up to 300.00, 8 % above.
        (COMPACT, TODAY, "300.00", "36.00", None),
        (COMPACT, TODAY, "400.00", "48.00", "4.00"),  # 36.00 + 8.00
        # The older schedule held to the end of February 2025.
        ("Jewelry", LAST_WINTER, "250.00", "50.00", None),  # 20 %
        ("Jewelry", LAST_WINTER, "300.00", "60.00", "7.50"),  # 50.00 + 5 % of 50.00
        ("Watches", LAST_WINTER, "1500.00", "225.00", None),  # 15 %
        ("Watches", LAST_WINTER, "2000.00", "300.00", "60.00"),  # 225.00 + 3 % of 500.00
        # Between the two schedules, and for what the newer one does not list, nothing is known.
        (APPAREL, "03/01/2025", "15.00", "2.25", None),
        (APPAREL, "03/24/2025", "15.00", "2.25", None),
        (APPAREL, "03/25/2025", "15.00", "2.25", "1.50"),
        ("Jewelry", TODAY, "300.00", "90.00", None),
        ("Moon Dust", TODAY, "20.00", "9.00", None),
        # 12 % of 20.00 is 2.40; two cents are rounding.
        (AUTOMOTIVE, TODAY, "20.00", "2.40", None),
        (AUTOMOTIVE, TODAY, "20.00", "2.42", None),
        (AUTOMOTIVE, TODAY, "20.00", "2.43", "0.03"),
        # Walmart charged less than it may (Commission Saving).
        (AUTOMOTIVE, TODAY, "20.00", "2.00", None),
    ],
)
def test_the_schedule_at_its_boundaries(  # noqa: PLR0917  a case is a row of the table
    world: World, category: str, day: str, price: str, charged: str, too_much: str | None
) -> None:
    expected = [("referral_fee", too_much)] if too_much else []
    assert sold(world, category, day, price, charged) == expected


def test_the_price_of_one_unit_decides_the_tier(world: World) -> None:
    # 2 at 15.00: 5 % of 15.00 is 0.75, twice 1.50; charged 4.50, as if 30.00 were one item.
    assert sold(world, APPAREL, TODAY, "30.00", "4.50", **{"Ship Qty": 2}) == [
        ("referral_fee", "3.00")
    ]


def test_an_unknown_number_of_units_is_not_judged(world: World) -> None:
    assert sold(world, APPAREL, TODAY, "15.00", "2.25", **{"Ship Qty": ""}) == []


def test_a_kind_of_item_with_a_rate_of_its_own_is_not_judged(world: World) -> None:
    # The older schedule takes 15 % for backpacks at any price.
    backpack = {"Product Type": "Backpacks"}
    assert sold(world, APPAREL, LAST_WINTER, "15.00", "2.25", **backpack) == []


def test_a_refunded_sale_is_no_overcharge(world: World) -> None:
    # The refund gave the commission back; a part of it cannot be told from the rest.
    world.land(
        RECON,
        period(),
        line("Product Price", "20.00"),
        line("Commission on Product", "-5.00"),
        refund("Product Price", "-20.00"),
        refund("Commission on Product", "5.00"),
        delimiter=",",
    )
    assert world.all("2026-05-02") == []


def test_a_refund_of_a_later_period_ends_the_claim(world: World) -> None:
    world.land(
        RECON,
        period(),
        line("Product Price", "20.00"),
        line("Commission on Product", "-5.00"),
        delimiter=",",
    )
    assert units(world.one("2026-05-02")) == {"ready": 1}
    world.land(
        RECON,
        period("05/02/2026", "05/15/2026"),
        refund("Product Price", "-20.00", "05/04/2026"),
        refund("Commission on Product", "5.00", "05/04/2026"),
        delimiter=",",
    )
    assert world.all("2026-05-16") == []


def test_another_country_has_no_published_schedule(database: Database, tmp_path: Path) -> None:
    world = World(database, tmp_path, "walmart-ca", at_once=False)
    price, fee = line("Product Price", "20.00"), line("Commission on Product", "-5.00")
    world.land(RECON, {**period(), "Currency": "CAD"}, price, fee, delimiter=",")
    assert world.all("2026-05-02") == []


@pytest.mark.parametrize(("order", "left"), [("129", {"paid_cash": 1}), ("130", {"future": 1})])
def test_a_dispute_that_was_won_settles_the_charge_it_names(
    world: World, order: str, left: Row
) -> None:
    world.land(
        RECON,
        period(),
        line("Product Price", "20.00"),
        line("Commission on Product", "-5.00"),
        adjustment("Dispute won", "2.60", 1, "05/01/2026", **{"Purchase Order #": order}),
        delimiter=",",
    )
    # Of the same customer's order, and won for another part of it: it may be meant for this one.
    assert units(world.one("2026-05-02")) == left
