"""Shipments whose day of arrival no report tells: who is asked for, what lands, when again."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.marketplaces.amazon.sources import SOURCES
from services.marketplaces.asking import Asking, Fetched, Standing
from services.sync import connections
from services.sync import lease as leases
from services.sync.connections import Opened
from services.sync.kept import Kept
from services.sync.run import Run
from services.transport.refusals import RefusedError
from tests.common.worlds.recovery import LEDGER, World, lost, units
from tests.sync.scripted import Scripted

pytestmark = pytest.mark.xdist_group("sync")

DELIVERIES: Final = next(one for one in SOURCES if one.name == "inbound_deliveries")
TODAY: Final = datetime.now(UTC).date()
# (parcels, delivered, the first day, the last)
Told = tuple[int, int, date | None, date | None]


@dataclass
class Tracked(Scripted):
    """Tells what it was given of each shipment that it is asked for."""

    told: dict[str, Told] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    refuses: Callable[[], None] = lambda: None

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        del document
        self.asked.append(tuple(one.shipment_id for one in asking.awaited))
        self.refuses()
        path = into / "deliveries.csv"
        header = ("shipment_id", "parcels", "delivered_parcels", "first_delivered_on",
                  "last_delivered_on")  # fmt: skip
        rows = [
            (one.shipment_id, *self.told.get(one.shipment_id, (0, 0, None, None)))
            for one in asking.awaited
        ]
        with path.open("x", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        yield Fetched(path, path.name, None)


@dataclass
class Ground:
    """A connected account with short shipments."""

    world: World
    client: Tracked
    key: tuple[int, int]

    def sync(self) -> None:
        """A day later: what was asked is asked again."""
        database = self.world.database
        with database.syncing() as connection:
            connection.execute(
                text("update sync_piece set settled_at = settled_at - interval '25 hours'")
            )
            lease = leases.take(connection, *self.key)
            connected = connections.find(connection, *self.key)
        assert lease is not None
        assert connected is not None
        kept = Kept(database, connected, lease)
        Run(kept, (DELIVERIES,), self.client, self.world.folder, lambda _said: None).go()

    def a_week_passes(self) -> None:
        """Since all that has landed was seen."""
        with self.world.database.owning() as connection:
            connection.execute(
                text("update report_document set seen_at = seen_at - interval '8 days',"
                     " made_at = made_at - interval '8 days'")
            )  # fmt: skip

    def rows(self, query: str) -> list[Any]:
        with self.world.database.owning() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def one(self, shipment: str) -> dict[str, Any]:
        """Its discrepancy today."""
        found = {one["id"]: one for one in self.world.all(TODAY.isoformat())}
        [(number,)] = self.rows(
            f"select discrepancy_id from discrepancy where reference = '{shipment}'"
        )
        return found[number]


def received_on(number: int) -> date:
    return TODAY - timedelta(days=40 + 10 * number)


def _short(world: World, numbers: range) -> None:
    """10 shipped and 8 received of each, the first the newest."""
    shipments, items, receipts = [], [], []
    for number in numbers:
        made, day = received_on(number) - timedelta(days=9), received_on(number)
        shipments.append(
            {
                "ShipmentId": f"FBA{number}",
                "ShipmentName": f"FBA ({made.month}/{made.day}/{made:%y}, 11:18 AM) - 1",
                "ShipmentStatus": "CLOSED",
                "AreCasesRequired": False,
                "ShipFromAddress": {"Name": "Seller"},
            }
        )
        items.append(
            {
                "ShipmentId": f"FBA{number}",
                "SellerSKU": f"SKU-{number}",
                "QuantityShipped": 10,
                "QuantityReceived": 8,
            }
        )
        told = {"Event Type": "Receipts", "Quantity": 8, "Reason": "", "MSKU": f"SKU-{number}",
                "FNSKU": f"X{number}", "Reference ID": f"FBA{number}"}  # fmt: skip
        receipts.append({**lost(day.isoformat(), 1), **told})
    world.land_json({"payload": {"ShipmentData": shipments}})
    world.land_json({"payload": {"ItemData": items}})
    world.land(LEDGER, *receipts)
    world.import_waiting()


@pytest.fixture
def ground(database: Database, tmp_path: Path) -> Ground:
    world = World(database, tmp_path, at_once=False)
    _short(world, range(1, 8))
    opened = Opened("amazon", "NA", "consent", Standing("S1"), "sealed", "test")
    with database.syncing() as connection:
        number = connections.connect(connection, world.account_id, opened)
    return Ground(world, Tracked(), (world.account_id, number))


def test_a_few_a_day_are_asked_for_the_newest_first_and_each_is_dated(ground: Ground) -> None:
    delivered = received_on(1) - timedelta(days=3)
    ground.client.told["FBA1"] = (2, 2, delivered, delivered)
    before = ground.one("FBA1")
    ground.sync()
    assert ground.client.asked == [("FBA1", "FBA2", "FBA3", "FBA4", "FBA5")]
    after = ground.one("FBA1")
    assert (before["event_on"], units(before)) == (received_on(1).isoformat(), {"ready": 2})
    assert (after["event_on"], units(after)) == (delivered.isoformat(), {"ready": 2})
    assert len(after["evidence"]) == len(before["evidence"]) + 1
    ground.sync()
    assert ground.client.asked[1:] == [("FBA6", "FBA7")]


def test_what_is_not_told_whole_is_asked_for_again_after_a_week(ground: Ground) -> None:
    day = received_on(2)
    ground.client.told = {
        "FBA1": (2, 2, received_on(1), received_on(1)),
        "FBA2": (2, 1, day, day),
    }
    ground.sync()
    ground.sync()
    ground.sync()
    assert len(ground.client.asked) == 2  # all have been asked for: nobody is asked
    ground.a_week_passes()
    ground.sync()
    assert ground.client.asked[2:] == [("FBA2", "FBA3", "FBA4", "FBA5", "FBA6")]
    assert ground.rows("select distinct state from sync_piece") == [("landed",)]


def test_the_same_answer_again_is_known_up_to_now(ground: Ground) -> None:
    """What is said in the same bytes is no new document: it counts as said again all the same."""
    ground.sync()
    ground.sync()
    ground.a_week_passes()
    ground.sync()
    ground.sync()
    ground.sync()
    assert len(ground.client.asked) == 4


def test_nothing_is_asked_for_of_what_has_come_back(ground: Ground) -> None:
    with ground.world.database.owning() as connection:
        connection.execute(text("update discrepancy set paid_cash_units = units"))
    ground.sync()
    assert ground.client.asked == []


def test_where_the_role_is_missing_it_is_said_once_and_all_else_stays(ground: Ground) -> None:
    def refuses() -> None:
        raise RefusedError("It refused (403, Unauthorized).", 403, "Unauthorized")

    before = ground.one("FBA1")
    ground.client.refuses = refuses
    ground.sync()
    assert ground.rows("select state, because from sync_piece") == [
        ("refused", "It refused (403, Unauthorized).")
    ]
    assert ground.one("FBA1") == before
