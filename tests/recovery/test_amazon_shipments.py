"""Amazon inbound shipments and removals: small worlds, each figure worked out beside it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.recovery import clock
from tests.common.reports.files import MYI, REMOVAL_RECEIPTS, REMOVAL_SHIPMENTS
from tests.common.worlds.recovery import (
    COST,
    LEDGER,
    REIMBURSEMENTS,
    Row,
    World,
    cost,
    left_to_the_next_import,
    lost,
    paid,
    quiet,
    units,
)

NAME = "FBA (2/11/26, 11:18 AM) - 1"
PARCEL = "1Z0000000000000001"


def _shipment(world: World, status: str, *, name: str = NAME, shipment: str = "FBA15ABC") -> None:
    said = {
        "ShipmentId": shipment,
        "ShipmentName": name,
        "ShipmentStatus": status,
        "DestinationFulfillmentCenterId": "ABE8",
        "LabelPrepType": "SELLER_LABEL",
        "AreCasesRequired": False,
        "BoxContentsSource": "NONE",
        "ShipFromAddress": {"Name": "Seller"},
    }
    world.land_json({"payload": {"ShipmentData": [said]}})


def _item(world: World, shipped: int, received: int, **more: Any) -> None:
    said = {
        "ShipmentId": "FBA15ABC",
        "SellerSKU": "SKU-A",
        "FulfillmentNetworkSKU": "X001",
        "QuantityShipped": shipped,
        "QuantityReceived": received,
        "QuantityInCase": 0,
        "PrepDetailsList": [],
    } | more
    world.land_json({"payload": {"ItemData": [said]}})


def _receipt(day: str, units: int, **more: object) -> Row:
    """Units of X001 received into the warehouse, whole."""
    return {
        **lost(day, 1),
        "Event Type": "Receipts",
        "Reference ID": "FBA15ABC",
        "Quantity": units,
        "Reason": "",
        **more,
    }


# Inbound shortage ---------------------------------------------------------------------------


def test_a_closed_shipment_short_of_four_units(world: World) -> None:
    # 100 shipped, 96 received, first on 15 February: 4 at 4.20 = 16.80. Nine calendar months
    # after 15 February 2026 is 15 November.
    world.land(COST, cost("4.20"), delimiter=",")
    _shipment(world, "CLOSED")
    _item(world, 100, 96)
    world.land(LEDGER, _receipt("2026-02-16", 36), _receipt("2026-02-15", 60))
    one = world.one("2026-03-01")
    assert (one["type"], one["subtype"], units(one)) == (
        "shipment",
        "inbound_shortage",
        {"ready": 4},
    )
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-02-15", False)
    assert (one["expires_on"], one["amount"]["ready"]) == ("2026-11-15", "16.80")
    assert len(one["evidence"]) == 4  # the item, the shipment, two receipts
    assert units(world.one("2026-11-15")) == {"ready": 4}
    assert units(world.one("2026-11-16")) == {"expired": 4}


def test_a_shipment_that_is_listed_in_every_channel_of_the_region_is_one(world: World) -> None:
    # 100 shipped, 96 received: 4 short, once, although Canada lists the same shipment.
    _shipment(world, "CLOSED")
    _item(world, 100, 96)
    world.land(LEDGER, _receipt("2026-02-15", 96))
    alone = world.one("2026-03-01")
    _listed_in_canada(world, "CLOSED", 96)
    both = world.one("2026-03-01")
    assert (both["id"], units(both)) == (alone["id"], {"ready": 4})


def test_listed_in_two_countries_it_is_the_one_s_that_received_it(world: World) -> None:
    # Canada received 96 of 100: 4 short in Canadian dollars, for which no window is known, and
    # not until 15 November as in the United States.
    _shipment(world, "CLOSED")
    _item(world, 100, 96)
    _listed_in_canada(world, "CLOSED", 96)
    world.land(LEDGER, _receipt("2026-02-15", 96, Country="CA"))
    one = world.one("2026-03-01")
    assert (one["channel"], one["currency"]) == ("amazon-ca", "CAD")
    assert (units(one), one["expires_on"]) == ({"ready": 4}, None)


def test_listed_in_one_country_and_received_in_another_it_is_the_other_s(world: World) -> None:
    world.channel = "amazon-ca"
    _shipment(world, "CLOSED", shipment="FBA15XYZ")  # Canada is there, and lists another
    world.import_waiting()
    world.channel = "amazon-us"
    _shipment(world, "CLOSED")
    _item(world, 100, 96)
    world.land(LEDGER, _receipt("2026-02-15", 96, Country="CA"))
    one = world.one("2026-03-01")
    assert (one["channel"], one["currency"], units(one)) == ("amazon-ca", "CAD", {"ready": 4})
    assert len(one["evidence"]) == 3  # the item, the shipment, the receipt


def test_listed_in_two_countries_and_received_in_none_nobody_can_tell_whose_it_is(
    world: World,
) -> None:
    # With a sourcing cost in dollars, which would be a wrong amount were it Canada's.
    world.land(COST, cost("4.20"), delimiter=",")
    _shipment(world, "CLOSED")
    _item(world, 10, 0)
    alone = world.one("2026-03-01")
    assert (alone["held"]["because"], alone["expires_on"]) == ("never_received", "2026-11-11")
    assert alone["amount"]["future"] == "42.00"
    _listed_in_canada(world, "CLOSED", 0)
    one = world.one("2026-12-01")
    assert (units(one), one["held"]["because"]) == ({"future": 10}, "shop_unknown")
    assert (one["opens_on"], one["expires_on"], one["basis"]) == (None, None, "unknown")
    assert one["amount"]["future"] != "42.00"


@pytest.mark.parametrize(("country", "currency"), [("US", "USD"), ("CA", "CAD")])
def test_listed_in_two_countries_it_is_the_one_s_whose_center_it_went_to(
    world: World, country: str, currency: str
) -> None:
    # ABE8, where it was sent, received another shipment there.
    _shipment(world, "CLOSED")
    _item(world, 10, 0)
    _listed_in_canada(world, "CLOSED", 0)
    other = {"Reference ID": "FBA15XYZ", "Fulfillment Center": "ABE8", "Country": country}
    world.land(LEDGER, _receipt("2026-02-15", 5, **other))
    one = world.one("2026-03-01")
    assert (one["currency"], one["held"]["because"]) == (currency, "never_received")
    assert one["expires_on"] == ("2026-11-11" if country == "US" else None)


@pytest.mark.parametrize("subtype", ["inbound_shortage", "inbound_damaged"])
def test_channels_of_one_region_and_currency_have_the_same_windows(
    database: Database, subtype: str
) -> None:
    """The rule tells channels apart by currency: where this fails it has to ask for the window."""
    with database.loading() as connection:
        found = connection.execute(
            text("""
                select m.region, m.currency, count(distinct w.windows) from marketplace m
                cross join lateral (
                    select coalesce(array_agg(claim_window_id order by claim_window_id), '{}')
                        as windows
                    from claim_window w where w.marketplace = m.marketplace
                        and w.subtype = :subtype and m.country = any(w.countries)) w
                where m.marketplace = 'amazon' group by 1, 2
            """),
            {"subtype": subtype},
        ).all()
    assert found
    assert [row for row in found if row[2] != 1] == []


def _listed_in_canada(world: World, status: str, received: int) -> None:
    world.import_waiting()
    world.channel = "amazon-ca"
    # Of other bytes than the American lists: the same file twice is one.
    _shipment(world, status, name="FBA (2/11/26, 11:18 AM) - 2")
    _item(world, 100, received, QuantityInCase=1)
    world.import_waiting()
    world.channel = "amazon-us"
    with world.database.loading() as connection:
        listed = connection.execute(text("select count(*) from amazon_inbound_item")).scalar_one()
    assert listed == 2


def test_of_two_lists_of_a_shipment_the_newer_one_counts(world: World) -> None:
    # The American list says 50 of 100 received, Canada's, made later, 70: 30 are short.
    _shipment(world, "CLOSED")
    _item(world, 100, 50)
    world.land(LEDGER, _receipt("2026-02-15", 50))
    _listed_in_canada(world, "CLOSED", 70)
    assert units(world.one("2026-03-01")) == {"ready": 30}


def test_a_shipment_that_is_open_again_in_another_list_is_short_of_nothing(world: World) -> None:
    _shipment(world, "CLOSED")
    _item(world, 100, 50)
    world.land(LEDGER, _receipt("2026-02-15", 50))
    _listed_in_canada(world, "RECEIVING", 50)
    assert world.all("2026-03-01") == []


def test_nine_months_from_the_end_of_may_end_with_february(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 31 May 2027 + 9 months would be 31 February 2028: the leap month's last day, 29 February.
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2027, 6, 2, tzinfo=dt.UTC))
    _shipment(world, "CLOSED")
    _item(world, 2, 1)
    world.land(LEDGER, _receipt("2027-05-31", 1))
    assert world.one("2027-06-01")["expires_on"] == "2028-02-29"


@pytest.mark.parametrize(
    "status",
    ["WORKING", "SHIPPED", "IN_TRANSIT", "CHECKED_IN", "RECEIVING", "CANCELLED", "DELETED"],
)
def test_a_shipment_that_is_not_closed_is_short_of_nothing(world: World, status: str) -> None:
    _shipment(world, status)
    _item(world, 100, 96)
    world.land(LEDGER, _receipt("2026-02-15", 96))
    assert world.all("2026-06-01") == []


def test_a_shipment_is_short_from_the_file_on_that_says_closed(world: World) -> None:
    _shipment(world, "RECEIVING")
    _item(world, 100, 90)
    assert world.all("2026-06-01") == []
    _shipment(world, "CLOSED")
    _item(world, 100, 97)
    # What was received since the list was made would stand in the ledger.
    one = world.one("2026-06-01")
    assert (units(one), one["awaits"]) == ({"future": 3}, "amazon_ledger_detail")
    world.land(LEDGER, _receipt("2026-02-15", 90))
    assert units(world.one("2026-06-01")) == {"ready": 3}


def test_what_the_ledger_received_after_the_list_was_made_is_not_short(world: World) -> None:
    # 100 sent; the list says 90 received, the ledger 90 and later 7 more: 3 are missing.
    _shipment(world, "CLOSED")
    _item(world, 100, 90)
    world.land(LEDGER, _receipt("2026-02-15", 90), _receipt("2026-02-20", 7))
    assert units(world.one("2026-03-01")) == {"ready": 3}


@pytest.mark.parametrize("named", ["", "NULL", "FBA15A", "15ABC", "FBA15ABCU000001"])
def test_a_receipt_under_half_a_shipments_name_may_be_of_its_units(
    world: World, named: str
) -> None:
    # 100 sent, 90 received under the shipment's name, 10 under none that is whole.
    _shipment(world, "CLOSED")
    _item(world, 100, 90)
    late = _receipt("2026-02-20", 10, **{"Reference ID": named})
    world.land(LEDGER, _receipt("2026-02-15", 90), late)
    one = world.one("2026-03-01")
    assert (units(one), one["held"]["because"]) == ({"future": 10}, "nameless_receipt")


def test_a_receipt_of_a_shipment_whose_name_is_longer_is_that_ones(world: World) -> None:
    _shipment(world, "CLOSED")
    _shipment(world, "CLOSED", shipment="FBA15ABCD")
    _item(world, 100, 90)
    other = _receipt("2026-02-20", 10, **{"Reference ID": "FBA15ABCD"})
    world.land(LEDGER, _receipt("2026-02-15", 90), other)
    assert units(world.one("2026-03-01")) == {"ready": 10}


def test_where_nothing_arrived_the_date_in_the_name_is_the_earliest_day(world: World) -> None:
    # 2/11/26 is 11 February in the United States.
    _shipment(world, "CLOSED")
    _item(world, 10, 0)
    one = world.one("2026-03-01")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-02-11", True)
    # Nothing of the shipment was ever received: whether it was delivered has to be proven first.
    assert (units(one), one["held"]["because"]) == ({"future": 10}, "never_received")


def test_elsewhere_the_earlier_reading_of_the_name_is_taken(
    database: Database, tmp_path: Path
) -> None:
    # 2/11/25 in Britain is 2 November or 11 February 2025; 25/12/25 can only be Christmas.
    # Europe gives six months: to 11 August 2025.
    world = World(database, tmp_path, "amazon-uk", at_once=False)
    _shipment(world, "CLOSED", name="FBA (2/11/25, 11:18) - 1")
    _item(world, 10, 0)
    assert world.one("2025-03-01")["expires_on"] == "2025-08-11"
    _shipment(world, "CLOSED", name="FBA STA (25/12/2025 11:18)-ABE8")
    assert world.one("2026-01-01")["event_on"] == "2025-12-25"


@pytest.mark.parametrize("name", ["Restock", "FBA (13/45/26, 11:18 AM)", "FBA (2/30/26, 1:00 AM)"])
def test_a_shipment_without_any_day_waits_without_a_window(world: World, name: str) -> None:
    _shipment(world, "CLOSED", name=name)
    _item(world, 10, 0)
    one = world.one("2099-12-01")
    assert (units(one), one["expires_on"]) == ({"future": 10}, None)
    assert one["held"]["because"] == "never_received"


def test_more_received_than_shipped_is_no_shortage(world: World) -> None:
    _shipment(world, "CLOSED")
    _item(world, 10, 11)
    assert world.all("2026-12-01") == []


def test_a_payment_for_a_lost_inbound_unit_settles_it_by_item(world: World) -> None:
    # 4 short; 3 paid at 6.38 = 19.14 in May; 1 left, at the average of that payment.
    _shipment(world, "CLOSED")
    _item(world, 100, 96)
    world.land(LEDGER, _receipt("2026-02-15", 96), quiet("2026-05-21"))
    world.land(REIMBURSEMENTS, paid("2026-05-21", 3, "19.14", reason="Lost_Inbound"))
    one = world.one("2026-05-22")
    assert units(one) == {"paid_cash": 3, "ready": 1}
    assert (one["amount"]["claimed_net"], one["amount"]["ready"]) == ("19.14", "6.38")


def test_the_title_comes_from_the_list_of_the_stock(world: World) -> None:
    _shipment(world, "CLOSED")
    _item(world, 10, 0)
    world.land(
        MYI,
        {
            "sku": "SKU-A",
            "fnsku": "X001",
            "asin": "B001",
            "product-name": "Mug",
            "afn-warehouse-quantity": 0,
            "afn-total-quantity": 0,
        },
    )
    assert world.one("2026-03-01")["asin_or_gtin"] == "B001"


# When it arrived -----------------------------------------------------------------------------

DELIVERIES = (
    "shipment_id",
    "parcels",
    "delivered_parcels",
    "first_delivered_on",
    "last_delivered_on",
)


def _delivered(
    world: World,
    parcels: int,
    delivered: int,
    first: str = "",
    last: str = "",
    *,
    shipment: str = "FBA15ABC",
) -> None:
    """What the shipment's carriers told Amazon."""
    row = (shipment, parcels, delivered, first, last or first)
    world.import_waiting()
    with left_to_the_next_import():  # no report: it covers no day
        world.land(DELIVERIES, dict(zip(DELIVERIES, row, strict=True)), delimiter=",")


