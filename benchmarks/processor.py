"""The processor's time: this process's own, and that of a database's server with all its parts."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
from sqlalchemy import text

from services.database.engine import Database


def used_by(process: psutil.Process) -> float:
    """Seconds of a process, those included that it has waited for."""
    told = process.cpu_times()
    return sum((told.user, told.system, told.children_user, told.children_system))


def server_of(database: Database) -> psutil.Process:
    """The server's first process, whose children serve the connections."""
    with database.owning() as connection:
        backend = connection.execute(text("select pg_backend_pid()")).scalar_one()
    found = psutil.Process(backend).parent()
    if found is None:
        raise RuntimeError("the server is not on this machine")
    return found


def used_by_server(server: psutil.Process) -> float:
    """Of those that have ended it has waited for each."""
    return used_by(server) + sum(used_by(each) for each in server.children())


@dataclass
class Used:
    """Seconds: passed, of ours, of the database's."""

    passed: float = 0.0
    ours: float = 0.0
    database: float = 0.0
    both: float = field(init=False, default=0.0)


@contextmanager
def measured(database: Database, *, process: psutil.Process | None = None) -> Iterator[Used]:
    """What is used while this lasts, by this process or another one of ours."""
    ours, server, used = process or psutil.Process(), server_of(database), Used()
    before = time.perf_counter(), used_by(ours), used_by_server(server)
    yield used
    used.passed = time.perf_counter() - before[0]
    used.ours = used_by(ours) - before[1]
    used.database = used_by_server(server) - before[2]
    used.both = used.ours + used.database
