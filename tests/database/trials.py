"""Long trials of the embedded server: each is tried so often, and tells how often it held."""

import os
import random
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from functools import partial
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from services.database.embedded import EmbeddedServer, EmbeddedServerError, start
from services.database.engine import Database, RoleUrls
from services.database.start import heal
from services.settings import Settings

WRITERS = 3
ENDINGS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGSTOP)


def server_lost(home: Path, count: int) -> int:
    """The server is killed, halted or told to stop while several write: each time the next
    question is answered, and what was reported as saved is there."""
    server = start(home)
    database = _database(home, server)
    try:
        with database.owning() as connection:
            connection.execute(text("drop table if exists trial"))
            connection.execute(text("create table trial (number bigint)"))
        return sum(_holds(home, server, database, number) for number in range(count))
    finally:
        database.dispose()
        server.release()


def _database(home: Path, server: EmbeddedServer) -> Database:
    owner = make_url(server.url())
    urls = RoleUrls(**{one.name: owner for one in fields(RoleUrls)})
    return Database(urls, heal=partial(heal, Settings(_env_file=None, data_directory=home)))


def _holds(home: Path, server: EmbeddedServer, database: Database, number: int) -> bool:
    saved: list[int] = []
    over = threading.Event()
    writers = [
        threading.Thread(target=_write, args=(database, number * WRITERS + one, saved, over))
        for one in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    over.wait(random.uniform(0.1, 0.5))  # noqa: S311  any moment will do
    os.kill(_postmaster(home), ENDINGS[number % len(ENDINGS)])
    over.wait(random.uniform(0.1, 0.5))  # noqa: S311
    newcomer = _database(home, server)  # those who are in could go on for a while
    answered = _asked_in_time(newcomer)
    newcomer.dispose()
    over.set()
    for writer in writers:
        writer.join()
    with database.owning() as connection:
        there = set(connection.execute(text("select number from trial")).scalars())
    return answered and set(saved) <= there


def _write(database: Database, writer: int, saved: list[int], over: threading.Event) -> None:
    number = writer * 1_000_000
    while not over.is_set():
        number += 1
        with suppress(DBAPIError, EmbeddedServerError), database.owning() as connection:
            connection.execute(text("insert into trial values (:number)"), {"number": number})
            connection.commit()
            saved.append(number)


def _asked_in_time(database: Database) -> bool:
    """One question may meet the end of the server; the next may not."""
    return _answers(database.owning) or _answers(database.owning)


def _answers(opened: Callable[[], object]) -> bool:
    with suppress(DBAPIError, EmbeddedServerError), opened() as connection:  # type: ignore[attr-defined]
        return bool(connection.execute(text("select 1")).scalar_one() == 1)
    return False


def _postmaster(home: Path) -> int:
    return int((home / "postgresql" / "data" / "postmaster.pid").read_text().splitlines()[0])
