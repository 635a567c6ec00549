"""Two accounts in one database: whoever reads sees the accounts of the transaction, no other."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError

from services.database.engine import Database
from services.database.tables import SECURED_TABLES
from tests.conftest import fresh_database


@pytest.fixture(scope="module")
def database(server: URL, sample_template: str) -> Iterator[Database]:
    """The sample world in one database for this file: none of its tests leaves a row behind."""
    with fresh_database(server, sample_template) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def accounts(database: Database) -> tuple[int, ...]:
    """Every account of the sample world; each asks for the service of its first channel."""
    with database.listing_accounts() as connection:
        query = text("select account_id from account order by account_id")
        found = tuple(connection.execute(query).scalars())
    for account_id in found:
        _ask(database, account_id, account_id)
    return found


_ASK = """
insert into activation_request (account_id, channel_id, contact_name, email, phone,
    preferred_time, time_zone, start_with, message, consented_at)
select :account_id, (select min(channel_id) from channel where account_id = :account_id),
    'Ann', 'ann@example.com', '+12025550100', 'mornings', 'UTC', '{inventory}', '', now()
returning request_id
"""
_TELL = """
insert into activation_event (account_id, request_id, kind)
values (:account_id, :request_id, 'requested')
"""


def _ask(database: Database, scope: int, account_id: int) -> None:
    with database.asking(scope) as connection:
        asked = connection.execute(text(_ASK), {"account_id": account_id}).scalar_one()
        connection.execute(text(_TELL), {"account_id": account_id, "request_id": asked})


COUNTED = "select account_id, count(*) from {table} group by account_id"


def _seen(database: Database, table: str, scope: int | list[int]) -> dict[int, int]:
    with database.reading(scope) as connection:
        return _counted(connection, table)


def _counted(connection: Connection, table: str) -> dict[int, int]:
    rows = connection.execute(text(COUNTED.format(table=table)))
    return {int(account): int(count) for account, count in rows}


@pytest.mark.parametrize("table", SECURED_TABLES)
def test_own_rows_are_seen_and_no_other(
    database: Database, accounts: tuple[int, ...], table: str
) -> None:
    with database.owning() as connection:  # the embedded server's owner is above all policies
        everyone = _counted(connection, table)
    assert everyone, "an empty table would prove nothing"
    assert _seen(database, table, list(accounts)) == everyone
    assert _seen(database, table, []) == {}
    for account in accounts:
        own = {account: everyone[account]} if account in everyone else {}
        assert _seen(database, table, account) == own


def test_nobody_asks_in_anothers_name(database: Database, accounts: tuple[int, ...]) -> None:
    first, second, *_ = accounts
    with pytest.raises(DBAPIError, match="row-level security"):
        _ask(database, first, second)


@pytest.mark.parametrize(
    "statement",
    [
        "update discrepancy set unit_amount = 1",
        "delete from reimbursement",
        "insert into case_event select * from case_event",
        "update activation_request set status = 'active'",
        "update channel set service_active = true",
        "truncate discrepancy",
    ],
)
def test_the_dashboard_writes_nothing_but_requests(
    database: Database, accounts: tuple[int, ...], statement: str
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), database.asking(accounts[0]) as own:
        own.execute(text(statement))


def test_a_pooled_connection_carries_no_account_over(
    database: Database, accounts: tuple[int, ...]
) -> None:
    for turn in range(40):
        account = accounts[turn % 2]
        assert set(_seen(database, "discrepancy", account)) == {account}
        assert _seen(database, "discrepancy", []) == {}