def _short_of_four(world: World) -> None:
    """100 shipped, 96 received, first on 15 February."""
    _shipment(world, "CLOSED")
    _item(world, 100, 96)
    world.land(LEDGER, _receipt("2026-02-15", 96))


def test_with_its_delivery_the_window_of_a_short_shipment_is_exact(world: World) -> None:
    # Delivered on 12 February, received from the 15th on: nine months end on 12 November, three
    # days before what the receipt alone would say.
    _delivered(world, 2, 2, "2026-02-12")
    _short_of_four(world)
    one = world.one("2026-03-01")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-02-12", False)
    assert (units(one), one["expires_on"]) == ({"ready": 4}, "2026-11-12")
    assert units(world.one("2026-11-13")) == {"expired": 4}
    assert len(one["evidence"]) == 4  # the item, the shipment, the receipt, the delivery


def test_nothing_received_of_what_was_delivered_whole_is_claimed_from_its_delivery(
    world: World,
) -> None:
    # Named 11 February, delivered on 20 February: ready until 20 November. By its name alone it
    # would have been held, and would have ended on 11 November.
    _delivered(world, 1, 1, "2026-02-20")
    _shipment(world, "CLOSED")
    _item(world, 10, 0)
    world.land(LEDGER, quiet("2026-02-01"), quiet("2026-03-01"))
    one = world.one("2026-03-01")
    assert (units(one), one["event_on_approximate"]) == ({"ready": 10}, False)
    assert (one["event_on"], one["expires_on"]) == ("2026-02-20", "2026-11-20")


