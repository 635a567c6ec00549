"""Two workers that sync many connections side by side, of which one is killed (docs/hardening.md).

Each asks at an address of its own, so that every question tells whose it is; the database writes
down every turn that is taken. No connection may ever have two runs at once, a killed worker's turn
is nobody's before it ends, and a seller is never asked more often than is allowed, whoever asks.
"""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import TextClause, text
from werkzeug import Request, Response

from services.database.engine import Database
from services.jobs import lanes, later
from services.marketplaces.amazon.client import operations
from services.marketplaces.amazon.sources import SOURCES
from services.sync import lease as leases
from services.sync.pieces import Asked, Pieces
from services.sync.plan import due
from tests.common.reports import files
from tests.fakes.amazon.files import Files
from tests.fakes.amazon.sellers import Sellers, serve_several
from tests.fakes.faults import Answer, Fault
from tests.hardening.connected import Connected, stopped
from tests.hardening.ground import Ground
from tests.hardening.processes import end, wait_for
from tests.hardening.trial import HELD, Attempts, Trial

CHANNEL: Final = "amazon-us"
SELLERS_SHORT: Final = 3
SELLERS_LONG: Final = 24
ROWS: Final = 50
# Nineteen reports, of which fifteen may be asked for at once: the rate is felt.
DUE: Final = "ledger_detail"
# In the short form less than a quick worker would ask; in the long one less than a slow one.
PER_SECOND_SHORT: Final = 1.0
PER_SECOND_LONG: Final = 0.5
OPERATIONS: Final = (
    operations.CREATE_REPORT,
    operations.GET_REPORTS,
    operations.GET_REPORT,
    operations.GET_REPORT_DOCUMENT,
    operations.TOKEN,
)
_WINDOWS: Final = (1.0, 3.0, 6.0)  # seconds
_LATEST_DEATH: Final = 40  # questions of the first worker
_SECONDS: Final = 300


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    is_short = count == TRIAL.short
    number = SELLERS_SHORT if is_short else SELLERS_LONG
    per_second = PER_SECOND_SHORT if is_short else PER_SECOND_LONG
    folder = ground.subfolder("shared")
    few = Files.below(_written(folder / "files"))
    for attempt in range(count or 0):
        tokens = [f"Atzr|seller-{one}" for one in range(number)]
        sellers = Sellers(dict.fromkeys(tokens, few))
        death = _Death(chance.randint(1, _LATEST_DEATH), is_after=chance.random() < 0.5)
        for token, fake in sellers.fakes.items():
            fake.allowed_of[operations.CREATE_REPORT.name] = per_second
            fake.faults.chance = _Asked(token, death)
        with ground.database() as database, serve_several(sellers, 2) as addresses:
            here, there = addresses
            connected = Connected.on(database, folder / f"data-{attempt}", here)
            side = _Side(connected, sellers, death, _connect(connected, tokens))
            wrong = side.by_side(there)
        told = f"{number} sellers, killed at question {death.at}: "
        yield f"{told}{wrong}" if wrong else HELD


# What is synced -------------------------------------------------------------------------------


def _written(folder: Path) -> Path:
    """A few rows of the report that is due."""
    channel = folder / CHANNEL
    channel.mkdir(parents=True, exist_ok=True)
    days = [datetime.now(UTC).date() - timedelta(days=each) for each in range(5, 5 + 9 * ROWS, 9)]
    ledger = [files.ledger_row(f"{day:%m/%d/%Y}", f"X{n:03}") for n, day in enumerate(days)]
    named = f"_{days[-1]}_{days[0]}.txt"
    (channel / f"inventory-ledger-detail{named}").write_bytes(files.ledger(ledger))
    return folder


def _connect(connected: Connected, tokens: Sequence[str]) -> dict[str, int]:
    """An account for each seller, synced before but for what is due; connections by tokens."""
    numbers = {}
    for token in tokens:
        numbers[token] = connected.connect(f"Account of {token}", CHANNEL, {"refresh_token": token})
        _know_the_rest(connected.database, numbers[token])
    return numbers


def _know_the_rest(database: Database, connection_id: int) -> None:
    """Everything else has been asked for today."""
    with database.owning() as connection:
        found = text("select account_id from marketplace_connection where connection_id = :number")
        account_id = int(connection.execute(found, {"number": connection_id}).scalar_one())
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo("America/Los_Angeles")).date()
    with database.syncing() as connection:
        lease = leases.take(connection, account_id, connection_id)
        assert lease is not None
        for source in (one for one in SOURCES if one.name != DUE):
            part = CHANNEL if source.per == "channel" else "NA"
            known = due(source, today, now, ())
            Pieces(connection, lease).plan(Asked(source.name, part, CHANNEL), known)
        connection.execute(_KNOWN, lease.key)
        leases.end(connection, lease, now, None)


