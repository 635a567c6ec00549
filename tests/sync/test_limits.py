"""How often a connection may ask: one bucket for all workers, whatever each of them knows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.landing.target import find_or_make
from services.marketplaces.asking import Standing
from services.sync import connections
from services.sync.connections import Opened
from services.sync.limits import SharedLimits
from services.transport.limits import Operation

SLOW = Operation("createReport", per_second=1 / 60, burst=15)


@pytest.fixture
def limits(database: Database) -> SharedLimits:
    with database.loading() as connection:
        target = find_or_make(connection, "ACME", "amazon-us")
    opened = Opened("amazon", "NA", "consent", Standing(), "sealed", "test")
    with database.syncing() as connection:
        number = connections.connect(connection, target.account_id, opened)
    return SharedLimits(database, target.account_id, number)


def taken(limits: SharedLimits, times: int, operation: Operation = SLOW) -> int:
    return sum(limits.take(operation) is None for _ in range(times))


def test_a_burst_is_allowed_and_then_one_a_minute(limits: SharedLimits) -> None:
    assert taken(limits, 20) == 15
    at = limits.take(SLOW)
    assert at is not None
    assert timedelta(seconds=50) < at - datetime.now(UTC) <= timedelta(seconds=61)


def test_several_workers_share_it(limits: SharedLimits) -> None:
    with ThreadPoolExecutor(4) as workers:
        counts = list(workers.map(lambda _: taken(limits, 10), range(4)))
    assert sum(counts) == 15


def test_operations_and_connections_have_buckets_of_their_own(limits: SharedLimits) -> None:
    assert taken(limits, 16) == 15
    assert taken(limits, 16, Operation("getReport", 2, 15)) >= 15
    with limits.database.loading() as connection:
        other = find_or_make(connection, "Other", "amazon-us").account_id
    opened = Opened("amazon", "NA", "consent", Standing(), "sealed", "test")
    with limits.database.syncing() as connection:
        number = connections.connect(connection, other, opened)
    assert taken(SharedLimits(limits.database, other, number), 16) == 15


def test_what_the_other_side_allows_is_believed_at_once(limits: SharedLimits) -> None:
    assert taken(limits, 16) == 15
    limits.learn(SLOW, 1000.0)
    assert taken(limits, 30) >= 15
    limits.learn(SLOW, 0.001)
    assert taken(limits, 16) <= 15
    at = limits.take(SLOW)
    assert at is not None
    # A part of the next turn may have been earned while more was allowed: it is never a thousandth.
    assert timedelta(seconds=1) < at - datetime.now(UTC) < timedelta(seconds=1001)


def test_what_was_asked_counts_on_whatever_rate_is_said(limits: SharedLimits) -> None:
    allowed = 0
    for said in (0.002, 0.001) * 15:  # one that is told anew with every answer
        allowed += taken(limits, 1)
        limits.learn(SLOW, said)
    assert allowed == 15


def test_who_asks_to_be_left_alone_is(limits: SharedLimits) -> None:
    until = datetime.now(UTC) + timedelta(minutes=5)
    limits.hold(SLOW, until)
    assert limits.take(SLOW) == until
    limits.hold(SLOW, until - timedelta(minutes=4))  # a second answer does not shorten it
    assert limits.take(SLOW) == until
    with limits.database.syncing() as connection:
        connection.execute(text("update call_limit set held_until = now()"))
    assert limits.take(SLOW) is None