def test_parcels_on_several_days_end_by_the_first_and_open_by_the_last(
    database: Database, tmp_path: Path
) -> None:
    # The Emirates: from 15 days after the delivery to 60. Delivered on 10 and 14 February: open
    # from 1 March (14 + 15), until 11 April (10 + 60).
    world = World(database, tmp_path, "amazon-ae", at_once=False)
    _delivered(world, 2, 2, "2026-02-10", "2026-02-14")
    _shipment(world, "CLOSED", name="FBA (1/2/26, 11:18) - 1")
    _item(world, 100, 96)
    world.land(LEDGER, _receipt("2026-02-16", 96, Country="AE"))
    one = world.one("2026-02-28")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-02-10", True)
    assert (one["opens_on"], one["expires_on"]) == ("2026-03-01", "2026-04-11")
    assert units(one) == {"future": 4}


def test_of_some_parcels_only_the_earliest_day_known_ends_the_window(world: World) -> None:
    _delivered(world, 3, 1, "2026-02-12")
    _short_of_four(world)
    one = world.one("2026-03-01")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-02-12", True)
    assert (units(one), one["expires_on"]) == ({"ready": 4}, "2026-11-12")


def test_some_parcels_of_which_nothing_was_received_prove_no_delivery(world: World) -> None:
    _delivered(world, 3, 1, "2026-02-20")
    _shipment(world, "CLOSED")
    _item(world, 10, 0)
    one = world.one("2026-03-01")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-02-11", True)
    assert (units(one), one["held"]["because"]) == ({"future": 10}, "never_received")


