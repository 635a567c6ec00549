"""Stock lost, damaged and destroyed inside Walmart's warehouses: each figure worked out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.database.engine import Database
from tests.common.reports.walmart import (
    OTHER_GTIN,
    adjustment,
    entry,
    log,
    month,
    period,
    sold,
    whole_world,
)
from tests.common.worlds.recovery import GTIN, INVENTORY, RECON, Row, World, units


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    yield from whole_world(database, tmp_path)


def test_lost_units_are_netted_by_found_and_paid(world: World) -> None:
    # April: 5 lost. May: 1 found. One payment for 2 on 29 April: 2 open, no window published.
    world.land(INVENTORY, month("2026-04", Lost=-5), delimiter=",")
    world.land(INVENTORY, month("2026-05", Found=1), delimiter=",")
    world.land(RECON, period(), adjustment("WFS LostInventory", "18.00", 2), delimiter=",")
    one = world.one("2026-06-30")
    assert units(one) == {"found": 1, "paid_cash": 2, "ready": 2}
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-04-01", True)
    assert one["expires_on"] is None


def test_a_month_fetched_before_its_end_is_told_once(world: World) -> None:
    # On 15 May 2 units were missing, at the end of the month 3: one loss of 3.
    world.land(INVENTORY, month("2026-05", Lost=-2, **{"End Date": "2026-05-15"}), delimiter=",")
    before = world.one("2026-06-30")
    assert units(before) == {"ready": 2}
    world.land(INVENTORY, month("2026-05", Lost=-3, **{"End Date": "2026-05-31"}), delimiter=",")
    after = world.one("2026-06-30")
    assert (after["id"], units(after)) == (before["id"], {"ready": 3})


def test_two_warehouses_are_two_losses(world: World) -> None:
    world.land(
        INVENTORY,
        month("2026-04", Lost=-5),
        month("2026-04", Lost=-1, **{"Fulfillment Center": "LAX2"}),
        delimiter=",",
    )
    assert sorted(units(row)["ready"] for row in world.all("2026-06-30")) == [1, 5]


def test_found_inventory_takes_the_money_back_and_the_unit_is_there_again(world: World) -> None:
    world.land(INVENTORY, month("2026-04", Lost=-1), delimiter=",")
    world.land(
        RECON,
        period(),
        adjustment("WFS LostInventory", "9.00", 1),
        adjustment("WFS FoundInventory", "-9.00", 1, "04/30/2026"),
        delimiter=",",
    )
    one = world.one("2026-05-02")
    assert units(one) == {"paid_inventory": 1}
    assert (one["amount"]["claimed_gross"], one["amount"]["reversed"]) == ("9.00", "9.00")


def test_money_taken_back_without_a_unit_opens_the_loss_again(world: World) -> None:
    # 9.00 paid and taken back under the same name: nothing was found, so 1 unit is open again.
    world.land(INVENTORY, month("2026-04", Lost=-1), delimiter=",")
    world.land(
        RECON,
        period(),
        adjustment("WFS LostInventory", "9.00", 1),
        adjustment("WFS LostInventory", "-9.00", 1, "04/30/2026"),
        delimiter=",",
    )
    one = world.one("2026-05-02")
    assert units(one) == {"ready": 1}
    assert (one["amount"]["claimed_gross"], one["amount"]["reversed"]) == ("9.00", "9.00")


def test_damage_in_the_log_has_its_day_and_is_paid_as_damage(world: World) -> None:
    # 3 damaged at 05:00 on 14 May in Greenwich, the evening of 13 May in Los Angeles. 2 were
    # paid on 20 May: 1 is open, and no window is published.
    late = {"transactionTime": "2026-05-14T05:00:00.000Z"}
    world.land_json(log(entry("L1", -3, "Damaged in warehouse", **late)))
    world.land_json(log(sold("L9", "2026-05-27")))
    world.covered("2026-05-13", "2026-05-15")
    paid = adjustment("WFS DamageInWarehouse", "18.00", 2, "05/20/2026")
    world.land(RECON, period("05/16/2026", "05/29/2026"), paid, delimiter=",")
    one = world.one("2026-06-30")
    assert (one["subtype"], one["event_on"]) == ("damaged_in_warehouse", "2026-05-13")
    assert (one["event_on_approximate"], one["expires_on"]) == (False, None)
    assert units(one) == {"paid_cash": 2, "ready": 1}


def test_a_log_that_ends_weeks_before_the_newest_report_proves_nothing(world: World) -> None:
    # What was put back since stands in no answer of the log that has been landed.
    world.land_json(log(entry("L1", -3, "Damaged in warehouse")))
    world.covered("2026-05-13", "2026-05-29")
    one = world.one("2026-06-30")
    assert (units(one), one["awaits"]) == ({"future": 3}, "walmart_inventory_log")
    world.land_json(log(sold("L9", "2026-05-27")))
    assert units(world.one("2026-06-30")) == {"ready": 3}


LOG_REPORT = (
    "ID",
    "GTIN",
    "FC Name",
    "Units",
    "Event Date & Time",
    "Location Code",
    "Transaction Reason Description",
    "Transaction Type",
)


def reported(number: str, units: int, reason: str, day: str, gtin: str = GTIN) -> Row:
    """An adjustment in the report of the whole log."""
    moment = f"{day}T18:00:00.000Z"
    said = (number, gtin, "ATL1", units, moment, "Inventory", reason, "Adjustment")
    return dict(zip(LOG_REPORT, map(str, said), strict=True))


def test_a_report_of_the_whole_log_tells_of_every_item(world: World) -> None:
    # The item is in the first report only: that the second has nothing of it is told, too.
    damaged = reported("L1", -3, "Damaged in warehouse", "2026-05-13")
    world.land(LOG_REPORT, damaged, delimiter=",", asked=("2026-05-01", "2026-05-15"))
    world.covered("2026-05-13", "2026-05-29")
    one = world.one("2026-06-30")
    assert (units(one), one["awaits"]) == ({"future": 3}, "walmart_inventory_log")
    other = reported("L9", 1, "Cycle count", "2026-05-20", OTHER_GTIN)
    world.land(LOG_REPORT, other, delimiter=",", asked=("2026-05-16", "2026-05-29"))
    assert units(world.one("2026-06-30")) == {"ready": 3}


def test_days_between_two_reports_of_the_log_prove_nothing(world: World) -> None:
    # What was put back from 16 to 19 May stands in neither.
    damaged = reported("L1", -3, "Damaged in warehouse", "2026-05-13")
    world.land(LOG_REPORT, damaged, delimiter=",", asked=("2026-05-01", "2026-05-15"))
    other = reported("L9", 1, "Cycle count", "2026-05-20", OTHER_GTIN)
    world.land(LOG_REPORT, other, delimiter=",", asked=("2026-05-20", "2026-05-29"))
    world.covered("2026-05-13", "2026-05-29")
    one = world.one("2026-06-30")
    assert (units(one), one["awaits"]) == ({"future": 3}, "walmart_inventory_log")
    world.land(
        LOG_REPORT,
        reported("L2", 3, "Damaged in warehouse", "2026-05-17"),
        delimiter=",",
        asked=("2026-05-16", "2026-05-19"),
    )
    assert units(world.one("2026-06-30")) == {"found": 3}


def test_one_page_of_the_log_proves_nothing(world: World) -> None:
    # 3 off on page 1, 3 back on page 2: of 3 entries the first file holds 2.
    off, end = entry("L1", -3, "Damaged in warehouse"), sold("L9", "2026-05-27")
    back = entry("L2", 3, "Damaged in warehouse", transactionTime="2026-05-20T18:00:00.000Z")
    pages = log(off, end), log(back)
    for page in pages:
        page["headers"]["totalCount"] = 3
    world.land_json(pages[0])
    one = world.one("2026-06-30")
    assert (units(one), one["awaits"]) == ({"future": 3}, "walmart_inventory_log")
    world.land_json(pages)
    assert units(world.one("2026-06-30")) == {"found": 3}


def test_units_put_back_were_not_damaged_after_all(world: World) -> None:
    world.land_json(
        log(
            entry("L1", -3, "Damaged in warehouse"),
            entry("L2", 1, "Damaged in warehouse", transactionTime="2026-05-20T18:00:00.000Z"),
        )
    )
    assert units(world.one("2026-06-30")) == {"found": 1, "ready": 2}


def test_a_code_says_as_much_as_a_description(world: World) -> None:
    world.land_json(log(entry("L1", -1, "", transactionReasonCode="DamageInWarehouse")))
    assert world.one("2026-06-30")["subtype"] == "damaged_in_warehouse"


def test_destroyed_units_stand_apart_from_damaged_ones(world: World) -> None:
    world.land_json(log(entry("L1", -2, "Destroyed"), entry("L2", -1, "Damaged in warehouse")))
    found = {row["subtype"]: units(row) for row in world.all("2026-06-30")}
    assert found == {"destroyed_in_warehouse": {"ready": 2}, "damaged_in_warehouse": {"ready": 1}}


def test_what_becomes_of_a_damaged_unit_in_salvage_is_no_second_loss(world: World) -> None:
    # One unit: out of sellable stock as damaged, into salvage, destroyed there.
    salvage = {"transactionLocation": "Salvage"}
    world.land_json(
        log(
            entry("L1", -1, "Damaged in warehouse"),
            entry("L2", 1, "Damaged in warehouse", **salvage),
            entry("L3", -1, "Destroyed", **salvage),
        )
    )
    one = world.one("2026-06-30")
    assert (one["subtype"], units(one)) == ("damaged_in_warehouse", {"ready": 1})


@pytest.mark.parametrize(
    ("reason", "more"),
    [
        ("Shipped to Customer", {"transactionType": "Ship"}),
        ("Cycle count", {}),
        ("Damaged by customer", {}),
        ("Damaged in warehouse", {"transactionType": "Return"}),
    ],
)
def test_other_reasons_and_other_movements_are_no_loss(
    world: World, reason: str, more: Row
) -> None:
    world.land_json(log(entry("L1", -1, reason, **more)))
    assert world.all("2026-06-30") == []


def test_the_logs_of_two_items_are_told_apart(world: World) -> None:
    # One answer is one item's: a payment for the other item settles nothing of this one.
    world.land_json(log(entry("L1", -1, "Damaged in warehouse"), sold("L8", "2026-05-27")))
    world.land_json(
        log(entry("L2", -1, "Damaged in warehouse"), sold("L9", "2026-05-27"), gtin=OTHER_GTIN)
    )
    paid = adjustment(
        "WFS DamageInWarehouse",
        "9.00",
        1,
        "05/20/2026",
        **{
            "Partner GTIN": OTHER_GTIN,
        },
    )
    world.land(RECON, period("05/16/2026", "05/29/2026"), paid, delimiter=",")
    found = {row["asin_or_gtin"]: units(row) for row in world.all("2026-06-30")}
    assert found == {"00065791330026": {"ready": 1}, OTHER_GTIN: {"paid_cash": 1}}


QUARTER = {"Start Date": "2026-04-01", "End Date": "2026-06-30"}
PERIODS = [
    month("2026-04", Lost=-5) | QUARTER,
    month("2026-04", Lost=-2),
    month("2026-05", Lost=-1),
    month("2026-06", Lost=-2),
]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (1, 2, 3, 0), (0, 2), (2, 0), (1, 0, 3)])
def test_a_longer_period_holds_what_the_shorter_ones_within_it_say(
    world: World, order: tuple[int, ...]
) -> None:
    # The quarter's 5 are April's 2, May's 1 and June's 2, whichever of these came, in any order.
    for position in order:
        world.land(INVENTORY, PERIODS[position], delimiter=",")
        world.import_waiting()
    assert sum(sum(units(one).values()) for one in world.all("2026-07-01")) == 5


def test_an_item_that_a_shorter_period_tells_alone_takes_nothing_from_another(world: World) -> None:
    world.land(INVENTORY, PERIODS[0], delimiter=",")
    world.import_waiting()
    world.land(INVENTORY, month("2026-05", Lost=-1, GTIN=OTHER_GTIN), delimiter=",")
    told = {one["asin_or_gtin"]: sum(units(one).values()) for one in world.all("2026-07-01")}
    assert told == {GTIN: 5, OTHER_GTIN: 1}


# The day of a loss ---------------------------------------------------------------------------


def lost_in_log(number: str, units: int, day: str, **more: object) -> dict[str, Any]:
    return entry(number, -units, "Lost inventory", **{
        "transactionTime": f"{day}T18:00:00.000Z", **more
    })  # fmt: skip


def test_the_log_gives_a_loss_its_day(world: World) -> None:
    # 5 lost in May by the monthly report; the log: 2 on the 13th, 3 on the 20th. The first counts.
    world.land(INVENTORY, month("2026-05", Lost=-5), delimiter=",")
    before = world.one("2026-06-30")
    assert (before["event_on"], before["event_on_approximate"]) == ("2026-05-01", True)
    world.land_json(log(lost_in_log("L1", 2, "2026-05-13"), lost_in_log("L2", 3, "2026-05-20")))
    after = world.one("2026-06-30")
    assert after["id"] == before["id"]
    assert (after["event_on"], after["event_on_approximate"]) == ("2026-05-13", False)
    assert units(after) == units(before) == {"ready": 5}
    assert len(after["evidence"]) == 3


def test_the_report_of_the_whole_log_gives_losses_their_day(world: World) -> None:
    # As above, told by the report on request: 2 of 5 on the 13th, 3 on the 20th. Of the other
    # item it tells 1 of 2 lost units, which may be the other loss: no day for that.
    losses = month("2026-05", Lost=-5), month("2026-05", Lost=-2, GTIN=OTHER_GTIN)
    world.land(INVENTORY, *losses, delimiter=",")
    rows = [
        reported("L1", -2, "Lost inventory", "2026-05-13"),
        reported("L2", -3, "Lost inventory", "2026-05-20"),
        reported("L3", -1, "Lost inventory", "2026-05-14", OTHER_GTIN),
    ]
    world.land(LOG_REPORT, *rows, delimiter=",", asked=("2026-05-01", "2026-05-31"))
    told = {
        one["asin_or_gtin"]: (one["event_on"], one["event_on_approximate"])
        for one in world.all("2026-06-30")
    }
    assert told == {GTIN: ("2026-05-13", False), OTHER_GTIN: ("2026-05-01", True)}


@pytest.mark.parametrize(
    "told",
    [
        [lost_in_log("L1", 4, "2026-05-13")],  # fewer than the month's
        [lost_in_log("L1", 5, "2026-04-30")],  # of another month
        [lost_in_log("L1", 5, "2026-05-13", fcName="LAX2")],  # at another centre
        [lost_in_log("L1", 5, "2026-05-13", transactionLocation="Salvage")],
        [entry("L1", -5, "Shipped to Customer")],
        [entry("L1", 5, "Lost inventory")],  # they came back
    ],
)
def test_what_may_be_another_loss_dates_none(world: World, told: list[dict[str, Any]]) -> None:
    world.land(INVENTORY, month("2026-05", Lost=-5), delimiter=",")
    world.land_json(log(*told))
    one = world.one("2026-06-30")
    assert (one["event_on"], one["event_on_approximate"]) == ("2026-05-01", True)
    assert units(one) == {"ready": 5}
