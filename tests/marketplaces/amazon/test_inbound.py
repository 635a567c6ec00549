"""Shipments to Amazon and their items: page by page into one file, whole or not at all."""

import json
from typing import Any

import pytest

from services.landing.read.unpack import unpack
from services.landing.recognise.kinds import recognise
from services.marketplaces.asking import Fetched, Unknown
from services.transport.refusals import NotUnderstoodError, UnreachableError
from tests.fakes.faults import answered, changed, with_member
from tests.marketplaces.amazon.asking import Amazon, asking

SHIPMENTS = "getShipments"


def pages_of(file: Fetched) -> list[dict[str, Any]]:
    told = json.loads(file.path.read_text("utf-8"))
    assert isinstance(told, list)
    return told


def ids_of(file: Fetched) -> list[str]:
    return [one["ShipmentId"] for page in pages_of(file) for one in page["payload"]["ShipmentData"]]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("inbound_shipments", "amazon_inbound_shipments"),
        ("inbound_items", "amazon_inbound_items"),
    ],
)
def test_all_pages_are_one_file_that_landing_knows(amazon: Amazon, name: str, kind: str) -> None:
    amazon.fake.answers.pages.size = 3
    file = amazon.fetched(asking(name))
    [recognised] = [recognise(document) for document in unpack(file.path)]
    assert recognised.report.kind == kind
    assert len(pages_of(file)) == 3
    assert "NextToken" not in pages_of(file)[-1]["payload"]


def test_nobody_s_address_is_written_down(amazon: Amazon) -> None:
    file = amazon.fetched(asking("inbound_shipments"))
    assert len(ids_of(file)) == 7
    assert "rivate" not in file.path.read_text("utf-8")


def test_only_the_days_asked_for(amazon: Amazon) -> None:
    first, last = asking("inbound_shipments").days or pytest.fail("it has days")
    some = asking("inbound_shipments", days=(first.replace(day=2), last.replace(day=4)))
    assert ids_of(amazon.fetched(some)) == ["FBA2", "FBA3", "FBA4"]


@pytest.mark.parametrize("trouble", ["repeated", "reordered"])
def test_pages_as_a_busy_service_tells_them(amazon: Amazon, trouble: str) -> None:
    amazon.fake.answers.pages.size = 2
    setattr(amazon.fake.answers.pages, trouble, True)
    file = amazon.fetched(asking("inbound_shipments"))
    assert set(ids_of(file)) == {f"FBA{number}" for number in range(1, 8)}


def test_pages_that_lead_in_a_circle_are_left(amazon: Amazon) -> None:
    circle = answered(200, {"payload": {"ShipmentData": [], "NextToken": "same"}})
    amazon.fake.faults.add(SHIPMENTS, circle, circle)
    with pytest.raises(NotUnderstoodError, match="lead back"):
        amazon.fetched(asking("inbound_shipments"))
    assert list(amazon.folder.iterdir()) == []


def test_of_pages_that_break_off_nothing_is_kept(amazon: Amazon) -> None:
    amazon.fake.answers.pages.size = 3
    amazon.fake.faults.add(SHIPMENTS, None, *[answered(500, {})] * 3)
    with pytest.raises(UnreachableError):
        amazon.fetched(asking("inbound_shipments"))
    assert list(amazon.folder.iterdir()) == []


def test_an_answer_without_its_list_is_not_nothing(amazon: Amazon) -> None:
    amazon.fake.faults.add(SHIPMENTS, answered(200, {"payload": {}}))
    with pytest.raises(NotUnderstoodError, match="no ShipmentData"):
        amazon.fetched(asking("inbound_shipments"))


def test_what_no_model_has_is_kept_and_told(amazon: Amazon) -> None:
    amazon.fake.faults.add(
        SHIPMENTS,
        changed(_resting),
    )
    amazon.fake.faults.add("getShipmentItems", with_member("Colour", "payload", "ItemData", 0))
    file = amazon.fetched(asking("inbound_shipments"))
    amazon.fetched(asking("inbound_items"))
    assert '"RESTING"' in file.path.read_text("utf-8")
    assert set(amazon.notices) == {
        Unknown("getShipments ShipmentStatus", "RESTING"),
        Unknown("getShipmentItems", "Colour"),
    }


def _resting(told: object) -> object:
    assert isinstance(told, dict)
    told["payload"]["ShipmentData"][0]["ShipmentStatus"] = "RESTING"
    return told
