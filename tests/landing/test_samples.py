"""Every sample file lands, or says precisely why not."""

import pytest

from services.database.engine import Database
from tests.common.reports.files import SAMPLES, every_row, one
from tests.landing.bringing import Bring

LANDING = [
    ("ledger_detail_us_bom_quoted.tsv", "amazon-us", 10, 0, "utf-8-sig", "tab"),
    ("reimbursements_us_cp1252.tsv", "amazon-us", 5, 0, "cp1252", "tab"),
    ("customer_returns_us.tsv", "amazon-us", 2, 0, "cp1252", "tab"),
    ("settlement_v2_us.tsv", "amazon-us", 5, 1, "utf-8", "tab"),
    ("fee_preview_us.tsv", "amazon-us", 2, 0, "cp1252", "tab"),
    ("removal_order_detail_us.tsv", "amazon-us", 2, 0, "utf-8", "tab"),
    ("removal_shipment_detail_us.tsv", "amazon-us", 1, 0, "utf-8", "tab"),
    ("ledger_summary_us_bom_quoted.tsv", "amazon-us", 3, 0, "utf-8-sig", "tab"),
    ("myi_inventory_us.tsv", "amazon-us", 2, 0, "cp1252", "tab"),
    ("walmart_wfs_settlement.csv", "walmart-us", 3, 2, "utf-8", "comma"),
    ("walmart_recon_v1.csv", "walmart-us", 6, 2, "utf-8", "comma"),
    ("walmart_wfs_inventory_recon.csv", "walmart-us", 1, 1, "utf-8", "comma"),
    ("walmart_wfs_inbound_receipts.csv", "walmart-us", 2, 0, "utf-8", "comma"),
]


@pytest.mark.parametrize("sample", LANDING, ids=lambda sample: sample[0])
def test_a_sample_lands(bring: Bring, sample: tuple[str, str, int, int, str, str]) -> None:
    name, channel, landed, passed, encoding, delimiter = sample
    result = bring((SAMPLES / name).read_bytes(), channel=channel)
    counts = (result.status, result.rows_landed, result.rows_passed_over)
    assert counts == ("landed", landed, passed)
    assert (result.encoding, result.delimiter) == (encoding, delimiter)
    damaged = "Rows with a GTIN of which a spreadsheet has lost digits (such as 6.57913E+12): 1. "
    known = {"walmart_wfs_settlement.csv": (damaged + "They landed without it.",)}
    assert result.notes == known.get(name, ())


def test_every_sample_is_among_those_that_land() -> None:
    assert {path.name for path in SAMPLES.glob("*sv")} == {name for name, *_ in LANDING}


def test_what_the_ledger_sample_says_is_what_landed(bring: Bring, database: Database) -> None:
    bring((SAMPLES / "ledger_detail_us_bom_quoted.tsv").read_bytes())
    rows = every_row(
        database,
        "select row_number, day::text, quantity, reason, reconciled_quantity,"
        " unreconciled_quantity, title from amazon_ledger_event"
        " where account_id = 1 and reason in ('M', 'E') order by row_number",
    )
    assert rows == [
        (5, "2026-05-14", -16, "M", 5, 11, "Steel Bottle"),
        (7, "2026-05-17", -2, "E", 0, 2, "Café Mug – 12 oz"),
    ]


def test_three_equal_rows_of_the_sample_are_three_events(bring: Bring, database: Database) -> None:
    bring((SAMPLES / "ledger_detail_us_bom_quoted.tsv").read_bytes())
    keys = every_row(
        database,
        "select left(event_key, 32), right(event_key, 2) from amazon_ledger_event"
        " where account_id = 1 and day = '2026-05-13'",
    )
    assert len({digest for digest, _ in keys}) == 1
    assert {ordinal for _, ordinal in keys} == {"-1", "-2", "-3"}


