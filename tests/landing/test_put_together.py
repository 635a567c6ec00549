"""Several downloads in one file land as if they had been imported one after another."""

import pytest

from services.database.engine import Database
from services.landing.rows.parse import PREAMBLE, REPEATED_HEADER
from tests.common.reports import files
from tests.common.reports.amazon import came_back, ordered, refunded
from tests.common.reports.files import every_row, one
from tests.common.worlds.recovery import Row, lost, paid, quiet
from tests.landing.bringing import Bring


def report(header: tuple[str, ...], *rows: Row, delimiter: str = "\t") -> str:
    cells = [[str(row.get(name, "")) for name in header] for row in rows]
    return files.table(header, cells, delimiter)


def returned(day: str) -> Row:
    return came_back(day, plate=f"LPN{day}")


def rows_of(content: str) -> str:
    return content.split("\n", 1)[1]


COVERED = "select min(day)::text, max(day)::text, count(*) from report_coverage"
FEBRUARY = report(files.RETURNS, returned("2026-02-01"), returned("2026-02-28"))
MAY = report(files.RETURNS, returned("2026-05-01"), returned("2026-05-31"))


def test_days_between_two_downloads_are_covered_by_neither(
    bring: Bring, database: Database
) -> None:
    result = bring(FEBRUARY + MAY)
    assert (result.rows_in_file, result.rows_landed, result.is_whole) == (5, 4, True)
    assert result.passed_over_because == {REPEATED_HEADER: 1}
    # 28 days of February and 31 of May; those from 1 March to 30 April are unknown.
    assert every_row(database, COVERED) == [("2026-02-01", "2026-05-31", 59)]
    names = every_row(database, "select file_name from report_document order by 1")
    assert names == [("file-1.txt, from line 1",), ("file-1.txt, from line 4",)]
    assert bring(FEBRUARY + MAY).status == "already_landed"


ONCE = {
    "amazon_ledger_event": report(
        files.LEDGER, lost("2026-05-10", 2, unreconciled=2), quiet("2026-06-01")
    ),
    "amazon_reimbursement": report(
        files.REIMBURSEMENTS, paid("2026-05-12", 1, "9.00"), paid("2026-06-01", 1, "5.00")
    ),
    "amazon_customer_return": FEBRUARY,
}


@pytest.mark.parametrize("table", ONCE)
@pytest.mark.parametrize("ended", [True, False])
def test_what_two_downloads_hold_is_one_thing(
    bring: Bring, database: Database, table: str, *, ended: bool
) -> None:
    once = ONCE[table]
    # The second reaches a day less far, so it is no copy of the first: it holds the first row too.
    rows = once.split("\n")
    again = "\n".join([rows[0], rows[1], ""])
    result = bring((once if ended else once.rstrip("\n")) + again)
    assert (result.rows_in_file, result.rows_landed) == (4, 2)
    assert one(database, f"select count(*) from {table}") == 2
    assert bring(once + once + once).rows_in_file == 8
    assert one(database, f"select count(*) from {table}") == 2


def test_each_part_is_whole_or_not_for_itself(bring: Bring, database: Database) -> None:
    result = bring(FEBRUARY + MAY.replace("2026-05-31", "yesterday"))
    assert (result.rows_landed, result.rows_rejected, result.is_whole) == (3, 1, False)
    assert [note.partition(": ")[0] for note in result.notes] == ["file-1.txt, from line 4"]
    days = "select min(day)::text, max(day)::text from report_coverage where is_whole"
    assert every_row(database, days) == [("2026-02-01", "2026-02-28")]


@pytest.mark.parametrize(
    ("content", "landed"),
    [
        (rows_of(FEBRUARY) + MAY, 4),
        # Sorted, the header among the rows.
        (rows_of(FEBRUARY) + FEBRUARY.split("\n", 1)[0], 2),
    ],
)
def test_rows_above_the_header_are_read_by_it(bring: Bring, content: str, landed: int) -> None:
    result = bring(content)
    assert (result.rows_in_file, result.rows_landed, result.is_whole) == (landed, landed, True)


def test_a_preamble_as_wide_as_the_header_is_none_of_its_rows(bring: Bring) -> None:
    # A spreadsheet that saves a table fills every line up with empty cells.
    above = "Returns,2026-02-01,2026-02-28" + "," * (len(files.RETURNS) - 3) + "\n"
    result = bring(above + FEBRUARY.replace("\t", ","))
    assert (result.rows_landed, result.is_whole) == (2, True)
    assert result.passed_over_because == {PREAMBLE: 1}


def test_a_settlement_that_stands_there_twice_below_one_header_counts_once(
    bring: Bring, database: Database
) -> None:
    # 20.00 sold and 20.00 refunded, each once: three rows, and the same three again.
    lines = ordered("2026-03-01", 1, "20.00"), refunded("2026-03-10", "20.00")
    summary = {
        "currency": "USD",
        "total-amount": "0.00",
        "settlement-start-date": "2026-03-01 00:00:00 UTC",
        "settlement-end-date": "2026-03-15 00:00:00 UTC",
    }
    named = [{"settlement-id": "1", **line} for line in (summary, *lines)]
    once = rows_of(report(files.SETTLEMENT, *named))
    result = bring("\t".join(files.SETTLEMENT) + "\n" + once + once)
    assert (result.rows_landed, result.rows_rejected, result.is_whole) == (2, 3, False)
    told = "select count(*), sum(abs(amount))::text from amazon_settlement_line"
    assert every_row(database, told) == [(2, "40.00")]


OLD_MAC = MAY.replace("\n", "\r")


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        # Five lines of two files, their second header passed over, whichever ends its lines how.
        (FEBRUARY + OLD_MAC, (4, 1, 0)),
        (OLD_MAC + FEBRUARY, (4, 1, 0)),
        (FEBRUARY.replace("\n", "\r\n") + OLD_MAC, (4, 1, 0)),
        # No header says how the lines below it end: they are one line, which is no row.
        (FEBRUARY + rows_of(MAY).replace("\n", "\r"), (2, 0, 1)),
        # A row has run into the second header: it is no header, and both are missing.
        (FEBRUARY + MAY.replace("\n", " ", 1), (3, 0, 1)),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_are_told_by_any_end(
    bring: Bring, content: str, counts: tuple[int, int, int], mark: str
) -> None:
    result = bring(mark + content)
    assert (result.rows_landed, result.rows_passed_over, result.rows_rejected) == counts
    assert result.is_whole == (counts[2] == 0)
    assert bring(mark + content).status == "already_landed"
