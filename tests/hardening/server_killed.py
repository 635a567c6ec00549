"""The embedded server killed, told to stop or halted while it is used: whoever needs it next has it
back, without a restart by hand, and nothing that was committed is lost."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg
import requests
from websockets.exceptions import WebSocketException

from services.database import embedded
from services.database.embedded.listening import UNIX_PORT
from services.settings import PROJECT
from tests.common.reports import files
from tests.common.serving.dashboards import free_port, wait_until_ready
from tests.common.serving.wire import first_run
from tests.hardening.ground import Ground
from tests.hardening.processes import end, said_by, started, wait_for
from tests.hardening.trial import HELD, Attempts, Trial

ACCOUNT: Final = "Outlives"
# In the order in which people meet them: killed, told to end, Ctrl-C in its terminal, halted.
HOW: Final = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSTOP)
# One that was told to end, or halts, lets go on what is connected: the worker needs nobody then.
ENDS_ALL: Final = (signal.SIGKILL, signal.SIGINT)
# Within which whoever needs the server has an answer; a hanging one must be told from a slow one.
HEALED_SECONDS: Final = 90

# Writes one number after the other, each committed by itself, and says it when it stands.
WRITER: Final = """
import sys
from services.database.start import open_database
database, number = open_database(), int(sys.argv[1])
while True:
    with database.owning() as connection:
        connection.exec_driver_sql("insert into written values (%s)", (number,))
    print(number, flush=True)
    number += 1
