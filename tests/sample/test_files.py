"""The files look as the marketplaces write them: headers, encodings, quotes, packing, traps."""

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sample.model import Story
from sample.products import check_digit
from sample.world import SampleImport


def columns(joined: str) -> list[str]:
    return joined.split(",")


# As the marketplaces' own documents and real files have them.
LEDGER = columns(
    "Date,FNSKU,ASIN,MSKU,Title,Event Type,Reference ID,Quantity,Fulfillment Center,"
    "Disposition,Reason,Country,Reconciled Quantity,Unreconciled Quantity,Date and Time,"
    "Store"
)
REIMBURSEMENTS = columns(
    "approval-date,reimbursement-id,case-id,amazon-order-id,reason,sku,fnsku,asin,"
    "product-name,condition,currency-unit,amount-per-unit,amount-total,"
    "quantity-reimbursed-cash,quantity-reimbursed-inventory,quantity-reimbursed-total,"
    "original-reimbursement-id,original-reimbursement-type"
)
RETURNS = columns(
    "return-date,order-id,sku,asin,fnsku,product-name,quantity,fulfillment-center-id,"
    "detailed-disposition,reason,status,license-plate-number,customer-comments"
)
RECON = columns(
    "Period Start Date,Period End Date,Total Payable,Currency,Transaction Key,"
    "Transaction Posted Timestamp,Transaction Type,Transaction Description,Customer Order #,"
    "Customer Order line #,Purchase Order #,Purchase Order line #,Amount,Amount Type,"
    "Ship Qty,Commission Rate,Base Commission Rate,Transaction Reason Description,"
    "Partner Item Id,Partner GTIN,Partner Item Name,Product Tax Code,Ship to State,"
    "Ship to City,Ship to Zipcode,Contract Category,Product Type,Commission Rule,"
    "Shipping Method,Fulfillment Type,Fulfillment Details,Original Commission"
)
INVENTORY = columns(
    "Start Date,End Date,GTIN,Item ID,Product Name,Vendor (Seller) SKU,Fulfillment Center,"
    "Starting Quantity,Received,Sold,Lost,Found,Undelivered,Transferred,Returned To Seller,"
    "Removed,Ending Quantity"
)
RECEIPTS = columns(
    "Inbound Order ID,PO Number,Original PO Number,GTIN,UPC,SKU,Description,PO Create Date,"
    "PO Delivered Date,PO Status,Expected Units,Checked-in Units at ICC,Received Units,"
    "Damaged Units"
)


@pytest.fixture(scope="session")
def us(world: list[SampleImport], folder: Path) -> Path:
    return folder / "northwind-kitchen" / "amazon-us"


@pytest.fixture(scope="session")
def walmart(world: list[SampleImport], folder: Path) -> Path:
    return folder / "northwind-kitchen" / "walmart-us"


def quoted(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    assert content.startswith(b'\xef\xbb\xbf"')
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter="\t"))


def ledgers(folder: Path) -> list[list[list[str]]]:
    return [quoted(path) for path in sorted(folder.glob("inventory-ledger-detail_*"))]


def recon_files(folder: Path) -> Iterator[tuple[str, list[list[str]]]]:
    for path in sorted(folder.glob("recon_*")):
        content = path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                (name,) = archive.namelist()
                content = archive.read(name)
        yield path.suffix, list(csv.reader(io.StringIO(content.decode())))


def test_the_ledger_comes_in_the_layouts_of_its_time(us: Path) -> None:
    headers = [rows[0] for rows in ledgers(us)]

    assert [len(header) for header in headers] == [12, 14, 16, 16, 16, 16]
    assert headers[0] == LEDGER[:12]
    assert headers[1] == [name.replace(" ", "") for name in LEDGER[:14]]
    assert headers[5] == LEDGER


def test_every_ledger_cell_is_quoted(us: Path) -> None:
    path = sorted(us.glob("inventory-ledger-detail_*"))[-1]
    lines = path.read_text("utf-8-sig").splitlines()

    assert all(line.startswith('"') and line.endswith('"') for line in lines)
    assert any('10.25"" Pre-Seasoned' in line for line in lines)


def test_ledger_files_overlap_and_repeat_the_same_rows(us: Path) -> None:
    """But for the reconciliation columns, which Amazon goes on writing for weeks."""
    older, newest = ledgers(us)[-2:]
    day = newest[200][0]

    def told(rows: list[list[str]]) -> list[list[str]]:
        return [row[:12] for row in rows if row[0] == day]

    assert told(older) == told(newest)