def test_parcels_of_which_nothing_was_told_change_nothing(world: World) -> None:
    _short_of_four(world)
    before = world.one("2026-03-01")
    _delivered(world, 3, 0)
    world.land(LEDGER, _receipt("2026-02-15", 96))
    assert world.one("2026-03-01") == before


@pytest.mark.parametrize("day", ["2026-02-17", "2026-02-09"])
def test_a_delivery_that_contradicts_the_reports_is_said_and_nothing_is_claimed_on_it(
    world: World, day: str
) -> None:
    # Received on 15 February, made on the 11th: neither 17 nor 9 February can be. The reports'
    # day stands.
    _delivered(world, 1, 1, day)
    _short_of_four(world)
    one = world.one("2026-03-01")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-02-15", True)
    assert (units(one), one["held"]["because"]) == ({"future": 4}, "delivery_contradicts")
    assert one["expires_on"] == "2026-11-15"


def test_a_day_later_than_the_receipt_is_a_matter_of_time_zones(world: World) -> None:
    _delivered(world, 1, 1, "2026-02-16")
    _short_of_four(world)
    one = world.one("2026-03-01")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-02-15", True)
    assert units(one) == {"ready": 4}


def test_a_delivery_that_cannot_be_read_holds_its_shipment_back(world: World) -> None:
    _short_of_four(world)
    assert units(world.one("2026-03-01")) == {"ready": 4}
    with left_to_the_next_import():
        world.land(DELIVERIES, {"shipment_id": "FBA15ABC", "parcels": "two"}, delimiter=",")
    world.land(LEDGER, _receipt("2026-02-15", 96))
    one = world.one("2026-03-01")
    assert (units(one), one["held"]["because"]) == ({"future": 4}, "unread_row")


