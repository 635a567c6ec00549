"""Walmart's settlement file and the answers of its APIs."""

import json
from collections.abc import Mapping

import pytest

from services.database.engine import Database
from tests.common.reports import files
from tests.common.reports.files import every_row, one
from tests.landing.bringing import Bring
from tests.landing.walmart_returns import charge, return_line, returned

US = {"channel": "walmart-us"}
DAMAGED = "6.57913E+12"

# Settlement --------------------------------------------------------------------------------

PREAMBLE = "ACME SELLER LLC\nReporting period: 04/18/2026 - 05/01/2026\n\n"


def paid_line(
    reference: str = "WFS-1", date: str = "4/29/2026", gtin: str = '="00065791330026"', **more: str
) -> dict[str, str]:
    return {
        "Transaction Type": "Refund",
        "Reason Code": "Inbound shortage",
        "WFSReferenceID": reference,
        "Transaction Date/Time": date,
        "Qty": "1",
        "Partner ID": "10001234567",
        "Partner GTIN": gtin,
        "Net Payable": "-45.00",
    } | more


def settlement(*rows: Mapping[str, str], preamble: str = PREAMBLE) -> str:
    header = files.WFS_SETTLEMENT
    cells = [[row.get(name, "") for name in header] for row in rows]
    return preamble + files.table(header, cells, ",")


@pytest.mark.parametrize("preamble", ["", "ACME\nPeriod\n", PREAMBLE, "ACME\n\n04/18/2026\nUSD\n"])
def test_lines_above_a_settlements_header_are_passed_over(bring: Bring, preamble: str) -> None:
    result = bring(settlement(paid_line(), preamble=preamble), **US)
    above = sum(1 for line in preamble.splitlines() if line)
    assert (result.rows_landed, result.rows_passed_over) == (1, above)


def test_ids_in_a_settlement_keep_their_zeros(bring: Bring, database: Database) -> None:
    row = paid_line(**{"Walmart.com PO #": '="00129112345678"'})
    bring(settlement(row, paid_line("WFS-2", gtin="65791330026")), **US)
    assert every_row(
        database,
        "select gtin, purchase_order_id, partner_id from walmart_settlement_line order by 2",
    ) == [
        ("00065791330026", "00129112345678", "10001234567"),
        ("00065791330026", None, "10001234567"),
    ]


def test_a_damaged_gtin_costs_the_gtin_and_is_said(bring: Bring, database: Database) -> None:
    rows = [paid_line(), paid_line("WFS-2", gtin=DAMAGED), paid_line("WFS-3", gtin="6e+12")]
    result = bring(settlement(*rows), **US)
    assert (result.rows_landed, result.rows_rejected) == (3, 0)
    assert result.notes == (
        "Rows with a GTIN of which a spreadsheet has lost digits (such as 6.57913E+12): 2. "
        "They landed without it.",
    )
    assert one(database, "select count(*) from walmart_settlement_line where gtin is null") == 2


def test_a_gtin_that_is_something_else_is_rejected(bring: Bring, database: Database) -> None:
    assert bring(settlement(paid_line(gtin="none given")), **US).rows_rejected == 1
    assert one(database, "select column_name from rejected_row") == "Partner GTIN"


@pytest.mark.parametrize(
    "date",
    [
        "4/29/2026",
        "04/29/2026",
        "4/29/2026 10:15",
        "2026-04-29",
        "2026-04-29T10:15:00",
        "46141",
        "46141.43",
        "29.04.2026",
        "29-Apr-26",
        "Apr 29, 2026",
        "2026/4/29",
        "4/29/2026 10:15 PM",
        "29/04/2026",
    ],
)
def test_a_settlements_dates_in_every_form(bring: Bring, database: Database, date: str) -> None:
    assert bring(settlement(paid_line(date=date)), **US).rows_landed == 1
    assert one(database, "select transacted_on::text from walmart_settlement_line") == "2026-04-29"


@pytest.mark.parametrize(
    "date", ["99999", "4/31/2026", "31.04.2026", "04.29.2026", "29-Avr-26", "461410", "12", ""]
)
def test_what_is_no_date_in_a_settlement_is_rejected(bring: Bring, date: str) -> None:
    assert bring(settlement(paid_line(date=date)), **US).rows_rejected == 1


