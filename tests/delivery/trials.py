"""Long trials of the worker: each is tried so often, and tells how often it held."""

import random
import time

from sqlalchemy import text

from services.database.engine import Database
from tests.delivery.receiver import Receiver
from tests.delivery.test_help_desk import worker_at_work
from tests.delivery.world import asked, states
from tests.jobs.working import said_by_a_worker

SILENT = "update jobs.procrastinate_workers set last_heartbeat = now() - interval '1 min'"


def worker_killed(database: Database, help_desk: Receiver, count: int) -> int:
    """A worker is killed while it sends: each message arrives in the end, once by its number."""
    return sum(_holds(database, help_desk, number) for number in range(count))


def _holds(database: Database, help_desk: Receiver, number: int) -> bool:
    request = asked(database, f"Trial {number}")
    wanted = [request.step(kind) for kind in ("requested", "taken", "asked", "answered")]
    help_desk.arrived.clear()
    with worker_at_work(database, help_desk) as worker:
        time.sleep(random.uniform(0, 0.5))  # noqa: S311  any moment will do
        worker.kill()
        worker.wait(10)
    help_desk.released.set()
    with database.working() as connection:  # as if it had been silent for long
        connection.execute(text(SILENT))
    said_by_a_worker(database)
    help_desk.released.clear()
    numbers = {f"msg_{request.account_id}_{event_id}" for event_id in wanted}
    are_told = set(states(database)) <= {("delivered", 1)}
    return are_told and numbers <= set(help_desk.taken)
