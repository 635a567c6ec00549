"""How the text of a cell is read; what cannot be read for certain is a fault, never a guess."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from services.landing.rows.cells import read_cells
from services.marketplaces import contract
from services.marketplaces.amazon import readings as of_amazon
from services.marketplaces.amazon import report_formats as amazon
from services.marketplaces.contract import Column, Reading, one_of
from services.marketplaces.walmart import readings as of_walmart
from services.marketplaces.walmart import report_formats as walmart

WORDS = {"channel": frozenset({"amazon-us"}), "currency": frozenset({"USD"})}


def read(reading: Reading, cell: str, **more: object) -> tuple[object, str | None]:
    """The value, and what a fault says was found."""
    column = Column("x", "X", reading, **more)  # type: ignore[arg-type]
    frame = pl.DataFrame({"row_number": [2], "x": [cell]})
    cells = read_cells(frame, [column], WORDS)
    value = cells.values["x"].to_list()[0] if cells.values.height else "rejected"
    return value, next(iter(cells.faults["found"].to_list()), None)


@pytest.mark.parametrize(
    ("reading", "cell", "value"),
    [
        (contract.CODE, " X001 ", "X001"),
        (contract.CODE, '="00123"', "00123"),
        (contract.CODE, "", None),
        (contract.WHOLE, "-16", -16),
        (contract.WHOLE, "1.0", 1),
        (contract.WHOLE, "+3", 3),
        (contract.WHOLE, "", None),
        (contract.AMOUNT, "-4.20", "-4.20"),
        (contract.AMOUNT, "1234567.8901234567", "1234567.8901234567"),
        (contract.AMOUNT, "4,10", "4.10"),
        (contract.AMOUNT, "-1.234,56", "-1234.56"),
        (contract.AMOUNT, "1,234.56", "1234.56"),
        (contract.AMOUNT, "1,234,567", "1234567"),
        (contract.AMOUNT, "1.234", "1.234"),
        (contract.COST, "0", "0"),
        (contract.GTIN, '="00065791330026"', "00065791330026"),
        (contract.GTIN, "65791330026", "00065791330026"),
        (contract.GTIN, "65791330026.0", "00065791330026"),
        (contract.MONTH_FIRST_DAY, "05/13/2026", date(2026, 5, 13)),
        (contract.MONTH_FIRST_DAY, "5/3/2026", date(2026, 5, 3)),
        (contract.MONTH_FIRST_DAY, "2026-05-13", date(2026, 5, 13)),
        (contract.MONTH_FIRST_DAY, "4/29/2026 10:15", date(2026, 4, 29)),
        (contract.MOMENT, "2026-05-13T00:00:00-0700", datetime(2026, 5, 13, 7, tzinfo=UTC)),
        (
            contract.MOMENT,
            "2026-05-12T09:59:13+00:00",
            datetime(2026, 5, 12, 9, 59, 13, tzinfo=UTC),
        ),
        (contract.MOMENT, "2026-03-13 20:21:38 UTC", datetime(2026, 3, 13, 20, 21, 38, tzinfo=UTC)),
        (contract.MOMENT, "2026-05-12T09:59:13.5Z", datetime(2026, 5, 12, 9, 59, 13, 500000, UTC)),
        (contract.MOMENT, "13.03.2026 20:21:38 UTC", datetime(2026, 3, 13, 20, 21, 38, tzinfo=UTC)),
        (contract.MOMENT, "2026-02-21T01:01:08.000Z", datetime(2026, 2, 21, 1, 1, 8, tzinfo=UTC)),
        (contract.FIRST_OF_PERIOD, "02/2024", date(2024, 2, 1)),
        (contract.LAST_OF_PERIOD, "02/2024", date(2024, 2, 29)),
        (contract.LAST_OF_PERIOD, "05/13/2026", date(2026, 5, 13)),
        (contract.MONTH_FIRST_DAY, "46141", date(2026, 4, 29)),
        (contract.MONTH_FIRST_DAY, "46141.999", date(2026, 4, 29)),
        (contract.ISO_DAY, "46141,5", date(2026, 4, 29)),
        (contract.ISO_DAY, "10-May-26", date(2026, 5, 10)),
        (contract.ISO_DAY, "May 10, 2026", date(2026, 5, 10)),
        (contract.MONTH_FIRST_DAY, "10.05.2026", date(2026, 5, 10)),
        (contract.MONTH_FIRST_DAY, "2026/5/3", date(2026, 5, 3)),
        (contract.MONTH_FIRST_DAY, "5/3/2026 9:59 AM", date(2026, 5, 3)),
        (contract.FIRST_OF_PERIOD, "46155", date(2026, 5, 13)),
        (contract.UNITS, "0", 0),
        (contract.GTIN, "6.57913E+12", None),
        (contract.SKU, "6.45398E+11", None),
        (contract.SKU, "6,45E+11", None),
        (contract.SKU, "1E+11", None),
        (contract.SKU, "######", None),
        (of_amazon.ORDER_ID, "########", None),
        (contract.SKU, "#1 MUG", "#1 MUG"),
        (contract.TEXT, "###", "###"),
        (contract.SKU, "6.45397938446E11", None),
        # A seller may call an item so; no program writes a number so.
        (contract.SKU, "5E10", "5E10"),
        (contract.SKU, "1E3", "1E3"),
        (contract.SKU, "1.5E3", "1.5E3"),
        (contract.SKU, "12E+10", "12E+10"),
        (contract.SKU, "A6.45E+11", "A6.45E+11"),
        (contract.SKU, "645397938446", "645397938446"),
        (contract.IDENTITY, "1.29112E+14", None),
        (contract.IDENTITY, "1E14", None),
        (contract.IDENTITY, "111-0000001-0000001", "111-0000001-0000001"),
        # An order in the digits of another script is one that no other report names.
        (of_amazon.ORDER_ID, "１１１-００００００１-００００００１", None),
        (of_amazon.ITEM, "306406152", None),  # an ISBN without the zero before it
        (of_amazon.ITEM, "0306406152", "0306406152"),
        (contract.WHOLE, "0.000", 0),
        (contract.WHOLE, "12.00", 12),
        (contract.FLAG, "true", True),
        (contract.FLAG, "False", False),
        (contract.LIST, '[{"a": 1}]', '[{"a": 1}]'),
        (one_of("partially_reimbursed"), "Partially Reimbursed", "partially_reimbursed"),
        (contract.CHANNEL, "Amazon-US", "amazon-us"),
        (contract.CURRENCY, "usd", "USD"),
        (contract.ANY_CURRENCY, "chf", "CHF"),
        (contract.REFERENCES, "X001; 111-1|FBA1", '["X001", "111-1", "FBA1"]'),
        (contract.REFERENCES, '["X001", 7]', '["X001", "7"]'),
    ],
)
def test_read(reading: Reading, cell: str, value: object) -> None:
    assert read(reading, cell) == (value, None)


@pytest.mark.parametrize(
    ("reading", "cell"),
    [
        (contract.CODE, "x" * 101),
        # A spreadsheet's column too narrow.
        (contract.CODE, "########"),
        (contract.AMOUNT, "###"),
        (contract.MONTH_FIRST_DAY, "########"),
        # Full-width and Arabic digits: PostgreSQL takes them for no number.
        (contract.AMOUNT, "９.00"),
        (contract.AMOUNT, "٩.٠٠"),
        (contract.AMOUNT, "１,234.56"),
        (contract.WHOLE, "２"),
        (contract.GTIN, "００065791330026"),
        (contract.MONTH_FIRST_DAY, "４6141"),
        (contract.TEXT, "x" * 10_001),
        (contract.CODE, "a\0b"),
        (contract.WHOLE, "1.5"),
        (contract.WHOLE, "1,234"),
        (contract.WHOLE, "1.000"),  # one or a thousand?
        (contract.UNITS, "-12.000"),
        (contract.WHOLE, "1e3"),
        (contract.WHOLE, "3000000000"),
        (contract.AMOUNT, "1,234"),  # 1234 or 1.234?
        (contract.AMOUNT, "$4.20"),
        (contract.AMOUNT, "(4.20)"),
        (contract.AMOUNT, "1e3"),
        (contract.AMOUNT, "4.20-"),
        (contract.AMOUNT, "1,23,45"),
        (contract.AMOUNT, "NaN"),
        (contract.AMOUNT, "9" * 16),
        (contract.COST, "-0.01"),
        (contract.COST, "-4,10"),
        (contract.GTIN, "123456789012345"),
        (contract.MONTH_FIRST_DAY, "13/05/2026"),
        (contract.MONTH_FIRST_DAY, "02/30/2026"),
        (contract.MONTH_FIRST_DAY, "05/13/26"),
        (contract.MONTH_FIRST_DAY, "05/2026"),
        (contract.ISO_DAY, "05/13/2026"),
        (contract.FIRST_OF_PERIOD, "13/2026"),
        (contract.LAST_OF_PERIOD, "05/32/2026"),
        (contract.ISO_DAY, "12345"),  # in 1933
        (contract.ISO_DAY, "461410"),
        (contract.ISO_DAY, "10-Mai-26"),
        (contract.ISO_DAY, "05.13.2026"),
        (contract.ISO_DAY, "2026-05-13 25:00"),
        (contract.FIRST_OF_PERIOD, "46143"),  # 1 May, or the whole month?
        (contract.FIRST_OF_PERIOD, "May-26"),
        (contract.UNITS, "-1"),
        (contract.GTIN, "none given"),
        (contract.REFERENCES, "X001; 6.45398E+11"),
        (contract.FLAG, "yes"),
        (contract.LIST, '{"a": 1}'),
        (contract.MOMENT, "13/03/2026 20:21:38 UTC"),
        (contract.MOMENT, "2026-05-12"),
        (contract.MOMENT, "2026-05-12T09:59:13"),  # whose time?
        (one_of("open"), "opened"),
        (contract.CHANNEL, "walmart-us"),
        (contract.CURRENCY, "XXX"),
        (contract.ANY_CURRENCY, "ZZZ"),
        (contract.ANY_CURRENCY, "US$"),
        (contract.ANY_CURRENCY, "US\u202eD"),
        (contract.ANY_CURRENCY, "SE\u212a"),  # the Kelvin sign, which folds into k
        (contract.REFERENCES, '["X001"'),
        (contract.EVENTS, "yesterday"),
        (contract.EVENTS, '[{"at": "yesterday", "status": "open"}]'),
    ],
)
def test_not_read(reading: Reading, cell: str) -> None:
    assert read(reading, cell) == ("rejected", cell)


EVENT = contract.spelled("Adjustments", "Receipts")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Adjustments", "Adjustments"),
        ("customer returns", "customer returns"),  # not asked for: kept as it is
        ("ADJUST_MENTS", "Adjustments"),
        ("Receip", "Receip"),  # two letters short: another word
        ("", None),
    ],
)
def test_a_word_of_the_report_is_read_as_a_rule_asks_for_it(cell: str, value: str | None) -> None:
    assert read(EVENT, cell) == (value, None)


@pytest.mark.parametrize(
    "cell", ["Adjustment", "Adjustmemts", "Adjustmnets", "Rreceipts", "Receipt"]
)
def test_a_word_one_letter_off_is_not_read(cell: str) -> None:
    assert read(EVENT, cell) == ("rejected", cell)


@pytest.mark.parametrize(
    ("reading", "cell", "value"),
    [
        (amazon.DISPOSITION, "Carrier Damaged", "CARRIER_DAMAGED"),
        (amazon.DISPOSITION, "carrier-damaged", "CARRIER_DAMAGED"),
        (amazon.DISPOSITION, "UNSELLABLE", "UNSELLABLE"),
        (walmart.INBOUND_STATUS, "CANCELED", "CANCELLED"),
        (walmart.INBOUND_STATUS, "Canceled_GDM", "CANCELLED_GDM"),
        (walmart.DESCRIPTION, "Keep it refund", "Keep-it refund"),
        (walmart.DESCRIPTION, "WFS Charge", "WFS Charge"),
        (walmart.LOG_REASON_TEXT, "damaged in Warehouse", "Damaged in warehouse"),
        (walmart.LOG_REASON_TEXT, "Damaged by customer", "Damaged by customer"),
    ],
)
def test_a_word_of_a_closed_list_is_read_as_the_list_spells_it(
    reading: Reading, cell: str, value: str
) -> None:
    assert read(reading, cell) == (value, None)


@pytest.mark.parametrize(
    ("reading", "cell"),
    [
        (amazon.DISPOSITION, "CARRIER_DAMAGE"),
        (amazon.DISPOSITION, "DAMAGDE"),
        (walmart.TRANSACTION_TYPE, "Sael"),
        (walmart.AMOUNT_TYPE, "Shiping"),
        (walmart.DESCRIPTION, "WFS LostInventry"),
        (walmart.INBOUND_STATUS, "CANCELED_GDN"),
        (walmart.LOG_TYPE, "ADJUSTMENTS"),
        (walmart.LOG_REASON, "Destroyd"),
    ],
)
def test_one_letter_off_it_is_not_read(reading: Reading, cell: str) -> None:
    assert read(reading, cell) == ("rejected", cell)


def test_in_a_short_word_one_letter_off_is_another_word() -> None:
    assert read(contract.spelled("AFN"), "MFN") == ("MFN", None)


@pytest.mark.parametrize(
    "cell",
    [
        "111-2222222-3333333",
        "S01-2222222-3333333",
        "My removal 7",
        "2026-05-12",
        "111-1",
        "20260512",
    ],
)
def test_an_order_by_whatever_name_is_kept(cell: str) -> None:
    assert read(of_amazon.ORDER_ID, cell, filled=True) == (cell, None)


@pytest.mark.parametrize(
    "cell",
    ["111-2222222-333333", "11-2222222-3333333", "111-222222-3333333", "111-2222222",
     "111-2222222-33333334", "111-22x2222-3333333", "111 2222222 3333333", "11122222223333333",
     "111-2222222-3333333 .", "1.11222E+16", "2222222-3333333", "-2222222-3333333", "111",
     "111-222", "111--2222222-3333333", "1112222222-3333333", "S111-2222222-3333333",
     "l11-2222222-3333333", "Order 111-2222222-3333333", "#111-2222222-3333333",
     "111-2222222-3333333,111-4444444-5555555", "111-2222222-3333333.0", "１11-2222222-3333333"],
)  # fmt: skip
def test_an_amazon_order_that_lost_a_digit_or_dash_is_damaged(cell: str) -> None:
    assert read(of_amazon.ORDER_ID, cell, filled=True) == ("rejected", cell)


@pytest.mark.parametrize(
    ("reading", "cell", "value"),
    [
        (of_amazon.ORDER_ID, "\u202d111-2222222-3333333\u200b", "111-2222222-3333333"),
        (of_amazon.ORDER_ID, "'111-2222222-3333333", "111-2222222-3333333"),
        (of_amazon.ORDER_ID, '=""111-2222222-3333333""', "111-2222222-3333333"),
        (of_amazon.ITEM, "\ufeff'X001AAAAAA", "X001AAAAAA"),
        (contract.SKU, "'MUG-1\u00ad", "MUG-1"),
        (contract.SKU, "MUG'S", "MUG'S"),
        (contract.SKU, "12.0", "12.0"),  # the file says whether it is 12
        (contract.GTIN, "'00065791330026", "00065791330026"),
        (contract.IDENTITY, "4821.0", "4821"),
        (contract.IDENTITY, "4821.5", "4821.5"),
        (contract.IDENTITY, "A4821.0", "A4821.0"),
        (contract.IDENTITY, "9007199254740993.0", None),  # a program has rounded it
        (contract.REFERENCES, "'X001;\u200e111-1", '["X001", "111-1"]'),
        # 3 × (5+9+3+2) + (6+7+1+3) = 74, and 6 makes 80.
        (contract.GTIN, "00065791330026", "00065791330026"),
        (contract.GTIN, "65791330026.0", "00065791330026"),
        (contract.GTIN, "00065791330027", None),
        (contract.GTIN, "0006579133002", None),  # the last digit is lost
        (contract.TRACKING, "1z999aa1", "1Z999AA1"),
        (of_walmart.PURCHASE_ORDER, "129.0", "129"),
        (of_walmart.PURCHASE_ORDER, "4567890ABC", "4567890ABC"),
        (of_walmart.PURCHASE_ORDER, "#129", None),
        (of_walmart.PURCHASE_ORDER, "129,112", None),
        (of_walmart.PURCHASE_ORDER, "129.", None),
        (contract.SKU, "111-2222222-3333333", None),  # columns exchanged
        (of_amazon.OWN_ORDER_ID, "111-2222222-3333333", "111-2222222-3333333"),
    ],
)
def test_what_programs_put_around_an_identity_is_no_part_of_it(
    reading: Reading, cell: str, value: object
) -> None:
    assert read(reading, cell) == (value, None)


@pytest.mark.parametrize("cell", ["NULL", "#N/A", "#REF!", "N/A", "nan", "None", "\\N"])
def test_an_identity_that_says_nothing_is_an_empty_cell(cell: str) -> None:
    assert read(contract.SKU, cell) == (None, None)
    assert read(of_amazon.ORDER_ID, cell, filled=True) == ("rejected", cell)
    assert read(contract.CODE, cell) == (cell, None)


def test_an_empty_cell_is_a_fault_only_where_it_must_be_filled() -> None:
    assert read(contract.WHOLE, "") == (None, None)
    assert read(contract.WHOLE, "", filled=True) == ("rejected", "")
    assert read(contract.CODE, "", otherwise="") == ("", None)


@pytest.mark.parametrize(
    ("reading", "cell"),
    [(contract.GTIN, "6.57913E+12"), (contract.SKU, "6,45E+11"), (of_amazon.ITEM, "306406152")],
)
@pytest.mark.parametrize("must", [{"filled": True}, {"otherwise": "", "whole": True}])
def test_where_a_row_is_known_by_it_a_damaged_identity_rejects_the_row(
    reading: Reading, cell: str, must: dict[str, object]
) -> None:
    column = Column("x", "X", reading, **must)  # type: ignore[arg-type]
    cells = read_cells(pl.DataFrame({"row_number": [2], "x": [cell]}), [column], WORDS)
    [(row, _, expected, found)] = cells.faults.rows()
    assert (row, found, cells.values.height) == (2, cell, 0)
    assert "a spreadsheet has lost some of them" in expected
    assert "import the original" in expected
    assert cells.damaged == {"x": 0}


def test_damaged_identities_are_counted_by_column() -> None:
    columns = [Column("x", "X", contract.SKU, otherwise=""), Column("y", "Y", contract.IDENTITY)]
    frame = pl.DataFrame(
        {"row_number": [2, 3, 4], "x": ["1E+11", "2E+11", "A"], "y": ["", "", "B"]}
    )
    cells = read_cells(frame, columns, WORDS)
    assert cells.values.rows() == [(2, "", None), (3, "", None), (4, "A", "B")]
    assert cells.damaged == {"x": 2}


def test_one_bad_cell_costs_no_other_row() -> None:
    column = Column("x", "X", contract.WHOLE)
    frame = pl.DataFrame({"row_number": [2, 3, 4], "x": ["1", "bad", "3"]})
    cells = read_cells(frame, [column], WORDS)
    assert cells.values.rows() == [(2, 1), (4, 3)]
    assert cells.faults.rows() == [(3, "x", contract.WHOLE.expected, "bad")]


def test_an_event_without_offset_is_marked_as_local() -> None:
    cell = '[{"at": "2026-05-01", "status": "open", "note": "x"}]'
    value, _ = read(contract.EVENTS, cell)
    assert '"local": true' in str(value)
    value, _ = read(contract.EVENTS, cell.replace("2026-05-01", "2026-05-01T02:00:00+02:00"))
    assert '"at": "2026-05-01T00:00:00+00:00", "local": false' in str(value)
