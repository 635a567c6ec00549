"""Amazon returns, refunds and replacements: small worlds, each figure worked out beside it."""

from pathlib import Path

from services.database.engine import Database
from tests.common.reports.amazon import (
    ORDER,
    came_back,
    ordered,
    refunded,
    returns_cover,
    settle,
    settlements_cover,
)
from tests.common.reports.files import REPLACEMENTS
from tests.common.worlds.recovery import (
    COST,
    REIMBURSEMENTS,
    RETURNS,
    Row,
    World,
    cost,
    paid,
    units,
)

NO_RETURN = ("2026-01-01", "2026-12-31")  # the returns report covers the year


def _fee(day: str, amount: str, what: str) -> Row:
    return {
        **ordered(day, 0, amount),
        "amount-type": "ItemFees",
        "amount-description": what,
        "quantity-purchased": "",
    }


def _sent_again(day: str, units: int = 1, **more: object) -> Row:
    return {
        "shipment-date": f"{day}T20:00:00+00:00",
        "sku": "SKU-A",
        "asin": "B001",
        "fulfillment-center-id": "LEX1",
        "quantity": units,
        "replacement-reason-code": "7",
        "replacement-amazon-order-id": "222-2222222-2222222",
        "original-amazon-order-id": ORDER,
    } | more


# Refunded, not returned ---------------------------------------------------------------------


def test_a_refund_without_return_waits_sixty_days_and_ends_after_a_hundred_and_twenty(
    world: World,
) -> None:
    # Refunded on 1 March 2026: may be claimed from 30 April (60 days) to 29 June (120 days).
    # Price 19.50 less fees 2.93 + 4.16 = 12.41.
    settle(
        world,
        ordered("2026-02-20", 1, "19.50"),
        _fee("2026-02-20", "-2.93", "Commission"),
        _fee("2026-02-20", "-4.16", "FBAPerUnitFulfillmentFee"),
        refunded("2026-03-01", "19.50"),
    )
    returns_cover(world, *NO_RETURN)
    one = world.one("2026-04-29")
    assert (one["subtype"], one["sku"], units(one)) == (
        "refunded_not_returned",
        "SKU-A",
        {"future": 1},
    )
    assert (one["opens_on"], one["expires_on"]) == ("2026-04-30", "2026-06-29")
    assert (one["basis"], one["amount"]["future"]) == ("order_proceeds", "12.41")
    assert units(world.one("2026-04-30")) == {"ready": 1}
    assert units(world.one("2026-06-29")) == {"ready": 1}
    assert units(world.one("2026-06-30")) == {"expired": 1}


def test_a_return_in_any_disposition_leaves_nothing_missing(world: World) -> None:
    settle(world, ordered("2026-02-20", 1, "19.50"), refunded("2026-03-01", "19.50"))
    broken = came_back("2026-03-20", **{"detailed-disposition": "CUSTOMER_DAMAGED"})
    returns_cover(world, *NO_RETURN, broken)
    assert units(world.one("2026-07-01")) == {"found": 1}


def test_a_return_in_a_newer_file_takes_the_discrepancy_away(world: World) -> None:
    settle(world, ordered("2026-02-20", 1, "19.50"), refunded("2026-03-01", "19.50"))
    returns_cover(world, "2026-02-01", "2026-05-31")
    assert units(world.one("2026-05-31")) == {"ready": 1}
    world.land(RETURNS, came_back("2026-06-02"))
    assert units(world.one("2026-06-02")) == {"found": 1}


def test_a_refund_is_ready_only_where_the_returns_are_known_from_the_order_on(
    world: World,
) -> None:
    settle(world, ordered("2026-02-20", 1, "19.50"), refunded("2026-03-01", "19.50"))
    held = {"units": 1, "because": "report"}
    # No returns at all, then all but those of the days between the order and its refund: the unit
    # may have come back before it was refunded.
    for first, last in (("", ""), ("2026-03-02", "2026-06-30"), ("2026-02-21", "2026-03-02")):
        if first:
            returns_cover(world, first, last)
        one = world.one("2026-05-31")
        assert (units(one), one["held"], one["awaits"]) == (
            {"future": 1},
            held,
            "amazon_customer_returns",
        )
    returns_cover(world, "2026-02-20", "2026-02-21")
    one = world.one("2026-05-31")
    assert (units(one), one["held"]["units"], one["awaits"]) == ({"ready": 1}, 0, None)


