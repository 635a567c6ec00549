"""A worker in this process, in a thread of its own: a browser that another test left open keeps
an event loop running in the main one."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from services.database.engine import Database
from services.worker import work_in_all_lanes, work_off


def said_by_a_worker(database: Database) -> list[str]:
    """Does what is due; returns what was said about it."""
    said: list[str] = []
    with ThreadPoolExecutor(1) as thread:
        thread.submit(work_off, database, said.append).result()
    return said


@contextmanager
def a_worker_waits(database: Database) -> Iterator[list[str]]:
    """A worker that hears of new work for as long as this lasts; what was said about it."""
    said: list[str] = []
    loop = asyncio.new_event_loop()
    working = loop.create_task(work_in_all_lanes(database, said.append, wait=True))

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(working)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(run)
        try:
            yield said
        finally:
            loop.call_soon_threadsafe(working.cancel)
            done.result()
