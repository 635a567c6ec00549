"""What a worker that died was at: it is done again, once, and no worker stumbles over it."""

from collections.abc import Iterator
from typing import Final

import pytest
from procrastinate import JobContext
from sqlalchemy import text

from services.database.engine import Database
from services.delivery.back_off import BackOff
from services.jobs import later
from services.jobs.app import app
from services.jobs.lanes import UPKEEP
from tests.common.working import said_by_a_worker

WORK: Final = "tests:work"
LINE: Final = "a line"


@pytest.fixture
def done() -> Iterator[list[int]]:
    """A kind of work, and which of it was done; number 13 is beyond it."""
    numbers: list[int] = []

    def work(context: JobContext, number: int) -> str:
        numbers.append(number)
        if number == 13:
            put_in(context.additional_context["database"], 14)
            raise ZeroDivisionError
        return f"done: {number}"

    app.task(name=WORK, retry=BackOff(), pass_context=True)(work)
    yield numbers
    del app.tasks[WORK]


def put_in(database: Database, number: int) -> None:
    with database.working() as connection:
        later.defer(connection, WORK, lane=UPKEEP, lock=LINE, queueing_lock=LINE, number=number)


def the_worker_dies(database: Database) -> None:
    """It had taken up what waits, and gave no sign of life for a minute."""
    with database.working() as connection:
        number = connection.execute(
            text(
                "insert into jobs.procrastinate_workers (last_heartbeat)"
                " values (now() - interval '1 minute') returning id"
            )
        ).scalar_one()
        connection.execute(
            text("update jobs.procrastinate_jobs set status = 'doing', worker_id = :number"),
            {"number": number},
        )


def states(database: Database) -> list[str]:
    with database.owning() as connection:
        found = connection.execute(text("select status::text from jobs.procrastinate_jobs"))
        return list(found.scalars())


def test_it_is_done_by_the_next_worker(database: Database, done: list[int]) -> None:
    put_in(database, 1)
    the_worker_dies(database)
    assert said_by_a_worker(database) == ["done: 1"]
    assert states(database) == []


def test_where_the_same_waits_in_line_already_that_is_enough(
    database: Database, done: list[int]
) -> None:
    put_in(database, 1)
    the_worker_dies(database)
    put_in(database, 2)
    said_by_a_worker(database)
    assert done == [2]
    assert states(database) == []


def test_what_fails_while_the_same_waits_does_not_stand_in_its_way(
    database: Database, done: list[int]
) -> None:
    put_in(database, 13)
    said_by_a_worker(database)
    assert done == [13, 14]
    assert states(database) == []