_KNOWN: Final = text("""
    update sync_piece set state = 'landed', settled_at = now()
    where account_id = :account_id and connection_id = :connection_id
""")


# What happens ---------------------------------------------------------------------------------


@dataclass
class _Death:
    """Kills the first worker at its question number `at`, before or after it is answered.

    port: where it asks. about: the seller whom that question was about.
    """

    at: int
    is_after: bool
    port: str = ""
    asked: int = 0
    victim: subprocess.Popen[str] | None = None
    about: str = ""

    def comes_with(self, token: str, port: str) -> bool:
        """Whether this question of somebody's is the one."""
        if self.victim is None or port != self.port:
            return False
        self.asked += 1
        if self.asked == self.at:
            self.about = token
        return self.asked == self.at

    def kill(self, real: Answer) -> Response:
        assert self.victim is not None
        answer = real() if self.is_after else Response(status=503)
        self.victim.kill()
        return answer


@dataclass(frozen=True)
class _Asked:
    """One seller's questions."""

    token: str
    death: _Death

    def meet(self, operation: str, request: Request) -> Fault | None:  # noqa: ARG002
        is_it = self.death.comes_with(self.token, request.environ["SERVER_PORT"])
        return self.death.kill if is_it else None


# Written down by the database, for this trial alone.
_NOTE_TURNS: Final = """
    create table turn (connection_id bigint, run bigint, taken_at timestamptz,
        given_back_at timestamptz, was_free boolean);
    grant select, insert, update on turn to reimbursement_sync;
    create function note_turn() returns trigger language plpgsql as $$ begin
        if new.run > old.run then
            insert into public.turn values (new.connection_id, new.run, clock_timestamp(), null,
                coalesce(old.runs_until <= now(), true));
        elsif new.runs_until is null and old.runs_until is not null then
            update public.turn set given_back_at = clock_timestamp()
            where connection_id = new.connection_id and run = new.run;
        end if;
        return null;
    end $$;
    create trigger note_turn after update on sync_state
        for each row execute function note_turn();
"""
# Of a worker that was killed at a question about this connection.
_OF_THE_DEAD: Final = text("""
    select worker_id, (args ->> 'connection_id')::bigint as connection_id
    from jobs.procrastinate_jobs where status = 'doing' and worker_id = (
        select worker_id from jobs.procrastinate_jobs
        where status = 'doing' and (args ->> 'connection_id')::bigint = :number)
""")
_IS_MISSED: Final = text("""
    update jobs.procrastinate_workers set last_heartbeat = now() - interval '1 minute'
    where id = :worker
""")
_GOES_ON: Final = text("""
    select connection_id from sync_piece
    where settled_at is null and connection_id <> all(:numbers)
    union all
    select id from jobs.procrastinate_jobs
    where (args ->> 'connection_id')::bigint = any(:numbers)
""")
_ITS_TURN_ENDS: Final = text("""
    update sync_state set runs_until = now() + interval '1 second'
    where runs_until is not null and connection_id = any(:numbers)
""")