def test_what_the_reimbursement_sample_says_is_what_landed(
    bring: Bring, database: Database
) -> None:
    bring((SAMPLES / "reimbursements_us_cp1252.tsv").read_bytes())
    assert str(one(database, "select sum(amount_total) from amazon_reimbursement")) == "33.92"
    [reversal] = every_row(
        database,
        "select amount_total::text, quantity_cash, quantity_inventory, quantity_total,"
        " original_reimbursement_id, original_reimbursement_type from amazon_reimbursement"
        " where account_id = 1 and reason = 'Reimbursement_Reversal'",
    )
    assert reversal == ("-4.20", -1, 1, 0, "48210000003", "Lost_Warehouse")


def test_what_the_walmart_samples_say_is_what_landed(bring: Bring, database: Database) -> None:
    for name in (sample for sample, channel, *_ in LANDING if channel == "walmart-us"):
        bring((SAMPLES / name).read_bytes(), channel="walmart-us")
    assert every_row(
        database,
        "select period_start::text, period_end::text, currency, sum(amount)::text, min(row_number)"
        " from walmart_payment where account_id = 1 group by 1, 2, 3",
    ) == [("2026-04-18", "2026-05-01", "USD", "30.62", 4)]
    assert every_row(
        database, "select gtin, lost, found, removed from walmart_inventory_reconciliation"
    ) == [("00065791330026", -3, 1, -1)]
    assert every_row(
        database,
        "select inbound_order_id, delivered_on::text, expected_units, received_units, gtin"
        " from walmart_inbound_receipt order by 1",
    ) == [
        ("1234567GDM", "2026-04-10", 100, 96, "00065791330026"),
        ("1234568MTR", None, 50, 0, "00065791330026"),
    ]
    assert every_row(
        database,
        "select reference_id, transacted_on::text, gtin, net_payable::text"
        " from walmart_settlement_line order by 1",
    ) == [
        ("WFS-1", "2026-04-29", "00065791330026", "4.45"),
        ("WFS-2", "2026-04-30", "00065791330026", "-45.00"),
        ("WFS-3", "2026-04-28", None, "-18.48"),
    ]


def test_what_the_other_amazon_samples_say_is_what_landed(bring: Bring, database: Database) -> None:
    for name in (sample for sample, channel, *_ in LANDING if channel == "amazon-us"):
        bring((SAMPLES / name).read_bytes())
    # 19.50 - 2.93 - 4.16 - 19.50 + 8.38 = 1.29, the total of the summary row.
    assert every_row(
        database,
        "select settlement_id, currency, sum(amount)::text, min(row_number)"
        " from amazon_settlement_line where account_id = 1 group by 1, 2",
    ) == [("25889780001", "USD", "1.29", 3)]
    assert every_row(
        database,
        "select store, currency, expected_fulfilment_fee::text, estimated_referral_fee::text,"
        " size_tier from amazon_fee_preview order by 1",
    ) == [
        ("CA", "CAD", "6.30", "3.90", "CaStandardSize"),
        ("US", "USD", "4.16", "2.93", "UsLargeStandardSize"),
    ]
    assert every_row(
        database,
        "select o.order_id, o.requested_quantity, s.shipped_quantity, s.tracking_number"
        " from amazon_removal_order o left join amazon_removal_shipment s"
        " on s.account_id = o.account_id and s.order_id = o.order_id order by 1",
    ) == [("RM-0001", 10, 10, "1Z0000000000000001"), ("RM-0002", 2, None, None)]
    assert every_row(
        database,
        "select period_end::text, fnsku, lost, found, ending_balance from amazon_ledger_summary"
        " where disposition = 'SELLABLE' order by 2",
    ) == [("2026-05-31", "X001AAAAAA", 0, 0, 135), ("2026-05-31", "X001BBBBBB", -16, 5, 45)]
    assert every_row(
        database, "select sku, researching_quantity from amazon_inventory order by 1"
    ) == [("SKU-A", 0), ("SKU-B", 11)]
