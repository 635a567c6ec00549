"""A worker in this process, in a thread of its own: a browser that another test left open keeps
an event loop running in the main one."""

from concurrent.futures import ThreadPoolExecutor

from services.database.engine import Database
from services.worker import work_off


def said_by_a_worker(database: Database) -> list[str]:
    """Does what is due; returns what was said about it."""
    said: list[str] = []
    with ThreadPoolExecutor(1) as thread:
        thread.submit(work_off, database, said.append).result()
    return said
