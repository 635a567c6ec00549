"""The traps of Walmart's files, one test each."""

import pytest

from services.database.engine import Database
from tests.common.reports import files
from tests.common.reports.files import (
    every_row,
    inventory_row,
    one,
    receipt_row,
    recon_row,
    recon_summary,
)
from tests.landing.bringing import Bring

US = {"channel": "walmart-us"}


# Reconciliation (payments) -----------------------------------------------------------------


def test_the_reconciliation_arrives_as_zip_or_csv(bring: Bring) -> None:
    content = files.recon([recon_summary("18.48"), recon_row()])
    packed = bring(files.zipped(report=content), **US)
    assert (packed.rows_landed, packed.compression) == (1, "zip")
    assert bring(content, **US).status == "already_landed"


def test_the_summary_line_gives_period_and_currency(bring: Bring, database: Database) -> None:
    bring(files.recon([recon_summary("18.48", currency="CAD"), recon_row()]), **US)
    assert every_row(
        database, "select period_start::text, period_end::text, currency from walmart_payment"
    ) == [("2026-04-18", "2026-05-01", "CAD")]


def test_the_summary_line_may_stand_anywhere(bring: Bring, database: Database) -> None:
    bring(files.recon([recon_row(), recon_row(), recon_summary("36.96")]), **US)
    assert one(database, "select count(distinct period_start) from walmart_payment") == 1


def test_a_reconciliation_without_summary_is_refused(bring: Bring, database: Database) -> None:
    result = bring(files.recon([recon_row()]), **US)
    assert "no PaymentSummary line" in (result.refused_because or "")
    assert one(database, "select count(*) from account") == 0


def test_two_periods_in_one_file_are_refused(bring: Bring) -> None:
    rows = [recon_summary("0"), recon_summary("0", "05/02/2026", "05/15/2026"), recon_row()]
    assert "more than one period" in (bring(files.recon(rows), **US).refused_because or "")


@pytest.mark.parametrize("full_width", [True, False])
def test_the_line_count_is_no_data(bring: Bring, full_width: bool) -> None:
    count = ("Number of Lines in file 3", *[""] * (28 if full_width else 0))
    result = bring(files.recon([count, recon_summary("18.48"), recon_row()]), **US)
    assert (result.rows_in_file, result.rows_landed, result.rows_rejected) == (3, 1, 0)
    assert result.passed_over_because == {
        "line count of the file": 1,
        "payment summary line": 1,
    }


def test_a_file_with_fewer_lines_than_it_says_is_refused(bring: Bring, database: Database) -> None:
    whole = [recon_summary("36.96"), recon_row(key="A"), recon_row(key="B")]
    bring(files.recon(whole), **US)
    count = ("Number of Lines in file 9", *[""] * 28)
    result = bring(files.recon([count, *whole[:2]]), **US)
    assert "cut off" in (result.refused_because or "")
    assert one(database, "select count(*) from walmart_payment") == 2


def test_lines_that_do_not_add_up_are_said(bring: Bring) -> None:
    result = bring(files.recon([recon_summary("20.00"), recon_row()]), **US)
    assert result.notes == ("Its lines add up to 18.48, but it states a total payable of 20.00.",)


def test_columns_are_found_by_name(bring: Bring, database: Database) -> None:
    more = [*files.RECON, "Campaign Id", "Original Commission", "Payment Date"]
    row = [*recon_row(), "C1", "-2.93", "05/03/2026"]
    header = list(reversed(more))
    rows = [[*recon_summary("18.48"), "", "", ""][::-1], row[::-1]]
    assert bring(files.table(header, rows, ","), **US).rows_landed == 1
    assert one(database, "select original_commission::text from walmart_payment") == "-2.93"


def test_equal_lines_are_several_payments(bring: Bring, database: Database) -> None:
    assert (
        bring(files.recon([recon_summary("36.96"), recon_row(), recon_row()]), **US).rows_landed
        == 2
    )
    assert one(database, "select count(*) from walmart_payment") == 2


def test_a_period_is_replaced_whole(bring: Bring, database: Database) -> None:
    bring(files.recon([recon_summary("36.96"), recon_row(key="A"), recon_row(key="B")]), **US)
    other = recon_summary("1.00", "05/02/2026", "05/15/2026")
    bring(files.recon([other, recon_row("1.00", key="C")]), **US)
    bring(files.recon([recon_summary("18.48"), recon_row(key="D")]), **US)
    keys = every_row(database, "select transaction_key from walmart_payment order by 1")
    assert keys == [("C",), ("D",)]


