"""Figures read while imports rewrite them: what a page shows is what its own rows add up to."""

import datetime as dt
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias

from services.database.engine import Database
from services.insights.as_of import When, totals
from services.insights.totals import Totals, totals_by_subtype
from services.landing.importing import import_files
from services.settings import PROJECT
from tests.common.reports import files
from tests.common.reports.amazon import days_ago
from tests.common.reports.files import written
from tests.common.worlds.whole import amazon
from tests.hardening.ground import Ground
from tests.hardening.processes import end, environment_of
from tests.hardening.trial import HELD, Attempts, Trial

Read: TypeAlias = "queue.Queue[tuple[str, str]]"

READERS: Final = 2
READINGS: Final = 2  # that differ from each other, at least
_SECONDS: Final = 120
BUCKETS: Final = ("future", "ready", "in_progress", "expired", "denied")
# Imports one new reading of the same days after the other, until it is ended.
WRITER: Final = """
import sys
from pathlib import Path
from random import Random
from services.database.start import open_database
from tests.hardening.consistent_reads import bring_another
database, chance = open_database(), Random(sys.argv[2])
while True:
    bring_another(database, Path(sys.argv[1]), chance)
    print("brought", flush=True)
"""


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    folder = ground.subfolder("reads")
    with ground.database() as database:
        every = written(folder, [(one.name, one.content) for one in amazon()])
        import_files(database, every, account="Read", channel="amazon-us")
        with database.listing_accounts() as connection:
            account_id = connection.exec_driver_sql("select account_id from account").scalar_one()
        with _writing(database, folder, chance), _read_by_several(database, account_id) as reads:
            seen, read = set(), 0
            # Readings of figures that nothing changed would prove nothing.
            while read < (count or 0) or len(seen) < READINGS:
                figures, wrong = reads.get(timeout=_SECONDS)
                seen.add(figures)
                read += 1
                yield wrong


def bring_another(database: Database, folder: Path, chance: Random) -> None:
    """The same days once more: other losses, and other payments."""
    days = [days_ago(40 - number) for number in range(20)]
    losses = [
        files.lost(
            f"{day[5:7]}/{day[8:10]}/{day[:4]}",
            f"R{number:03}",
            f"-{units}",
            unreconciled=f"{units}",
        )
        for number, day in enumerate(days)
        for units in [chance.randint(1, 9)]
    ]
    payments = [
        files.reimbursement_row(
            f"{chance.randrange(10**10):010}",
            f"{chance.randint(1, 9999)}.37",
            at=f"{day}T09:00:00+00:00",
            fnsku=f"R{number:03}",
        )
        for number, day in enumerate(days)
        if chance.random() < 0.3
    ]
    name = f"{chance.randrange(10**9)}"
    brought = [
        (f"ledger {name}", files.ledger(losses)),
        (f"payments {name}", files.reimbursements(payments)),
    ]
    import_files(database, written(folder, brought), account="Read", channel="amazon-us")


@contextmanager
def _writing(database: Database, folder: Path, chance: Random) -> Iterator[None]:
    command = [sys.executable, "-c", WRITER, str(folder), str(chance.random())]
    writer = subprocess.Popen(
        command, cwd=PROJECT, env=environment_of(database), stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "brought\n", "the writer wrote nothing"
        threading.Thread(target=writer.stdout.read, daemon=True).start()  # lest it wait for us
        yield
        assert writer.poll() is None, "the writer did not last"
    finally:
        end(writer)


@contextmanager
def _read_by_several(database: Database, account_id: int) -> Iterator[Read]:
    """What was read, and what was wrong with it, from readers at work at the same time."""
    read: Read = queue.Queue(maxsize=READERS)
    ended = threading.Event()

    def reader() -> None:
        while not ended.is_set():
            try:
                read.put(_read(database, account_id))
            except Exception as problem:  # not to be read is not to hold
                read.put(("", repr(problem)))

    readers = [threading.Thread(target=reader) for _ in range(READERS)]
    for one in readers:
        one.start()
    try:
        yield read
    finally:
        ended.set()
        while any(one.is_alive() for one in readers):
            with suppress(queue.Empty):
                read.get(timeout=0.1)


def _read(database: Database, account_id: int) -> tuple[str, str]:
    """One snapshot: its pages' sums, and the whole picture summed from its rows."""
    now = dt.datetime.now(dt.UTC)
    with database.reading(account_id, seconds=60) as connection:
        shown = {
            (row.channel, row.subtype): row.totals
            for row in totals_by_subtype(connection, account_id, "USD", now)
        }
        summed = {
            (row["channel"], row["subtype"]): row
            for row in totals(connection, account_id, When(now))
        }
    if set(shown) != set(summed):
        return str(shown), f"sums of {set(shown) ^ set(summed)} only in one of both"
    wrong = [
        f"{group}: {told}" for group, row in summed.items() for told in _disagree(shown[group], row)
    ]
    return str(shown), "; ".join(wrong) or HELD


def _disagree(shown: Totals, row: dict[str, Any]) -> Iterator[str]:
    for bucket in BUCKETS:
        figure, told = getattr(shown, bucket), row["amount"][bucket]
        amount = None if told is None else Decimal(told)
        if (figure.units, figure.amount) != (row["units"][bucket], amount):
            yield f"{bucket} {figure}, its rows {row['units'][bucket]} {told}"
    claimed = (shown.claimed.net, shown.claimed.reversed)
    if claimed != (Decimal(row["amount"]["claimed_net"]), Decimal(row["amount"]["reversed"])):
        yield f"claimed {claimed}, its rows {row['amount']}"


TRIAL: Final = Trial(
    "reads",
    "figures read while imports rewrite them: each snapshot's sums are what its own rows add up to",
    short=20,
    long=10_000,
    attempts=attempts,
)
