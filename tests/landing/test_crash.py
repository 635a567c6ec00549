"""A crash at any moment leaves the old state; two loaders at once leave one."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from services.database.engine import Database
from services.landing.importing import import_files
from services.landing.land import FileResult
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, lost

TABLES = (
    "account",
    "channel",
    "report_document",
    "report_coverage",
    "rejected_row",
    "amazon_ledger_event",
    "discrepancy",
    "open_total",
)

# Kills itself, as the kernel would, the first time that progress says the named thing.
VICTIM = """
import os, signal, sys
from pathlib import Path
from services.database.engine import Database, role_urls
from services.settings import Settings
from services.landing.importing import import_files
from sqlalchemy import make_url

def progress(what, done, total):
    if what == sys.argv[2] and done >= total / 2:
        os.kill(os.getpid(), signal.SIGKILL)

database = Database(role_urls(make_url(os.environ["OWNER"]), Settings(_env_file=None)))
import_files(database, [Path(sys.argv[1])], account="ACME", channel="amazon-us", progress=progress)
"""


def state(database: Database) -> list[list[tuple[object, ...]]]:
    return [every_row(database, f"select * from {table} t order by t::text") for table in TABLES]


@pytest.mark.parametrize("moment", ["ledger.txt", "identifying"])
def test_an_import_that_is_killed_leaves_the_old_state(
    database: Database, tmp_path: Path, moment: str
) -> None:
    (tmp_path / "before.txt").write_bytes(files.ledger([lost(unreconciled="2")]))
    import_files(database, [tmp_path / "before.txt"], account="ACME", channel="amazon-us")
    before = state(database)
    path = tmp_path / "ledger.txt"
    path.write_bytes(files.ledger([ledger_row(f"05/{1 + n % 28}/2026") for n in range(20_000)]))
    owner = database.urls.owner.render_as_string(hide_password=False)
    killed = subprocess.run(
        [sys.executable, "-c", VICTIM, str(path), moment],
        env=os.environ | {"OWNER": owner},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert state(database) == before
    # Nor does it stand in the way of the next attempt.
    [result] = import_files(database, [path], account="ACME", channel="amazon-us").files
    assert (result.status, result.rows_landed) == ("landed", 20_000)


def test_two_loaders_at_once_land_one_copy(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "ledger.txt"
    path.write_bytes(files.ledger([lost(reference=str(number)) for number in range(500)]))
    started = threading.Barrier(2)
    results: list[FileResult] = []

    def load() -> None:
        started.wait()
        results.extend(import_files(database, [path], account="ACME", channel="amazon-us").files)

    loaders = [threading.Thread(target=load) for _ in range(2)]
    for loader in loaders:
        loader.start()
    for loader in loaders:
        loader.join()
    assert sorted(result.status for result in results) == ["already_landed", "landed"]
    assert every_row(
        database,
        "select (select count(*) from account), (select count(*) from channel),"
        " (select count(*) from report_document), (select count(*) from amazon_ledger_event)",
    ) == [(1, 1, 1, 500)]


def test_two_loaders_of_overlapping_ledgers_leave_the_newest(
    database: Database, tmp_path: Path
) -> None:
    older, newer = tmp_path / "older", tmp_path / "newer"
    older.write_bytes(files.ledger([lost("05/10/2026"), lost("05/12/2026", unreconciled="2")]))
    newer.write_bytes(files.ledger([lost("05/12/2026", unreconciled="0"), lost("05/14/2026")]))
    for _ in range(5):
        loaders = [
            threading.Thread(
                target=import_files,
                args=(database, [path]),
                kwargs={"account": f"ACME {_}", "channel": "amazon-us"},
            )
            for path in (older, newer)
        ]
        for loader in loaders:
            loader.start()
        for loader in loaders:
            loader.join()
    rows = every_row(
        database,
        "select day::text, unreconciled_quantity, count(*) from amazon_ledger_event"
        " group by 1, 2 order by 1",
    )
    assert rows == [("2026-05-10", None, 5), ("2026-05-12", 0, 5), ("2026-05-14", None, 5)]
