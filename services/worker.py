"""The process that does the queue's work: `python -m services worker`."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self

import psycopg
from procrastinate import JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

from services.database.embedded import EmbeddedServerError, is_lost
from services.database.engine import WITH_JOBS, Database
from services.delivery import help_desk
from services.delivery.back_off import TryAgainError
from services.digest import sending
from services.dropping import work as dropping
from services.jobs import lanes, upkeep
from services.jobs.app import DATABASE, app
from services.sync import feed, rates, tasks

log = logging.getLogger("reimbursement.worker")
Say = Callable[[str], None]

# Every module with tasks: one that nobody imports would have its work lie there.
KINDS_OF_WORK: Final = (upkeep, help_desk, sending, dropping, tasks, rates, feed)
# Longer than an answer may take: what is under way is finished before the process ends.
GRACE_SECONDS: Final = 25
AGAIN_AFTER_SECONDS: Final = 3
STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SPARE_THREADS: Final = 4
# A pool that gets no connection for so long has lost the database.
CONNECTION_SECONDS: Final = 10
# New work is heard of at once; what waited for its time or its turn is found by looking.
LOOK_EVERY_SECONDS: Final = 2


def work(database: Database, say: Say, *, alone: bool = True) -> None:
    """Work until told to stop (Ctrl-C, SIGTERM); what is under way is finished first.

    alone: somebody watches, who hears that it has begun and how it is stopped.
    """
    for name in ("procrastinate", "psycopg.pool"):  # we tell it in our own words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    asyncio.run(_until_stopped(database, say, alone=alone))


def work_off(database: Database, say: Say) -> None:
    """Do what is due, and what becomes due by that, then return."""
    while asyncio.run(work_in_all_lanes(database, say, wait=False)):
        pass


async def _until_stopped(database: Database, say: Say, *, alone: bool) -> None:
    stopped = asyncio.Event()
    for one in STOPS:
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    if alone:
        say("At work. Stop with Ctrl-C.")
    while not stopped.is_set():
        await _until_stopped_or_lost(database, say, stopped)
        if not stopped.is_set():
            say("The database was lost. Work goes on as soon as it answers.")
            await _until_stopped_or_back(database, stopped)
    if alone:
        say("Stopped.")


async def _until_stopped_or_back(database: Database, stopped: asyncio.Event) -> None:
    """A server of our own is brought back by the asking."""
    while not stopped.is_set() and not await asyncio.to_thread(database.reach):
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), AGAIN_AFTER_SECONDS)


async def _until_stopped_or_lost(database: Database, say: Say, stopped: asyncio.Event) -> None:
    """A worker that loses its database ends by itself."""
    working = asyncio.create_task(work_in_all_lanes(database, say, wait=True))
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    working.cancel()
    with suppress(asyncio.CancelledError, ConnectorException, psycopg.Error, EmbeddedServerError):
        await working


async def work_in_all_lanes(database: Database, say: Say, *, wait: bool) -> int:
    """Returns how many jobs were taken up; with `wait`, when the database is lost."""
    # Else a few slow receivers would hold all threads, whatever their lane.
    threads = ThreadPoolExecutor(sum(lanes.AT_ONCE.values()) + SPARE_THREADS)
    asyncio.get_running_loop().set_default_executor(threads)
    teller = _Teller(say)
    with app.replace_connector(_connector(database)):
        async with app.open_async():
            await upkeep.pick_up_left_behind()
            await _all_lanes(database, teller, wait=wait)
    return teller.jobs


async def _all_lanes(database: Database, teller: "_Teller", *, wait: bool) -> None:
    """Side by side; they end together. Raises what the first of them raised."""
    try:
        async with asyncio.TaskGroup() as all_lanes:
            for lane, at_once in lanes.AT_ONCE.items():
                all_lanes.create_task(_work_in(lane, at_once, database, teller, wait=wait))
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several


async def _work_in(
    lane: str, at_once: int, database: Database, teller: "_Teller", *, wait: bool
) -> None:
    await app.run_worker_async(
        queues=[lane],
        concurrency=at_once,
        wait=wait,
        fetch_job_polling_interval=LOOK_EVERY_SECONDS,
        # Each listener holds a connection: where somebody waits for an answer it is worth one.
        listen_notify=wait and lane == lanes.HELP_DESK,
        delete_jobs="successful",
        shutdown_graceful_timeout=GRACE_SECONDS,
        install_signal_handlers=False,
        stalled_worker_timeout=upkeep.DEAD_AFTER_SECONDS,
        additional_context={DATABASE: database},
        worker_middleware=[teller],
    )


def _connector(database: Database) -> PsycopgConnector:
    plain = database.queue_address().set(drivername="postgresql")
    return PsycopgConnector(
        conninfo=plain.render_as_string(hide_password=False),
        connection_class=_healing(database),
        min_size=1,
        max_size=database.share("queue"),
        timeout=CONNECTION_SECONDS,
        kwargs={
            "options": f"-c search_path={WITH_JOBS}",
            "application_name": "worker",
            "connect_timeout": 5,
            "prepare_threshold": None,
        },
    )


def _healing(database: Database) -> type[psycopg.AsyncConnection[Any]]:
    """Connections that bring a lost server of our own back first, as those of every role do."""

    class Healing(psycopg.AsyncConnection[Any]):
        @classmethod
        async def connect(cls, conninfo: str = "", **options: Any) -> Self:
            try:
                return await super().connect(conninfo, **options)
            except psycopg.OperationalError as problem:
                if not is_lost(problem):
                    raise
            listens = await asyncio.to_thread(database.bring_back)
            return await super().connect(conninfo, **{**options, **listens})

    return Healing


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