"""


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    home = _Home(ground.subfolder("killed server"))
    home.prepare()
    with home.dashboard() as address:
        with home.looked_into() as owner:
            owner.execute("create table written (number bigint)")
        healers = (
            _Healer("the next command", home.asked_by_a_command),
            _Healer("an open dashboard", lambda: _ready(address)),
            _Healer("a page", lambda: _shown(address)),
            _Healer("the worker", home.answers_again, home.worker, ENDS_ALL),
        )
        for number in range(count or 0):
            healer = healers[number % len(healers)]
            told, wrong = _killed(home, healer, chance, 1_000_000 * number)
            yield f"{told}, needed next by {healer.who}: {wrong}" if wrong else HELD
            if wrong:
                home.begin_anew()


@dataclass(frozen=True)
class _Healer:
    """Who needs the server next, and whether they have it back."""

    who: str
    heals: Callable[[], str]
    at_work: Callable[[], AbstractContextManager[object]] = nullcontext
    how: tuple[signal.Signals, ...] = HOW


@dataclass
class _Home:
    """A data directory with an embedded server of its own, as a person has one."""

    folder: Path
    totals: Any = None  # what the command said before anything happened

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return {**kept, "DATA_DIRECTORY": str(self.folder), "COLUMNS": "200"}

    def prepare(self) -> None:
        report = self.folder / "ledger.txt"
        report.write_bytes(files.ledger([files.lost(unreconciled="2")]))
        where = ("--account", ACCOUNT, "--channel", "amazon-us")
        said_by(started(self.environment, "import", str(report), *where))
        self.totals = self.said_totals()

    def looked_into(self) -> psycopg.Connection[Any]:
        """As the owner, past the product: who looks in like this brings no server back."""
        folder = self.folder / "postgresql"
        return psycopg.connect(
            host=str(folder / "socket"),
            port=UNIX_PORT,
            user=embedded.OWNER,
            password=(folder / "owner.password").read_text(),
            dbname=embedded.DATABASE,
            connect_timeout=5,
        )

    @contextmanager
    def dashboard(self) -> Iterator[str]:
        """One that serves all the while; it is never started again."""
        port, log = free_port(), self.folder / "dashboard.txt"
        with log.open("wb") as out:
            server = subprocess.Popen(
                [sys.executable, "asgi.py"],
                cwd=PROJECT,
                env={**self.environment, "PORT": str(port), "LOCAL_MODE_WITHOUT_KEY": "true"},
                stdout=out,
                stderr=out,
            )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(30)
            end(server)

    @contextmanager
    def worker(self) -> Iterator[None]:
        process = started(self.environment, "worker")
        try:
            assert process.stdout is not None
            process.stdout.readline()  # it says that it is at work
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield
        finally:
            end(process)

    @contextmanager
    def writer(self, first: int) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(first)],
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield process
        finally:
            end(process)

    def said_totals(self) -> Any:
        asked = started(self.environment, "totals", "--account", ACCOUNT, "--json")
        said = said_by(asked, HEALED_SECONDS)
        return json.loads(said[said.index("{") :]) if asked.returncode == 0 else said

    def asked_by_a_command(self) -> str:
        try:
            said = self.said_totals()
        except subprocess.TimeoutExpired:
            return f"no answer within {HEALED_SECONDS} s"
        return HELD if said == self.totals else f"it says {said}, not {self.totals}"

    def answers_again(self) -> str:
        """Nobody but whoever is at work needs it: looked at, it is not brought back."""

        def answers() -> bool:
            with suppress(psycopg.Error), self.looked_into():
                return True
            return False

        return HELD if wait_for(answers, HEALED_SECONDS, every=1) else "it did not come back"

    def postmaster(self) -> int | None:
        record = self.folder / "postgresql" / "data" / "postmaster.pid"
        with suppress(FileNotFoundError, IndexError, ValueError):
            return int(record.read_text().splitlines()[0])
        return None

    def begin_anew(self) -> None:
        """By hand, where the product did not: the other attempts are about themselves."""
        if (found := self.postmaster()) is not None:
            with suppress(ProcessLookupError):
                os.kill(found, signal.SIGKILL)
        self.asked_by_a_command()


def _killed(home: _Home, healer: _Healer, chance: Random, first: int) -> tuple[str, str]:
    """What was done, and what was wrong after it."""
    how, moment = chance.choice(healer.how), chance.uniform(0, 0.5)
    told = f"{how.name} {moment:.2f} s after the first commit"
    with healer.at_work(), home.writer(first) as writer:
        committed = [_number_said(writer)]
        time.sleep(moment)
        killed = home.postmaster()
        if killed is None:
            return told, "there was no server to kill"
        os.kill(killed, how)
        wrong = healer.heals()
        writer.kill()
        assert writer.stdout is not None
        committed += [int(line) for line in writer.stdout.read().split()]
    return told, wrong or _lost(home, committed)


def _number_said(writer: subprocess.Popen[str]) -> int:
    assert writer.stdout is not None
    return int(writer.stdout.readline())


def _lost(home: _Home, committed: list[int]) -> str:
    """A number may stand that was not said any more; one that was said must stand."""
    with home.looked_into() as owner:
        stands = {number for (number,) in owner.execute("select number from written")}
    lost = sorted(set(committed) - stands)
    return f"committed and lost: {lost[:5]} and {len(lost)} in all" if lost else HELD


def _ready(address: str) -> str:
    """An open dashboard answers by itself again, as whoever watches over it would see."""

    def answers() -> bool:
        with suppress(requests.RequestException):
            return requests.get(f"{address}/api/ready", timeout=30).ok
        return False

    return HELD if wait_for(answers, HEALED_SECONDS, every=1) else "it did not get ready again"


def _shown(address: str) -> str:
    """Whoever opens a page has its figures, at the latest when it asks again by itself."""

    def shows() -> bool:
        with suppress(OSError, WebSocketException, TimeoutError):
            return ACCOUNT in str(first_run(address, "overview"))
        return False

    return HELD if wait_for(shows, HEALED_SECONDS, every=1) else "no page came"


TRIAL: Final = Trial(
    "server",
    "the embedded server killed, told to stop or halted while it is read and written: whoever needs"
    " it next has it back, and nothing committed is lost",
    short=1,
    long=50,
    attempts=attempts,
)