def test_a_unit_that_came_back_before_its_refund_was_never_missing(world: World) -> None:
    settle(world, ordered("2026-02-20", 1, "19.50"), refunded("2026-03-09", "19.50"))
    returns_cover(world, *NO_RETURN, came_back("2026-03-05"))
    assert world.all("2026-03-10") == []


def test_what_came_back_later_was_missing_until_then(world: World) -> None:
    settle(world, ordered("2026-02-10", 1, "19.50"), refunded("2026-02-20", "19.50"))
    returns_cover(world, *NO_RETURN, came_back("2026-03-05"))
    assert units(world.one("2026-03-01")) == {"future": 1}
    assert units(world.one("2026-03-05")) == {"found": 1}


def test_what_no_report_proves_yet_is_never_ready(world: World) -> None:
    # The window opens on 30 April; the returns are known up to 29 April only.
    settle(world, ordered("2026-02-20", 1, "19.50"), refunded("2026-03-01", "19.50"))
    returns_cover(world, "2026-02-01", "2026-04-29")
    assert units(world.one("2026-04-30")) == {"future": 1}
    returns_cover(world, "2026-04-29", "2026-04-30")
    assert units(world.one("2026-04-30")) == {"ready": 1}


def test_a_partial_refund_asks_for_nothing_back(world: World) -> None:
    # 5.00 of 19.50 is no whole unit; nor is 19.00 of 19.50.
    settle(
        world,
        ordered("2026-02-20", 1, "19.50"),
        refunded("2026-03-01", "5.00"),
        ordered("2026-02-20", 1, "19.50", **{"order-id": "111-2"}),
        refunded("2026-03-01", "19.00", **{"order-id": "111-2"}),
    )
    returns_cover(world, *NO_RETURN)
    assert world.all("2026-05-31") == []


def test_two_partial_refunds_that_make_a_unit_count_from_the_second(world: World) -> None:
    # 5.00 on 1 March and 14.50 on 9 March are the 19.50 of one unit: the clock starts on 9 March.
    settle(
        world,
        ordered("2026-02-20", 1, "19.50"),
        refunded("2026-03-01", "5.00"),
        refunded("2026-03-09", "14.50"),
    )
    returns_cover(world, *NO_RETURN)
    one = world.one("2026-05-31")
    assert (one["event_on"], units(one)) == ("2026-03-09", {"ready": 1})


def test_two_refunds_of_one_order_are_two_events_less_what_came_back(world: World) -> None:
    # Three units for 10.00: 3.33 on 1 March is one of them, 6.67 on 9 March two. One came back
    # after both: it stands for the later refund, so that the earlier deadline stays. One of 1 March
    # and one of 9 March are missing, at 10.00 / 3 = 3.33 each.
    settle(
        world,
        ordered("2026-02-20", 3, "10.00"),
        refunded("2026-03-01", "3.33"),
        refunded("2026-03-09", "6.67"),
    )
    returns_cover(world, *NO_RETURN, came_back("2026-03-20"))
    first, second = world.all("2026-05-31")
    assert (first["event_on"], units(first)) == ("2026-03-01", {"ready": 1})
    assert (second["event_on"], units(second)) == ("2026-03-09", {"found": 1, "ready": 1})
    assert (second["basis"], second["amount"]["ready"]) == ("order_proceeds", "3.33")
    assert len(second["evidence"]) == 3  # the refund, the order, the return


def test_a_return_that_has_not_come_yet_leaves_both_refunds_missing(world: World) -> None:
    settle(
        world,
        ordered("2026-02-20", 2, "20.00"),
        refunded("2026-03-01", "10.00"),
        refunded("2026-03-09", "10.00"),
    )
    returns_cover(world, *NO_RETURN)
    assert [(one["event_on"], units(one)) for one in world.all("2026-05-31")] == [
        ("2026-03-01", {"ready": 1}),
        ("2026-03-09", {"ready": 1}),
    ]


