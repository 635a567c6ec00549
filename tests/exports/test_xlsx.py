"""A workbook opens as it was meant: text is text, numbers are numbers, money has its currency."""

import io
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell import Cell as Read
from openpyxl.workbook import Workbook

from services.exports.table import Line, Table, plain, starts_a_formula
from services.exports.xlsx import About, money_format
from services.insights.columns import Cell, Heading
from tests.common.exported import xlsx_file
from tests.exports.hostile import HOSTILE, LOOSE

ABOUT = About([("Account", "=Northwind"), ("As of", "15 Jun 2026")], "https://x.example/?a=1&b=2")


def opened(*lines: Line, header: Sequence[str] = ("one", "two")) -> Workbook:
    return load_workbook(
        io.BytesIO(xlsx_file(Table("The list", [Heading(one) for one in header], lines), ABOUT))
    )


def cells(*given_cells: Cell, currency: str = "USD") -> list[Read]:
    header = [f"c{number}" for number in range(len(given_cells))]
    return list(opened(Line(given_cells, currency), header=header)["List"][2])


def test_each_cell_keeps_its_kind() -> None:
    day, moment = date(2026, 11, 24), datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    row = cells("kettle", -3, Decimal("-1234.50"), day, moment, None)
    assert [cell.data_type for cell in row] == ["s", "n", "n", "d", "d", "n"]
    # A sheet knows no zone.
    midnight, unzoned = datetime.combine(day, time.min), moment.replace(tzinfo=None)
    assert [cell.value for cell in row] == ["kettle", -3, -1234.5, midnight, unzoned, None]
    assert row[2].number_format == '[$$]#,##0.00;"\u2212"[$$]#,##0.00'
    assert row[3].number_format == "d mmm yyyy"


def test_two_currencies_in_one_column_keep_their_own_format() -> None:
    sheet = opened(
        Line([Decimal("10.50"), "USD"], "USD"),
        Line([Decimal("1050"), "JPY"], "JPY"),
        Line([Decimal("10.50"), "SEK"], "SEK"),
    )["List"]
    formats = [sheet.cell(row, 1).number_format for row in (2, 3, 4)]
    assert formats == [money_format("USD"), money_format("JPY"), money_format("SEK")]
    assert money_format("JPY").startswith("[$¥]#,##0;")
    assert money_format("SEK").startswith("[$SEK\u00a0]#,##0.00;")


@pytest.mark.parametrize("amount", ["0.10", "1234567890123.45", "-999999999999.99", "0.30"])
def test_what_a_double_holds_shows_to_the_cent(amount: str) -> None:
    (cell,) = cells(Decimal(amount))
    assert cell.data_type == "n"
    assert f"{cell.value:.2f}" == amount


def test_an_average_with_many_decimals_is_a_number_too() -> None:
    (cell,) = cells(Decimal("3.33333333333333333333"))
    assert (cell.data_type, f"{cell.value:.2f}") == ("n", "3.33")


@pytest.mark.parametrize("amount", ["12345678901234567.89", "9007199254740993.01"])
def test_what_no_double_holds_is_written_out(amount: str) -> None:
    (cell,) = cells(Decimal(amount))
    assert (cell.data_type, cell.value) == ("s", amount)


def test_a_whole_number_too_long_for_a_double_is_written_out() -> None:
    (cell,) = cells(9_007_199_254_740_993)
    assert (cell.data_type, cell.value) == ("s", "9007199254740993")


@pytest.mark.parametrize("word", [*HOSTILE, "http://evil.example", "12", "{=1}", "_x003D_1+1"])
def test_a_text_is_a_text_whatever_it_looks_like(word: str) -> None:
    (cell,) = cells(word)
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert cell.quotePrefix is starts_a_formula(plain(word))


@settings(max_examples=25, deadline=None)
@given(LOOSE)
def test_every_text_comes_back(rows: list[list[str]]) -> None:
    sheet = opened(*(Line(row) for row in rows))["List"]
    assert sheet.max_row == len(rows) + 1
    for given_row, row in zip(rows, sheet.iter_rows(min_row=2, max_col=2), strict=True):
        for word, cell in zip(given_row, row, strict=True):
            assert cell.data_type in ("s", "inlineStr") or not plain(word)
            assert _unescaped(cell.value or "") == plain(word)


def _unescaped(value: str) -> str:
    """What a spreadsheet shows: this reader leaves the format's own escapes in place."""
    return value.replace("_x000D_", "\r").replace("_x005F_", "_")


CENTS = st.decimals(min_value="-99999999999.99", max_value="99999999999.99", places=2)


@settings(max_examples=20, deadline=None)
@given(st.lists(CENTS, min_size=1, max_size=30))
def test_every_amount_of_cents_comes_back_to_the_cent(amounts: list[Decimal]) -> None:
    row = cells(*amounts)
    assert [Decimal(str(cell.value)).quantize(Decimal("0.01")) for cell in row] == amounts


def test_the_head_stays_in_sight_and_the_first_sheet_says_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    book = opened(Line(["a", 1]), Line(["b", 2]))
    assert list(tmp_path.iterdir()) == []  # no row of anybody is left on the disk
    assert book.sheetnames == ["About", "List"]
    assert book["List"].freeze_panes == "A2"
    assert book["List"].auto_filter.ref == "A1:B3"
    told = {row[0].value: row[1] for row in book["About"].iter_rows(max_col=2)}
    assert told["Account"].value == "=Northwind"
    assert told["Account"].data_type == "s"
    assert told["Rows"].value == "2"
    assert told["The same view"].hyperlink.target == ABOUT.link
