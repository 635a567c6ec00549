"""Money and days as people read them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wording.days import ago, days_left, plain_date
from wording.money import compact_money, money, signed_money
from wording.numbers import TRUE_MINUS, UNKNOWN, share


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("18442.10", "USD", "$18,442.10"),
        ("0", "USD", "$0.00"),
        ("-24", "USD", f"{TRUE_MINUS}$24.00"),
        ("91.2", "CAD", "CA$91.20"),
        ("1234", "JPY", "¥1,234"),
        ("5", "GBP", "£5.00"),
        ("3", "SEK", "SEK\u00a03.00"),
    ],
)
def test_money_in_its_own_currency(amount: str, currency: str, text: str) -> None:
    assert money(Decimal(amount), currency) == text


def test_what_is_not_known_is_never_zero() -> None:
    assert money(None, "USD") == UNKNOWN
    assert signed_money(None, "USD") == UNKNOWN
    assert plain_date(None) == UNKNOWN
    assert days_left(None) == UNKNOWN


@given(st.decimals("-1e12", "1e12", places=2), st.sampled_from(["USD", "CAD", "EUR", "GBP"]))
def test_no_cent_is_lost_on_the_way_to_the_screen(amount: Decimal, currency: str) -> None:
    text = money(amount, currency)
    digits = "".join(sign for sign in text if sign in "0123456789.")
    assert Decimal(digits) == abs(amount)
    assert text.startswith(TRUE_MINUS) == (amount < 0)


def test_what_moved_carries_its_sign() -> None:
    assert signed_money(Decimal("3120.44"), "USD") == "+$3,120.44"
    assert signed_money(Decimal("-1"), "USD") == f"{TRUE_MINUS}$1.00"
    assert signed_money(Decimal(0), "USD") == "$0.00"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0"),
        ("500", "$500"),
        ("1500", "$1.5k"),
        ("2000", "$2k"),
        ("-1000", f"{TRUE_MINUS}$1k"),
        ("2500000", "$2.5M"),
    ],
)
def test_axes_say_it_short(amount: str, text: str) -> None:
    assert compact_money(Decimal(amount), "USD") == text


def test_days_and_dates() -> None:
    assert [days_left(days) for days in (-1, 0, 1, 2)] == ["passed", "today", "1 day", "2 days"]
    assert plain_date(date(2026, 11, 24)) == "24 Nov 2026"


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=42), "42 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=30), "on 23 Oct 2026"),
        (timedelta(minutes=-3), "just now"),
    ],
)
def test_how_long_ago(passed: timedelta, text: str) -> None:
    now = datetime(2026, 11, 22, 13, 42, tzinfo=UTC)
    assert ago(now - passed, now) == text
    assert ago(None, now) == "never"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 7, "0%"),
        (7, 7, "100%"),
        (2, 3, "67%"),
        (1, 1000, "less than 1%"),
        (999, 1000, "more than 99%"),
    ],
)
def test_a_share_is_never_nothing_of_something_nor_all_of_less(
    part: int, whole: int, said: str
) -> None:
    assert share(part, whole) == said