def test_a_settlement_line_is_known_by_reference_date_and_amount(
    bring: Bring, database: Database
) -> None:
    bring(settlement(paid_line(), paid_line()), **US)
    more = [paid_line(), paid_line(), paid_line(**{"Net Payable": "-45.01"}), paid_line("WFS-2")]
    result = bring(settlement(*more), **US)
    # Two equal lines are two payments, and stay the two that were there.
    assert (result.rows_landed, result.rows_passed_over) == (2, 4)
    assert one(database, "select count(*) from walmart_settlement_line") == 4


def test_a_settlement_without_its_reference_column_is_refused(bring: Bring) -> None:
    content = settlement(paid_line(), preamble="").replace("WFSReferenceID", "Reference")
    assert "it lacks WFSReferenceID" in (bring(content, **US).refused_because or "")


# The money of a reconciliation stays although the GTIN is damaged -----------------------------


def test_a_payment_with_a_damaged_gtin_keeps_its_money(bring: Bring, database: Database) -> None:
    rows = [
        files.recon_summary("36.96"),
        files.recon_row(gtin=DAMAGED),
        files.recon_row(gtin="65791330026"),
    ]
    result = bring(files.recon(rows), **US)
    assert (result.rows_landed, result.rows_rejected) == (2, 0)
    assert "lost digits (such as 6.57913E+12): 1." in result.notes[0]
    assert every_row(
        database, "select gtin, amount::text from walmart_payment order by row_number"
    ) == [(None, "18.48"), ("00065791330026", "18.48")]


# Returns -----------------------------------------------------------------------------------


def answer(*orders: Mapping[str, object]) -> dict[str, object]:
    return {
        "meta": {"totalCount": len(orders), "nextCursor": "?offset=10"},
        "returnOrders": list(orders),
    }


def test_a_return_has_a_row_for_each_of_its_lines(bring: Bring, database: Database) -> None:
    said = answer(returned(return_line(1), return_line(2)), returned(return_line(1), order="R-2"))
    result = bring(json.dumps(said), **US)
    assert (result.rows_in_file, result.rows_landed) == (3, 3)
    assert every_row(
        database,
        "select row_number, return_order_id, return_line, sku, quantity, refunded_quantity,"
        " is_keep_it, return_expected, (return_by at time zone 'UTC')::date::text"
        " from walmart_return order by 1",
    ) == [
        (1, "R-1", 1, "SKU-1", 3, 2, False, True, "2026-05-31"),
        (2, "R-1", 2, "SKU-2", 3, 2, False, True, "2026-05-31"),
        (3, "R-2", 1, "SKU-1", 3, 2, False, True, "2026-05-31"),
    ]


@pytest.mark.parametrize(
    ("charges", "refund"),
    [
        ([charge(19.95)], "39.90"),  # 2 refunded units of 19.95
        ([charge(19.95), charge(4.0, isDiscount=True)], "31.90"),  # 2 x 15.95
        ([charge(19.95), charge(5.0, "FEE"), charge(3.0, "SHIPPING")], "39.90"),
        ([charge(19.95), charge(9.0, isBillable=False)], "39.90"),
        ([], None),  # no charges: unknown, not nothing
    ],
)
def test_a_lines_refund_is_its_product_charges_without_tax(
    bring: Bring, database: Database, charges: list[object], refund: str | None
) -> None:
    bring(json.dumps(answer(returned(return_line(charges=charges)))), **US)
    assert one(database, "select round(refund_amount, 2)::text from walmart_return") == refund


def test_tracking_lands_as_it_is(bring: Bring, database: Database) -> None:
    tracking = [
        {"sequenceNo": 1, "eventTag": "RETURN_IN_TRANSIT", "eventTime": "2026-05-04T00:46:11.000Z"},
        {"sequenceNo": 0, "eventTag": "RETURN_INITIATED", "eventTime": "2026-05-01T01:01:08.000Z"},
    ]
    bring(json.dumps(answer(returned(return_line(returnTrackingDetail=tracking)))), **US)
    assert one(database, "select tracking from walmart_return") == tracking


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_pulls_the_later_status_stands(
    bring: Bring, database: Database, order: tuple[int, ...]
) -> None:
    done = return_line(status="COMPLETED", statusTime="2026-05-20T05:45:45.000Z")
    # The pull of the old status holds a return of a later day, so it is the newer document.
    late = returned(return_line(), order="R-9") | {"returnOrderDate": "2026-05-09T00:00:00.000Z"}
    pulls = [answer(returned(return_line()), late), answer(returned(done))]
    for at in order:
        bring(json.dumps(pulls[at]), **US)
    assert one(database, "select status from walmart_return where return_order_id = 'R-1'") == (
        "COMPLETED"
    )


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"quantity": {"measurementValue": 1.5}}, "returnOrderLines[].quantity.measurementValue"),
        ({"isKeepIt": "perhaps"}, "returnOrderLines[].isKeepIt"),
        ({"item": {"productName": "Mug"}}, "returnOrderLines[].item.sku"),
        ({"returnTrackingDetail": {"eventTag": "x"}}, "returnOrderLines[].returnTrackingDetail"),
        ({"charges": [{"chargeCategory": "PRODUCT"}]}, "returnOrderLines[].charges"),
        ({"statusTime": "yesterday"}, "returnOrderLines[].statusTime"),
    ],
)
def test_a_wrong_return_line_is_named_by_its_path(
    bring: Bring, database: Database, wrong: dict[str, object], column: str
) -> None:
    said = answer(returned(return_line(1), return_line(2) | wrong, return_line(3)))
    result = bring(json.dumps(said), **US)
    assert (result.rows_landed, result.rows_rejected) == (2, 1)
    assert every_row(database, "select row_number, column_name from rejected_row") == [(2, column)]


