"""What it costs to sync an account's reports, against landing the very same files from disk.

    python -m benchmarks.syncing [ROWS]

A seller of 18 months, whose Amazon answers at once, in a process of its own that is not counted.
Prints one line: reports a minute, the processor's seconds of our process and of the database for a
million rows, and their ratio to those of importing the same files by hand, all in one import.
"""

import gzip
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, text

from benchmarks.landing import ledger_lines
from benchmarks.processor import Used, measured
from benchmarks.seller import CHANNEL, header_of, name_of, serving, token_of
from services.database import embedded
from services.database.engine import Database, role_urls
from services.database.prepare import prepare
from services.landing.importing import import_files
from services.landing.target import Order
from services.marketplaces.amazon.sources import REPORTS, SOURCES
from services.marketplaces.asking import Days, Source
from services.settings import Settings
from services.sync.plan import pieces
from services.sync.run import Ran
from services.sync.syncing import Syncing
from services.sync.wishes import Who, Wishes
from tests.common.reports import files

ACCOUNT: Final = "Benchmark"
# For so many rows of the ledger one payment, and one return.
_ROWS_A_PAYMENT: Final = 20
_ROWS_A_RETURN: Final = 20


# What there is to tell -------------------------------------------------------------------------


def write_reports(folder: Path, rows: int, today: date) -> None:
    """Every piece that will be asked for, of the ledger so many rows in all."""
    for source in SOURCES:
        if source.how == "report" and source.has_days:
            _write_source(folder, source, rows, list(pieces(source, today)))


def _write_source(folder: Path, source: Source, rows: int, wanted: list[Days]) -> None:
    first_day, last_day = wanted[-1][0], wanted[0][1]
    for number, (first, last) in enumerate(wanted):
        share = rows * ((last - first).days + 1) // ((last_day - first_day).days + 1)
        content = _content(source.name, share, (first, last), number * rows)
        path = folder / name_of(REPORTS[source.name].type, (first, last))
        path.write_bytes(content or header_of(REPORTS[source.name].type))


def _content(source: str, rows: int, days: Days, first: int) -> bytes:
    """Of a piece; nothing where the source is not among those that have rows here."""
    length = (days[1] - days[0]).days + 1
    match source:
        case "ledger_detail":
            return "".join(ledger_lines(rows, days[0], length, first)).encode()
        case "reimbursements":
            paid = (_paid(first + n, _day(days, n, rows)) for n in range(0, rows, _ROWS_A_PAYMENT))
            return files.reimbursements(paid)
        case "customer_returns":
            came = (_came(first + n, _day(days, n, rows)) for n in range(0, rows, _ROWS_A_RETURN))
            return files.table(files.RETURNS, came).encode("cp1252")
    return b""


def _day(days: Days, number: int, rows: int) -> date:
    return days[0] + timedelta(days=number * ((days[1] - days[0]).days + 1) // rows)


def _paid(number: int, day: date) -> tuple[str, ...]:
    item = f"X00{number // _ROWS_A_PAYMENT % 2000:07}"
    return files.reimbursement_row(f"{number:011}", at=f"{day}T12:00:00+00:00", fnsku=item)


def _came(number: int, day: date) -> tuple[str, ...]:
    return files.return_row(
        f"111-{number:07}-{number:07}", f"LPN{number}", at=f"{day}T12:00:00+00:00"
    )


# Both ways ------------------------------------------------------------------------------------


def synced(database: Database, chosen: Settings) -> tuple[Used, int]:
    """Everything by the API, while what is waited for passes at once; and how many reports."""
    with measured(database) as used:
        typed = {"refresh_token": token_of(0)}
        number = Wishes(database, chosen).connect(ACCOUNT, CHANNEL, typed, Who("a benchmark"))
        syncing = Syncing(database, chosen, lambda _said: None)
        while not _is_done(database):
            ran = syncing.sync(1, number)
            assert isinstance(ran, Ran), ran  # noqa: S101
            with database.syncing() as connection:
                connection.execute(text("update sync_piece set due_at = now()"))
    with database.owning() as connection:
        landed = "select count(*) from sync_piece where state = 'landed' and files > 0"
        return used, int(connection.execute(text(landed)).scalar_one())


def _is_done(database: Database) -> bool:
    with database.owning() as connection:
        counts = "select count(*), count(*) filter (where settled_at is null) from sync_piece"
        every, open_ = connection.execute(text(counts)).one()
    return every > 0 and open_ == 0


def by_hand(database: Database, paths: Mapping[Path, Days]) -> Used:
    """The same files in one import."""
    now = datetime.now(UTC)
    orders = {path: Order(days, now) for path, days in paths.items()}
    with measured(database) as used:
        result = import_files(
            database, list(paths), account=ACCOUNT, channel=CHANNEL, orders=orders
        )
    assert not result.refused, result.refused  # noqa: S101
    return used


def as_fetched(folder: Path, into: Path) -> dict[Path, Days]:
    """The files as the marketplace hands them out, every second one packed; the newest first."""
    paths = {}
    for number, path in enumerate(sorted(folder.iterdir(), key=_last_day, reverse=True)):
        content, packed = path.read_bytes(), number % 2 == 0
        written = into / f"{path.name}.txt{'.gz' if packed else ''}"
        written.write_bytes(gzip.compress(content, mtime=0) if packed else content)
        paths[written] = _days(path)
    return paths


def _days(path: Path) -> Days:
    first, last = path.name.split("_")[-2:]
    return date.fromisoformat(first), date.fromisoformat(last)


def _last_day(path: Path) -> date:
    return _days(path)[1]


def rows_in(database: Database) -> dict[str, int]:
    """How many have landed, by table."""
    with database.owning() as connection:
        return {
            table: int(connection.execute(text(f"select count(*) from {table}")).scalar_one())
            for table in ("amazon_ledger_event", "amazon_reimbursement", "amazon_customer_return")
        }


@contextmanager
def new_database(home: Path) -> Iterator[Database]:
    """An embedded server of its own, migrated."""
    server = embedded.start(home)
    database = Database(role_urls(make_url(server.url()), Settings(_env_file=None)))
    try:
        prepare(database, accept_below_floor=True, embedded=True)
        yield database
    finally:
        database.dispose()
        server.release()


def main(rows: int) -> None:
    """Measure both once and print."""
    with tempfile.TemporaryDirectory() as folder:
        home, today = Path(folder), datetime.now(ZoneInfo("America/Los_Angeles")).date()
        reports, fetched = home / "reports", home / "fetched"
        reports.mkdir()
        fetched.mkdir()
        write_reports(reports, rows, today)
        with new_database(home / "one") as one, serving(reports, 1) as told:
            os.environ.update(told)
            chosen = Settings(_env_file=None, data_directory=home / "data")
            api, count = synced(one, chosen)
            landed = rows_in(one)
        with new_database(home / "other") as other:
            disk = by_hand(other, as_fetched(reports, fetched))
            assert rows_in(other) == landed, (rows_in(other), landed)  # noqa: S101
    print(_in_words(sum(landed.values()), count, api, disk))


def _in_words(rows: int, count: int, api: Used, disk: Used) -> str:
    million = rows / 1_000_000
    return (
        f"{rows} rows in {count} reports: {count / api.passed * 60:.0f} reports a minute;"
        f" {api.both / million:.1f} s of the processor for a million rows ({api.ours / million:.1f}"
        f" ours, {api.database / million:.1f} the database's), by hand {disk.both / million:.1f}"
        f" ({disk.ours / million:.1f} and {disk.database / million:.1f}):"
        f" sync / by hand = {api.both / disk.both:.2f}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
