"""Two accounts in one database: whoever reads sees the accounts of the transaction, no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError

from services.database.engine import Database
from services.database.tables import SECURED_TABLES
from tests.conftest import fresh_database
from tests.recovery.world import (
    COST,
    LEDGER,
    REIMBURSEMENTS,
    World,
    case,
    cost,
    found,
    lost,
    paid,
)

# Tables that these small worlds fill: an empty table would prove nothing.
FILLED = (
    "account",
    "channel",
    "report_document",
    "report_coverage",
    "rejected_row",
    "amazon_reimbursement",
    "amazon_ledger_event",
    "sourcing_cost",
    "reimbursement_case",
    "case_event",
    "reimbursement",
    "discrepancy",
    "discrepancy_reimbursement",
    "discrepancy_evidence",
    "open_total",
    "claimed_total",
    "month_total",
    "activation_request",
)


@pytest.fixture(scope="module")
def database(server: URL, template: str) -> Iterator[Database]:
    """One database for this file: none of its tests leaves a row behind."""
    with fresh_database(server, template) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def accounts(database: Database, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, int]:
    """Two accounts with the same reports."""
    folder = tmp_path_factory.mktemp("reports")
    return _told(database, folder, "First"), _told(database, folder, "Second")


def _told(database: Database, folder: Path, name: str) -> int:
    world = World(database, folder, account=name)
    world.land(COST, cost("4.20"), delimiter=",")
    world.land(LEDGER[:12], _old(lost("2026-05-01", 5)), _old(found("2026-05-02", 1)))
    world.land(REIMBURSEMENTS, paid("2026-05-10", 1, "4.20"), paid("2026-05-11", 1, "much"))
    event = {"at": "2026-05-20T10:00:00+00:00", "status": "open", "note": "filed"}
    world.land_cases(case("open", "2026-05-20", events=[event]))
    _ask(database, world.account_id, world.account_id)
    return world.account_id


def _old(row: object) -> dict[str, object]:
    return {name: value for name, value in dict(row).items() if name in LEDGER[:12]}  # type: ignore[call-overload]


_ASK = """
insert into activation_request (account_id, channel_id, contact_name, email, phone,
    preferred_time, time_zone, start_with, message, consented_at)
select :account_id, (select channel_id from channel where account_id = :account_id),
    'Ann', 'ann@example.com', '+12025550100', 'mornings', 'UTC', '{inventory}', '', now()
"""


def _ask(database: Database, scope: int, account_id: int) -> None:
    with database.asking(scope) as connection:
        connection.execute(text(_ASK), {"account_id": account_id})


def _seen(database: Database, table: str, scope: int | list[int]) -> dict[int, int]:
    query = text(f"select account_id, count(*) from {table} group by account_id")
    with database.reading(scope) as connection:
        return {int(account): int(count) for account, count in connection.execute(query)}


def test_every_secured_table_is_filled_or_belongs_to_another_marketplace() -> None:
    others = {name for name in SECURED_TABLES if name.startswith("walmart_")}
    assert set(SECURED_TABLES) - set(FILLED) - others == {
        "amazon_customer_return",
        "activation_event",
    }


@pytest.mark.parametrize("table", FILLED)
def test_own_rows_are_seen_and_no_other(
    database: Database, accounts: tuple[int, int], table: str
) -> None:
    first, second = accounts
    assert set(_seen(database, table, first)) == {first}
    assert set(_seen(database, table, [first, second])) == {first, second}
    assert _seen(database, table, []) == {}


def test_nobody_asks_in_anothers_name(database: Database, accounts: tuple[int, int]) -> None:
    first, second = accounts
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
    database: Database, accounts: tuple[int, int], statement: str
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), database.asking(accounts[0]) as own:
        own.execute(text(statement))


def test_a_pooled_connection_carries_no_account_over(
    database: Database, accounts: tuple[int, int]
) -> None:
    for turn in range(40):
        account = accounts[turn % 2]
        assert set(_seen(database, "discrepancy", account)) == {account}
        assert _seen(database, "discrepancy", []) == {}
