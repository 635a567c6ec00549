"""Converting as laws: nothing is made up, nothing is lost but the one rounding at the end."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from services.database.conversion import OLDEST_DAYS
from services.database.engine import Database
from services.insights.answers import Figure
from services.insights.conversion import Rates, converted, converted_figures, rates_of
from tests.common.worlds.insights import TODAY, in_days
from tests.common.worlds.rates import bank_told

ALL = ("CAD", "EUR", "GBP", "JPY", "USD")
Told = list[tuple[str, Decimal]]


def rates(database: Database, into: str, *currencies: str, today: date = TODAY) -> Rates:
    with database.comparing([]) as connection:
        return rates_of(connection, currencies, into, today)


def given_rates(into: str, **of_one: str) -> Rates:
    told = {name: Decimal(rate) for name, rate in of_one.items()} | {into: Decimal(1)}
    return Rates(into, TODAY, told, tuple(told), ())


def in_one(database: Database, by: Rates, told: Told) -> Decimal | None:
    with database.comparing([]) as connection:
        return converted(connection, by, {"all": told})["all"]


# Rates ------------------------------------------------------------------------------------------


def test_a_rate_goes_through_the_euro_and_has_six_digits_but_for_the_banks_own(
    database: Database,
) -> None:
    bank_told(database, TODAY, USD="1.0823", GBP="0.83415", JPY="163.94", IDR="17193.12")
    into_usd = rates(database, "USD", "EUR", "GBP", "JPY")
    assert into_usd.day == TODAY
    assert into_usd.of_one == {
        "EUR": Decimal("1.0823"),
        "GBP": Decimal("1.29749"),
        "JPY": Decimal("0.00660181"),
        "USD": Decimal(1),
    }
    assert rates(database, "IDR", "EUR").of_one["EUR"] == Decimal("17193.12")  # as it is published
    assert rates(database, "EUR", "USD").of_one["USD"] == Decimal("0.923958")
    assert rates(database, "JPY", "USD").of_one["USD"] == Decimal("151.474")


def test_all_rates_are_of_one_day_the_latest_on_which_each_has_one(database: Database) -> None:
    bank_told(database, in_days(-1), USD="1.20", GBP="0.80")
    bank_told(database, in_days(-2), USD="1.10", GBP="0.90", SEK="11")
    bank_told(database, in_days(1), USD="9", GBP="9", SEK="9")  # not of a day to come
    assert rates(database, "USD", "GBP").day == in_days(-1)
    with_sek = rates(database, "USD", "GBP", "SEK")
    assert (with_sek.day, with_sek.of_one["SEK"]) == (
        in_days(-2),
        Decimal("0.100000"),
    )
    assert with_sek.of_one["GBP"] == Decimal("1.22222")
    # An earlier picture is read by the rates of its own day.
    assert rates(database, "USD", "GBP", today=in_days(-2)).of_one["GBP"] == Decimal("1.22222")
    assert rates(database, "USD", "GBP", today=in_days(-3)).day is None


def test_rates_that_are_too_old_are_none(database: Database) -> None:
    bank_told(database, TODAY, USD="1.20")
    last = rates(database, "USD", "EUR", today=in_days(OLDEST_DAYS))
    assert (last.day, last.converts) == (TODAY, True)
    after = rates(database, "USD", "EUR", today=in_days(OLDEST_DAYS + 1))
    assert (after.day, after.converts, after.newest) == (None, False, TODAY)
    assert after.is_too_old(in_days(OLDEST_DAYS + 1))
    assert in_one(database, after, [("EUR", Decimal(1))]) is None


def test_a_currency_that_the_bank_does_not_tell_of_is_named_and_hinders_no_other(
    database: Database,
) -> None:
    bank_told(database, TODAY, USD="1.25")
    told = rates(database, "USD", "EUR", "AED")
    assert (told.day, told.missing, told.known) == (TODAY, ("AED",), ("EUR", "USD"))
    into_it = rates(database, "AED", "EUR", "USD")
    assert (into_it.converts, into_it.missing, into_it.known) == (False, ("AED",), ("EUR", "USD"))
    # One that has ended is not told of any more; the others go on.
    bank_told(database, in_days(-OLDEST_DAYS - 1), BGN="1.9558", USD="1.25")
    assert rates(database, "USD", "BGN", "EUR").missing == ("BGN",)


def test_rates_of_days_that_have_none_in_common_convert_nothing(database: Database) -> None:
    bank_told(database, TODAY, USD="1.25")
    bank_told(database, in_days(-1), GBP="0.8")
    told = rates(database, "USD", "EUR", "GBP")
    assert (told.day, told.converts, told.missing) == (None, False, ("GBP", "USD"))


def test_without_any_rate_nothing_is_converted_and_it_is_known_that_there_are_none(
    database: Database,
) -> None:
    told = rates(database, "USD", "EUR", "GBP")
    assert (told.day, told.newest, told.converts) == (None, None, False)


def test_rates_of_somebody_else_are_not_the_banks(database: Database) -> None:
    bank_told(database, TODAY, USD="1.25")
    with database.syncing() as connection:
        connection.exec_driver_sql("update exchange_rate set source = 'hearsay'")
    assert rates(database, "USD", "EUR").day is None


# Amounts ----------------------------------------------------------------------------------------

amounts = st.decimals("-10000000", "10000000", places=2)
parts = st.lists(st.tuples(st.sampled_from(ALL), amounts), max_size=8)
digits = st.decimals("0.000001", "20000", places=6).map(str)
some_rates = st.fixed_dictionaries({name: digits for name in ALL if name != "USD"})


def by_hand(by: Mapping[str, Decimal], into: str, told: Told, places: str) -> Decimal:
    """What was in it already as it is; the rest multiplied, added, and rounded once."""
    own = sum((amount for name, amount in told if name == into), Decimal(0))
    rest = sum((amount * by[name] for name, amount in told if name != into), Decimal(0))
    return own + rest.quantize(Decimal(places), ROUND_HALF_UP)


@hypothesis_settings(max_examples=60)
@given(parts, some_rates, st.randoms())
def test_what_it_comes_to_is_the_sum_of_its_parts_in_whatever_order(
    kept: Database, told: Told, of_one: dict[str, str], random: Random
) -> None:
    by = given_rates("USD", **of_one)
    whole = in_one(kept, by, told)
    assert whole == by_hand(by.of_one, "USD", told, "0.01")
    random.shuffle(told)
    assert in_one(kept, by, told) == whole


@hypothesis_settings(max_examples=40)
@given(parts, parts, st.integers(1, 500))
def test_where_nothing_is_rounded_the_whole_is_exactly_its_parts(
    kept: Database, first: Told, second: Told, rate: int
) -> None:
    by = given_rates("USD", **{name: str(rate) for name in ALL if name != "USD"})
    one, other = in_one(kept, by, first), in_one(kept, by, second)
    assert one is not None
    assert other is not None
    assert in_one(kept, by, first + second) == one + other


@hypothesis_settings(max_examples=40)
@given(st.lists(st.decimals("-10000000", "10000000", places=5), max_size=5), st.sampled_from(ALL))
def test_one_currency_alone_is_itself_exactly_and_needs_no_rate(
    kept: Database, told: list[Decimal], currency: str
) -> None:
    alone = Rates(currency, None, {currency: Decimal(1)}, (), ())
    assert in_one(kept, alone, [(currency, one) for one in told]) == sum(told, Decimal(0))


@hypothesis_settings(max_examples=40)
@given(parts, amounts.filter(bool))
def test_with_anything_of_a_currency_without_a_rate_there_is_no_figure(
    kept: Database, told: Told, amount: Decimal
) -> None:
    by = given_rates("USD", **{name: "2" for name in ALL if name != "USD"})
    assert in_one(kept, by, [*told, ("AED", amount)]) is None
    assert in_one(kept, by, [*told, ("AED", Decimal(0))]) == in_one(kept, by, told)
    both = [*told, ("AED", amount), ("AED", -amount)]  # nothing of it is left to convert
    assert in_one(kept, by, both) == in_one(kept, by, told)


@pytest.mark.parametrize(
    ("into", "told", "amount"),
    [
        ("USD", "0.01", "0.01"),  # 0.005, away from nought
        ("USD", "-0.01", "-0.01"),
        ("JPY", "3.00", "2"),  # 1.5 yen: there are no hundredths of one
        ("KWD", "0.01", "0.005"),
    ],
)
def test_it_is_rounded_once_to_the_decimals_of_its_currency(
    database: Database, into: str, told: str, amount: str
) -> None:
    assert in_one(database, given_rates(into, GBP="0.5"), [("GBP", Decimal(told))]) == Decimal(
        amount
    )
    twice = [("GBP", Decimal(told)), ("GBP", Decimal(told))]
    assert in_one(database, given_rates(into, GBP="0.5"), twice) == Decimal(told)


def test_units_without_an_amount_stay_so(database: Database) -> None:
    by = given_rates("USD", GBP="2", CAD="0.5")
    told = {
        "some": [("GBP", Figure(3, Decimal(10), 1)), ("USD", Figure(2, Decimal(5)))],
        "none": [("GBP", Figure(3, Decimal(0), 3)), ("USD", Figure(2, Decimal(0), 2))],
        "no rate": [("AED", Figure(1, Decimal(1))), ("USD", Figure(2, Decimal(5)))],
        "nothing": [],
    }
    with database.comparing([]) as connection:
        found = converted_figures(connection, by, told)
    assert found["some"] == Figure(5, Decimal(25), 1)
    unknown = found["none"]
    assert unknown == Figure(5, Decimal(0), 5)
    assert unknown is not None
    assert unknown.amount is None  # unknown, and no nought
    assert found["no rate"] is None
    assert found["nothing"] == Figure()
