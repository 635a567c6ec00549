"""Amazon fees against the fee preview: small worlds, each figure worked out beside it.

A preview has no date of its own, so its day is the day it is landed: today. Charges are dated
back from there.
"""

from tests.common.reports.amazon import ORDER, days_ago, line, ordered, refunded, settle
from tests.common.reports.files import FEE_PREVIEW
from tests.common.worlds.recovery import REIMBURSEMENTS, Row, World, paid, units

TODAY = "2099-01-01"  # any day after all events: fees are read without regard to their window


def _preview(**more: object) -> Row:
    """SKU-A at 19.50: 2.93 referral fee, 4.16 fulfilment fee, a large standard size."""
    return {
        "sku": "SKU-A",
        "fnsku": "X001",
        "asin": "B001",
        "amazon-store": "US",
        "product-name": "Mug",
        "product-group": "Kitchen",
        "your-price": "19.50",
        "sales-price": "19.50",
        "longest-side": "5.90",
        "median-side": "4.30",
        "shortest-side": "4.00",
        "unit-of-dimension": "inches",
        "item-package-weight": "1.10",
        "unit-of-weight": "pounds",
        "product-size-tier": "UsLargeStandardSize",
        "currency": "USD",
        "estimated-fee-total": "7.09",
        "estimated-referral-fee-per-unit": "2.93",
        "expected-fulfillment-fee-per-unit": "4.16",
    } | more


def _sold(
    day: str,
    *,
    units: int = 1,
    price: str = "19.50",
    commission: str = "2.93",
    fulfilment: str = "4.16",
    **more: object,
) -> list[Row]:
    """An order's item with its fees; all amounts are for all its units."""
    return [
        ordered(day, units, price, **more),
        line(day, f"-{commission}", "ItemFees/Commission", **more),
        line(day, f"-{fulfilment}", "ItemFees/FBAPerUnitFulfillmentFee", **more),
    ]


# Fulfilment fee -----------------------------------------------------------------------------


def test_a_fulfilment_fee_above_the_expected_one(world: World) -> None:
    # Two units charged 10.84 together: 5.42 each against 4.16 is 1.26 a unit, 2.52 in all.
    day = days_ago(10)
    settle(world, *_sold(day, units=2, price="39.00", commission="5.86", fulfilment="10.84"))
    world.land(FEE_PREVIEW, _preview())
    one = world.one(days_ago(0))
    assert (one["type"], one["subtype"], units(one)) == ("fee", "fulfilment_fee", {"ready": 2})
    assert (one["amount"]["ready"], one["basis"]) == ("2.52", "fee_difference")
    # 90 days from the charge: the last day is 80 days from now.
    assert (one["event_on"], one["expires_on"]) == (day, days_ago(-80))
    assert len(one["evidence"]) == 2  # the charge and the preview


def test_one_cent_a_unit_is_no_overcharge_and_two_are(world: World) -> None:
    day = days_ago(10)
    settle(
        world,
        *_sold(day, fulfilment="4.17"),
        *_sold(day, fulfilment="4.18", **{"order-id": "111-2"}),
    )
    world.land(FEE_PREVIEW, _preview())
    assert world.one(TODAY)["amount"]["expired"] == "0.02"


def test_only_charges_of_the_ninety_days_up_to_the_preview_are_judged(world: World) -> None:
    for number, days in enumerate((0, 90, 91)):
        order = {"order-id": f"111-{number}"}
        settle(world, *_sold(days_ago(days), fulfilment="5.16", **order))
    world.land(FEE_PREVIEW, _preview())
    found = sorted(one["event_on"] for one in world.all(TODAY))
    assert found == [days_ago(90), days_ago(0)]


def test_one_charge_is_one_event_and_each_order_item_is_a_charge(world: World) -> None:
    day = days_ago(10)
    second = {"order-item-code": "155037952465999"}
    settle(world, *_sold(day, fulfilment="5.16"), *_sold(day, fulfilment="5.16", **second))
    world.land(FEE_PREVIEW, _preview())
    assert [units(one) for one in world.all(days_ago(0))] == [{"ready": 1}, {"ready": 1}]


def test_a_fee_that_was_given_back_is_not_judged(world: World) -> None:
    day = days_ago(10)
    back = refunded(day, "5.16", what="ItemFees/FBAPerUnitFulfillmentFee")
    settle(world, *_sold(day, fulfilment="5.16"), {**back, "amount": "5.16"})
    world.land(FEE_PREVIEW, _preview())
    assert world.all(TODAY) == []