def test_reconciled_and_unreconciled_make_the_whole_and_only_grow_settled(us: Path) -> None:
    older, newer = ledgers(us)[-2:]

    def open_units(rows: list[list[str]]) -> dict[str, int]:
        found = {}
        for row in rows[1:]:
            if len(row) == 16 and row[10] in ("M", "5", "E", "6", "7", "H", "K", "U"):
                assert int(row[12]) + int(row[13]) == -int(row[7])
                found[row[6]] = int(row[13])
        return found

    before, after = open_units(older), open_units(newer)
    both = before.keys() & after.keys()
    assert len(both) > 50
    assert all(after[reference] <= before[reference] for reference in both)
    assert any(after[reference] < before[reference] for reference in both)


def test_every_damaged_row_is_answered_by_a_p_row(us: Path) -> None:
    rows = [row for row in ledgers(us)[-1][1:] if len(row) == 16]
    damaged = [row for row in rows if row[10] in ("E", "6", "7", "H", "K", "U")]
    answers = {(row[6], row[7]) for row in rows if row[10] == "P"}

    assert damaged
    assert all((row[6], row[7].lstrip("-")) in answers for row in damaged)


def test_the_ledger_has_its_oddities(us: Path) -> None:
    rows = [row for rows in ledgers(us) for row in rows[1:]]

    assert {"J", "W"} <= {row[10] for row in rows}  # codes in no list
    assert any(row[3].startswith("Amazon.Found.B0") for row in rows)
    assert [row[0] for row in rows if row[0].startswith("13/")] == ["13/45/2026"]
    assert sum(len(row) == 15 for row in rows) == 1
    assert {row[5] for row in rows} >= {
        "Shipments",
        "CustomerReturns",
        "WhseTransfers",
        "Adjustments",
        "Receipts",
    }
    assert len(rows) != len({tuple(row) for row in rows})  # equal rows that are several events


def test_one_european_ledger_holds_three_countries(world: list[SampleImport], folder: Path) -> None:
    outdoor = folder / "baltic-outdoor"
    rows = [row for rows in ledgers(outdoor / "amazon-de") for row in rows[1:]]

    assert {row[11] for row in rows} == {"GB", "DE", "PL"}
    assert any(row[11] == "PL" and row[10] == "M" for row in rows)
    assert not list((outdoor / "amazon-uk").glob("inventory-ledger-detail*"))


def test_the_ledger_s_time_carries_the_channel_s_own_offset(us: Path) -> None:
    moments = [datetime.strptime(row[14], "%Y-%m-%dT%H:%M:%S%z") for row in ledgers(us)[-1][90:]]

    assert {moment.strftime("%z") for moment in moments} == {"-0700", "-0800"}


def test_reimbursements_come_as_tab_hand_download_and_gzip(us: Path) -> None:
    paths = sorted(us.glob("reimbursements_*"))
    first, by_hand, zipped, newest = paths

    for path in (first, newest):
        header = path.read_bytes().decode("cp1252").split("\n")[0]
        assert header.split("\t") == REIMBURSEMENTS
    assert by_hand.read_text("utf-8").splitlines()[0] == ",".join(
        f'"{name}"' for name in REIMBURSEMENTS
    )
    assert gzip.decompress(zipped.read_bytes()).decode("cp1252").startswith("approval-date\t")


