"""Clients side by side: each figure is the client's own, and nobody else's client is among them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.access.rights import Role
from services.activation.at_risk import at_risk_of
from services.activation.queue import QueueView, queue
from services.database.engine import Database
from services.digest.content import digest_of
from services.insights.answers import Figure, Filters, Page
from services.insights.cases import Search, cases_sum
from services.insights.conversion import converted, rates_of
from services.insights.portfolio import (
    Client,
    Portfolio,
    WholeClient,
    book,
    clients,
    currencies_of_all,
    in_one,
    richest,
    whole_clients,
)
from services.insights.totals import summed, totals_by_subtype
from tests.common.worlds.activation import requested
from tests.common.worlds.calls import call, viewer
from tests.common.worlds.insights import NOW, TODAY, World, in_days
from tests.common.worlds.rates import bank_told


@pytest.fixture
def two(database: Database) -> tuple[World, World]:
    """Northwind has more, later; Acme less, sooner. Northwind is paid in two currencies."""
    north = World(database)
    north.discrepancy(units=30, expires_on=in_days(27), sku="LATER")  # 300.00, 28 days: 10.71 a day
    north.discrepancy(units=1, expires_on=in_days(3), unit_amount=None, sku="NOBODY-KNOWS")
    north.discrepancy("amazon-ca", units=5, currency="CAD", expires_on=in_days(0))
    north.discrepancy(units=9, opens_on=None, expires_on=None)  # no known last day: no priority
    north.reimbursement(amount="40.00", approved_on=in_days(-2))
    north.reimbursement(amount="-10.00", approved_on=in_days(-1), is_reversal=True, units_cash=-1)
    north.reimbursement(amount="99.00", approved_on=in_days(-40))
    north.case("C1")
    north.case("C2", status="not_eligible")
    north.sum_up()
    acme = World(database, name="Acme")
    acme.discrepancy(units=8, expires_on=in_days(6), sku="SOON")  # 80.00, 7 days: 11.43 a day
    acme.discrepancy(units=4, opens_on=in_days(2), expires_on=in_days(5))  # future: not yet ready
    acme.discrepancy(units=7, expires_on=in_days(-1))  # expired
    acme.document("walmart-us", last_day=in_days(-9))
    acme.sum_up()
    return north, acme


def shown(database: Database, *worlds: World, currency: str | None = "USD") -> Page[Client]:
    accounts = tuple(one.account_id for one in worlds)
    with database.comparing(accounts) as connection:
        return clients(connection, Portfolio(accounts, currency, NOW, TODAY))


def test_most_money_a_day_left_comes_first_and_each_figure_is_the_clients_own(
    database: Database, two: tuple[World, World]
) -> None:
    north, acme = two
    call(north, in_days(-20))
    call(north, in_days(-2), "Wants a call back")
    first, second = shown(database, north, acme).rows
    assert (first.name, first.at_risk) == ("Acme", Figure(8, Decimal("80.00")))
    assert second.name == "Northwind Kitchen"
    assert second.at_risk == Figure(40, Decimal("390.00"), 1)
    assert (first.called_on, first.recovered_since) == (None, None)
    assert (second.called_on, second.called_by) == (in_days(-2), "Grace")
    assert second.recovered_since == Decimal("30.00")  # the call's own day included
    assert second.recovered_this_month == Decimal("30.00")
    assert (second.open_cases, second.refused_cases) == (1, 1)
    assert (first.stale, second.stale) == (["walmart-us"], [])


def test_every_figure_equals_the_clients_own_pages(
    database: Database, two: tuple[World, World]
) -> None:
    for currency, those in (("USD", two), ("CAD", two[:1])):
        page = shown(database, *two, currency=currency)
        assert {row.account_id for row in page.rows} == {one.account_id for one in those}
        for row in page.rows:
            with database.reading(row.account_id) as connection:
                totals = summed(totals_by_subtype(connection, row.account_id, currency, NOW))
                opened = cases_sum(
                    connection, row.account_id, Filters(currency), Search(status="open")
                )
            assert row.within_7_days == totals.within_7_days
            assert row.within_30_days == totals.within_30_days
            assert row.recovered_this_month == totals.claimed_this_month.net
            assert row.open_cases == opened.count
            assert row.at_risk == totals.ready


def test_all_clients_together_are_the_sum_of_the_rows(
    database: Database, two: tuple[World, World]
) -> None:
    rows = shown(database, *two).rows
    accounts = tuple(one.account_id for one in two)
    call(two[0], in_days(-3))
    with database.comparing(accounts) as connection:
        every = book(connection, Portfolio(accounts, "USD", NOW, TODAY))
        whole = Portfolio(accounts, None, NOW, TODAY)
        assert currencies_of_all(connection, whole) == ("USD", "CAD")
        both = book(connection, whole)
    assert every is not None
    (of_usd,) = every.sums
    assert of_usd.at_risk == sum((row.at_risk for row in rows), Figure())
    assert of_usd.within_7_days == rows[0].within_7_days + rows[1].within_7_days
    assert of_usd.recovered_this_month == sum(row.recovered_this_month for row in rows)
    assert (every.clients, every.silent, of_usd.clients) == (2, 1, 2)
    assert both is not None
    assert [(one.currency, one.clients) for one in both.sums] == [("USD", 2), ("CAD", 1)]
    assert both.sums[0] == of_usd
    with database.comparing([]) as connection:
        assert book(connection, Portfolio((), "USD", NOW, TODAY)) is None


def test_a_third_client_is_never_seen_whichever_way_it_is_asked_for(
    database: Database, two: tuple[World, World]
) -> None:
    third = World(database, name="Somebody else")
    third.discrepancy(units=1000)
    third.sum_up()
    asked_for = tuple(one.account_id for one in (*two, third))
    ours = asked_for[:2]
    # The transaction sees two; the question names three.
    with database.comparing(ours) as connection:
        found = clients(connection, Portfolio(asked_for, "USD", NOW, TODAY)).rows
        every = book(connection, Portfolio(asked_for, "USD", NOW, TODAY))
    assert {row.account_id for row in found} == set(ours)
    assert every is not None
    assert every.clients == len(ours)
    # The transaction sees three; the question names two.
    with database.comparing(asked_for) as connection:
        found = clients(connection, Portfolio(ours, "USD", NOW, TODAY)).rows
    assert {row.account_id for row in found} == set(ours)


def test_each_client_stands_in_its_own_currencies_and_none_in_one_that_it_has_not(
    database: Database, two: tuple[World, World]
) -> None:
    british = World(database, name="British")
    british.discrepancy("amazon-uk", units=2, currency="GBP", expires_on=in_days(1))
    british.discrepancy("amazon-de", units=1, currency="EUR", expires_on=in_days(1))
    british.reimbursement("amazon-uk", currency="SEK", amount="5.00", approved_on=in_days(-2))
    british.sum_up()
    nobody = World(database, name="Nobody yet")
    nobody.channel("amazon-us")
    rows = shown(database, *two, british, nobody, currency=None).rows
    assert [(row.name, row.currency) for row in rows] == [
        ("Acme", "USD"),
        ("Northwind Kitchen", "USD"),
        ("Northwind Kitchen", "CAD"),
        ("British", "GBP"),
        ("British", "EUR"),
        ("British", "SEK"),
        ("Nobody yet", None),
    ]
    by_currency = {row.currency: row for row in rows if row.name == "British"}
    assert by_currency["GBP"].at_risk == Figure(2, Decimal("20.00"))
    assert by_currency["EUR"].at_risk == Figure(1, Decimal("10.00"))
    assert by_currency["SEK"].recovered_this_month == Decimal("5.00")
    only = shown(database, *two, british, nobody, currency="GBP").rows
    assert [row.name for row in only] == ["British"]


def test_pages_of_several_currencies_neither_skip_nor_repeat(
    database: Database, two: tuple[World, World]
) -> None:
    accounts = tuple(one.account_id for one in two)
    asked = Portfolio(accounts, None, NOW, TODAY)
    with database.comparing(accounts) as connection:
        whole = clients(connection, asked).rows
        seen, cursor = [], None
        for _ in whole:
            page = clients(connection, asked, cursor, 1)
            seen.extend(page.rows)
            cursor = page.following
        back = clients(connection, asked, page.preceding, 2).rows
    assert tuple(seen) == whole
    assert back == whole[:2]
    assert cursor is None


@pytest.fixture
def four(database: Database, two: tuple[World, World]) -> tuple[World, ...]:
    """Acme and Northwind, who is paid in two currencies, British in euro, Nobody not yet."""
    british = World(database, name="British")
    british.discrepancy("amazon-de", units=50, currency="EUR", expires_on=in_days(9))
    british.reimbursement("amazon-uk", currency="GBP", amount="5.00", approved_on=in_days(-2))
    british.sum_up()
    nobody = World(database, name="Nobody yet")
    nobody.channel("amazon-us")
    call(british, in_days(-4))
    call(two[0], in_days(-1))
    return (*two, british, nobody)


def asked_in(
    database: Database, worlds: tuple[World, ...], into: str = "USD", size: int | None = None
) -> tuple[Portfolio, tuple[WholeClient, ...], tuple[Client, ...]]:
    """The portfolio in this currency, its clients, and their rows in their own currencies."""
    accounts = tuple(one.account_id for one in worlds)
    own = Portfolio(accounts, None, NOW, TODAY)
    with database.comparing(accounts) as connection:
        rates = rates_of(connection, currencies_of_all(connection, own), into, TODAY)
        asked = Portfolio(accounts, None, NOW, TODAY, rates)
        seen, cursor = [], None
        while True:
            page = whole_clients(connection, asked, cursor, size or 50)
            seen.extend(page.rows)
            if (cursor := page.following) is None:
                return asked, tuple(seen), clients(connection, own).rows


def test_in_one_currency_each_client_stands_once_by_what_it_comes_to(
    database: Database, four: tuple[World, ...]
) -> None:
    bank_told(database, in_days(-3), USD="1.25", CAD="2.5", GBP="0.5")
    asked, whole, rows = asked_in(database, four)
    assert asked.rates is not None
    # British has 62.50 dollars a day, Northwind 10.71 and 50 Canadian ones, Acme 11.43.
    assert [one.name for one in whole] == ["British", "Northwind Kitchen", "Acme", "Nobody yet"]
    assert [one.priority for one in whole] == sorted((one.priority for one in whole), reverse=True)
    for client in whole[:3]:
        own = [row for row in rows if row.account_id == client.account_id]
        assert client.currencies == [row.currency for row in own]
        with database.comparing([]) as connection:
            told = converted(
                connection,
                asked.rates,
                {
                    "risk": [(str(row.currency), row.at_risk_amount) for row in own],
                    "seven": [(str(row.currency), row.within_7_amount) for row in own],
                    "thirty": [(str(row.currency), row.within_30_amount) for row in own],
                    "month": [(str(row.currency), row.recovered_this_month) for row in own],
                    "since": [(str(row.currency), row.recovered_since or 0) for row in own],
                },
            )
        assert told == {
            "risk": client.at_risk_amount,
            "seven": client.within_7_amount,
            "thirty": client.within_30_amount,
            "month": client.recovered_this_month,
            "since": client.recovered_since,
        }
        assert client.at_risk is not None
        assert client.at_risk.units == sum(row.at_risk.units for row in own)
        assert client.at_risk.units_without_amount == sum(
            row.at_risk.units_without_amount for row in own
        )
        assert client.open_cases == sum(row.open_cases for row in own)
        assert {(row.called_on, row.stale == client.stale) for row in own} == {
            (client.called_on, True)
        }
    assert (whole[0].counted_from, whole[2].counted_from) == (in_days(-4), None)
    assert (whole[3].currencies, whole[3].standing) == ([], 2)


def test_pages_of_clients_in_one_currency_neither_skip_nor_repeat(
    database: Database, four: tuple[World, ...]
) -> None:
    bank_told(database, TODAY, USD="1.25", CAD="2.5", GBP="0.5")
    asked, whole, _ = asked_in(database, four)
    assert asked_in(database, four, size=1)[1] == whole
    with database.comparing(asked.accounts) as connection:
        first = whole_clients(connection, asked, None, 2)
        second = whole_clients(connection, asked, first.following, 2)
        assert (*first.rows, *second.rows) == whole
        assert whole_clients(connection, asked, second.preceding, 2).rows == first.rows


def test_a_currency_without_a_rate_leaves_its_clients_without_that_figure_but_in_their_place(
    database: Database, four: tuple[World, ...]
) -> None:
    bank_told(database, TODAY, USD="1.25", GBP="0.5")  # and no Canadian dollar
    asked, whole, _ = asked_in(database, four)
    assert [(one.name, one.standing) for one in whole] == [
        ("British", 1),
        ("Acme", 1),
        ("Northwind Kitchen", 1),  # by its dollars: 10.71 a day
        ("Nobody yet", 2),
    ]
    north = whole[2]
    assert north.priority == Decimal("10.714286")
    assert north.at_risk is None  # 390 dollars and 50 Canadian: neither is told alone
    assert north.recovered_this_month == Decimal("30.00")  # in dollars only
    with database.comparing(asked.accounts) as connection:
        every = book(connection, asked)
        assert every is not None
        assert asked.rates is not None
        told = in_one(connection, asked.rates, every.sums)
    assert asked.rates.missing == ("CAD",)
    assert told.at_risk is None
    assert told.recovered_this_month == Decimal("42.50")  # 30 dollars, and 5 pounds at 2.50


def test_all_clients_in_one_currency_are_the_sums_of_each_converted(
    database: Database, four: tuple[World, ...]
) -> None:
    bank_told(database, TODAY, USD="1.25", CAD="2.5", GBP="0.5")
    asked, whole, _ = asked_in(database, four)
    with database.comparing(asked.accounts) as connection:
        every = book(connection, asked)
        assert every is not None
        assert asked.rates is not None
        told = in_one(connection, asked.rates, every.sums)
    # 390 + 80 dollars, 50 Canadian at 0.50, 500 euro at 1.25; one unit's worth nobody knows.
    assert told.at_risk == Figure(103, Decimal("1120.00"), 1)
    assert told.at_risk == sum((one.at_risk for one in whole if one.at_risk), Figure())
    assert richest(every.sums, asked.rates) == "EUR"  # 625 dollars, though 470 are in dollars


def test_at_risk_is_one_thing_wherever_it_stands(
    database: Database, two: tuple[World, World]
) -> None:
    """Portfolio, weekly summary, queue of requests: what is ready to claim, to the cent."""
    north, acme = two
    manager = viewer(database, Role.MANAGER, north.account_id, acme.account_id)
    keys = [requested(database, one.account_id) for one in two]
    in_letter = {
        (one.account.account_id, amount.currency): amount.at_risk
        for one in digest_of(database, manager, NOW).accounts
        for amount in one.amounts
    }
    rows = {
        (row.account_id, row.currency): row for row in shown(database, *two, currency=None).rows
    }
    for (account_id, currency), row in rows.items():
        assert currency
        with database.reading(account_id) as connection:
            by_subtype = totals_by_subtype(connection, account_id, currency, NOW)
        assert row.at_risk == summed(by_subtype).ready
        assert in_letter.get((account_id, currency), row.at_risk) == row.at_risk
    with database.triaging() as connection:
        waiting = queue(connection, manager.person_id, QueueView(), NOW).rows
        of_request = at_risk_of(connection, keys[0], NOW)
    us = rows[north.account_id, "USD"].at_risk  # all of it on the one channel that is asked for
    for one in (*of_request, *(row.at_risk for row in waiting if row.account_name == north.name)):
        assert Figure(one.units, one.known_amount, one.units_without_amount) == us


def test_a_thousand_clients_are_read_page_by_page(database: Database) -> None:
    """Pages neither skip nor repeat, each within what a page's question may take."""
    with database.owning() as connection:
        connection.exec_driver_sql("""
            insert into account (name) select 'Client ' || n from generate_series(1, 1000) n;
            insert into channel (account_id, code, marketplace, country, region, currency,
                time_zone)
            select account_id, code, marketplace, country, region, currency, time_zone
            from account, marketplace where code = 'amazon-us';
            insert into month_total select account_id, channel_id, 'inventory',
                'lost_in_warehouse', 'USD', '2026-06-01', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0 from channel;
            insert into open_total select account_id, channel_id, 'inventory', 'lost_in_warehouse',
                'USD', '2026-01-01', date '2026-06-01' + day, 1, 1, 0, 0, 0, 2, 0, 0, 0,
                20 + mod(account_id, 7)
            from channel, generate_series(0, 29) day;
            analyze account; analyze channel; analyze open_total;
        """)
        accounts = tuple(connection.exec_driver_sql("select account_id from account").scalars())
    asked = Portfolio(accounts, "USD", datetime(2026, 6, 15, 17, tzinfo=UTC), TODAY)
    seen: list[Client] = []
    with database.comparing(accounts) as connection:
        every = book(connection, asked)
        page = clients(connection, asked)
        seen.extend(page.rows)
        while page.following:
            page = clients(connection, asked, page.following)
            seen.extend(page.rows)
    assert len(seen) == len({row.account_id for row in seen}) == len(accounts)
    order = [(-row.priority, row.position) for row in seen]
    assert order == sorted(order)
    assert every is not None
    assert every.sums[0].at_risk == sum((row.at_risk for row in seen), Figure())
