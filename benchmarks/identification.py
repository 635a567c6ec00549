"""How long identification takes over a large account, and what one more day's file rewrites.

    python -m benchmarks.identification [LEDGER_ROWS] [PAYMENTS]

Lands a ledger in which one row in five is an adjustment, and reimbursements for its items, then
identifies everything anew on an empty result, and once more after a file of one further day.
Prints one line: seconds, the ratio of identifying to landing the same rows, the rows that the
further day rewrote as a share of all derived rows, and the client's memory.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import make_url, text

from benchmarks.landing import DAYS, FIRST_DAY, HEADER, peak_mebibytes
from sample.text import columns
from services.database import embedded
from services.database.engine import Database, role_urls
from services.database.prepare import prepare
from services.landing.importing import import_files
from services.recovery.identify import identify
from services.settings import Settings

ITEMS = 20_000
PAID = columns("""
    approval-date, reimbursement-id, case-id, amazon-order-id, reason, sku, fnsku, asin,
    product-name, condition, currency-unit, amount-per-unit, amount-total,
    quantity-reimbursed-cash, quantity-reimbursed-inventory, quantity-reimbursed-total,
    original-reimbursement-id, original-reimbursement-type
""")
DERIVED = (
    "reimbursement",
    "discrepancy",
    "discrepancy_reimbursement",
    "discrepancy_evidence",
    "open_total",
    "claimed_total",
    "month_total",
)


def ledger(rows: int, first: int = 0, days: int = DAYS, start: int = 0) -> Iterator[str]:
    """A ledger: shipments, and one adjustment in five, spread evenly over the days."""
    chance = random.Random(first)  # noqa: S311  the same file at every run
    yield "\t".join(HEADER) + "\n"
    for number in range(rows):
        day = FIRST_DAY + timedelta(days=start + number * days // rows)
        item, kind, reason, quantity, said = chance.randrange(ITEMS), "Shipments", "", -1, ("", "")
        if number % 5 == 0:
            kind, reason = "Adjustments", chance.choice("MEKF5")
            quantity = 2 if reason == "F" else -2
            # A third of the rows come from files without reconciliation columns' values.
            open_units = chance.randrange(3)
            said = ("", "") if chance.randrange(3) == 0 else (str(2 - open_units), str(open_units))
        yield "\t".join((
            f"{day:%m/%d/%Y}", f"X00{item:07}", f"B0{item:08}", f"SKU-{item}", f"Bottle {item}",
            kind, str(first + number), str(quantity), "LEX1", "SELLABLE", reason, "US", *said,
            f"{day:%Y-%m-%d}T00:00:00-0700", "",
        )) + "\n"  # fmt: skip


def payments(rows: int) -> Iterator[str]:
    """Reimbursements for those items, automatic, of one unit or two."""
    chance = random.Random(2)  # noqa: S311
    yield "\t".join(PAID) + "\n"
    for number in range(rows):
        day = FIRST_DAY + timedelta(days=number * DAYS // rows)
        item, units = chance.randrange(ITEMS), chance.randrange(1, 3)
        reason = chance.choice(("Lost_Warehouse", "Damaged_Warehouse"))
        yield "\t".join((
            f"{day:%Y-%m-%d}T12:00:00+00:00", str(number), "", "", reason, f"SKU-{item}",
            f"X00{item:07}", f"B0{item:08}", "Bottle", "NewItem", "USD", "4.20",
            f"{units * 42 / 10:.2f}", str(units), "0", str(units), "", "",
        )) + "\n"  # fmt: skip


def land(database: Database, path: Path, lines: Iterator[str]) -> float:
    """Seconds until everything but identification was done."""
    marks: list[float] = []

    def progress(what: str, _done: int, _total: int) -> None:
        if what == "identifying":
            marks.append(time.perf_counter())

    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    start = time.perf_counter()
    result = import_files(
        database, [path], account="Benchmark", channel="amazon-us", progress=progress
    )
    assert not result.refused, result.refused  # noqa: S101
    return marks[0] - start


def identified(database: Database) -> float:
    """Seconds of one identification."""
    start = time.perf_counter()
    with database.loading() as connection:
        identify(connection, 1)
    return time.perf_counter() - start


def written_since(database: Database, transaction: int) -> tuple[int, int]:
    """Derived rows written since a transaction began, and derived rows."""
    with database.loading() as connection:
        counts = [
            connection.execute(
                text(
                    f"select count(*) filter (where xmin::text::bigint > :since), count(*)"
                    f" from {table}"
                ),
                {"since": transaction},
            ).one()
            for table in DERIVED
        ]
    return sum(new for new, _ in counts), sum(every for _, every in counts)


def transaction_now(database: Database) -> int:
    """The number of the current transaction."""
    with database.loading() as connection:
        return int(connection.execute(text("select pg_current_xact_id()::text")).scalar_one())


def forget(database: Database) -> None:
    """Remove what was identified, so that it is found anew."""
    with database.loading() as connection:
        connection.execute(text("delete from discrepancy where account_id = 1"))


def main(rows: int, paid: int) -> None:
    """Measure once and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        server = embedded.start(home / "server")
        database = Database(role_urls(make_url(server.url()), Settings(_env_file=None)))
        prepare(database, accept_below_floor=True, embedded=True)
        landing = land(database, home / "payments.txt", payments(paid))
        landing += land(database, home / "ledger.txt", ledger(rows))
        forget(database)
        before = peak_mebibytes()
        first = identified(database)
        grown = peak_mebibytes() - before
        again = identified(database)
        since = transaction_now(database)
        land(database, home / "day.txt", ledger(rows // DAYS, first=rows, days=1, start=DAYS))
        new, every = written_since(database, since)
        database.dispose()
        server.release()
    print(
        f"{rows} ledger rows, {paid} payments: landed in {landing:.1f} s, identified in"
        f" {first:.1f} s (identify / land = {first / landing:.1f}), again with nothing new in"
        f" {again:.1f} s; one more day wrote {new} of {every} derived rows"
        f" ({new / every:.2%}); identification added {grown} MiB to the client's memory"
    )


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:3])) if len(sys.argv) > 2 else main(1_000_000, 100_000)