def test_unquoted_files_hold_accents_and_lone_quotes_in_cp1252(us: Path) -> None:
    content = b"".join(path.read_bytes() for path in us.glob("reimbursements_*.txt"))

    assert b"Caf\xe9 Mug Set \x96 12 oz" in content
    assert b'10.25" Pre-Seasoned' in content
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def reimbursements(folder: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for path in sorted(folder.glob("reimbursements_*.txt")):
        text = io.StringIO(path.read_bytes().decode("cp1252"))
        rows += csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
    return rows


def test_reimbursement_lines_add_up(us: Path) -> None:
    rows = reimbursements(us)

    assert {row["currency-unit"] for row in rows} == {"USD", "CAD"}  # the region's, landed once
    for row in rows:
        cash = int(row["quantity-reimbursed-cash"])
        assert re.fullmatch(r"\d{11}", row["reimbursement-id"])
        assert int(row["quantity-reimbursed-total"]) == cash + int(
            row["quantity-reimbursed-inventory"]
        )
        assert Decimal(row["amount-total"]) == Decimal(row["amount-per-unit"]) * abs(cash)


def test_both_kinds_of_reversal_name_what_they_undo(us: Path) -> None:
    rows = reimbursements(us)
    reversals = [row for row in rows if row["reason"] == "Reimbursement_Reversal"]
    originals = {(row["reimbursement-id"], row["reason"]) for row in rows}

    assert {row["quantity-reimbursed-total"] for row in reversals} >= {"0", "-1"}
    assert all(Decimal(row["amount-total"]) < 0 for row in reversals)
    assert any(
        (row["original-reimbursement-id"], row["original-reimbursement-type"]) in originals
        for row in reversals
    )


def test_an_unknown_reason_is_among_the_payments(us: Path) -> None:
    assert "Partial_Compensation_Review" in us.joinpath(
        sorted(us.glob("reimbursements_*.csv"))[0].name
    ).read_text("utf-8") + "".join(str(row) for row in reimbursements(us))


def test_returns_have_their_header_and_one_unit_a_row(us: Path) -> None:
    rows = []
    for path in sorted(us.glob("customer-returns_*")):
        lines = path.read_bytes().decode("cp1252").rstrip("\n").split("\n")
        assert lines[0].split("\t") == RETURNS
        rows += [line.split("\t") for line in lines[1:]]

    assert {row[6] for row in rows} == {"1"}
    assert all(re.fullmatch(r"11\d-\d{7}-\d{7}", row[1]) for row in rows)
    assert any('measured 9" not 10"' in row[12] for row in rows)
    assert sum(row[0].startswith("2026-02-30") for row in rows) == 1


def test_the_same_return_can_bear_another_date_in_another_pull(us: Path) -> None:
    days: dict[str, set[str]] = {}
    for path in us.glob("customer-returns_*"):
        for line in path.read_bytes().decode("cp1252").rstrip("\n").split("\n")[1:]:
            cells = line.split("\t")
            if not cells[0].startswith("2026-02-30"):
                days.setdefault(cells[11], set()).add(cells[0])

    assert any(len(seen) == 2 for seen in days.values())


def test_recon_files_are_zips_and_now_and_then_a_bare_csv(walmart: Path) -> None:
    files = list(recon_files(walmart))

    assert {suffix for suffix, _ in files} == {".zip", ".csv"}
    later = ("Base Commission Rate", "Fulfillment Details", "Original Commission")
    headers = [rows[0] for _, rows in files]
    assert RECON in headers
    assert [name for name in RECON if name not in later] in headers


def test_each_recon_file_counts_and_adds_up(walmart: Path) -> None:
    for _, rows in recon_files(walmart):
        assert rows[1][0] == f"Number of Lines in file {len(rows) - 2}"
        summary, lines = rows[2], rows[3:]
        assert summary[6] == "PaymentSummary"
        assert Decimal(summary[2]) == sum((Decimal(row[12]) for row in lines), Decimal(0))


def month_first(cell: str) -> date:
    month, day, year = map(int, cell.split("/"))
    return date(year, month, day)


def test_recon_days_lie_in_their_period(walmart: Path) -> None:
    for _, rows in recon_files(walmart):
        start, end = map(month_first, rows[2][:2])
        assert all(start <= month_first(row[5]) <= end for row in rows[3:])


def test_inventory_has_a_legend_wrapped_gtins_and_one_broken_by_a_spreadsheet(
    walmart: Path,
) -> None:
    gtins = []
    for path in sorted(walmart.glob("wfs-inventory-reconciliation_*")):
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert rows[0] == INVENTORY
        assert rows[1][0] == "Start of the period"
        gtins += [row[2] for row in rows[2:]]
        for row in rows[2:]:
            assert sum(map(int, row[7:16])) == int(row[16])

    assert gtins.count("6.57913E+12") == 1
    assert all(re.fullmatch(r'="\d{14}"', gtin) for gtin in gtins if "E" not in gtin)


def test_receipts_hold_orders_of_every_kind(walmart: Path) -> None:
    rows = []
    for path in sorted(walmart.glob("wfs-inbound-receipts_*")):
        told = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
        assert told[0] == RECEIPTS
        rows += told[1:]

    assert sum(row[10].endswith(" pcs") for row in rows) == 1
    assert sum(row[3] == "6.57913E+12" for row in rows) == 1
    whole = [row for row in rows if row[10].isdigit()]
    assert {row[9] for row in whole} == {"CLOSED", "CANCELLED_GDM", "AWAITING_DELIVERY"}
    assert any(row[0].endswith("MTR") and int(row[10]) > int(row[12]) for row in whole)
    assert any(int(row[13]) for row in whole)


def test_codes_have_the_marketplaces_shapes(story: Story) -> None:
    for products in story.products.values():
        for product in products:
            assert re.fullmatch(r"X00[A-Z0-9]{7}", product.fnsku)
            assert re.fullmatch(r"B0[A-Z0-9]{8}", product.asin)
            assert re.fullmatch(r"\d{14}", product.gtin)
            assert check_digit(product.gtin[:-1]) == product.gtin[-1]


def test_the_check_digit_is_gs1_s() -> None:
    assert check_digit("0003600029145") == "2"  # a published example: 036000291452
