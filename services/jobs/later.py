"""Putting work into the queue, in the transaction that causes it: both come true, or neither."""

from datetime import datetime
from typing import Final

from procrastinate import SyncPsycopgConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task
from sqlalchemy import Connection

# Never opened: each job travels on the connection of its own cause.
_QUEUE: Final = JobManager(SyncPsycopgConnector())


def defer(  # noqa: PLR0913  each is named where it is given
    connection: Connection,
    task: str,
    *,
    lane: str,
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime | None = None,
    **numbers: int,
) -> int:
    """Have `task` done with these numbers once the transaction is committed; returns the job's.

    at: not before then.

    It waits in its `lane` (`lanes.py`). A job carries numbers only: what it is about is read when
    it is done, with the rights of then.
    Jobs of one `lock` are done one after the other, in the order they were put in. With a
    `queueing_lock` that is waiting already, procrastinate.exceptions.AlreadyEnqueued is raised:
    for the role worker only, the others may not read what waits.
    """
    raw = connection.connection.driver_connection
    deferrer = configure_task(
        name=task,
        job_manager=_QUEUE,
        queue=lane,
        lock=lock,
        queueing_lock=queueing_lock,
        schedule_at=at,
        connection=raw,
    )
    return deferrer.defer(**numbers)