def test_without_the_order_a_refund_is_for_one_unit(world: World) -> None:
    # No order line: nobody can say what a unit cost. Both refunds together are one unit at most;
    # or a goodwill of 39.00 for ten units, and none.
    settle(world, refunded("2026-03-01", "39.00"), refunded("2026-03-09", "5.00"))
    returns_cover(world, *NO_RETURN)
    one = world.one("2026-05-31")
    assert (one["event_on"], units(one)) == ("2026-03-01", {"future": 1})
    assert (one["held"]["because"], one["awaits"]) == ("order_unknown", "amazon_settlement")
    assert one["basis"] == "unknown"


def test_a_refund_of_an_order_you_shipped_yourself_is_none(world: World) -> None:
    own = {"fulfillment-id": "MFN"}
    settle(world, ordered("2026-02-20", 1, "19.50", **own), refunded("2026-03-01", "19.50", **own))
    returns_cover(world, *NO_RETURN)
    assert world.all("2026-05-31") == []


def test_a_refund_of_shipping_alone_asks_for_nothing_back(world: World) -> None:
    settle(
        world,
        ordered("2026-02-20", 1, "19.50"),
        ordered("2026-02-20", 0, "4.99", **{"amount-description": "Shipping"}),
        refunded("2026-03-01", "4.99", what="ItemPrice/Shipping"),
    )
    returns_cover(world, *NO_RETURN)
    assert world.all("2026-05-31") == []


def test_a_refund_late_in_the_pacific_evening_belongs_to_that_day(world: World) -> None:
    # 23:30 on 1 March in Los Angeles (UTC-8) is 07:30 on 2 March in UTC.
    settle(world, ordered("2026-02-20", 1, "19.50"), refunded("2026-03-02", "19.50", at="07:30:00"))
    returns_cover(world, *NO_RETURN)
    one = world.one("2026-05-31")
    assert (one["event_on"], one["expires_on"]) == ("2026-03-01", "2026-06-29")


def test_days_are_counted_over_a_leap_day(world: World) -> None:
    # Refunded on 1 January 2028: 60 days later is 1 March (31 + 29 days), 120 days 30 April.
    settle(world, ordered("2027-12-20", 1, "19.50"), refunded("2028-01-01", "19.50"))
    returns_cover(world, "2027-12-01", "2028-06-30")
    one = world.one("2028-02-29")
    assert (one["opens_on"], one["expires_on"]) == ("2028-03-01", "2028-04-30")
    assert units(one) == {"future": 1}


def test_a_payment_for_the_order_settles_it(world: World) -> None:
    settle(world, ordered("2026-02-20", 1, "19.50"), refunded("2026-03-01", "19.50"))
    returns_cover(world, *NO_RETURN)
    world.land(
        REIMBURSEMENTS,
        paid("2026-05-05", 1, "12.41", reason="CustomerReturn", **{"amazon-order-id": ORDER}),
    )
    one = world.one("2026-05-31")
    assert (units(one), one["amount"]["claimed_net"]) == ({"paid_cash": 1}, "12.41")


def test_in_britain_the_wait_is_forty_five_days(database: Database, tmp_path: Path) -> None:
    # Refunded on 1 March 2026: from 15 April (45 days) to 14 June (105 days).
    world = World(database, tmp_path, "amazon-uk", at_once=False)
    shop = {"marketplace-name": "Amazon.co.uk"}
    settle(
        world, ordered("2026-02-20", 1, "19.50", **shop), refunded("2026-03-01", "19.50", **shop)
    )
    returns_cover(world, *NO_RETURN)
    one = world.one("2026-05-31")
    assert (one["opens_on"], one["expires_on"]) == ("2026-04-15", "2026-06-14")


# Returned damaged ---------------------------------------------------------------------------


def test_the_clock_of_a_damaged_return_is_its_refund(world: World) -> None:
    # Refunded on 1 March, back on 20 March, broken by the carrier: the refund starts the clock,
    # and the unit is not missing as well.
    settle(world, ordered("2026-02-20", 1, "19.50"), refunded("2026-03-01", "19.50"))
    broken = came_back("2026-03-20", **{"detailed-disposition": "CARRIER_DAMAGED"})
    returns_cover(world, *NO_RETURN, broken)
    one = world.only("2026-05-31")
    assert (one["subtype"], units(one)) == ("returned_damaged", {"ready": 1})
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-03-01", False)
    assert (one["opens_on"], one["expires_on"]) == ("2026-04-30", "2026-06-29")
    assert len(one["evidence"]) == 2  # the return and the refund


