"""More rejected rows than anybody reads: counted, sampled, all in a file, and none forgotten."""

import gzip
import json
from itertools import pairwise
from pathlib import Path

import pytest

from services.database.engine import Database
from services.landing.land import FileResult
from services.landing.rejected import rejecting
from services.settings import settings
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, one
from tests.common.worlds.recovery import LEDGER, REIMBURSEMENTS, World, held, lost, paid, quiet
from tests.landing.bringing import Bring

ROWS = 1_000


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many are many here."""
    monkeypatch.setattr(rejecting, "MOST_LISTED", 50)
    monkeypatch.setattr(rejecting, "_LEAST_LISTED", 10)
    monkeypatch.setattr(rejecting, "_AT_ONCE", 70)


def of_file(result: FileResult) -> list[dict[str, object]]:
    assert result.rejected_file
    path = settings().data_directory / result.rejected_file
    assert path.stat().st_mode & 0o077 == 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def bad_ledger() -> bytes:
    """One good row among many bad ones; one of these has another fault than all others."""
    rows = [
        ledger_row(f"05/{1 + n % 28}/2026", quantity="x", reference=str(n)) for n in range(ROWS)
    ]
    rows[777] = ledger_row("yesterday")
    return files.ledger([*rows, ledger_row()])


def test_of_many_rejected_rows_some_are_listed_and_all_are_in_a_file(
    bring: Bring, database: Database
) -> None:
    result = bring(bad_ledger())
    assert (result.rows_landed, result.rows_rejected) == (1, ROWS)
    listed = every_row(
        database, "select distinct row_number, column_name from rejected_row order by 1"
    )
    assert 50 <= len(listed) <= 53
    assert (779, "Date") in listed  # the one fault of its kind, wherever it stands
    gaps = [int(str(b[0])) - int(str(a[0])) for a, b in pairwise(listed)]
    assert max(gaps) <= ROWS // 50 + 1  # spread over the whole file
    told = of_file(result)
    assert [row["row"] for row in told] == list(range(2, ROWS + 2))
    assert told[0] == {
        "row": 2,
        "column": "Quantity",
        "expected": "a whole number such as 12",
        "found": "x",
        "raw_text": told[0]["raw_text"],
    }
    assert '"x"' in str(told[0]["raw_text"])
    said = " ".join(result.notes)
    assert f"of the {ROWS} rows that could not be read are listed" in said
    assert str(result.rejected_file) in said
    assert f"{ROWS - 1} rows could not be read for “Quantity”" in said
    assert one(database, "select notes::text from report_document") != "[]"


def test_few_rejected_rows_need_no_file(bring: Bring) -> None:
    assert bring(files.ledger([ledger_row(quantity="x")])).rejected_file is None


def test_what_is_not_listed_holds_back_all_that_its_document_reaches(
    database: Database, tmp_path: Path
) -> None:
    """The payment of the loss may stand in a row of which the names are not kept."""
    world = World(database, tmp_path)
    world.land(LEDGER, lost("2026-05-10", 2, unreconciled=2), quiet("2026-06-30"))
    assert held(world.one("2026-07-01")) == (0, None)
    other = {"fnsku": "X009", "sku": "SKU-Z", "asin": "B009", "amount-total": "x"}
    rows = [paid("2026-05-20", 1, "1.00", **other) for _ in range(ROWS)]
    rows[501] = paid("2026-05-21", 2, "9.00", **{"amount-total": "x"})
    world.land(REIMBURSEMENTS, *rows)
    assert held(world.one("2026-07-01")) == (2, "unread_row")


def test_what_stands_for_rows_keeps_their_days_and_nobody_else_loses_names(
    database: Database, tmp_path: Path
) -> None:
    """The rows that could be read end long before those that could not."""
    world = World(database, tmp_path)
    world.land(LEDGER, lost("2026-10-20", 2, unreconciled=2), quiet("2026-11-20"))
    other = {"fnsku": "X009", "sku": "SKU-Z", "asin": "B009"}
    good = [paid(day, 1, "1.00", **other) for day in ("2026-09-05", "2026-09-06")]
    rows = [paid("2026-10-25", 1, "x", **other)] * ROWS
    rows[501] = paid("2026-10-25", 2, "x")
    world.land(REIMBURSEMENTS, *good, *rows)
    assert held(world.one("2026-11-21")) == (2, "unread_row")
    assert world.rows(
        "select day::text, names_nothing, sum(rows), count(*) from unread_row"
        " where account_id = :account_id group by 1, 2 order by 2"
    ) == [("2026-10-25", False, 51, 51), ("2026-10-25", True, ROWS - 51, 1)]
    world.land(REIMBURSEMENTS, asked=("2026-09-05", "2026-09-06"))
    assert held(world.one("2026-11-21")) == (2, "unread_row")
    world.land(REIMBURSEMENTS, *good, asked=("2026-09-05", "2026-11-20"))
    assert held(world.one("2026-11-21")) == (0, None)


@pytest.mark.parametrize("kind", ["payments", "ledger"])
def test_a_readable_copy_releases_what_a_file_without_any_held_back(
    database: Database, tmp_path: Path, kind: str
) -> None:
    world = World(database, tmp_path)
    world.land(LEDGER, lost("2026-05-10", 2, unreconciled=2), quiet("2026-06-30"))
    if kind == "payments":
        good = [paid("2026-05-20", 1, "1.00", sku="Z", fnsku="X009", asin="B009")]
        good *= ROWS // 10
        header, bad = REIMBURSEMENTS, [{**one, "amount-total": "x"} for one in good]
    else:
        good = [lost("2026-05-10", 2, unreconciled=2), *[quiet("2026-07-01")] * (ROWS // 10)]
        header, bad = LEDGER, [{**one, "Quantity": "x"} for one in good]
    world.land(header, *bad)
    assert held(world.one("2026-07-01")) == (2, "unread_row")
    world.land(header, *good)
    assert held(world.one("2026-07-01")) == (0, None)


def test_rows_of_a_report_without_days_are_named_one_by_one(
    bring: Bring, database: Database
) -> None:
    rows = "".join(f"SKU-{n},USD,x,2026-01-01\n" for n in range(ROWS))
    result = bring("sku,currency,unit_cost,valid_from\n" + rows)
    assert one(database, "select count(*) from unread_row where skus <> '{}'") == ROWS
    assert one(database, "select count(*) from rejected_row") == 51
    assert len(of_file(result)) == ROWS


def test_the_rows_that_are_not_whole_are_counted_in_all(bring: Bring, database: Database) -> None:
    bring(bad_ledger())
    assert one(database, "select sum(rows) from unread_row") == ROWS


def test_without_room_for_the_file_nothing_of_it_lands(
    bring: Bring, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings().data_directory).mkdir(parents=True)
    (settings().data_directory / "rejected").write_text("in the way")
    result = bring(bad_ledger())
    assert result.status == "refused"
    assert "cannot be written to" in str(result.refused_because)
    assert one(database, "select count(*) from report_document") == 0
