"""What each question of a page costs, for accounts of every size in one database.

    python -m benchmarks.lists [NAME …]

Reads DATABASE_URL, or the embedded server of DATA_DIRECTORY, as benchmarks.worlds left it, as the
role of pages, and prints a line a question: for the largest account, one in the middle and the
smallest the time and the blocks of the database that were read, and of both what the largest costs
against the smallest. Blocks are the same on any machine; the time is the best of three.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, event, text

from services.database.engine import Database
from services.database.start import database
from services.insights.answers import Filters
from services.insights.cases import Search, case_statuses, cases, cases_sum
from services.insights.channels import channels
from services.insights.expiring import View, expiring, expiring_total, weeks_ending, window_unknown
from services.insights.parts import PartName, PartView, part_rows, part_total
from services.insights.payments import Wanted, payments, payments_sum
from services.insights.since import since
from services.insights.totals import currencies, totals_by_subtype

NOW: Final = datetime.now(UTC)
USD: Final = Filters("USD")
RETURNS: Final = Filters("USD", type="returns")
TIMES: Final = 3

Question = Callable[[Connection, int], object]


def _part(name: PartName) -> Question:
    return lambda it, one: part_rows(it, one, USD, NOW, PartView(name))


QUESTIONS: Final[Mapping[str, Question]] = {
    "channels": lambda it, one: channels(it, one, NOW),
    "currencies": currencies,
    "totals": lambda it, one: totals_by_subtype(it, one, "USD", NOW),
    "soonest": lambda it, one: expiring(it, one, USD, NOW),
    "by priority": lambda it, one: expiring(it, one, USD, NOW, View(order="priority")),
    "how many run out": lambda it, one: expiring_total(it, one, USD, NOW),
    "window unknown": lambda it, one: window_unknown(it, one, USD, NOW),
    "weeks": lambda it, one: weeks_ending(it, one, USD, NOW),
    "expired": _part("expired"),
    "how many expired": lambda it, one: part_total(it, one, USD, NOW, PartView("expired")),
    "in progress": _part("in_progress"),
    "denied": _part("denied"),
    "cases": lambda it, one: cases(it, one, USD, Search()),
    "reimbursed cases": lambda it, one: cases(it, one, USD, Search(kind="reimbursed")),
    "cases of an item": lambda it, one: cases(it, one, USD, Search(text="SKU-3")),
    "how many cases": lambda it, one: cases_sum(it, one, USD, Search()),
    "statuses of cases": lambda it, one: case_statuses(it, one, USD, Search()),
    "payments": lambda it, one: payments(it, one, USD, Wanted()),
    "payments of a type": lambda it, one: payments(it, one, RETURNS, Wanted()),
    "sum of payments": lambda it, one: payments_sum(it, one, USD, Wanted()),
    "since the month began": lambda it, one: since(it, one, USD, NOW, NOW.date().replace(day=1)),
}
_SIZES: Final = text("select account_id, count(*) from discrepancy group by 1 order by 2 desc, 1")


def measure(opened: Database, names: list[str]) -> None:
    with opened.owning() as connection:
        sizes = [(int(number), int(rows)) for number, rows in connection.execute(_SIZES)]
    chosen = [sizes[0], sizes[len(sizes) // 2], sizes[-1]]
    print("discrepancies:", ", ".join(f"{rows:,}" for _, rows in chosen))
    for name in names or QUESTIONS:
        costs = [_cost(opened, QUESTIONS[name], number) for number, _ in chosen]
        each = ", ".join(f"{1000 * seconds:.1f} ms {blocks:,} blocks" for seconds, blocks in costs)
        (most, read), (least, fewest) = costs[0], costs[-1]
        print(f"{name}: {each}; {most / least:.1f} times, {read / max(fewest, 1):.1f} the blocks")


def _cost(opened: Database, question: Question, account_id: int) -> tuple[float, int]:
    """Seconds of the best of some, and blocks."""
    with opened.reading(account_id, seconds=60) as connection:
        took = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            question(connection, account_id)
            took.append(time.perf_counter() - begun)
        with statements_of(connection) as sent:
            question(connection, account_id)
        return min(took), sum(_blocks(connection, *one) for one in sent)


@contextmanager
def statements_of(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """What is sent meanwhile, each statement with its values."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        sent.append((statement, values))

    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)


def _blocks(connection: Connection, statement: str, values: Any) -> int:
    explained = f"explain (analyze, buffers, format json) {statement}"
    plan = connection.exec_driver_sql(explained, values).scalar_one()[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


if __name__ == "__main__":
    measure(database(), sys.argv[1:])