def test_of_several_refunds_the_first_is_the_earliest_day_of_a_damaged_return(
    world: World,
) -> None:
    settle(
        world,
        ordered("2026-02-20", 2, "20.00"),
        refunded("2026-03-01", "10.00"),
        refunded("2026-03-09", "10.00"),
    )
    broken = came_back("2026-03-20", **{"detailed-disposition": "DAMAGED"})
    returns_cover(world, *NO_RETURN, broken, came_back("2026-03-21", plate="LPN2"))
    one = world.only("2026-05-31")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-03-01", True)


def test_one_unit_missing_and_one_damaged_are_two_subtypes_of_one_unit_each(world: World) -> None:
    # Two refunded, one back and broken: one damaged, one missing, two units in all.
    settle(world, ordered("2026-02-20", 2, "20.00"), refunded("2026-03-01", "20.00"))
    broken = came_back("2026-03-20", **{"detailed-disposition": "CARRIER_DAMAGED"})
    returns_cover(world, *NO_RETURN, broken)
    found = sorted((one["subtype"], one["units"]["ready"]) for one in world.all("2026-05-31"))
    assert found == [("refunded_not_returned", 1), ("returned_damaged", 1)]


def test_a_damaged_return_of_a_replaced_unit_counts_from_the_replacement(world: World) -> None:
    world.land(REPLACEMENTS, _sent_again("2026-03-05"))
    broken = came_back("2026-03-20", **{"detailed-disposition": "CARRIER_DAMAGED"})
    returns_cover(world, *NO_RETURN, broken)
    one = world.only("2026-05-31")
    assert (one["subtype"], one["event_on"]) == ("returned_damaged", "2026-03-05")


# Refunded more ------------------------------------------------------------------------------


def test_what_was_refunded_above_the_charge_is_the_difference(world: World) -> None:
    # Charged 19.50 + 4.99 shipping = 24.49; refunded 19.50 + 4.99 + 5.00 goodwill = 29.49.
    # The difference is 5.00; taxes on both sides do not count.
    settlements_cover(world, "2026-01-21", "2026-03-09")
    settle(
        world,
        ordered("2026-02-20", 1, "19.50"),
        ordered("2026-02-20", 0, "4.99", **{"amount-description": "Shipping"}),
        ordered("2026-02-20", 0, "1.56", **{"amount-description": "Tax"}),
        refunded("2026-03-01", "19.50"),
        refunded("2026-03-01", "4.99", what="ItemPrice/Shipping"),
        refunded("2026-03-01", "3.12", what="ItemPrice/Tax"),
        refunded("2026-03-09", "5.00", what="ItemPrice/Goodwill"),
    )
    returns_cover(world, *NO_RETURN, came_back("2026-03-20"))
    one = world.only("2026-05-31")
    assert (one["subtype"], units(one), one["basis"]) == (
        "refunded_more",
        {"ready": 1},
        "refund_difference",
    )
    # The refund of 9 March went beyond the charge: 8 May is 60 days after it.
    assert (one["amount"]["ready"], one["event_on"], one["opens_on"]) == (
        "5.00",
        "2026-03-09",
        "2026-05-08",
    )


def test_one_cent_above_the_charge_is_rounding_and_two_are_not(world: World) -> None:
    second = {"order-id": "111-2"}
    settlements_cover(world, "2026-01-21", "2026-03-09")
    settle(
        world,
        ordered("2026-02-20", 1, "19.50"),
        refunded("2026-03-01", "19.51"),
        ordered("2026-02-20", 1, "19.50", **second),
        refunded("2026-03-01", "19.52", **second),
    )
    returns_cover(
        world, *NO_RETURN, came_back("2026-03-20"), came_back("2026-03-20", plate="LPN2", **second)
    )
    one = world.only("2026-05-31")
    assert (one["subtype"], one["amount"]["ready"]) == ("refunded_more", "0.02")


def test_a_refund_above_the_charge_waits_for_the_settlements_in_which_more_may_be_charged(
    world: World,
) -> None:
    # Parts of an order are shipped within weeks: another line of it may stand before the first.
    settle(world, ordered("2026-02-20", 1, "19.50"), refunded("2026-03-01", "24.50"))
    returns_cover(world, *NO_RETURN, came_back("2026-03-20"))
    one = world.only("2026-05-31")
    assert (one["subtype"], units(one), one["awaits"]) == (
        "refunded_more",
        {"future": 1},
        "amazon_settlement",
    )
    settlements_cover(world, "2026-01-21", "2026-02-20")
    assert units(world.only("2026-05-31")) == {"ready": 1}