def test_units_damaged_on_arrival_count_from_the_delivery(world: World) -> None:
    _delivered(world, 1, 1, "2026-02-12")
    world.land(LEDGER, _receipt("2026-02-15", 2, Disposition="CARRIER_DAMAGED"))
    one = world.one("2026-03-01")
    assert (one["subtype"], units(one)) == ("inbound_damaged", {"ready": 2})
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-02-12", False)
    assert one["expires_on"] == "2026-11-12"


def test_a_delivery_of_long_before_the_receipt_is_of_another_parcel(world: World) -> None:
    # Its name has no date; received on 15 February 2026, delivered on 10 February 2025: carriers
    # use a number again. On that day the window would have ended, unseen.
    _delivered(world, 1, 1, "2025-02-10")
    _shipment(world, "CLOSED", name="Restock")
    _item(world, 100, 96)
    world.land(LEDGER, _receipt("2026-02-15", 96))
    one = world.one("2026-03-01")
    assert (units(one), one["held"]["because"]) == ({"future": 4}, "delivery_contradicts")
    assert (one["event_on"], one["expires_on"]) == ("2026-02-15", "2026-11-15")


def test_a_delivery_that_is_still_to_come_is_none(world: World) -> None:
    # A slip of the pen: on 20 February 2099 nobody would claim these units any more.
    _delivered(world, 1, 1, "2099-02-20")
    _shipment(world, "CLOSED")
    _item(world, 10, 0)
    world.land(LEDGER, quiet("2026-02-01"), quiet("2026-03-01"))
    one = world.one("2026-03-01")
    assert (units(one), one["held"]["because"]) == ({"future": 10}, "unread_row")
    assert (one["event_on"], one["expires_on"]) == ("2026-02-11", "2026-11-11")