def test_the_preview_of_another_country_or_currency_says_nothing(world: World) -> None:
    settle(world, *_sold(days_ago(10), fulfilment="5.16"))
    world.land(
        FEE_PREVIEW, _preview(**{"amazon-store": "CA", "currency": "CAD"}), _preview(sku="SKU-B")
    )
    assert world.all(TODAY) == []


def test_without_a_quantity_or_an_expected_fee_nothing_is_judged(world: World) -> None:
    settle(
        world,
        *_sold(days_ago(10), fulfilment="5.16", **{"quantity-purchased": ""}),
        *_sold(days_ago(10), fulfilment="5.16", sku="SKU-B"),
    )
    unknown = {"sku": "SKU-B", "expected-fulfillment-fee-per-unit": "--"}
    world.land(FEE_PREVIEW, _preview(), _preview(**unknown))
    assert world.all(TODAY) == []


def test_a_fee_correction_for_the_order_settles_it(world: World) -> None:
    settle(world, *_sold(days_ago(10), fulfilment="5.16"))
    world.land(FEE_PREVIEW, _preview())
    world.land(
        REIMBURSEMENTS,
        paid(days_ago(2), 1, "1.00", reason="Fee_Correction", **{"amazon-order-id": ORDER}),
    )
    one = world.one(TODAY)
    assert (units(one), one["amount"]["claimed_net"]) == ({"paid_cash": 1}, "1.00")


# Referral fee -------------------------------------------------------------------------------


def test_a_commission_above_the_expected_one_at_the_same_price(world: World) -> None:
    # 3.90 charged against 2.93 at 19.50: 0.97 too much.
    settle(world, *_sold(days_ago(10), commission="3.90"))
    world.land(FEE_PREVIEW, _preview())
    one = world.one(days_ago(0))
    assert (one["subtype"], one["amount"]["ready"]) == ("referral_fee", "0.97")
    assert one["expires_on"] == days_ago(-80)


def test_two_cents_a_unit_are_rounding_and_three_are_not(world: World) -> None:
    settle(
        world,
        *_sold(days_ago(10), commission="2.95"),
        *_sold(days_ago(10), commission="2.96", **{"order-id": "111-2"}),
    )
    world.land(FEE_PREVIEW, _preview())
    assert world.one(TODAY)["amount"]["expired"] == "0.03"


def test_a_sale_at_another_price_is_not_judged(world: World) -> None:
    # The expected fee is for 19.50. One cent beside it is the same price; 19.48 is another.
    settle(
        world,
        *_sold(days_ago(10), price="19.48", commission="3.90"),
        *_sold(days_ago(10), price="19.49", commission="3.90", **{"order-id": "111-2"}),
    )
    world.land(FEE_PREVIEW, _preview())
    assert len(world.all(TODAY)) == 1


def test_a_sale_with_paid_shipping_is_not_judged(world: World) -> None:
    # Commission is due on shipping too: 24.49 is not the previewed price of 19.50.
    settle(
        world,
        *_sold(days_ago(10), commission="3.67"),
        line(days_ago(10), "4.99", "ItemPrice/Shipping"),
    )
    world.land(FEE_PREVIEW, _preview())
    assert world.all(TODAY) == []


def test_without_a_sales_price_your_price_is_the_previewed_one(world: World) -> None:
    settle(world, *_sold(days_ago(10), commission="3.90"))
    world.land(FEE_PREVIEW, _preview(**{"sales-price": "--"}))
    assert len(world.all(TODAY)) == 1


def test_a_refunded_sale_is_no_overcharge(world: World) -> None:
    back = refunded(days_ago(5), "3.90", what="ItemFees/Commission")
    settle(world, *_sold(days_ago(10), commission="3.90"), {**back, "amount": "3.90"})
    world.land(FEE_PREVIEW, _preview())
    assert world.all(TODAY) == []


def test_a_charge_too_high_in_both_fees_is_two_events(world: World) -> None:
    settle(world, *_sold(days_ago(10), commission="3.90", fulfilment="5.16"))
    world.land(FEE_PREVIEW, _preview())
    found = sorted((one["subtype"], one["amount"]["expired"]) for one in world.all(TODAY))
    assert found == [("fulfilment_fee", "1.00"), ("referral_fee", "0.97")]
