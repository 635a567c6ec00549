"""What the client asks of Walmart and makes of its answers; the fake checks every question."""

import json
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.landing.read.unpack import unpack
from services.landing.recognise.kinds import recognise
from services.marketplaces.asking import (
    Client,
    Fetched,
    NotTold,
    Ready,
    Source,
    Unknown,
    Working,
)
from services.marketplaces.walmart.sources import (
    CUSTOMER_RETURNS,
    INBOUND,
    INVENTORY_LOG,
    INVENTORY_RECONCILIATION,
    PAYMENTS,
    RETURNS,
    SETTLEMENT,
    SOURCES,
)
from tests.fakes.faults import Fault, changed, with_member
from tests.fakes.walmart import faults
from tests.fakes.walmart.server import Walmart
from tests.marketplaces.walmart.asked import ALWAYS, US, documents, fetched, sixty_days

ORDERED = [source for source in SOURCES if source.how == "report"]
each_ordered = pytest.mark.parametrize("source", ORDERED, ids=lambda source: source.name)
LANDING = [source for source in SOURCES if source.kinds]


@pytest.mark.parametrize("source", LANDING, ids=lambda source: source.name)
def test_files_are_of_the_kinds_that_the_source_names(
    client: Client, source: Source, tmp_path: Path
) -> None:
    files = fetched(client, sixty_days(source), tmp_path)
    assert {kind for file in files for kind in kinds_in(file.path)} == set(source.kinds)


def kinds_in(path: Path) -> set[str]:
    return {recognise(document, "walmart").report.kind for document in unpack(path)}


def test_of_a_report_whose_columns_nobody_publishes_they_are_noticed(
    client: Client, noticed: list[Unknown], tmp_path: Path
) -> None:
    assert fetched(client, sixty_days(CUSTOMER_RETURNS), tmp_path) == []
    assert list(tmp_path.iterdir()) == []
    assert [unknown.said for unknown in noticed] == [
        "Return Order",
        "Customer Refund Date",
        "Return Fee Charged",
    ]


