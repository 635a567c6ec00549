"""The kinds of work there are: each is a task of `app`, known by its name."""

from datetime import datetime
from typing import Final

from procrastinate import App, JobContext, SyncPsycopgConnector
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from services.database.engine import Database


class _Queue(JobManager):
    """The library's own, but for what is to be done again while the same waits in line already.

    There the library fails, and the job stays "doing" for ever: its line would not move on, and a
    worker that takes over from a dead one would not begin.
    """

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Put it back into the queue; the one that waits there is enough."""
        try:
            await super().retry_job(job, retry_at, priority, queue, lock)
        except UniqueViolation:
            await self.finish_job(job, Status.FAILED, delete_job=True)


# Without a connection of its own: the worker lends it one for as long as it works. What is due
# every minute or hour comes round soon enough; a worker that starts makes up for nothing.
app: Final = App(connector=SyncPsycopgConnector(), periodic_defaults={"max_delay": 0})
app.job_manager = _Queue(app.connector)

DATABASE: Final = "database"


def database_of(context: JobContext) -> Database:
    """The worker's database, from within a task."""
    database = context.additional_context[DATABASE]
    if not isinstance(database, Database):
        raise TypeError("The worker gives every job its database.")
    return database
