"""Whoever opens a transaction sees what it is for and nothing else, on pooled connections too.

What each role may do in each table, and that every policy is needed: tests/security.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from services.database.engine import Database
from services.database.tables import ROLES
from services.marketplaces.tables import SECURED_TABLES
from tests.common.databases import fresh_database
from tests.common.rights.least import OF_SEVERAL, columns, may
from tests.common.worlds.zoo import Zoo, build

Opened = Callable[[Database, list[int]], AbstractContextManager[Connection]]

SCOPED: dict[str, Opened] = {
    "app": lambda database, accounts: database.asking(accounts, 0),
    "manager": lambda database, accounts: database.comparing(accounts),
}


@pytest.fixture(scope="module")
def zoo(server: URL, template: str) -> Iterator[Zoo]:
    """Two accounts with a row in every table; none of these tests leaves another behind."""
    with fresh_database(server, template) as fresh:
        yield build(fresh, 2)


def _seen(connection: Connection, table: str) -> set[int]:
    return set(connection.execute(text(f"select account_id from {table}")).scalars())


@pytest.mark.parametrize("role", SCOPED)
def test_a_reader_sees_the_accounts_of_its_transaction(zoo: Zoo, role: str) -> None:
    first, second = (one.account_id for one in zoo.accounts)
    tables = [
        table
        for table in SECURED_TABLES
        if may(role, table, "select")
        and not columns(role, table, "select")
        and table != "calendar_address"  # of a person too: tests/common/rights/battery.py
    ]
    assert tables
    for accounts in ([first], [second], [first, second], []):
        for table in tables:
            with SCOPED[role](zoo.database, accounts) as connection:
                if role == "app" and len(accounts) > 1 and table not in OF_SEVERAL:
                    with pytest.raises(DBAPIError, match="invalid input syntax"):
                        _seen(connection, table)
                else:
                    assert _seen(connection, table) == set(accounts)


def test_who_knows_people_or_grants_access_sees_no_figure(zoo: Zoo) -> None:
    every = {one.account_id for one in zoo.accounts}
    for opened in (zoo.database.listing_accounts, zoo.database.operating):
        with opened() as connection:
            assert _seen(connection, "account") == every
        for table in ("channel", "discrepancy", "open_total", "activation_request"):
            with pytest.raises(DBAPIError, match="permission denied"), opened() as connection:
                _seen(connection, table)


@pytest.mark.parametrize(
    "statement",
    [
        "update discrepancy set unit_amount = 1",
        "delete from reimbursement",
        "insert into case_event select * from case_event",
        "update activation_request set message = 'mine'",
        "delete from activation_event",
        "update channel set service_active = true",
        "truncate discrepancy",
        "set role reimbursement_loader",
        "alter table channel disable row level security",
        "create table mine (account_id bigint)",
    ],
)
def test_whoever_asks_writes_nothing_else(zoo: Zoo, statement: str) -> None:
    own = zoo.accounts[0]
    asking = zoo.database.asking(own.account_id, own.person_ids["seller"])
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), asking as connection:
        connection.execute(text(statement))


def test_a_scope_that_is_no_number_never_reaches_the_database(zoo: Zoo) -> None:
    for forged in ("1'; set app.accounts = '2", "1,2", "{1}", "1 or true"):
        with pytest.raises(ValueError, match="invalid literal"), zoo.database.reading(forged):  # type: ignore[arg-type]
            pytest.fail("a transaction was opened")


# Pools -------------------------------------------------------------------------------------------


def test_settings_end_with_the_transaction(zoo: Zoo) -> None:
    """Committed, rolled back or broken: the connection goes back to the pool with nothing on it."""
    own = zoo.accounts[0]
    with _small_pool(zoo.database, 1) as only:
        asking = zoo.database.asking(own.account_id, own.person_ids["seller"])
        with asking as connection:
            assert _said(connection) == [str(own.account_id), str(own.person_ids["seller"])]
        assert _left_over(only) == ["", ""]
        with (
            pytest.raises(DBAPIError, match="division"),
            zoo.database.reading(own.account_id) as connection,
        ):
            connection.execute(text("select 1 / 0"))
        assert _left_over(only) == ["", ""]


def test_two_accounts_in_turn_over_two_connections_never_meet(zoo: Zoo) -> None:
    """As behind a pooler: six readers, each of one account, share two connections."""
    start = threading.Barrier(6)

    def read(turn: int) -> set[frozenset[int]]:
        own = zoo.accounts[turn % 2].account_id
        start.wait(10)
        answers = set()
        for _ in range(50):
            with zoo.database.reading(own) as connection:
                answers.add(frozenset(_seen(connection, "discrepancy")))
            with zoo.database.asking([], 0) as connection:
                answers.add(frozenset({own} | _seen(connection, "discrepancy")))
        return answers

    with _small_pool(zoo.database, 2), ThreadPoolExecutor(6) as readers:
        found = list(readers.map(read, range(6)))
    assert found == [{frozenset({zoo.accounts[turn % 2].account_id})} for turn in range(6)]


@contextmanager
def _small_pool(database: Database, size: int) -> Iterator[Engine]:
    """The dashboard's engine with this many connections and no more, while it lasts."""
    kept = database._app
    small = create_engine(database.urls.app, pool_size=size, max_overflow=0)
    database.__dict__["_app"] = small
    try:
        yield small
    finally:
        database.__dict__["_app"] = kept
        small.dispose()


_SAID = """select coalesce(current_setting('app.accounts', true), ''),
    coalesce(current_setting('app.person', true), '')"""


def _said(connection: Connection) -> list[str]:
    return list(connection.execute(text(_SAID)).one())


def _left_over(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return _said(connection)


def test_every_role_has_a_door_of_its_own(zoo: Zoo) -> None:
    """No two roles share a login: an account manager's page is not the seller's connection."""
    names = {getattr(zoo.database.urls, name).username for name in ROLES}
    assert names == set(ROLES.values())