def test_a_line_that_may_be_a_person_is_not_taken_for_columns(
    client: Client, noticed: list[Unknown], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.walmart.files._CUSTOMER_RETURNS", "Jane Doe,2026-05-01\n")
    assert fetched(client, sixty_days(CUSTOMER_RETURNS), tmp_path) == []
    assert noticed == []


# Reports on request ------------------------------------------------------------------------


@each_ordered
def test_a_report_is_ordered_waited_for_and_fetched(
    walmart: Walmart, client: Client, source: Source, tmp_path: Path
) -> None:
    walmart.orders.polls = 2
    asking = sixty_days(source)
    report_id = client.order(asking)
    assert client.state(asking, report_id) == Working("INPROGRESS")
    state = client.state(asking, report_id)
    assert isinstance(state, Ready)
    files = list(client.fetch(asking, state.document, tmp_path))
    assert len(files) == len(source.kinds)
    assert all(zipfile.is_zipfile(file.path) for file in files)
    assert walmart.asked.total() == 6  # the token, the order, two looks, its address, the file


@each_ordered
def test_a_report_that_is_there_already_is_found_by_its_days(
    walmart: Walmart, client: Client, source: Source
) -> None:
    asking = sixty_days(source)
    report_id = client.order(asking)
    client.state(asking, report_id)
    [one] = client.found(source, US, datetime.now(UTC) - timedelta(hours=1))
    assert one.report_id == report_id
    assert isinstance(one.state, Ready)
    assert one.days == asking.days


def test_all_pages_of_the_orders_are_read(client: Client) -> None:
    asking = sixty_days(SETTLEMENT)
    ordered = {client.order(asking) for _ in range(23)}
    assert {one.report_id for one in client.found(SETTLEMENT, US, ALWAYS)} == ordered


def test_orders_of_others_with_less_in_them_are_not_taken_for_ours(
    walmart: Walmart, client: Client
) -> None:
    days = {"dataStartTime": "2026-05-01T00:00:00Z", "dataEndTime": "2026-05-31T23:59:59Z"}
    walmart.orders.order("SETTLEMENT", days | {"excludeColumns": ["Detail"]})
    walmart.orders.order("SETTLEMENT", {})
    walmart.orders.order("INVENTORY_RECON", days | {"dateGranularity": "DAILY"})
    walmart.orders.order("WFS_INVENTORY_LOG", days)  # days in UTC are not the channel's
    for source in (SETTLEMENT, INVENTORY_RECONCILIATION, INVENTORY_LOG):
        assert list(client.found(source, US, ALWAYS)) == []


def test_days_are_asked_as_the_report_has_them(walmart: Walmart, client: Client) -> None:
    """Plain days where it names days; the channel's own where it names moments."""
    days = (date(2026, 7, 2), date(2026, 7, 31))
    for source in (SETTLEMENT, INVENTORY_LOG, INVENTORY_RECONCILIATION):
        client.order(replace(sixty_days(source), days=days))
    assert list(walmart.orders.times) == [
        ("SETTLEMENT", "2026-07-02T00:00:00Z", "2026-07-31T23:59:59Z"),
        ("WFS_INVENTORY_LOG", "2026-07-02T07:00:00Z", "2026-08-01T06:59:59Z"),
        ("INVENTORY_RECON", "2026-07-02T00:00:00Z", "2026-07-31T23:59:59Z"),
    ]


def test_a_report_that_came_to_an_error_is_not_told(walmart: Walmart, client: Client) -> None:
    walmart.orders.fates["SETTLEMENT"].append("error")
    asking = sixty_days(SETTLEMENT)
    state = client.state(asking, client.order(asking))
    assert isinstance(state, NotTold)
    assert state.state == "ERROR"


def test_an_empty_report_says_nothing_happened_on_the_days(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.orders.fates["SETTLEMENT"].append("empty")
    asking = sixty_days(SETTLEMENT)
    [file] = fetched(client, asking, tmp_path)
    assert file.days == asking.days
    assert kinds_in(file.path) == {"walmart_settlement"}


def test_where_the_report_on_request_is_refused_each_month_is_read(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.faults.add("generateReport", faults.not_granted)
    asking = sixty_days(INVENTORY_RECONCILIATION)
    by_month = fetched(client, asking, tmp_path / "by-month")
    whole = fetched(client, asking, tmp_path / "on-request")
    assert len(whole) == 1
    assert len(by_month) > 1
    assert all(one.days and one.days[0].day == 1 for one in by_month)
    assert sorted(rows(by_month)) == sorted(rows(whole))
    assert walmart.asked["getInventoryReconciliationReport"] == len(by_month)


def rows(files: list[Fetched]) -> list[bytes]:
    """The data lines of all files, without header and legend."""
    return [line for file in files for line in content(file.path).splitlines()[2:]]


def content(path: Path) -> bytes:
    """What a file holds, unpacked."""
    if path.suffix != ".zip":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read(archive.namelist()[0])


# Payments ----------------------------------------------------------------------------------


def test_payments_are_those_of_the_dates_since(walmart: Walmart, client: Client) -> None:
    since = datetime.now(UTC) - timedelta(days=100)
    found = list(client.found(PAYMENTS, US, since))
    dates = {datetime.strptime(one.report_id, "%m%d%Y").replace(tzinfo=UTC) for one in found}
    assert 5 <= len(found) < len(walmart.files.recon)
    assert min(dates) >= since
    assert dates == {one.made_at for one in found}


def test_before_the_first_period_is_over_there_are_no_payments(
    walmart: Walmart, client: Client
) -> None:
    walmart.files.recon.clear()
    assert list(client.found(PAYMENTS, US, ALWAYS)) == []


def test_files_come_as_they_are(client: Client, walmart_files: Path, tmp_path: Path) -> None:
    """Packed or not: byte for byte."""
    there = {path.read_bytes() for path in walmart_files.glob("recon_*")}
    files = fetched(client, sixty_days(PAYMENTS), tmp_path)
    assert {file.path.suffix for file in files} == {".zip", ".csv"}
    assert {file.path.read_bytes() for file in files} == there


# Lists -------------------------------------------------------------------------------------


def test_returns_are_all_there_without_the_customers(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.most_a_page = 50
    one = walmart.files.return_orders[0]
    person = {"customerEmailId": "jane@relay.example.com", "customerName": {"firstName": "Jane"}}
    walmart.files.return_orders.append(
        {**one, **person, "returnOrderId": "1", "returnOrderDate": recently()}
    )
    asking = sixty_days(RETURNS)
    [file] = fetched(client, asking, tmp_path)
    told = json.loads(file.path.read_text("utf-8"))
    assert walmart.asked["getReturns"] > 1
    assert len(told["returnOrders"]) == told["meta"]["totalCount"] > 50
    assert "1" in {order["returnOrderId"] for order in told["returnOrders"]}
    assert "jane" not in file.path.read_text("utf-8").lower()


def recently() -> str:
    return f"{datetime.now(UTC) - timedelta(days=40):%Y-%m-%dT%H:%M:%S}.000Z"


def test_the_cursor_is_appended_as_it_was_given(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.most_a_page = 50
    fetched(client, sixty_days(RETURNS), tmp_path)
    first, *more = [query for operation, query in walmart.seen if operation == "getReturns"]
    assert "offset" not in first
    assert [query["offset"] for query in more] == [
        str(50 * page) for page in range(1, len(more) + 1)
    ]
    assert {query["sellerId"] for query in more} == {walmart.access.seller}


def test_inbound_is_every_shipment_and_every_item(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    shipments, items = fetched(client, sixty_days(INBOUND), tmp_path)
    for file, there in ((shipments, walmart.files.shipments), (items, walmart.files.items)):
        told = json.loads(file.path.read_text("utf-8"))
        assert told["payload"] == there
        assert told["headers"]["totalCount"] == len(there) > 50


def test_a_seller_without_shipments_has_no_file_of_them(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.files.shipments.clear()
    walmart.files.items.clear()
    assert fetched(client, sixty_days(INBOUND), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_quiet_days_have_a_file_of_returns_all_the_same(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.files.return_orders.clear()
    [file] = fetched(client, sixty_days(RETURNS), tmp_path)
    assert kinds_in(file.path) == {"walmart_returns"}
    assert file.days is not None


@pytest.mark.parametrize("operation", ["getInboundShipmentItems", "getInboundShipments"])
def test_a_page_that_comes_twice_adds_nothing(
    walmart: Walmart, client: Client, tmp_path: Path, operation: str
) -> None:
    walmart.faults.add(operation, None, faults.repeated(walmart, operation))
    check_inbound(walmart, client, tmp_path)


def test_pages_in_another_order_lack_nothing(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.faults.add("getInboundShipmentItems", None, faults.reordered(walmart, 7))
    check_inbound(walmart, client, tmp_path)


def check_inbound(walmart: Walmart, client: Client, into: Path) -> None:
    """Every record once, in whatever order."""
    files = fetched(client, sixty_days(INBOUND), into)
    for file, there in zip(files, (walmart.files.shipments, walmart.files.items), strict=True):
        told = json.loads(file.path.read_text("utf-8"))["payload"]
        assert Counter(map(json.dumps, told)) == Counter(map(json.dumps, there))


@pytest.mark.parametrize("seed", range(3))
def test_returns_in_another_order_lack_nothing(
    walmart: Walmart, client: Client, tmp_path: Path, seed: int
) -> None:
    walmart.most_a_page = 50
    walmart.faults.add("getReturns", None, faults.reordered(walmart, seed))
    [file] = fetched(client, sixty_days(RETURNS), tmp_path)
    told = json.loads(file.path.read_text("utf-8"))
    ids = [order["returnOrderId"] for order in told["returnOrders"]]
    assert len(ids) == len(set(ids)) == told["meta"]["totalCount"]


def test_records_that_never_come_are_told_as_missing(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    """Not a stop: what came lands, and landing says what it lacks."""
    there = len(walmart.files.items)
    walmart.faults.add("getInboundShipmentItems", *[claims(there + 1)] * 100)
    _, items = fetched(client, sixty_days(INBOUND), tmp_path)
    told = json.loads(items.path.read_text("utf-8"))
    assert len(told["payload"]) == there
    assert told["headers"]["totalCount"] == there + 1


def claims(total: int) -> Fault:
    """The right answer, but for how many there are in all."""

    def change(said: Any) -> Any:
        return {**said, "headers": {**said["headers"], "totalCount": total}}

    return changed(change)


# What no model has -------------------------------------------------------------------------


def test_an_unknown_member_is_noticed_and_everything_comes(
    walmart: Walmart, client: Client, noticed: list[Unknown], tmp_path: Path
) -> None:
    in_a_line = ("returnOrders", 0, "returnOrderLines", 0)
    walmart.faults.add("getReturns", with_member("wandered", *in_a_line))
    walmart.faults.add("getTokenDetail", with_member("somethingElse"))
    assert client.standing().scopes == ("reports", "returns")
    assert len(fetched(client, sixty_days(RETURNS), tmp_path)) == 1
    assert noticed == [
        Unknown("getTokenDetail answer", "somethingElse"),
        Unknown("getReturns returnOrders.returnOrderLines", "wandered"),
    ]


def test_an_unknown_status_of_a_report_is_waited_for(
    walmart: Walmart, client: Client, noticed: list[Unknown]
) -> None:
    walmart.faults.add("getSingleRequestStatus", faults.with_status("POSTPONED"))
    asking = sixty_days(SETTLEMENT)
    report_id = client.order(asking)
    assert client.state(asking, report_id) == Working("POSTPONED")
    assert noticed == [Unknown("getSingleRequestStatus requestStatus", "POSTPONED")]
    assert isinstance(client.state(asking, report_id), Ready)


@pytest.mark.parametrize(
    ("source", "operation", "member"),
    [
        (RETURNS, "getReturns", "returnOrders.returnOrderLines.status"),
        (INBOUND, "getInboundShipments", "payload.status"),
    ],
)
def test_an_unknown_status_is_noticed_and_kept(  # noqa: PLR0917
    walmart: Walmart,
    client: Client,
    noticed: list[Unknown],
    tmp_path: Path,
    source: Source,
    operation: str,
    member: str,
) -> None:
    walmart.faults.add(operation, faults.with_status("IN_ORBIT"))
    file, *_ = fetched(client, sixty_days(source), tmp_path)
    assert "IN_ORBIT" in file.path.read_text("utf-8")
    assert noticed == [Unknown(f"{operation} {member}", "IN_ORBIT")]


def test_a_date_that_is_none_is_noticed(
    walmart: Walmart, client: Client, noticed: list[Unknown]
) -> None:
    walmart.files.recon["next week"] = Path()
    assert "next week" not in list(documents(client, sixty_days(PAYMENTS)))
    [unknown] = noticed
    assert unknown.said == "next week"
