"""The process that does the queue's work: `python -m services worker`."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from procrastinate import JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker
from sqlalchemy import URL

from services.database.engine import WITH_JOBS, Database
from services.delivery import help_desk
from services.delivery.back_off import TryAgainError
from services.digest import sending
from services.jobs import upkeep
from services.jobs.app import DATABASE, app

log = logging.getLogger("reimbursement.worker")
Say = Callable[[str], None]

# Every module with tasks: one that nobody imports would have its work lie there.
KINDS_OF_WORK: Final = (upkeep, help_desk, sending)
AT_ONCE: Final = 4
# Longer than an answer may take: what is under way is finished before the process ends.
GRACE_SECONDS: Final = 25
AGAIN_AFTER_SECONDS: Final = 10
# New work is heard of at once; what waited for its time or its turn is found by looking.
LOOK_EVERY_SECONDS: Final = 2


def work(database: Database, say: Say) -> None:
    """Work until told to stop (Ctrl-C, SIGTERM); what is under way is finished first."""
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # we tell it in our own words
    asyncio.run(_until_stopped(database, say))


def work_off(database: Database, say: Say) -> None:
    """Do what is due, and what becomes due by that, then return."""
    while asyncio.run(_work(database, say, wait=False)):
        pass


async def _until_stopped(database: Database, say: Say) -> None:
    stopped = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    say("At work. Stop with Ctrl-C.")
    while not stopped.is_set():
        await _until_stopped_or_lost(database, say, stopped)
        if not stopped.is_set():
            say(f"The database was lost. Trying again in {AGAIN_AFTER_SECONDS} seconds.")
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), AGAIN_AFTER_SECONDS)
    say("Stopped.")


async def _until_stopped_or_lost(database: Database, say: Say, stopped: asyncio.Event) -> None:
    """A worker that loses its database ends by itself."""
    working = asyncio.create_task(_work(database, say, wait=True))
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    working.cancel()
    with suppress(asyncio.CancelledError, ConnectorException, psycopg.Error):
        await working


async def _work(database: Database, say: Say, *, wait: bool) -> int:
    """Returns how many jobs were taken up; with `wait`, when the database is lost."""
    teller = _Teller(say)
    with app.replace_connector(_connector(database.urls.worker)):
        async with app.open_async():
            await upkeep.pick_up_left_behind()
            await app.run_worker_async(
                concurrency=AT_ONCE,
                wait=wait,
                fetch_job_polling_interval=LOOK_EVERY_SECONDS,
                listen_notify=wait,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
                install_signal_handlers=False,
                stalled_worker_timeout=upkeep.DEAD_AFTER_SECONDS,
                additional_context={DATABASE: database},
                worker_middleware=[teller],
            )
    return teller.jobs


def _connector(url: URL) -> PsycopgConnector:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PsycopgConnector(
        conninfo=plain,
        min_size=1,
        max_size=AT_ONCE + 1,
        kwargs={
            "options": f"-c search_path={WITH_JOBS}",
            "application_name": "worker",
            "connect_timeout": 5,
            "prepare_threshold": None,
        },
    )


@dataclass
class _Teller:
    """Stands around every job: each answers with a sentence about what it did, or with none."""

    say: Say
    jobs: int = 0

    async def __call__(
        self,
        call_next: Callable[[], Awaitable[Any]],
        _context: JobContext,
        _worker: Worker,
    ) -> Any:
        self.jobs += 1
        try:
            said = await call_next()
        except TryAgainError as error:
            self.say(f"Not done yet: {error}")
            raise
        except Exception:
            log.exception("Our own fault, to be tried again")
            raise
        if said:
            self.say(str(said))
        return said