def test_without_the_order_nothing_was_refunded_too_much(world: World) -> None:
    settlements_cover(world, "2026-01-21", "2026-03-09")
    settle(world, refunded("2026-03-01", "19.50"), refunded("2026-03-09", "19.50"))
    returns_cover(world, *NO_RETURN, came_back("2026-03-20"))
    assert world.missing("2026-05-31") == []


def test_a_unit_refunded_twice_is_missing_once_and_its_money_is_the_difference(
    world: World,
) -> None:
    # One unit of 19.50 refunded twice, never back: one unit missing, 19.50 too much.
    settlements_cover(world, "2026-01-21", "2026-03-09")
    settle(
        world,
        ordered("2026-02-20", 1, "19.50"),
        refunded("2026-03-01", "19.50"),
        refunded("2026-03-09", "19.50"),
    )
    returns_cover(world, *NO_RETURN)
    found = [
        (one["subtype"], one["event_on"], one["amount"]["ready"]) for one in world.all("2026-05-31")
    ]
    assert sorted(found) == [
        ("refunded_more", "2026-03-09", "19.50"),
        ("refunded_not_returned", "2026-03-01", "19.50"),
    ]


# Replacement, original not returned ---------------------------------------------------------


def test_a_replacement_whose_first_unit_stayed_away(world: World) -> None:
    # Sent on 5 March: may be claimed from 4 May to 3 July. 1 unit at its cost of 4.20: while the
    # order's own lines are not landed, its proceeds are not known, nor from which day on the first
    # unit may have come back.
    world.land(COST, cost("4.20"), delimiter=",")
    world.land(REPLACEMENTS, _sent_again("2026-03-05"))
    returns_cover(world, *NO_RETURN)
    one = world.one("2026-05-31")
    assert (one["subtype"], units(one)) == ("replacement_not_returned", {"future": 1})
    assert (one["opens_on"], one["expires_on"]) == ("2026-05-04", "2026-07-03")
    assert (one["amount"]["future"], one["awaits"]) == ("4.20", "amazon_settlement")
    settle(world, ordered("2026-02-20", 1, "19.50"))
    one = world.one("2026-05-31")
    assert (units(one), one["amount"]["ready"]) == ({"ready": 1}, "19.50")


def test_a_returned_unit_stands_for_the_refund_before_the_replacement(world: World) -> None:
    # Two units: one refunded, one replaced, one back. The return is the refund's; the replaced
    # unit is missing. When a second one comes back, nothing is.
    settle(world, ordered("2026-02-20", 2, "20.00"), refunded("2026-03-01", "10.00"))
    world.land(REPLACEMENTS, _sent_again("2026-03-05"))
    returns_cover(world, *NO_RETURN, came_back("2026-03-20"))
    one = world.only("2026-05-31")
    assert (one["subtype"], units(one)) == ("replacement_not_returned", {"ready": 1})
    world.land(RETURNS, came_back("2026-06-20", plate="LPN2"))
    assert world.missing("2026-06-30") == []


def test_a_replacement_is_proven_by_the_returns_report_only(world: World) -> None:
    settle(world, ordered("2026-03-01", 1, "19.50"))
    world.land(REPLACEMENTS, _sent_again("2026-03-05"))
    assert units(world.one("2026-05-31")) == {"future": 1}
    returns_cover(world, "2026-03-01", "2026-03-31")
    assert units(world.one("2026-05-31")) == {"future": 1}
    returns_cover(world, "2026-03-31", "2026-05-04")
    assert units(world.one("2026-05-31")) == {"ready": 1}


def test_two_replacements_and_one_return_leave_the_earlier_one(world: World) -> None:
    later = _sent_again("2026-03-09", **{"replacement-amazon-order-id": "222-3"})
    world.land(REPLACEMENTS, _sent_again("2026-03-05"), later)
    returns_cover(world, *NO_RETURN, came_back("2026-03-20"))
    assert world.only("2026-05-31")["event_on"] == "2026-03-05"
