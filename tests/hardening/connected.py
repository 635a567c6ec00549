"""Accounts connected to marketplaces of our own making, and workers of their own that sync them."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from services.database.engine import Database
from services.marketplaces.amazon.settings import amazon_settings
from services.marketplaces.walmart.settings import walmart_settings
from services.settings import Settings, settings
from services.sync.sealing import new_key
from services.sync.tasks import due_in_line
from services.sync.wishes import Who, Wishes
from tests.common.worlds.delivery import as_if_it_were_time
from tests.fakes.amazon.login import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET
from tests.hardening.processes import environment_of, said_by, started

OUR_APPLICATION: Final = {
    "AMAZON_APPLICATION_ID": APPLICATION_ID,
    "AMAZON_CLIENT_ID": CLIENT_ID,
    "AMAZON_CLIENT_SECRET": CLIENT_SECRET,
    "WALMART_REPORTS_AN_HOUR": "3600",
}
# What is waited for passes at once: reports that are being made, the minute's round.
_PASSES: Final = (
    "update sync_piece set due_at = now() where settled_at is null and due_at > now()",
    "update sync_state set next_at = now() where runs_until is null and next_at > now()",
)
# Half a minute without a sign of life, and ten minutes of a turn that nobody gives back.
_LONG_DEAD: Final = (
    "update jobs.procrastinate_workers set last_heartbeat = now() - interval '1 minute'",
    "update sync_state set runs_until = now() where runs_until > now()",
)
_IS_DONE: Final = text("""
    select bool_and(
        s.runs_until is null
        and exists (select 1 from sync_piece p where p.connection_id = s.connection_id)
        and not exists (
            select 1 from sync_piece p
            where p.connection_id = s.connection_id
                and (p.settled_at is null or p.settled_at > s.ended_at)))
    from sync_state s
""")
_LEFT: Final = {
    "turns that nobody gave back": "select connection_id from sync_state"
    " where runs_until is not null",
    "questions without an answer": "select source, state, because from sync_piece"
    " where state <> 'landed'",
    "jobs that never end": "select task_name, status from jobs.procrastinate_jobs"
    " where status <> 'todo'",
}


@contextmanager
def environment(changed: Mapping[str, str]) -> Iterator[None]:
    """This process's own, for as long as this lasts."""
    before = dict(os.environ)
    os.environ.update(changed)
    _read_again()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        _read_again()


def _read_again() -> None:
    for one in (settings, amazon_settings, walmart_settings):
        one.cache_clear()


@dataclass(frozen=True)
class Connected:
    """A database with connected accounts. told: the settings that lead to the marketplaces."""

    database: Database
    folder: Path
    told: Mapping[str, str]

    @classmethod
    def on(cls, database: Database, folder: Path, told: Mapping[str, str]) -> "Connected":
        """With nothing connected yet, and a folder of its own."""
        folder.mkdir()
        return cls(database, folder, {**OUR_APPLICATION, **told, "SEALING_KEYS": new_key()})

    @property
    def chosen(self) -> Settings:
        """As this process reads them within `environment`."""
        return Settings(
            _env_file=None, data_directory=self.folder, sealing_keys=self.told["SEALING_KEYS"]
        )

    def connect(self, account: str, channel: str, typed: Mapping[str, str]) -> int:
        """By a seller's own key; the connection's number."""
        with environment(self.told):
            return Wishes(self.database, self.chosen).connect(
                account, channel, typed, Who("a trial")
            )

    def worker(self, **told: str) -> subprocess.Popen[str]:
        """`python -m services worker`."""
        ours = {**self.told, "DATA_DIRECTORY": str(self.folder), **told}
        return started(environment_of(self.database, **ours), "worker")

    def let_time_pass(self) -> None:
        """What was put off is due, and the minute's round is made."""
        self._run(*_PASSES)
        as_if_it_were_time(self.database)
        with self.database.working() as connection:
            due_in_line(connection)

    def let_the_dead_be_missed(self) -> None:
        """Nobody waits half a minute for a sign of life, or ten for a turn."""
        self._run(*_LONG_DEAD)

    @property
    def is_done(self) -> bool:
        """Everything that was due has an answer, and nobody is at it."""
        with self.database.owning() as connection:
            return bool(connection.execute(_IS_DONE).scalar_one())

    def left_behind(self) -> str:
        """What is there when all is done and every worker has stopped, and should not be."""
        found: dict[str, Any] = {
            what: list(self.rows(query)) for what, query in _LEFT.items() if self.rows(query)
        }
        incoming = [path.name for path in (self.folder / "incoming").glob("*")]
        if incoming:
            found["files"] = incoming
        return "; ".join(f"{what}: {which}" for what, which in found.items())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """As the owner sees them."""
        with self.database.owning() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def _run(self, *statements: str) -> None:
        for one in statements:
            with self.database.owning() as connection:
                connection.execute(text(one))


def stopped(worker: subprocess.Popen[str]) -> str:
    """As an operator stops it; what was wrong with that."""
    worker.send_signal(signal.SIGTERM)
    said = said_by(worker)
    if worker.returncode != 0 or "Traceback" in said:
        return f"it ended with {worker.returncode}: {said[-2000:]}"
    return ""
