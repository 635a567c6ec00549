"""Whether the queue is worked on: for `check`, and for whoever waits for a delivery."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

# Three signs of life missed: nobody is there.
_SILENT_SECONDS: Final = 30

_WORKED_ON: Final = text("""
    select exists (
        select 1 from jobs.procrastinate_workers
        where last_heartbeat > now() - make_interval(secs => :silent)
    )
""")

_WAITING: Final = text("""
    select count(*) from jobs.procrastinate_jobs
    where status = 'todo' and coalesce(scheduled_at, now()) <= now()
""")


@dataclass(frozen=True)
class QueueState:
    """How much could be done now, and whether anybody is there to do it."""

    waiting: int
    is_worked_on: bool

    @property
    def is_stuck(self) -> bool:
        return self.waiting > 0 and not self.is_worked_on


def queue_state(connection: Connection) -> QueueState:
    """For the roles worker and support."""
    waiting = connection.execute(_WAITING).scalar_one()
    return QueueState(int(waiting), is_worked_on(connection))


def is_worked_on(connection: Connection) -> bool:
    """For the dashboard's role too: it may know that somebody works, not at what."""
    return bool(connection.execute(_WORKED_ON, {"silent": _SILENT_SECONDS}).scalar_one())
