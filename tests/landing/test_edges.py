"""Numbers at and beyond every edge, and digits of other scripts, in every report kind."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from services.database.engine import Database
from services.landing.importing import import_files
from services.landing.land import FileResult
from services.marketplaces.contract import Column, ReportFormat
from services.marketplaces.registry import FORMATS, RECOVERIES
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, lost, one, table
from tests.landing.bringing import Bring

WHOLES: Final = (
    "2147483647",
    "-2147483648",
    "9223372036854775808",
    "10000000",
    "-10000000",
    "１２",
    "١٢",
    "-१२.0",
    "1" * 5000,
)
AMOUNTS: Final = (
    "１２",
    "１２.５０",
    "٣,٥٠",
    "1000000000.00",
    "-123456789012345.67",
    "1e400",
    "9" * 5000,
    "1.234.567.890,00",
    "NaN",
    "Infinity",
)
DAYS: Final = ("２０２６-05-13", "٢٠٢٦-05-13", "2147483648")
GTINS: Final = ("００065791330026", "٠0065791330026", "99999999999999999999")
EDGES: Final = {"whole": WHOLES, "amount": AMOUNTS, "day": DAYS, "moment": DAYS, "gtin": GTINS}

# What a row of each kind must say besides what its columns' readings ask for.
_SAYS: Final[dict[str, str]] = {
    "country": "US",
    "currency": "USD",
    "channel": "amazon-us",
    "event_type": "Adjustments",
    "reason": "M",
    "store": "US",
    "location": "US",
    "closed_on": "",
    "damaged_units": "0",
    "received_units": "1",
    "marketplace_name": "Amazon.com",
    "status": "open",
    "reconciled_quantity": "",
    "unreconciled_quantity": "",
    "subtype": "",
}
_NUMBERS: Final = count(1)


_EXAMPLES: Final = {
    "whole": "1",
    "amount": "1.50",
    "day": "2026-05-13",
    "moment": "2026-05-13T10:00:00+00:00",
    "gtin": "00065791330026",
    "flag": "true",
    "list": "[]",
    "charges": "[]",
    "references": "[]",
    "events": "[]",
}


def _cell(column: Column) -> str:
    if column.reading.words and column.field not in _SAYS:
        return column.reading.words[0]
    own = f"B0{next(_NUMBERS):08}"
    return _SAYS.get(column.field, _EXAMPLES.get(column.reading.manner, own))


def _rows(report: ReportFormat) -> Iterator[dict[str, str]]:
    """One good row, and one for every edge of every number and day."""
    yield {column.header: _cell(column) for column in report.columns}
    for column in report.columns:
        for edge in EDGES.get(column.reading.manner, ()):
            # A whole report may come to more than one of its rows.
            if column.field != "total_amount" and column.header not in _PERIOD:
                whole = {each.header: _cell(each) for each in report.columns}
                yield whole | {column.header: edge}


# A settlement's and a payment's period and total stand in their summary alone.
_PERIOD: Final = {
    "settlement-start-date",
    "settlement-end-date",
    "Period Start Date",
    "Period End Date",
}


def _as_table(report: ReportFormat, rows: list[dict[str, str]]) -> str:
    names = list(dict.fromkeys(column.header for column in report.columns))
    extra = []
    if report.kind == "amazon_settlement":
        extra = [
            {
                "settlement-id": "77",
                "settlement-start-date": "2026-05-01T00:00:00+00:00",
                "settlement-end-date": "2026-05-14T00:00:00+00:00",
                "currency": "USD",
                "total-amount": "1.50",
            }
        ]
        rows = [
            {**row, "settlement-id": "77", **dict.fromkeys((*_PERIOD, "total-amount"), "")}
            for row in rows
        ]
    if report.kind == "walmart_payments":
        names = list(files.RECON)
        extra = [dict(zip(names, files.recon_summary("1.50"), strict=True))]
        names.append("Original Commission")
        rows = [{**row, **dict.fromkeys(_PERIOD, "")} for row in rows]
    cells = [[row.get(name, "") for name in names] for row in (*extra, *rows)]
    return table(names, cells)


def _as_json(report: ReportFormat, rows: list[dict[str, str]]) -> str:
    records: list[Any] = []
    for row in rows:
        record: dict[str, Any] = {}
        for header, cell in row.items():
            _put(record, header.split("."), cell)
        records.append(record)
    answer: Any = records
    for name in reversed(report.json_paths[0]):
        answer = {name: answer}
    return json.dumps(answer, ensure_ascii=False)


def _put(record: dict[str, Any], path: list[str], cell: str) -> None:
    name, *rest = path
    inner: Any = record
    if name.endswith("[]"):
        inner = record.setdefault(name.removesuffix("[]"), [{}])[0]
    elif rest:
        inner = record.setdefault(name, {})
    if rest:
        _put(inner, rest, cell)
    else:
        inner[name] = json.loads(cell) if cell == "[]" else cell


@pytest.mark.parametrize("report", FORMATS, ids=lambda report: str(report.kind))
def test_a_number_beyond_an_edge_costs_its_row_alone(
    bring: Bring, database: Database, report: ReportFormat
) -> None:
    """Nothing of a report overflows what it is stored, multiplied or added up in."""
    rows = list(_rows(report))
    content = _as_table(report, rows) if report.delimited else _as_json(report, rows)
    marketplace = report.marketplace or "amazon"
    result = bring(content, channel=f"{marketplace}-us")
    assert (result.status, result.kind) == ("landed", report.kind), result.refused_because
    assert result.rows_rejected == len(rows) - 1
    assert one(database, "select count(*) from unread_row") == len(rows) - 1
    scripts = every_row(
        database,
        "select distinct expected from rejected_row where found ~ '[１２٠१]' and found !~ '[#]'",
    )
    assert all("of another script" in str(expected) for (expected,) in scripts)


def test_every_marketplace_that_is_recovered_has_kinds_here() -> None:
    assert {room.marketplace for room in RECOVERIES} <= {one.marketplace for one in FORMATS}


def test_the_largest_numbers_that_are_read_add_up(bring: Bring, database: Database) -> None:
    bring(
        files.ledger(
            [lost(f"05/{day:02}/2026", quantity="-9999999", fnsku="X001") for day in range(1, 21)]
        )
    )
    bring("sku,currency,unit_cost,valid_from\nSKU-X001,USD,999999999.99,2020-01-01\n")
    assert one(database, "select sum(units) from discrepancy") == 20 * 9_999_999


def test_a_row_beyond_an_edge_costs_no_other_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(files.ledger([lost(quantity="-2147483648"), lost()]))
    (tmp_path / "b.txt").write_bytes(files.ledger([ledger_row("05/20/2026", quantity="１２")]))
    done = import_files(database, [tmp_path], account="ACME", channel="amazon-us").files
    assert [_told(one) for one in done] == [("landed", 1, 1), ("landed", 0, 1)]


def _told(result: FileResult) -> tuple[str, int, int]:
    return result.status, result.rows_landed, result.rows_rejected


@pytest.mark.parametrize("amount", ["１２", "1E-400000", "1E+400000", "1e10", "NaN"])
def test_a_charge_is_read_as_every_amount_is(bring: Bring, amount: str) -> None:
    charge = {"chargeCategory": "PRODUCT", "chargePerUnit": {"currencyAmount": amount}}
    line = {
        "returnOrderLineNumber": 1,
        "item": {"sku": "W"},
        "refundedQty": 1,
        "quantity": {"measurementValue": 1},
        "charges": [charge],
    }
    order = {
        "returnOrderId": "R1",
        "returnOrderDate": "2026-05-01T00:00:00Z",
        "returnOrderLines": [line],
    }
    result = bring(json.dumps({"returnOrders": [order]}), channel="walmart-us")
    assert (result.status, result.rows_rejected) == ("landed", 1)


def test_half_a_letter_in_json_costs_its_row_at_most(bring: Bring) -> None:
    cost = '{"payload": {"ShipmentData": [{"ShipmentId": "FBA\\ud800", "ShipmentStatus": "CLOSED"},'
    more = ' {"ShipmentId": "FBA1", "ShipmentName": "\\ud83d\\ude00 \\ud83d",'
    result = bring(cost + more + ' "ShipmentStatus": "CLOSED"}]}}')
    assert (result.status, result.rows_landed, result.rows_rejected) == ("landed", 1, 1)
