"""Clients side by side: each figure is the client's own, and nobody else's client is among them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.insights.answers import Filters, Page, summed
from services.insights.cases import Search, cases_sum
from services.insights.portfolio import (
    WHOLE_DAYS,
    Client,
    Portfolio,
    book,
    clients,
    currencies_of_all,
)
from services.insights.totals import totals_by_subtype
from tests.insights.world import NOW, World, in_days

MANAGER = 2  # the local account manager


@pytest.fixture
def two(database: Database) -> tuple[World, World]:
    """Northwind has more, later; Acme less, sooner. Both in two currencies."""
    north = World(database)
    north.discrepancy(units=30, expires_on=in_days(27), sku="LATER")  # 300.00, a quarter: 75.00
    north.discrepancy(units=1, expires_on=in_days(3), unit_amount=None, sku="NOBODY-KNOWS")
    north.discrepancy("amazon-ca", units=5, currency="CAD", expires_on=in_days(0))
    north.discrepancy(units=9, opens_on=None, expires_on=None)  # no known last day: not at risk
    north.reimbursement(amount="40.00", approved_on=in_days(-2))
    north.reimbursement(amount="-10.00", approved_on=in_days(-1), is_reversal=True, units_cash=-1)
    north.reimbursement(amount="99.00", approved_on=in_days(-40))
    north.case("C1")
    north.case("C2", status="not_eligible")
    north.sum_up()
    acme = World(database, name="Acme")
    acme.discrepancy(units=8, expires_on=in_days(6), sku="SOON")  # 80.00, whole
    acme.discrepancy(units=4, opens_on=in_days(2), expires_on=in_days(5))  # future: not yet ready
    acme.discrepancy(units=7, expires_on=in_days(-1))  # expired
    acme.document("walmart-us", last_day=in_days(-9))
    acme.sum_up()
    return north, acme


def call(world: World, held_on: object, note: str = "", *, by: int = MANAGER) -> None:
    with world.database.managing(world.account_id, by) as connection:
        connection.execute(
            text("""
                insert into client_call (account_id, held_on, person_id, by_name, note, entry)
                values (:account_id, :held_on, :by, 'Grace', :note, 'entry-' || :held_on)"""),
            {"account_id": world.account_id, "held_on": held_on, "note": note, "by": by},
        )


def shown(database: Database, *worlds: World, currency: str = "USD") -> Page[Client]:
    accounts = tuple(one.account_id for one in worlds)
    with database.comparing(accounts) as connection:
        return clients(connection, Portfolio(accounts, currency, NOW))


def test_most_money_at_risk_comes_first_and_each_figure_is_the_clients_own(
    database: Database, two: tuple[World, World]
) -> None:
    north, acme = two
    call(north, in_days(-20))
    call(north, in_days(-2), "Wants a call back")
    first, second = shown(database, north, acme).rows
    assert (first.name, first.at_risk) == ("Acme", Decimal("80.00"))
    assert (second.name, second.at_risk) == ("Northwind Kitchen", Decimal("75.00"))
    assert (first.called_on, first.recovered_since) == (None, None)
    assert (second.called_on, second.called_by) == (in_days(-2), "Grace")
    assert second.recovered_since == Decimal("30.00")  # the call's own day included
    assert second.recovered_this_month == Decimal("30.00")
    assert (second.open_cases, second.refused_cases) == (1, 1)
    assert (first.stale, second.stale) == (["walmart-us"], [])
    assert second.currencies == ["CAD", "USD"]


def test_every_figure_equals_the_clients_own_pages(
    database: Database, two: tuple[World, World]
) -> None:
    for currency in ("USD", "CAD"):
        page = shown(database, *two, currency=currency)
        assert len(page.rows) == len(two)
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
            assert row.at_risk <= totals.ready.known_amount


def test_all_clients_together_are_the_sum_of_the_rows(
    database: Database, two: tuple[World, World]
) -> None:
    rows = shown(database, *two).rows
    accounts = tuple(one.account_id for one in two)
    call(two[0], in_days(-3))
    with database.comparing(accounts) as connection:
        every = book(connection, Portfolio(accounts, "USD", NOW))
        assert currencies_of_all(connection, accounts) == ("USD", "CAD")
    assert every is not None
    assert every.at_risk == sum(row.at_risk for row in rows)
    assert every.within_7_days == rows[0].within_7_days + rows[1].within_7_days
    assert every.recovered_this_month == sum(row.recovered_this_month for row in rows)
    assert (every.clients, every.silent) == (2, 1)
    with database.comparing([]) as connection:
        assert book(connection, Portfolio((), "USD", NOW)) is None


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
        found = clients(connection, Portfolio(asked_for, "USD", NOW)).rows
        every = book(connection, Portfolio(asked_for, "USD", NOW))
    assert {row.account_id for row in found} == set(ours)
    assert every is not None
    assert every.clients == len(ours)
    # The transaction sees three; the question names two.
    with database.comparing(asked_for) as connection:
        found = clients(connection, Portfolio(ours, "USD", NOW)).rows
    assert {row.account_id for row in found} == set(ours)


@pytest.mark.parametrize(
    ("days_left", "share"),
    [(0, 1), (WHOLE_DAYS - 1, 1), (13, Decimal("0.5")), (27, Decimal("0.25"))],
)
def test_the_weight_is_whole_at_the_end_and_less_before(
    world: World, days_left: int, share: Decimal
) -> None:
    world.discrepancy(units=10, expires_on=in_days(days_left))
    world.sum_up()
    (row,) = shown(world.database, world).rows
    assert row.at_risk == Decimal(100) * share


def test_a_thousand_clients_are_read_page_by_page(database: Database) -> None:
    """Pages neither skip nor repeat, each within what a page's question may take."""
    with database.owning() as connection:
        connection.exec_driver_sql("""
            insert into account (name) select 'Client ' || n from generate_series(1, 1000) n;
            insert into channel (account_id, code, marketplace, country, region, currency,
                time_zone)
            select account_id, code, marketplace, country, region, currency, time_zone
            from account, marketplace where code = 'amazon-us';
            insert into open_total select account_id, channel_id, 'inventory', 'lost_in_warehouse',
                'USD', '2026-01-01', date '2026-06-01' + day, 1, 1, 0, 0, 0, 2, 0, 0, 0,
                20 + mod(account_id, 7)
            from channel, generate_series(0, 29) day;
            analyze account; analyze channel; analyze open_total;
        """)
        accounts = tuple(connection.exec_driver_sql("select account_id from account").scalars())
    asked = Portfolio(accounts, "USD", datetime(2026, 6, 15, 17, tzinfo=UTC))
    seen: list[Client] = []
    with database.comparing(accounts) as connection:
        every = book(connection, asked)
        page = clients(connection, asked)
        seen.extend(page.rows)
        while page.following:
            page = clients(connection, asked, page.following)
            seen.extend(page.rows)
    assert len(seen) == len({row.account_id for row in seen}) == len(accounts)
    assert [(-row.at_risk, row.place) for row in seen] == sorted(
        (-row.at_risk, row.place) for row in seen
    )
    assert every is not None
    assert every.at_risk == sum(row.at_risk for row in seen)
