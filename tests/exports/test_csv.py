"""An export opens as it was meant, and starts nothing."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.exports.csv import BYTE_ORDER_MARK, csv_file

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]))


def read_back(content: bytes) -> list[list[str]]:
    words = content.decode("utf-8")
    assert words.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(words[1:], newline="")))


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1"])
def test_a_text_that_begins_like_a_formula_is_made_harmless(word: str) -> None:
    ((cell,), _) = read_back(csv_file([word], [["x"]]))
    assert cell == "'" + word.replace("\0", "")


def test_numbers_stay_numbers_and_days_stay_days() -> None:
    row = [-3, Decimal("-12.50"), Decimal("1E+3"), date(2026, 11, 24), None,
           datetime(2026, 11, 24, 8, 30, tzinfo=UTC)]  # fmt: skip
    (_, cells) = read_back(csv_file(["a"] * 6, [row]))
    assert cells == ["-3", "-12.50", "1000", "2026-11-24", "", "2026-11-24T08:30:00+00:00"]


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_every_text_comes_back_and_none_begins_a_formula(rows: list[list[str]]) -> None:
    back = read_back(csv_file(["one", "two"], rows))[1:]
    assert len(back) == len(rows)
    for given_row, row in zip(rows, back, strict=True):
        for word, cell in zip(given_row, row, strict=True):
            assert cell.removeprefix("'") == word.replace("\0", "").removeprefix("'")
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_quote_a_comma_and_a_line_break_stay_inside_their_cell() -> None:
    (_, (cell,)) = read_back(csv_file(["a"], [['6" pan, red\nnew']]))
    assert cell == '6" pan, red\nnew'