# WFS inventory reconciliation --------------------------------------------------------------


def test_the_legend_line_is_no_data(bring: Bring) -> None:
    result = bring(files.inventory([inventory_row()]), **US)
    assert (result.rows_landed, result.passed_over_because) == (1, {"legend line": 1})


def test_a_damaged_date_is_no_legend(bring: Bring) -> None:
    result = bring(files.inventory([inventory_row(start="2026-13-01"), inventory_row()]), **US)
    assert (result.rows_landed, result.rows_rejected, result.rows_passed_over) == (1, 1, 1)


def test_gtins_behind_an_excel_guard_and_without_zeros_are_one(
    bring: Bring, database: Database
) -> None:
    bring(files.inventory([inventory_row()]), **US)
    bring(files.inventory([inventory_row(gtin="65791330026", lost_units="-4")]), **US)
    assert every_row(database, "select gtin, lost from walmart_inventory_reconciliation") == [
        ("00065791330026", -4)
    ]


def test_a_damaged_gtin_that_is_part_of_the_identity_is_rejected(
    bring: Bring, database: Database
) -> None:
    result = bring(files.inventory([inventory_row(gtin="6.57913E+12"), inventory_row()]), **US)
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    [(column, expected, found)] = every_row(
        database, "select column_name, expected, found from rejected_row"
    )
    assert (column, found) == ("GTIN", "6.57913E+12")
    assert "a spreadsheet has lost some of them" in str(expected)


def test_the_same_item_twice_is_passed_over_if_equal_and_rejected_if_not(
    bring: Bring, database: Database
) -> None:
    rows = [inventory_row(), inventory_row(), inventory_row(lost_units="-9")]
    result = bring(files.inventory(rows), **US)
    assert (result.rows_landed, result.rows_rejected) == (1, 1)
    assert result.passed_over_because["repeated within the file"] == 1
    [(row, found, raw)] = every_row(
        database, "select row_number, found, raw_text from rejected_row"
    )
    assert (row, found) == (5, "another row for it, with other values, on line 3")
    assert ",-9," in str(raw)


@pytest.mark.parametrize("month_first", [False, True])
def test_a_whole_month_replaces_its_first_half(
    bring: Bring, database: Database, month_first: bool
) -> None:
    half = files.inventory([inventory_row(end="2026-04-15", lost_units="-1")])
    month = files.inventory([inventory_row(lost_units="-3")])
    for content in (month, half) if month_first else (half, month):
        result = bring(content, **US)
    assert every_row(database, "select lost from walmart_inventory_reconciliation") == [(-3,)]
    if month_first:
        assert result.passed_over_because["a newer or longer report covers this period"] == 1


def test_months_stand_side_by_side(bring: Bring, database: Database) -> None:
    bring(files.inventory([inventory_row()]), **US)
    bring(files.inventory([inventory_row("2026-05-01", "2026-05-31")]), **US)
    bring(files.inventory([inventory_row("2026-03-01", "2026-03-31")]), **US)
    assert one(database, "select count(*) from walmart_inventory_reconciliation") == 3


# WFS inbound receipts ----------------------------------------------------------------------


def test_a_receipt_is_updated_by_a_newer_file(bring: Bring, database: Database) -> None:
    bring(files.table(files.RECEIPTS, [receipt_row(received="0", delivered="")], ","), **US)
    result = bring(files.table(files.RECEIPTS, [receipt_row()], ","), **US)
    assert result.rows_landed == 1
    assert every_row(
        database, "select received_units, delivered_on::text from walmart_inbound_receipt"
    ) == [(96, "2026-04-10")]


def test_a_receipt_without_delivery_lands(bring: Bring, database: Database) -> None:
    bring(files.table(files.RECEIPTS, [receipt_row(delivered="")], ","), **US)
    assert one(database, "select delivered_on from walmart_inbound_receipt") is None


def test_an_amazon_report_for_a_walmart_channel_is_refused(bring: Bring) -> None:
    result = bring(files.ledger([files.ledger_row()]), **US)
    assert result.refused_because == (
        "It is a report of Amazon, but walmart-us is a channel of Walmart."
    )


def test_a_marketplaces_report_needs_a_channel(bring: Bring) -> None:
    result = bring(files.recon([recon_summary("0")]), channel=None)
    assert "name the channel" in (result.refused_because or "")
