"""The tasks of syncing: who is put in line, what is taken away in time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.landing.target import find_or_make
from services.marketplaces.asking import Standing
from services.sync import connections
from services.sync.connections import Opened
from services.sync.tasks import due_in_line, take_away_old
from tests.common.working import said_by_a_worker


@pytest.fixture
def key(database: Database) -> tuple[int, int]:
    """A connection that nothing opens: what opens it was sealed with a key that is lost."""
    with database.loading() as connection:
        target = find_or_make(connection, "ACME", "amazon-us")
    opened = Opened("amazon", "NA", "consent", Standing("S1"), "sealed", "test")
    with database.syncing() as connection:
        return target.account_id, connections.connect(connection, target.account_id, opened)


def asked(database: Database, statement: str, **values: object) -> list[tuple[object, ...]]:
    with database.owning() as connection:
        result = connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


def put_in_line(database: Database) -> None:
    """What the round of every minute does."""
    with database.working() as connection:
        due_in_line(connection)


def test_who_is_due_is_put_in_line_once_and_a_lost_key_is_a_state_with_a_way_out(
    database: Database, key: tuple[int, int]
) -> None:
    put_in_line(database)
    put_in_line(database)
    waiting = "select count(*) from jobs.procrastinate_jobs where task_name = 'sync:run'"
    assert asked(database, waiting) == [(1,)]
    said_by_a_worker(database)
    [(state, because)] = asked(database, "select state, because from marketplace_connection")
    assert state == "expired"
    assert "Connect again." in str(because)
    assert asked(database, "select connection_state from channel") == [("disconnected",)]
    put_in_line(database)  # what has ended is not asked any more
    assert asked(database, waiting) == [(0,)]


def test_of_questions_that_were_asked_again_the_last_answer_stays(
    database: Database, key: tuple[int, int]
) -> None:
    day = datetime.now(UTC)
    for source, ago in (("a", 200), ("a", 150), ("a", 1), ("b", 200)):
        asked(
            database,
            "insert into sync_piece (account_id, connection_id, source, part, channel, state,"
            " settled_at)"
            " values (:account, :connection, :source, 'NA', 'amazon-us', 'landed', :at)",
            account=key[0],
            connection=key[1],
            source=source,
            at=day - timedelta(days=ago),
        )
    with database.syncing() as connection:
        take_away_old(connection)
    kept = asked(database, "select source, count(*) from sync_piece group by 1 order by 1")
    assert kept == [("a", 1), ("b", 1)]
