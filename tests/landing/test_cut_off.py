"""A file that is cut off speaks only for the days before the cut."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from services.database.engine import Database
from services.landing.importing import import_files
from tests.common.reports import files
from tests.common.reports.amazon import came_back
from tests.common.reports.files import every_row
from tests.common.worlds.recovery import OLD_LEDGER, Row, old, quiet

ASKED: Final = (date(2026, 2, 1), date(2026, 6, 1))
PROVEN: Final = """
select min(day)::text, max(day)::text, count(*) from report_coverage where not has_unnamed
"""


def returned(day: str) -> Row:
    return came_back(day, plate=f"LPN{day}")


def report(header: Sequence[str], rows: Sequence[Row]) -> str:
    return files.table(header, [[str(row.get(name, "")) for name in header] for row in rows])


def land_cut(database: Database, folder: Path, content: str, *, asked: bool) -> None:
    """Land what is left of a file of which the last row is cut."""
    path = folder / "cut.txt"
    path.write_text(content)
    days = ASKED if asked else None
    [one] = import_files(database, [path], account="ACME", channel="amazon-us", asked=days).files
    rows = len(content.splitlines()) - 1
    assert (one.rows_landed, one.rows_rejected) == (rows - 1, 1), "the cut costs no good row"
    assert not one.is_whole


RISING: Final = ("2026-02-01", "2026-03-05", "2026-04-02", "2026-04-20")
FALLING: Final = ("2026-05-20", "2026-04-02", "2026-03-05", "2026-02-10")


# The last of the days is that of the row that is cut. February has 28 days, March and May have 31.
@pytest.mark.parametrize(
    ("days", "asked", "proven"),
    [
        # The last row read is of 2 April: 28 + 31 + 1 days before it.
        (RISING, True, ("2026-02-01", "2026-04-01", 60)),
        (RISING, False, ("2026-02-01", "2026-04-01", 60)),
        # The last row read is of 5 March: 26 + 30 + 31 + 1 days after it, or 26 + 30 + 20.
        (FALLING, True, ("2026-03-06", "2026-06-01", 88)),
        (FALLING, False, ("2026-03-06", "2026-05-20", 76)),
        (("2026-03-05", "2026-02-01", "2026-04-02", "2026-04-20"), True, (None, None, 0)),
        # The rows read rise by chance: the cut one shows that they stand in no order.
        ((*RISING[:3], "2026-03-20"), True, (None, None, 0)),
        # Two days stand in order by chance.
        (("2026-02-01", "2026-04-02"), True, (None, None, 0)),
    ],
)
@pytest.mark.parametrize("ended", [False, True])
def test_a_cut_file_speaks_only_for_the_days_before_the_cut(  # noqa: PLR0917
    database: Database,
    tmp_path: Path,
    days: Sequence[str],
    asked: bool,
    proven: tuple[object, ...],
    ended: bool,
) -> None:
    content = report(files.RETURNS, [returned(day) for day in days])
    cut = content[: content.rindex("\tX001")] + "\n" * ended
    land_cut(database, tmp_path, cut, asked=asked)
    assert every_row(database, PROVEN) == [proven]


def test_a_cut_ledger_speaks_only_for_the_days_before_the_cut(
    database: Database, tmp_path: Path
) -> None:
    content = report(OLD_LEDGER, [old({**quiet(day), "FNSKU": "X00000001A"}) for day in RISING])
    land_cut(database, tmp_path, content[: content.rindex("\tMug")], asked=True)
    assert every_row(database, PROVEN) == [("2026-02-01", "2026-04-01", 60)]
