"""All currencies of an account in one: what its buckets come to, converted, and nothing else."""

from decimal import Decimal

import pytest

from services.insights.all_currencies import AllCurrencies, all_currencies
from services.insights.answers import Figure, Filters
from services.insights.totals import currencies, kept, summed, totals_by_subtype
from tests.common.worlds.insights import NOW, TODAY, World, in_days
from tests.common.worlds.rates import bank_told


@pytest.fixture
def several(world: World) -> World:
    """Something of every bucket in dollars, in Canadian dollars and in euro."""
    for code, currency, units in (
        ("amazon-us", "USD", 1),
        ("amazon-ca", "CAD", 2),
        ("amazon-de", "EUR", 3),
    ):
        world.discrepancy(code, units=10 * units, currency=currency)
        world.discrepancy(code, units=units, currency=currency, opens_on=in_days(4))
        world.discrepancy(code, units=units, currency=currency, unit_amount=None)
        world.discrepancy(code, units=units, currency=currency, expires_on=in_days(-1))
        world.discrepancy(
            code,
            units=units,
            currency=currency,
            event_on=in_days(-100),
            expires_on=in_days(-70),
        )
        world.discrepancy(
            code, units=units, currency=currency, denied_units=units, denied_on=in_days(-2)
        )
        world.discrepancy(
            code, units=units, currency=currency, type="fee", subtype="paid_below_cost"
        )
        world.reimbursement(code, currency=currency, amount=f"{units}00.00")
    world.sum_up()
    return world


def asked(world: World, filters: Filters) -> AllCurrencies | None:
    with world.database.reading(world.account_id) as connection:
        return all_currencies(connection, world.account_id, filters, NOW, TODAY)


@pytest.mark.parametrize("of_type", [None, "inventory", "fee"])
@pytest.mark.parametrize("into", ["USD", "CAD", "EUR"])
def test_it_is_the_totals_of_each_currency_at_its_rate(
    several: World, into: str, of_type: str | None
) -> None:
    bank_told(several.database, TODAY, USD="1.25", CAD="2.5")
    filters = Filters(into, type=of_type)
    told = asked(several, filters)
    assert told is not None
    account_id = several.account_id
    assert told.rates.day == TODAY
    unclaimed, lost, claimed = Figure(), Figure(), Decimal(0)
    with several.database.reading(account_id) as connection:
        assert {*told.currencies} == {*currencies(connection, account_id)}
        for name in told.currencies:
            rows = kept(totals_by_subtype(connection, account_id, name, NOW), filters)
            totals, rate = summed(rows), told.rates.of_one[name]
            unclaimed += at(totals.unclaimed, rate)
            lost += at(totals.lost, rate)
            claimed += totals.claimed.net * rate
    assert (told.unclaimed, told.claimed, told.lost) == (unclaimed, claimed, lost)
    assert unclaimed.known_amount
    assert lost.units or of_type == "fee"


def at(figure: Figure, rate: Decimal) -> Figure:
    return Figure(figure.units, figure.known_amount * rate, figure.units_without_amount)


def test_what_holds_no_currency_without_a_rate_is_converted_all_the_same(several: World) -> None:
    bank_told(several.database, TODAY, USD="1.25", CAD="2.5")
    several.reimbursement("amazon-us", currency="AED", amount="5.00")
    several.sum_up()
    told = asked(several, Filters("USD"))
    assert told is not None
    assert told.claimed is None
    assert told.rates.missing == ("AED",)
    assert told.unclaimed is not None
    assert told.lost is not None


def test_an_account_with_money_in_one_currency_has_nothing_to_put_together(world: World) -> None:
    bank_told(world.database, TODAY, USD="1.25")
    world.discrepancy(units=3)
    world.sum_up()
    assert asked(world, Filters("USD")) is None
    world.document("amazon-de")
    world.channel("amazon-de")  # a channel in euro, and no euro yet
    assert asked(world, Filters("USD")) is None
    assert asked(world, Filters("EUR")) is not None


def test_without_rates_there_are_no_figures(several: World) -> None:
    told = asked(several, Filters("USD"))
    assert told is not None
    assert (told.unclaimed, told.claimed, told.lost) == (None, None, None)


def test_with_rates_the_currency_with_most_worth_comes_first_whatever_its_numbers(
    world: World,
) -> None:
    world.reimbursement("amazon-us", currency="JPY", amount="9000.00")
    world.reimbursement("amazon-us", currency="USD", amount="100.00")
    world.reimbursement("amazon-us", currency="GBP", amount="90.00")
    world.sum_up()

    def order() -> tuple[str, ...]:
        with world.database.reading(world.account_id) as connection:
            return currencies(connection, world.account_id)

    assert order() == ("JPY", "USD", "GBP")
    bank_told(world.database, TODAY, USD="1.25", GBP="0.8", JPY="160")
    assert order() == ("GBP", "USD", "JPY")
