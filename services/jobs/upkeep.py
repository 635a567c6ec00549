"""Keeping the queue itself in order: work whose worker died is done again, old traces go."""

from typing import Final

from procrastinate import JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from psycopg.errors import RaiseException

from services.jobs.app import app

# A worker gives a sign of life every ten seconds.
DEAD_AFTER_SECONDS: Final = 30.0
KEEP_FAILED_HOURS: Final = 30 * 24


async def pick_up_left_behind() -> int:
    """Put work back into the queue whose worker gave no sign of life; returns how much."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS)
    return sum([await _picked_up(job) for job in stalled])


async def _picked_up(job: Job) -> bool:
    try:
        await app.job_manager.retry_job(job)
    except ConnectorException as problem:
        if isinstance(problem.__cause__, RaiseException):  # another worker was quicker
            return False
        raise
    return True


@app.periodic(cron="* * * * *")
@app.task(name="jobs:pick_up", queueing_lock="jobs:pick_up")
async def pick_up(timestamp: int) -> str:  # noqa: ARG001  every periodic job is told its minute
    count = await pick_up_left_behind()
    return f"Took over from a worker that stopped: {count}." if count else ""


@app.periodic(cron="17 3 * * *")
@app.task(name="jobs:tidy", queueing_lock="jobs:tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> str:  # noqa: ARG001
    """What is done goes at once; what failed stays for a month, for whoever looks into it."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_HOURS,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )
    return ""
