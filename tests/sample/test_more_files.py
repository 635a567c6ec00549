"""The newer report kinds look as the marketplaces write them, and agree with the older ones."""

import csv
import io
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sample.model import Story
from sample.world import SampleImport

Row = dict[str, str]


@pytest.fixture(scope="session")
def us(world: list[SampleImport], folder: Path) -> Path:
    return folder / "northwind-kitchen" / "amazon-us"


@pytest.fixture(scope="session")
def de(world: list[SampleImport], folder: Path) -> Path:
    return folder / "baltic-outdoor" / "amazon-de"


@pytest.fixture(scope="session")
def walmart(world: list[SampleImport], folder: Path) -> Path:
    return folder / "northwind-kitchen" / "walmart-us"


def tabbed(path: Path) -> list[Row]:
    text = io.StringIO(path.read_bytes().decode("cp1252"))
    return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def number(cell: str) -> Decimal:
    return Decimal(cell.replace(",", "."))


@pytest.mark.parametrize("channel", ["northwind-kitchen/amazon-us", "baltic-outdoor/amazon-de"])
def test_a_settlement_begins_with_its_sum(
    world: list[SampleImport], folder: Path, channel: str
) -> None:
    paths = sorted((folder / channel).glob("settlement_*"))
    assert len(paths) > 5
    for path in paths:
        summary, *lines = tabbed(path)
        assert len(summary) == 24
        assert summary["currency"]
        assert not any(line["currency"] for line in lines)
        assert number(summary["total-amount"]) == sum(number(line["amount"]) for line in lines)


def test_settlements_are_written_as_their_country_writes(us: Path, de: Path) -> None:
    american, german = (tabbed(min(one.glob("settlement_*")))[1] for one in (us, de))

    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", american["posted-date-time"])
    assert re.fullmatch(r"\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d UTC", german["posted-date-time"])
    assert re.fullmatch(r"-?\d+\.\d\d", american["amount"])
    assert re.fullmatch(r"-?\d+,\d\d", german["amount"])
    assert american["marketplace-name"] == "Amazon.com"
    assert german["marketplace-name"] == "Amazon.de"


def settled(folder: Path) -> list[Row]:
    return [line for path in folder.glob("settlement_*") for line in tabbed(path)[1:]]


def test_most_refunds_come_back(us: Path) -> None:
    refunded = {
        (line["order-id"], line["sku"])
        for line in settled(us)
        if line["transaction-type"] == "Refund"
    }
    returned = {
        (row["order-id"], row["sku"])
        for path in us.glob("customer-returns_*")
        for row in tabbed(path)
    }

    assert len(refunded & returned) > len(refunded) * 2 / 3
    assert refunded - returned


def test_settlements_pay_what_the_reimbursements_report_says(us: Path, story: Story) -> None:
    market = story.market("amazon-us")
    paid = Counter(
        line["amount"]
        for line in settled(us)
        if line["amount-type"] == "FBA Inventory Reimbursement"
    )

    assert paid == Counter(
        f"{payment.amount:.2f}"
        for payment in story.payments
        if payment.market == market and payment.amount and payment.paid_on >= market.settled_from
    )


def pages(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text("utf-8")))


def test_received_units_are_those_of_the_ledger(us: Path, story: Story) -> None:
    items = [
        item
        for page in pages(us / "inbound-shipment-items.json")
        for item in page["payload"]["ItemData"]
    ]
    received = Counter[str]()
    for move in story.movements:
        if move.event_type == "Receipts":
            received[move.reference] += move.quantity

    assert {item["ShipmentId"]: item["QuantityReceived"] for item in items} == {
        item["ShipmentId"]: received[item["ShipmentId"]] for item in items
    }
    assert any(item["QuantityShipped"] > item["QuantityReceived"] for item in items)


