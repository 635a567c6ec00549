"""What a page of a list reads, whoever else is in the database: little more than it shows.

Forty accounts of very different sizes, as generated for measuring; the plans are PostgreSQL's own.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from sqlalchemy import URL, Connection, text

from benchmarks.lists import statements_of
from benchmarks.worlds import sizes, write_world
from services.database.engine import Database
from services.insights.answers import Filters
from services.insights.cases import Search, cases_list
from services.insights.expiring import View, expiring_list, window_unknown_list
from services.insights.keyset import PAGE_SIZE, Asked
from services.insights.parts import PartView, part_list
from services.insights.payments import Wanted, payments_list
from tests.common.databases import fresh_database

pytestmark = pytest.mark.xdist_group("budgets")

USD: Final = Filters("USD")
NOW: Final = datetime.now(UTC)
ACCOUNTS: Final = 40
DISCREPANCIES: Final = 30_000
# The tables that grow with an account.
LARGE: Final = frozenset(
    {"discrepancy", "discrepancy_reimbursement", "reimbursement", "reimbursement_case"}
)
MOST_ROWS_READ: Final = 20 * PAGE_SIZE

LISTS: Final[Mapping[str, Any]] = {
    "soonest": lambda _, one: expiring_list(one, USD, NOW, View()),
    "soonest that is ready": lambda _, one: expiring_list(one, USD, NOW, View(state="ready")),
    "soonest of a type": lambda _, one: expiring_list(
        one, Filters("USD", None, "inventory"), NOW, View()
    ),
    "soonest of a channel": lambda _, one: expiring_list(
        one, Filters("USD", "walmart-us"), NOW, View()
    ),
    "window unknown": lambda _, one: window_unknown_list(one, USD, NOW),
    "expired": lambda _, one: part_list(one, USD, NOW, PartView("expired")),
    "expired of a channel": lambda _, one: part_list(
        one, Filters("USD", "amazon-us"), NOW, PartView("expired")
    ),
    "in progress": lambda _, one: part_list(one, USD, NOW, PartView("in_progress")),
    "denied": lambda _, one: part_list(one, USD, NOW, PartView("denied")),
    "payments": lambda _, one: payments_list(one, USD, Wanted()),
    "cases": lambda it, one: cases_list(it, one, USD, Search()),
    "cases that are open": lambda it, one: cases_list(it, one, USD, Search(status="open")),
}


@pytest.fixture(scope="module")
def skewed(server: URL, template: str) -> Iterator[tuple[Database, list[int]]]:
    """The database, and its accounts by size: the largest, one in the middle, the smallest."""
    with fresh_database(server, template) as fresh:
        write_world(fresh, [*sizes(DISCREPANCIES, ACCOUNTS)], 1)
        with fresh.owning() as connection:
            ranked = connection.execute(
                text("select account_id from discrepancy group by 1 order by count(*) desc")
            ).scalars()
            numbers = list(ranked)
        yield fresh, [numbers[0], numbers[9], numbers[-1]]


@pytest.mark.parametrize("name", LISTS)
def test_a_page_reads_little_more_than_it_shows(
    skewed: tuple[Database, list[int]], name: str
) -> None:
    database, accounts = skewed
    for account_id in accounts:
        with database.reading(account_id) as connection:
            asked = LISTS[name](connection, account_id)
            first = asked.page(connection)
            for cursor in {None, first.following}:
                for node in _scans(_plan(connection, asked, cursor)):
                    assert node["Node Type"] != "Seq Scan", (name, node)
                read = sum(map(_rows, _scans(_plan(connection, asked, cursor))))
                assert read <= MOST_ROWS_READ, (name, account_id, cursor, read)


def _plan(connection: Connection, asked: Asked[Any], cursor: str | None) -> dict[str, Any]:
    """Of the very statement that the page sends, with its very values."""
    with statements_of(connection) as sent:
        asked.page(connection, cursor)
    ((statement, values),) = sent
    explained = f"explain (analyze, costs off, timing off, format json) {statement}"
    plan: dict[str, Any] = connection.exec_driver_sql(explained, values).scalar_one()[0]["Plan"]
    return plan


def _scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What reads one of the large tables, and did."""
    if node.get("Relation Name") in LARGE and node["Actual Loops"]:
        yield node
    for one in node.get("Plans", ()):
        yield from _scans(one)


def _rows(node: dict[str, Any]) -> float:
    """What it went through, whether it was wanted or not."""
    passed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + passed) * node["Actual Loops"])