# Inventory log -----------------------------------------------------------------------------


def log(*entries: Mapping[str, object], gtin: str = "65791330026") -> dict[str, object]:
    return {
        "headers": {"totalCount": len(entries)},
        "payload": {"gtin": gtin, "vendorSku": "SKU-A", "inventoryLog": list(entries)},
    }


def entry(number: str = "L1", units: int = -1) -> dict[str, object]:
    return {
        "id": number,
        "fcName": "ATL1",
        "changedUnits": units,
        "transactionTime": "2026-05-04T10:00:00.000Z",
        "transactionLocation": "Salvage",
        "transactionReasonCode": "DMG",
        "transactionType": "Adjustment",
    }


def test_the_inventory_log_is_known_by_its_ids(bring: Bring, database: Database) -> None:
    assert bring(json.dumps([log(entry(), entry("L2"))]), **US).rows_landed == 2
    pages = "\n".join(json.dumps(log(*page)) for page in ([entry("L2")], [entry("L3", 4)]))
    result = bring(pages, **US)
    assert (result.rows_in_file, result.rows_landed, result.rows_passed_over) == (2, 1, 1)
    assert every_row(
        database, "select log_id, gtin, changed_units from walmart_inventory_log order by 1"
    ) == [("L1", "00065791330026", -1), ("L2", "00065791330026", -1), ("L3", "00065791330026", 4)]
    # Asked for item by item: it says nothing of the days of other items.
    assert one(database, "select count(*) from report_coverage") == 0


# Inbound shipments and items ---------------------------------------------------------------


def inbound(status: str = "RECEIVING_IN_PROGRESS", **more: object) -> dict[str, object]:
    return {
        "inboundOrderId": "I-1",
        "shipmentId": "0066618GDM",
        "status": status,
        "shipToAddress": {"fcName": "NJ3"},
        "createdDate": "2026-05-01T19:02:30.467Z",
        "shipmentUnits": 10,
        "receivedUnits": 4,
    } | more


def test_inbound_shipments_read_as_landed_last(bring: Bring, database: Database) -> None:
    bring(json.dumps({"headers": {}, "payload": [inbound()]}), **US)
    closed = inbound("CLOSED", actualDeliveryDate="2026-05-09T00:00:00.000Z", receivedUnits=9)
    assert bring(json.dumps({"payload": [closed]}), **US).rows_landed == 1
    assert every_row(
        database,
        "select status, received_units, fulfillment_center, (delivered_at at time zone 'UTC')::text"
        " from walmart_inbound_shipment",
    ) == [("CLOSED", 9, "NJ3", "2026-05-09 00:00:00")]


def item(received: int, gtin: str = "00634482736852") -> dict[str, object]:
    return {
        "inboundOrderId": "I-1",
        "shipmentId": "4846GDM",
        "gtin": gtin,
        "sku": "SKU-A",
        "itemQty": 10,
        "receivedQty": received,
        "damagedQty": 1,
        "fillRate": 0.5,
    }


def test_items_of_inbound_shipments_land(bring: Bring, database: Database) -> None:
    bring(json.dumps({"payload": [item(0), item(7, "77540052578")]}), **US)
    assert bring(json.dumps({"payload": [item(8)]}), **US).rows_landed == 1
    assert every_row(
        database,
        "select gtin, expected_units, received_units, damaged_units, fill_rate::text"
        " from walmart_inbound_item order by 1",
    ) == [("00077540052578", 10, 7, 1, "0.5"), ("00634482736852", 10, 8, 1, "0.5")]
