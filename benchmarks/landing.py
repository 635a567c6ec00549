"""How long an import of a long ledger file takes, against a bare COPY of the same rows.

    python -m benchmarks.landing [ROWS]

Prints one line with the ratio. The import does what every import does: it unpacks, recognises,
parses, checks every cell, keys every row, keeps two unique indexes and four foreign keys, and
identifies what may be claimed. The bare COPY writes the finished rows into a table without any.
Both run on the same server, one after the other.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import make_url

from sample.text import columns
from services.database import embedded
from services.database.engine import Database, role_urls
from services.database.prepare import prepare
from services.landing.importing import import_files
from services.landing.staging import psycopg_connection
from services.settings import Settings

HEADER = columns("""
    Date, FNSKU, ASIN, MSKU, Title, Event Type, Reference ID, Quantity, Fulfillment Center,
    Disposition, Reason, Country, Reconciled Quantity, Unreconciled Quantity, Date and Time, Store
""")
FIRST_DAY = date(2025, 1, 1)
DAYS = 540  # the history that Amazon gives


def ledger_lines(
    rows: int, first_day: date = FIRST_DAY, days: int = DAYS, first: int = 0
) -> Iterator[str]:
    """A ledger in the true format: mostly shipments, one adjustment in fifty; `first` is the
    number of its first row.
    """
    chance = random.Random(1 + first)  # noqa: S311  the same file at every run
    yield "\ufeff" + _line(HEADER)
    for number in range(first, first + rows):
        day = first_day + timedelta(days=(number - first) * days // rows)
        item = chance.randrange(2000)
        kind, reason, quantity, open_units = "Shipments", "", -1, ""
        if number % 50 == 0:
            kind, reason, quantity = "Adjustments", chance.choice("MEFPN5"), chance.choice((-2, -1))
            quantity = -quantity if reason in "FNP" else quantity
            open_units = str(chance.randrange(2)) if reason in "ME5" else "0"
        reference = str(20061230000000 + number) if reason else ""
        yield _line((
            f"{day:%m/%d/%Y}", f"X00{item:07}", f"B0{item:08}", f"SKU-{item}",
            f"Steel bottle no. {item}, 500 ml, with lid and brush", kind, reference, str(quantity),
            chance.choice(("ABE8", "LEX1", "PHX7", "ONT8")), "SELLABLE", reason, "US",
            "0" if open_units else "", open_units, f"{day:%Y-%m-%d}T00:00:00-0700", "",
        ))  # fmt: skip


def _line(cells: tuple[str, ...]) -> str:
    return "\t".join(f'"{cell}"' for cell in cells) + "\n"


def peak_mebibytes() -> int:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def timed_import(database: Database, path: Path) -> tuple[float, float]:
    """Seconds of the whole import, and until identification began."""
    marks: list[float] = []

    def progress(what: str, _done: int, _total: int) -> None:
        if what == "identifying":
            marks.append(time.perf_counter())

    start = time.perf_counter()
    result = import_files(
        database, [path], account="Benchmark", channel="amazon-us", progress=progress
    )
    end = time.perf_counter()
    print(result.files[0])
    return end - start, marks[0] - start


def timed_copy(database: Database, path: Path) -> float:
    """Seconds of one COPY of the landed rows into a table without index, key or constraint."""
    with database.owning() as connection:
        cursor = psycopg_connection(connection).cursor()
        cursor.execute("set local row_security = off")
        with (
            path.open("wb") as file,
            cursor.copy("copy (select * from amazon_ledger_event) to stdout") as copy,
        ):
            for block in copy:
                file.write(block)
        cursor.execute("create table bare (like amazon_ledger_event)")
        start = time.perf_counter()
        with path.open("rb") as file, cursor.copy("copy bare from stdin") as copy:
            while block := file.read(256 << 10):
                copy.write(block)
        seconds = time.perf_counter() - start
        cursor.execute("drop table bare")
    return seconds


def main(rows: int) -> None:
    """Measure once and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = home / "ledger.txt"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(ledger_lines(rows))
        server = embedded.start(home / "server")
        database = Database(role_urls(make_url(server.url()), Settings(_env_file=None)))
        prepare(database, accept_below_floor=True, embedded=True)
        before = peak_mebibytes()
        whole, landing = timed_import(database, path)
        peak = peak_mebibytes()
        bare = timed_copy(database, home / "rows")
        database.dispose()
        server.release()
    print(
        f"{rows} rows: landed in {landing:.1f} s ({rows / landing:.0f} rows/s), "
        f"identified in {whole - landing:.1f} s; bare COPY {bare:.1f} s; "
        f"import / COPY = {whole / bare:.1f} (landing alone {landing / bare:.1f}); "
        f"peak memory {peak} MiB, {before} MiB of it before the import"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