def test_parcels_under_another_spelling_of_the_shipment_are_its_own(world: World) -> None:
    # One parcel of one delivered; by hand, in small letters, none of three: not all of them were.
    _shipment(world, "CLOSED")
    _item(world, 10, 0)
    world.land(LEDGER, quiet("2026-02-01"), quiet("2026-03-01"))
    _delivered(world, 1, 1, "2026-02-20")
    _delivered(world, 3, 0, shipment="fba15abc")
    one = world.one("2026-03-01")
    assert (units(one), one["held"]["because"]) == ({"future": 10}, "never_received")


@pytest.mark.parametrize("day", ["2025-12-01", "2026-02-09", "2026-02-18"])
def test_a_delivery_contradicts_damaged_units_as_it_does_missing_ones(
    world: World, day: str
) -> None:
    # Made on 11 February, others of the shipment received on the 13th, these two on the 20th. Of 1
    # December they would long have ended where a window is short.
    _delivered(world, 1, 1, day)
    _shipment(world, "CLOSED")
    _item(world, 62, 62)
    broken = _receipt("2026-02-20", 2, Disposition="CARRIER_DAMAGED")
    world.land(LEDGER, _receipt("2026-02-13", 60), broken)
    one = world.one("2026-03-01")
    assert (one["subtype"], units(one)) == ("inbound_damaged", {"future": 2})
    assert one["held"]["because"] == "delivery_contradicts"


def test_damaged_units_of_a_delivered_shipment_count_from_its_first_receipt_at_most(
    world: World,
) -> None:
    # Received from the 13th on, delivered on the 14th, elsewhere: the 13th, as for missing units.
    _delivered(world, 1, 1, "2026-02-14")
    broken = _receipt("2026-02-20", 2, Disposition="CARRIER_DAMAGED")
    world.land(LEDGER, _receipt("2026-02-13", 60), broken)
    one = world.one("2026-03-01")
    assert (one["event_on"], one["expires_on"]) == ("2026-02-13", "2026-11-13")


# Inbound damaged ----------------------------------------------------------------------------


def test_units_received_as_damaged_by_carrier_or_warehouse(world: World) -> None:
    # 2 broken by the carrier and 1 by the warehouse, one shipment: 3 at 4.20 = 12.60. What the
    # seller's supplier or the customer had broken is the seller's own.
    world.land(COST, cost("4.20"), delimiter=",")
    world.land(
        LEDGER,
        _receipt("2026-02-15", 90),
        _receipt("2026-02-16", 1, Disposition="WAREHOUSE_DAMAGED"),
        _receipt("2026-02-15", 2, Disposition="CARRIER_DAMAGED"),
        _receipt("2026-02-15", 3, Disposition="DISTRIBUTOR_DAMAGED"),
        _receipt("2026-02-15", 1, Disposition="DEFECTIVE"),
        _receipt("2026-02-15", 1, Disposition="CUSTOMER_DAMAGED"),
    )
    one = world.one("2026-03-01")
    assert (one["subtype"], units(one)) == ("inbound_damaged", {"ready": 3})
    assert (one["event_on"], one["expires_on"]) == ("2026-02-15", "2026-11-15")
    assert one["amount"]["ready"] == "12.60"


def test_a_receipt_taken_back_is_netted(world: World) -> None:
    broken = {"Disposition": "CARRIER_DAMAGED"}
    world.land(LEDGER, _receipt("2026-02-15", 2, **broken), _receipt("2026-02-17", -2, **broken))
    assert world.all("2026-03-01") == []


def test_two_shipments_are_two_events(world: World) -> None:
    broken = {"Disposition": "CARRIER_DAMAGED"}
    other = {**broken, "Reference ID": "FBA15XYZ"}
    world.land(LEDGER, _receipt("2026-02-15", 2, **broken), _receipt("2026-02-15", 1, **other))
    assert sorted(one["units"]["ready"] for one in world.all("2026-03-01")) == [1, 2]


# Removals -----------------------------------------------------------------------------------


