"""When inbound shipments arrived: of those that are awaited, from their plans and their parcels."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from services.landing.read.unpack import unpack
from services.landing.recognise.kinds import recognise
from services.marketplaces.asking import Asking, Awaited
from services.transport.refusals import NotNowError, RefusedError
from tests.fakes.amazon.answers import Plan
from tests.fakes.faults import answered, changed
from tests.marketplaces.amazon.asking import GERMANY, SOURCES, Amazon

MADE: Final = datetime(2026, 2, 11, 11, 18, tzinfo=UTC)
MADE_ON: Final = date(2026, 2, 11)
NAME: Final = "FBA STA (02/11/2026 11:18)"
REFUSED: Final = answered(403, {"errors": [{"code": "Unauthorized", "message": "No."}]})
THROTTLED: Final = answered(429, {"errors": []}, retry_after="30")


def awaited(shipment_id: str, name: str = f"{NAME}-LEJ1") -> Awaited:
    return Awaited(shipment_id, name, MADE_ON, GERMANY.time_zone)


def rows_of(amazon: Amazon, *wanted: Awaited) -> list[list[str]]:
    """The rows that are written of these, which landing knows."""
    asking = Asking(SOURCES["inbound_deliveries"], GERMANY, None, wanted)
    [file] = amazon.client.fetch(asking, "", amazon.folder)
    [recognised] = [recognise(document) for document in unpack(file.path)]
    assert recognised.report.kind == "amazon_inbound_deliveries"
    said = file.path.read_text("utf-8")
    assert "rivate" not in said
    return list(csv.reader(said.splitlines()))[1:]


def test_a_shipment_arrived_when_its_parcels_did(amazon: Amazon) -> None:
    # Half past eleven at night in London is the next day in Berlin.
    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ("1Z1", "1Z2"), "FBA2": ("1Z3",)})]
    amazon.fake.answers.delivered = {
        "1Z1": datetime(2026, 2, 19, 23, 30, tzinfo=UTC),
        "1Z2": datetime(2026, 2, 18, 9, 0, tzinfo=UTC),
    }
    assert rows_of(amazon, awaited("FBA1")) == [["FBA1", "2", "2", "2026-02-18", "2026-02-20"]]
    assert amazon.fake.times("getShipmentTracking") == 2  # of no other shipment's parcels


def test_a_parcel_that_is_under_way_or_not_known_was_not_delivered(amazon: Amazon) -> None:
    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ("1Z1", "1Z2", "1Z3")})]
    at = datetime(2026, 2, 18, 9, 0, tzinfo=UTC)
    amazon.fake.answers.delivered = {"1Z1": at, "1Z3": at}
    amazon.fake.faults.add("getShipmentTracking", changed(_under_way))
    assert rows_of(amazon, awaited("FBA1")) == [["FBA1", "3", "1", "2026-02-18", "2026-02-18"]]


def _under_way(told: Any) -> Any:
    told["trackingDetail"]["milestoneHistory"][0]["status"]["code"] = "OUT_FOR_DELIVERY"
    return told


def test_a_parcel_that_has_no_number_yet_is_one_that_is_not_told(amazon: Amazon) -> None:
    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ("1Z1", None, "1Z1")})]
    amazon.fake.answers.delivered = {"1Z1": MADE}
    assert rows_of(amazon, awaited("FBA1"))[0][1:3] == ["2", "1"]


NOT_FOUND: Final = answered(404, {"errors": [{"code": "NotFound", "message": "No."}]})
TOLD_BEFORE: Final = ["FBA1", "2", "1", "2026-02-18", "2026-02-18"]


def known_of() -> Awaited:
    """Of its two parcels one was told delivered, on 18 February."""
    day = date(2026, 2, 18)
    return replace(awaited("FBA1"), parcels=2, delivered_parcels=1, first_day=day, last_day=day)


def test_what_amazon_tells_no_more_is_not_forgotten(amazon: Amazon) -> None:
    # The plan is not among those listed any more.
    assert rows_of(amazon, known_of()) == [TOLD_BEFORE]
    # It is, and the number of its one delivered parcel is not known any more.
    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ("1Z1", "1Z2")})]
    amazon.fake.faults.add("getShipmentTracking", NOT_FOUND)
    amazon.fake.answers.delivered = {"1Z1": MADE}
    (amazon.folder / "inbound_deliveries.csv").unlink()
    assert rows_of(amazon, known_of()) == [TOLD_BEFORE]


def test_a_parcel_that_went_back_since_is_not_kept(amazon: Amazon) -> None:
    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ("1Z1",)})]
    amazon.fake.answers.delivered = {"1Z1": MADE}
    amazon.fake.faults.add("getShipmentTracking", changed(_under_way))
    assert rows_of(amazon, known_of()) == [["FBA1", "1", "0", "", ""]]


@pytest.mark.parametrize("code", ["RETURNED", "LOST", "RECIPIENT_REFUSED_DELIVERY"])
def test_a_parcel_that_went_back_was_not_delivered(amazon: Amazon, code: str) -> None:
    def gone_back(told: Any) -> Any:
        history = told["trackingDetail"]["milestoneHistory"]
        history.append({**history[0], "status": {"code": code}})
        return told

    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ("1Z1",)})]
    amazon.fake.answers.delivered = {"1Z1": MADE}
    amazon.fake.faults.add("getShipmentTracking", changed(gone_back))
    assert rows_of(amazon, awaited("FBA1"))[0][1:3] == ["1", "0"]


def test_of_a_shipment_without_numbers_nothing_is_known(amazon: Amazon) -> None:
    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ()})]
    wanted = [awaited("FBA1"), awaited("FBA9")]
    assert rows_of(amazon, *wanted) == [["FBA1", "0", "0", "", ""], ["FBA9", "0", "0", "", ""]]


def test_plans_of_every_status_are_looked_through_the_namesakes_first(amazon: Amazon) -> None:
    amazon.fake.answers.pages.size = 2
    others = [
        Plan("Restock", datetime(2026, 2, day, tzinfo=UTC), {f"FBA{day}": ()})
        for day in range(1, 12)
    ]
    mine = Plan(NAME, MADE, {"FBA99": ("1Z1",)}, status="ACTIVE")
    amazon.fake.answers.plans = [*others, mine]
    assert rows_of(amazon, awaited("FBA99"))[0][:2] == ["FBA99", "1"]
    assert amazon.fake.times("getInboundPlan") == 1


def test_plans_that_cannot_hold_it_are_not_looked_into(amazon: Amazon) -> None:
    older, later = datetime(2025, 9, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    amazon.fake.answers.plans = [Plan(NAME, at, {"FBA1": ("1Z1",)}) for at in (older, later)]
    assert rows_of(amazon, awaited("FBA1")) == [["FBA1", "0", "0", "", ""]]
    assert amazon.fake.times("getInboundPlan") == 0


def test_a_plan_that_amazon_tells_nothing_of_stops_no_other(amazon: Amazon) -> None:
    amazon.fake.answers.plans = [
        Plan(NAME, MADE, {}, is_elsewhere=True),
        Plan(NAME, MADE, {"FBA1": ("1Z1",)}),
    ]
    assert rows_of(amazon, awaited("FBA1"))[0][:2] == ["FBA1", "1"]


def test_one_run_looks_at_so_many_plans_and_no_more(amazon: Amazon) -> None:
    amazon.fake.answers.plans = [Plan("Restock", MADE, {}) for _ in range(30)]
    rows_of(amazon, awaited("FBA1", name="Mine"))
    assert amazon.fake.times("getInboundPlan") == 20


@pytest.mark.parametrize("operation", ["listInboundPlans", "getShipmentTracking"])
def test_an_application_without_the_role_is_refused(amazon: Amazon, operation: str) -> None:
    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ("1Z1",)})]
    amazon.fake.faults.add(operation, REFUSED, REFUSED)
    with pytest.raises(RefusedError) as refused:
        rows_of(amazon, awaited("FBA1"))
    assert refused.value.status == 403


def test_whoever_asked_too_often_keeps_what_was_told(amazon: Amazon) -> None:
    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ("1Z1",), "FBA2": ("1Z2",)})]
    amazon.fake.answers.delivered = {"1Z1": MADE}
    amazon.fake.faults.add("getShipmentTracking", None, THROTTLED)
    told = rows_of(amazon, awaited("FBA1"), awaited("FBA2"))
    assert told == [["FBA1", "1", "1", "2026-02-11", "2026-02-11"]]


def test_of_nothing_told_there_is_no_file(amazon: Amazon) -> None:
    amazon.fake.answers.plans = [Plan(NAME, MADE, {"FBA1": ("1Z1",)})]
    amazon.fake.faults.add("getShipmentTracking", THROTTLED)
    with pytest.raises(NotNowError):
        rows_of(amazon, awaited("FBA1"))
    assert list(amazon.folder.iterdir()) == []
