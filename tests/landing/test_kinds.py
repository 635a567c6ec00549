"""The kind of a file is told from its header, whatever its name, order, case and delimiter."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.landing.read.unpack import unpack
from services.landing.recognise import kinds
from services.landing.recognise.kinds import Recognised, recognise
from services.landing.refusals import RefusedError
from services.marketplaces.registry import FORMATS
from tests.common.reports import files


def kind_of(path: Path, content: bytes | str) -> Recognised:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    [recognised] = [recognise(document) for document in unpack(path)]
    return recognised


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (files.LEDGER, "amazon_ledger_detail"),
        (files.LEDGER[:14], "amazon_ledger_detail"),
        (files.LEDGER[:12], "amazon_ledger_detail"),
        ([name.replace(" ", "") for name in files.LEDGER], "amazon_ledger_detail"),
        (files.REIMBURSEMENTS, "amazon_reimbursements"),
        (files.RETURNS, "amazon_customer_returns"),
        (files.RECON, "walmart_payments"),
        (files.INVENTORY, "walmart_inventory_reconciliation"),
        (files.RECEIPTS, "walmart_inbound_receipts"),
        (files.SETTLEMENT, "amazon_settlement"),
        (files.FEE_PREVIEW, "amazon_fee_preview"),
        (files.FEE_PREVIEW_EU, "amazon_fee_preview"),
        (files.REMOVAL_ORDERS, "amazon_removal_orders"),
        (files.REMOVAL_SHIPMENTS, "amazon_removal_shipments"),
        (files.LEDGER_SUMMARY, "amazon_ledger_summary"),
        (files.MYI, "amazon_inventory"),
        (files.REPLACEMENTS, "amazon_replacements"),
        (files.WFS_SETTLEMENT, "walmart_settlement"),
        (files.REMOVAL_RECEIPTS, "removal_receipts"),
        (("sku", "currency", "unit_cost", "valid_from"), "sourcing_cost"),
        (("case_id", "channel", "type", "status", "opened_on", "currency"), "case_feed"),
    ],
)
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_each_kind(tmp_path: Path, header: list[str], kind: str, delimiter: str) -> None:
    shuffled = list(reversed([name.upper() for name in header]))
    for names in (header, shuffled):
        seen = kind_of(tmp_path / "x", delimiter.join(names) + "\n")
        assert (seen.report.kind, seen.layout and seen.layout.delimiter) == (kind, delimiter)


def test_no_two_kinds_are_called_the_same() -> None:
    assert len({report.label for report in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("marketplace", [FORMATS[0].marketplace, "another"])
def test_of_two_marketplaces_with_the_same_headers_the_one_asked_about_has_it(
    marketplace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = FORMATS[0]
    monkeypatch.setattr(kinds, "DELIMITED", (one, replace(one, marketplace="another")))
    header = ",".join(column.header for column in one.columns)
    found = kinds.header_in(header, 1, marketplace)
    assert found is not None
    assert found.report.marketplace == marketplace


def test_tab_files_are_quoted_only_if_their_header_is(tmp_path: Path) -> None:
    plain = kind_of(tmp_path / "x", files.reimbursements([]))
    quoted = kind_of(tmp_path / "x", files.ledger([]))
    comma = kind_of(tmp_path / "x", files.table(files.LEDGER, [], ","))
    assert [one.layout and one.layout.quoted for one in (plain, quoted, comma)] == [
        False,
        True,
        True,
    ]


def test_a_header_below_other_lines_is_found(tmp_path: Path) -> None:
    content = "ACME SELLER LLC\nPeriod: 04/18 - 05/01\n\n" + files.table(files.RECEIPTS, [], ",")
    seen = kind_of(tmp_path / "x", content)
    assert seen.layout
    assert (seen.preamble, seen.layout.header_line) == (2, 4)


def refusal(path: Path, content: bytes | str) -> str:
    with pytest.raises(RefusedError) as caught:
        kind_of(path, content)
    return str(caught.value)


def test_an_unknown_kind_lists_the_headers_and_the_nearest_kind(tmp_path: Path) -> None:
    said = refusal(tmp_path / "x", "sku,currency,price,valid_from\nA,USD,1,2026-01-01\n")
    assert "Headers seen: sku, currency, price, valid_from." in said
    assert "Nearest known kind: Sourcing cost; it lacks unit_cost." in said


def test_nothing_in_common_is_said_as_such(tmp_path: Path) -> None:
    assert "No known kind shares a header" in refusal(tmp_path / "x", "Lorem ipsum\ndolor sit\n")


@pytest.mark.parametrize(
    ("header", "label"),
    [
        (("asin", "fnsku", "month_of_charge", "storage_rate"), "Amazon storage fees"),
        (
            ("snapshot-date", "sku", "surcharge-age-tier", "rate-surcharge"),
            "Amazon long-term storage fees",
        ),
        (
            ("issue-reported-date", "problem-type", "coaching-level"),
            "Amazon inbound noncompliance",
        ),
        (
            ("seller-sku", "asin", "price", "estimated-referral-fee-per-item"),
            "Amazon referral fee preview",
        ),
        (("GTIN", "Available To Sell Units", "Days of Supply"), "Walmart WFS inventory health"),
    ],
)
def test_a_report_that_is_not_landed_yet_is_named(
    tmp_path: Path, header: tuple[str, ...], label: str
) -> None:
    assert label in refusal(tmp_path / "x", files.table(header, []))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "x", b"") == "The file is empty."
    assert refusal(tmp_path / "x", b"\xef\xbb\xbf\n\n") == "The file is empty."


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    assert 'column "sku" is there twice' in refusal(
        tmp_path / "x", "sku,SKU,currency,unit_cost,valid_from\n"
    )


def test_a_picture_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "x", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