def _sent(units: int, **more: object) -> Row:
    """A parcel of a removal order, shipped at 10:00 UTC on 9 March 2026."""
    return {
        "request-date": "2026-03-01T22:54:07+00:00",
        "order-id": "RM-0001",
        "shipment-date": "2026-03-09T10:00:00+00:00",
        "sku": "SKU-A",
        "fnsku": "X001",
        "disposition": "Unsellable",
        "shipped-quantity": units,
        "carrier": "UPS_GR_PL",
        "tracking-number": PARCEL,
        "removal-order-type": "Return",
    } | more


def _got(units: int, day: str = "2026-03-20", damaged: int = 0, **more: object) -> Row:
    return {
        "order_id": "RM-0001",
        "tracking_number": PARCEL,
        "sku": "SKU-A",
        "received_on": day,
        "received_units": units,
        "damaged_units": damaged,
    } | more


def _received(world: World, *rows: Row) -> None:
    world.land(REMOVAL_RECEIPTS, *rows, delimiter=",")


def test_units_of_a_removal_that_never_arrived(world: World) -> None:
    # 10 shipped on 9 March, 7 arrived: 3 at 4.20 = 12.60. Open from 24 March (15 days) to 23 May
    # (75 days), both inclusive.
    world.land(COST, cost("4.20"), delimiter=",")
    world.land(REMOVAL_SHIPMENTS, _sent(10))
    _received(world, _got(7))
    one = world.one("2026-03-23")
    assert (one["subtype"], units(one)) == ("removal_lost", {"future": 3})
    assert (one["opens_on"], one["expires_on"]) == ("2026-03-24", "2026-05-23")
    assert one["amount"]["future"] == "12.60"
    assert len(one["evidence"]) == 2  # the parcel and the receipt
    assert units(world.one("2026-03-24")) == {"ready": 3}
    assert units(world.one("2026-05-23")) == {"ready": 3}
    assert units(world.one("2026-05-24")) == {"expired": 3}


def test_a_parcel_of_which_no_receipt_speaks_is_claimed_nowhere(world: World) -> None:
    world.land(REMOVAL_SHIPMENTS, _sent(10))
    assert world.all("2026-04-01") == []
    _received(world, _got(1, tracking_number="another"), _got(1, sku="SKU-B"))
    assert world.all("2026-04-01") == []


def test_a_parcel_that_never_arrived_is_lost_whole(world: World) -> None:
    world.land(REMOVAL_SHIPMENTS, _sent(10), _sent(2, disposition="Sellable"))
    _received(world, _got(0, day=""))
    assert units(world.one("2026-04-01")) == {"ready": 12}


def test_units_that_arrived_damaged_count_from_their_delivery(world: World) -> None:
    # 10 shipped, 10 arrived on 20 March, 2 broken: from 20 March to 19 May (60 days).
    world.land(REMOVAL_SHIPMENTS, _sent(10))
    _received(world, _got(10, damaged=2))
    one = world.one("2026-03-20")
    assert (one["subtype"], units(one)) == ("removal_other", {"ready": 2})
    assert (one["opens_on"], one["expires_on"]) == ("2026-03-20", "2026-05-19")


def test_lost_and_damaged_units_of_a_parcel_are_not_the_same_units(world: World) -> None:
    # 10 shipped, 7 arrived, 2 of these broken: 3 lost and 2 damaged.
    world.land(REMOVAL_SHIPMENTS, _sent(10))
    _received(world, _got(7, damaged=2))
    found = sorted((one["subtype"], one["units"]["ready"]) for one in world.all("2026-04-01"))
    assert found == [("removal_lost", 3), ("removal_other", 2)]


def test_a_newer_receipts_file_corrects_the_older(world: World) -> None:
    world.land(REMOVAL_SHIPMENTS, _sent(10))
    _received(world, _got(7))
    _received(world, _got(10, day="2026-03-28"))
    assert world.all("2026-04-01") == []


def test_a_payment_for_the_removal_settles_it(world: World) -> None:
    world.land(REMOVAL_SHIPMENTS, _sent(10))
    _received(world, _got(7))
    world.land(
        REIMBURSEMENTS,
        paid(
            "2026-04-10", 3, "12.60", reason="REMOVAL_ORDER_LOST", **{"amazon-order-id": "RM-0001"}
        ),
    )
    assert units(world.one("2026-04-11")) == {"paid_cash": 3}