@dataclass
class _Side:
    """Both workers. numbers: the connections by their sellers' tokens."""

    connected: Connected
    sellers: Sellers
    death: _Death
    numbers: dict[str, int]
    began: float = field(default_factory=time.monotonic)

    def by_side(self, there: dict[str, str]) -> str:
        """What went wrong."""
        self._run(text(_NOTE_TURNS))
        self.began = time.monotonic()
        address = urlsplit(self.connected.told["AMAZON_TOKEN_ADDRESS"])
        with (
            _ended(self.connected.worker()) as first,
            _ended(self.connected.worker(**there)) as second,
        ):
            if not wait_for(lambda: self._at_work() == 2 * len(lanes.AT_ONCE), _SECONDS):
                return "the workers do not begin"
            self.death.port, self.death.victim = str(address.port), first
            if not wait_for(lambda: self._goes_on() and first.poll() is not None, _SECONDS, 0.1):
                return "the first worker asked too little to be killed"
            if not (left := self._left_by_the_dead()):
                return "the worker that was killed had no turn"
            if not wait_for(lambda: self._goes_on() and self._waits_for(left), _SECONDS, 0.2):
                return f"the other does not go on: {self.connected.left_behind()}"
            self._run(_ITS_TURN_ENDS, numbers=left)
            if not wait_for(lambda: self._goes_on() and self.connected.is_done, _SECONDS, 0.2):
                return f"it hangs: {self.connected.left_behind()}"
            wrong = stopped(second)
        return wrong or self._wrong()

    def _at_work(self) -> int:
        return len(self.connected.rows("select id from jobs.procrastinate_workers"))

    def _goes_on(self) -> bool:
        """The minute's rounds, sooner: who is due, and what a dead worker left."""
        self.connected.let_time_pass()
        with suppress(AlreadyEnqueued), self.connected.database.working() as connection:
            name = "jobs:pick_up"
            later.defer(connection, name, lane=lanes.UPKEEP, queueing_lock=name, timestamp=0)
        return True

    def _left_by_the_dead(self) -> list[int]:
        """The connections whose turns it had; half a minute without a sign of life has passed."""
        left = self._run(_OF_THE_DEAD, number=self.numbers[self.death.about])
        for one in left:
            self._run(_IS_MISSED, worker=one.worker_id)
        return [one.connection_id for one in left]

    def _waits_for(self, left: list[int]) -> bool:
        """Whether all else is done, and these turns were tried in vain."""
        return not self._run(_GOES_ON, numbers=left)

    def _run(self, statement: TextClause, **values: object) -> list[Any]:
        with self.connected.database.owning() as connection:
            result = connection.execute(statement, values)
            return list(result) if result.returns_rows else []

    # What must hold ---------------------------------------------------------------------------

    def _wrong(self) -> str:
        checks = (self._two_at_once, self._too_often, self._ordered_twice, self._missing)
        return "; ".join(filter(None, (check() for check in checks)))

    def _two_at_once(self) -> str:
        """A question without a turn, or one turn of two workers."""
        rows = self.connected.rows("select * from turn order by connection_id, run")
        if taken := [row for row in rows if not row[4]]:
            return f"turns taken that were another's: {taken}"
        since_1970 = time.time() - time.monotonic()
        for token, number in self.numbers.items():
            turns = [_Turn(*row[2:4]) for row in rows if row[0] == number]
            for one in self.sellers.fakes[token].asked:
                if one.at >= self.began and (
                    wrong := _note(
                        turns, datetime.fromtimestamp(since_1970 + one.at, UTC), one.port
                    )
                ):
                    return f"{token}: {wrong} by {one}, turns {turns}"
        return HELD

    def _too_often(self) -> str:
        for token, fake in self.sellers.fakes.items():
            for operation, window in product(OPERATIONS, _WINDOWS):
                most = fake.most_in(window, operation.name)
                rate = fake.allowed_of.get(operation.name, fake.allowed_per_second)
                if most > operation.burst + rate * window:
                    return f"{token}: {operation.name} {most} times within {window} s"
        return HELD

    def _ordered_twice(self) -> str:
        for token, fake in self.sellers.fakes.items():
            times = Counter((one.type, one.start) for one in fake.reports.made.values())
            if twice := [which for which, count in times.items() if count > 1]:
                return f"{token}: ordered twice: {twice}"
        return HELD

    def _missing(self) -> str:
        """Every account has every row, and nothing is left."""
        found = self.connected.rows("select count(*) from amazon_ledger_event group by account_id")
        if found != [(ROWS,)] * len(self.numbers):
            return f"rows that are missing: {found}"
        return self.connected.left_behind()


@contextmanager
def _ended(worker: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """It is gone in the end."""
    try:
        yield worker
    finally:
        end(worker)


@dataclass
class _Turn:
    """port: where its first question was heard."""

    taken_at: datetime
    given_back_at: datetime | None
    port: str = ""


def _note(turns: list[_Turn], at: datetime, port: str) -> str:
    """The question's turn is its worker's; what is wrong with that."""
    mine = next((one for one in reversed(turns) if one.taken_at <= at), None)
    if mine is None or (mine.given_back_at is not None and at > mine.given_back_at):
        return "asked without a turn"
    mine.port = mine.port or port
    return HELD if mine.port == port else "two at once"


TRIAL: Final = Trial(
    "workers",
    "two workers sync many connections, and one is killed: no connection has two runs at once, the"
    " other takes over when the turn ends, and no seller is asked more often than is allowed",
    short=1,
    long=10,
    attempts=attempts,
)
