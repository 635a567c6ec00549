"""How much of a worker's time goes into bookkeeping where 1,000 channels are connected.

    python -m benchmarks.connected [CHANNELS] [DUE]

Bookkeeping is what is done without asking or landing anything: the queue, turns, what is due when.
Three things are measured, by the processor's time of the worker and of the database:
- a worker with nothing to do, over a minute and its round;
- a run of each connection in which nothing is due: nothing but bookkeeping;
- what a day brings to DUE of them: reports ordered, looked at, fetched and landed, in as many runs
  as that takes; the runs' share of bookkeeping is as many times the cost of one.
Sellers' Amazon answers in a process of its own that is not counted.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import psutil
from sqlalchemy import text

from benchmarks.processor import Used, measured
from benchmarks.seller import CHANNEL, serving, token_of
from benchmarks.syncing import new_database, write_reports
from services.database.engine import Database
from services.landing.target import find_or_make
from services.marketplaces.amazon.sources import SOURCES
from services.marketplaces.asking import Standing
from services.settings import PROJECT, settings
from services.sync import connections
from services.sync import lease as leases
from services.sync.connections import Opened
from services.sync.pieces import Asked, Pieces
from services.sync.plan import due
from services.sync.sealing import Seal, new_key
from services.sync.tasks import due_in_line
from services.worker import work_off
from tests.common.worlds.delivery import as_if_it_were_time

_MINUTE: Final = 60
_BEGINS_WITHIN: Final = 30
# Of each seller's ledger and so on: what matters here is not how much there is to land.
_ROWS: Final = 2_000

_ANSWERED: Final = text("update sync_piece set state = 'landed', settled_at = now()")
# As the first seller's.
_KNOWN: Final = text("""
    insert into sync_piece (account_id, connection_id, source, part, channel, first_day, last_day,
        state, settled_at)
    select :account_id, :connection_id, source, part, channel, first_day, last_day, state,
        settled_at
    from sync_piece where connection_id = 1 and :connection_id > 1
""")
# A day has passed for the first of them.
_A_DAY_LATER: Final = (
    "update sync_piece set settled_at = settled_at - interval '1 day' where connection_id <= :due",
    "update sync_state set next_at = now() where connection_id <= :due",
)
_TIME_PASSES: Final = (
    "update sync_piece set due_at = now() where settled_at is null",
    "update sync_state set next_at = now() where exists (select 1 from sync_piece p"
    " where p.connection_id = sync_state.connection_id and p.settled_at is null)",
)


def connect(database: Database, seal: Seal, number: int) -> None:
    """An account with a connection that has been asked for everything."""
    with database.loading() as connection:
        account = find_or_make(connection, f"Seller {number}", CHANNEL).account_id
    secrets = {"refresh_token": token_of(number)}
    standing = Standing(f"S{number}", frozenset({"US"}))
    opened = Opened("amazon", "NA", "own_key", standing, seal.closed(secrets), "a benchmark")
    with database.syncing() as connection:
        connection_id = connections.connect(connection, account, opened)
        lease = leases.take(connection, account, connection_id)
        if lease is None:
            raise RuntimeError("a new connection is nobody's")
        if number == 0:
            _plan(Pieces(connection, lease))
        connection.execute(_KNOWN, lease.key)
        leases.end(connection, lease, datetime.now(UTC), None)


def _plan(pieces: Pieces) -> None:
    """All that is ever asked for; of the others it is copied."""
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo("America/Los_Angeles")).date()
    for source in SOURCES:
        part = CHANNEL if source.per == "channel" else "NA"
        pieces.plan(Asked(source.name, part, CHANNEL), due(source, today, now, ()))
    pieces.connection.execute(_ANSWERED)


def each_runs(database: Database) -> Used:
    """Every connection once, through the queue."""
    with measured(database) as used:
        with database.working() as connection:
            due_in_line(connection)
        work_off(database, lambda _said: None)
    return used


def a_day_of(database: Database, number: int) -> tuple[Used, int, int]:
    """What a day brings to so many; in how many runs, and how many questions that were."""
    _run(database, *_A_DAY_LATER, due=number)
    before = _counted(database)
    with measured(database) as used:
        is_open = True
        while is_open:
            with database.working() as connection:
                due_in_line(connection)
            work_off(database, lambda _said: None)
            is_open = _counted(database)[2] > 0
            _run(database, *_TIME_PASSES)
            as_if_it_were_time(database)
    after = _counted(database)
    return used, after[0] - before[0], after[1] - before[1]


def _counted(database: Database) -> tuple[int, int, int]:
    """Runs, questions ever, questions that are open."""
    with database.owning() as connection:
        row = connection.execute(
            text("""
            select (select sum(run) from sync_state), (select count(*) from sync_piece),
                (select count(*) from sync_piece where settled_at is null)
            """)
        ).one()
    return int(row[0]), int(row[1]), int(row[2])


def _run(database: Database, *statements: str, **values: int) -> None:
    for one in statements:
        with database.owning() as connection:
            connection.execute(text(one), values if ":due" in one else {})


def with_nothing_to_do(database: Database, folder: Path) -> Used:
    """A worker of its own, over a minute."""
    address = database.urls.owner.render_as_string(hide_password=False)
    ours = {"DATABASE_URL": address, "ACCEPT_SERVER_BELOW_SECURITY_FLOOR": "true"}
    environment = {**os.environ, **ours, "DATA_DIRECTORY": str(folder)}
    command = [sys.executable, "-m", "services", "worker"]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE) as worker:
        try:
            if worker.stdout is None or not worker.stdout.readline():
                raise RuntimeError("the worker does not begin")
            time.sleep(3)  # what it does once
            with measured(database, process=psutil.Process(worker.pid)) as used:
                time.sleep(_MINUTE)
        finally:
            worker.terminate()
    return used


def main(channels: int, number: int) -> None:
    """Measure each once and print."""
    with tempfile.TemporaryDirectory() as folder:
        home, today = Path(folder), datetime.now(ZoneInfo("America/Los_Angeles")).date()
        reports = home / "reports"
        reports.mkdir()
        write_reports(reports, _ROWS, today)
        with new_database(home / "server") as database, serving(reports, channels) as told:
            os.environ.update(told | {"SEALING_KEYS": new_key(), "DATA_DIRECTORY": str(home)})
            settings.cache_clear()
            for one in range(channels):
                connect(database, Seal(os.environ["SEALING_KEYS"]), one)
            database.refresh_statistics(("sync_piece", "sync_state"))
            nothing_due = each_runs(database)
            day, runs, questions = a_day_of(database, number)
            idle = with_nothing_to_do(database, home)
    a_run = nothing_due.both / channels
    print(
        f"{channels} channels: a worker with nothing to do uses {idle.both / idle.passed:.2%} of"
        f" its time; a run with nothing due takes {a_run * 1000:.0f} ms of the processor; a day of"
        f" {number} channels brought {questions} questions in {runs} runs and {day.both:.1f} s,"
        f" {runs * a_run / day.both:.1%} of them bookkeeping; an hour's run of each channel is"
        f" {nothing_due.both / 3600:.2%} of a worker's hour"
    )


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:3]]
    main(*given) if len(given) == 2 else main(1_000, 20)