def test_shipments_have_no_date_but_in_their_name(us: Path) -> None:
    shipments = [
        one
        for page in pages(us / "inbound-shipments.json")
        for one in page["payload"]["ShipmentData"]
    ]

    assert {one["ShipmentStatus"] for one in shipments} == {
        "CLOSED",
        "RECEIVING",
        "IN_TRANSIT",
        "WORKING",
        "CANCELLED",
    }
    name = re.compile(r"FBA \(\d{1,2}/\d{1,2}/\d\d, \d{1,2}:\d\d [AP]M\) - 1")
    assert all(name.fullmatch(one["ShipmentName"]) for one in shipments)


def test_fee_previews_hold_the_region_and_its_measures(us: Path, de: Path) -> None:
    american, european = (tabbed(next(one.glob("fee-preview_*"))) for one in (us, de))

    assert (len(american[0]), len(european[0])) == (31, 30)
    assert {row["amazon-store"] for row in american} == {"US", "CA"}
    assert {row["amazon-store"] for row in european} == {"GB", "DE"}
    assert {row["unit-of-dimension"] for row in american} == {"inches", "centimeters"}
    assert all(row["estimated-pick-pack-fee-per-unit"] == "--" for row in american)
    assert all(number(row["expected-domestic-fulfilment-fee-per-unit"]) for row in european)


def test_the_ledger_s_months_add_up(us: Path) -> None:
    (path,) = us.glob("inventory-ledger-summary_*")
    text = io.StringIO(path.read_bytes().decode("utf-8-sig"))
    rows = list(csv.reader(text, delimiter="\t"))[1:]

    for row in rows:
        assert re.fullmatch(r"\d\d/\d{4}", row[0])
        moved = sum(int(row[position]) for position in (*range(7, 18), 19))
        assert int(row[6]) + moved == int(row[18]) >= 0


def test_our_count_of_removals_speaks_of_parcels_that_were_sent(us: Path) -> None:
    sent = {
        (row["order-id"], row["tracking-number"]): int(row["shipped-quantity"])
        for path in us.parent.glob("*/removal-shipments_*")
        for row in tabbed(path)
    }
    text = (us.parent / "removal-receipts.csv").read_text("utf-8")
    receipts = list(csv.DictReader(io.StringIO(text)))

    assert len(receipts) < len(sent)  # of some parcels nobody wrote down what arrived
    for row in receipts:
        units = sent[row["order_id"], row["tracking_number"]]
        assert int(row["damaged_units"]) <= int(row["received_units"]) <= units
        assert bool(row["received_on"]) == (row["received_units"] != "0")


def test_wfs_settlements_have_a_preamble_mixed_days_and_broken_numbers(walmart: Path) -> None:
    days, gtins = [], []
    for path in walmart.glob("wfs-settlement_*"):
        lines = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
        header = next(position for position, line in enumerate(lines) if "Transaction Type" in line)
        assert header == 3
        days += [line[8] for line in lines[header + 1 :]]
        gtins += [line[11] for line in lines[header + 1 :]]

    for form in (r"\d{5}", r"\d{4}-\d\d-\d\d", r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d"):
        assert any(re.fullmatch(form, day) for day in days)
    assert "6.57913E+12" in gtins
    assert any(re.fullmatch(r'="\d{14}"', gtin) for gtin in gtins)


def test_returns_and_log_have_the_api_s_shape(walmart: Path) -> None:
    orders = [one for page in pages(walmart / "returns.json") for one in page["returnOrders"]]
    logs = [page["payload"] for page in pages(walmart / "inventory-log.json")]

    assert {one["returnType"] for one in orders} == {"REFUND", "REPLACEMENT"}
    reasons = {line["returnReason"] for one in orders for line in one["returnOrderLines"]}
    assert {"LOST_IN_TRANSIT", "DAMAGED"} <= reasons
    ids = [entry["id"] for log in logs for entry in log["inventoryLog"]]
    assert len(ids) == len(set(ids)) > 500
