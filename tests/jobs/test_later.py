"""A job comes true with what causes it, with the least rights, and outlives its worker."""

import pytest
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from services.database.engine import Database
from services.delivery.outbox import DELIVER
from services.digest.sending import SEND
from services.jobs import later
from services.jobs.lanes import HELP_DESK, MAIL
from services.jobs.state import QueueState, queue_state
from tests.common.working import said_by_a_worker
from tests.common.worlds.activation import add_account

PERSON = 3


def jobs(database: Database) -> list[tuple[str, dict[str, int], str]]:
    with database.working() as connection:
        rows = connection.execute(
            text("select task_name, args, lock from jobs.procrastinate_jobs order by id")
        )
        return [(row.task_name, row.args, row.lock) for row in rows]


@pytest.mark.parametrize("role", ["app", "support"])
def test_a_job_is_there_if_its_cause_is_and_not_else(database: Database, role: str) -> None:
    account_id = add_account(database)
    opened = {
        "app": lambda: database.asking(account_id, PERSON),
        "support": lambda: database.supporting(PERSON),
    }[role]

    def defer(connection: Connection) -> None:
        later.defer(
            connection, DELIVER, lane=HELP_DESK, lock="request 1 1", account_id=1, delivery_id=2
        )

    def break_after_it() -> None:
        with opened() as connection:
            defer(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_after_it()
    assert jobs(database) == []
    with opened() as connection:
        defer(connection)
        assert jobs(database) == [], "seen before it is committed"
    assert jobs(database) == [
        ("delivery:deliver", {"account_id": 1, "delivery_id": 2}, "request 1 1")
    ]


def test_who_puts_work_in_can_neither_read_nor_change_what_waits(database: Database) -> None:
    account_id = add_account(database)
    for statement in (
        "select args from jobs.procrastinate_jobs",
        "update jobs.procrastinate_jobs set status = 'failed'",
        "delete from jobs.procrastinate_jobs",
        "select jobs.procrastinate_fetch_job_v2(null, 1)",
        "select jobs.procrastinate_cancel_job_v1(1, true, true)",
        "insert into jobs.procrastinate_workers default values",
        "insert into jobs.procrastinate_jobs (queue_name, task_name, status) values"
        " ('default', 'x', 'doing')",
    ):
        for opened in (database.asking(account_id, PERSON), database.supporting(PERSON)):
            with pytest.raises(ProgrammingError, match="permission denied"), opened as connection:
                connection.execute(text(statement))


def test_of_one_kind_at_a_time_only_one_waits_and_the_transaction_goes_on(
    database: Database,
) -> None:
    with database.working() as connection:
        later.defer(connection, SEND, lane=MAIL, queueing_lock="digest 3", person_id=3)
        with pytest.raises(AlreadyEnqueued), connection.begin_nested():
            later.defer(connection, SEND, lane=MAIL, queueing_lock="digest 3", person_id=3)
        assert connection.execute(text("select 1")).scalar_one() == 1
    assert len(jobs(database)) == 1


def test_work_that_waits_with_nobody_there_is_told(database: Database) -> None:
    def state() -> QueueState:
        with database.triaging() as connection:
            return queue_state(connection)

    assert not state().is_stuck
    with database.supporting(PERSON) as connection:
        later.defer(connection, SEND, lane=MAIL, person_id=999_999)
    assert state() == QueueState(waiting=1, is_worked_on=False)
    assert state().is_stuck
    with database.working() as connection:
        connection.execute(text("insert into jobs.procrastinate_workers default values"))
    assert not state().is_stuck
    with database.working() as connection:
        connection.execute(
            text("update jobs.procrastinate_workers set last_heartbeat = now() - interval '1 min'")
        )
    assert state().is_stuck
    said_by_a_worker(database)
    assert state() == QueueState(waiting=0, is_worked_on=False)
