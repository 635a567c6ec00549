"""An export opens as it was meant, and starts nothing."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given

from services.exports.csv import BYTE_ORDER_MARK
from services.exports.table import plain, starts_a_formula
from tests.common.exported import csv_file
from tests.exports.hostile import HOSTILE, LOOSE


def read_back(content: bytes) -> list[list[str]]:
    words = content.decode("utf-8")
    assert words.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(words[1:], newline="")))


@pytest.mark.parametrize("word", HOSTILE)
def test_a_text_that_begins_like_a_formula_is_made_harmless(word: str) -> None:
    ((cell,), _) = read_back(csv_file([word], [["x"]]))
    assert cell.startswith("'")
    assert "".join(cell.replace("'", "").split()) == "".join(
        word.replace("\0", "").replace("\x1b", "").split()
    )


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("Pan; =1+1", "Pan;' =1+1"),  # elsewhere a semicolon ends a cell
        ('Pan;"=1+1"', 'Pan;\'"=1+1"'),
        ("Pan\n=1+1", "Pan\n'=1+1"),
        ("Pan; red", "Pan; red"),
        ("a-b=c, 6+2 @ home", "a-b=c, 6+2 @ home"),
        ("a\x1ab\x00c", "abc"),  # some readers end a file at one of these
    ],
)
def test_a_cell_that_begins_inside_a_text_is_harmless_too(word: str, written: str) -> None:
    (_, (cell,)) = read_back(csv_file(["a"], [[word]]))
    assert cell == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0.7400000000000000", "0.74"),
        ("2.5000", "2.50"),
        ("0.125000", "0.125"),
        ("7.0", "7.0"),
        ("100", "100"),
        ("0.33333333", "0.33333333"),
    ],
)
def test_an_amount_ends_with_its_last_decimal(amount: str, written: str) -> None:
    (_, (cell,)) = read_back(csv_file(["a"], [[Decimal(amount)]]))
    assert cell == written


def test_numbers_stay_numbers_and_days_stay_days() -> None:
    row = [
        -3,
        Decimal("-12.50"),
        Decimal("1E+3"),
        date(2026, 11, 24),
        None,
        datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
    ]
    (_, cells) = read_back(csv_file(["a"] * 6, [row]))
    assert cells == ["-3", "-12.50", "1000", "2026-11-24", "", "2026-11-24T08:30:00+00:00"]


@given(LOOSE)
def test_every_text_comes_back_and_none_begins_a_formula(rows: list[list[str]]) -> None:
    back = read_back(csv_file(["one", "two"], rows))[1:]
    assert len(back) == len(rows)
    for given_row, row in zip(rows, back, strict=True):
        for word, cell in zip(given_row, row, strict=True):
            assert cell.replace("'", "") == plain(word).replace("'", "")
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
            assert not starts_a_formula(cell)


def test_a_quote_a_comma_and_a_line_break_stay_inside_their_cell() -> None:
    (_, (cell,)) = read_back(csv_file(["a"], [['6" pan, red\nnew']]))
    assert cell == '6" pan, red\nnew'
