"""A day lands as itself or is refused, never as another day: the whole file says how it is read."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.database.engine import Database
from services.landing.rows.cells import read_cells
from services.landing.rows.days import DAY_FIRST, MONTH_FIRST, Order, Proofs
from services.landing.rows.parse import HAS_BEEN
from services.marketplaces import contract
from services.marketplaces.amazon.report_formats import LEDGER_DETAIL
from services.marketplaces.contract import Column
from services.recovery import clock
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, one
from tests.landing.bringing import Bring

# Every way of writing a day that has one meaning.
ONE_MEANING: dict[str, Callable[[date], str]] = {
    "iso": lambda day: f"{day:%Y-%m-%d}",
    "iso with slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dots": lambda day: f"{day:%d.%m.%Y}",
    "letters, short year": lambda day: f"{day.day}-{day:%b-%y}",
    "letters, long year": lambda day: f"{day:%d-%b-%Y}",
    "month in full": lambda day: f"{day:%B} {day.day}, {day.year}",
    "month in short": lambda day: f"{day:%b} {day.day}, {day.year}",
    "letters with blanks": lambda day: f"{day.day} {day:%B} {day.year}",
    "serial": lambda day: str((day - date(1899, 12, 30)).days),
    "serial with time": lambda day: f"{(day - date(1899, 12, 30)).days}.5",
}
TIMES = ("", " 09:59", " 23:59:59", " 9:59 AM", "T00:00:00")

days = st.dates(date(2000, 1, 1), date(2068, 12, 31))


def read(reading: contract.Reading, cell: str, order: Order = MONTH_FIRST) -> date | None:
    frame = pl.DataFrame({"row_number": [2], "x": [cell]})
    cells = read_cells(frame, [Column("x", "X", reading)], {}, order)
    values: list[date | None] = cells.values["x"].to_list()
    return values[0] if values else None


@pytest.mark.parametrize("reading", [contract.ISO_DAY, contract.MONTH_FIRST_DAY])
@pytest.mark.parametrize("order", [MONTH_FIRST, DAY_FIRST])
@pytest.mark.parametrize("way", ONE_MEANING)
@given(day=days, time=st.sampled_from(TIMES))
def test_what_has_one_meaning_is_that_day_in_every_column_and_file(
    reading: contract.Reading, order: Order, way: str, day: date, time: str
) -> None:
    written = ONE_MEANING[way](day) + ("" if "serial" in way else time)
    assert read(reading, written, order) == day


@given(day=days, time=st.sampled_from(TIMES))
def test_slashes_are_read_in_the_order_of_their_file(day: date, time: str) -> None:
    assert read(contract.MONTH_FIRST_DAY, f"{day:%m/%d/%Y}{time}", MONTH_FIRST) == day
    assert (
        read(contract.MONTH_FIRST_DAY, f"{day.day}/{day.month}/{day.year}{time}", DAY_FIRST) == day
    )
    assert read(contract.ISO_DAY, f"{day:%m/%d/%Y}") is None


@given(st.lists(days, min_size=1, max_size=12), st.booleans(), st.booleans())
def test_a_file_that_proves_its_order_lands_every_day_as_itself(
    listed: list[date], day_first: bool, second_column: bool
) -> None:
    """By a day above 12 or by a second column; a file that shows neither has the month first."""
    order = DAY_FIRST if day_first else MONTH_FIRST
    written = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    raw = pl.DataFrame(
        {
            "row_number": range(2, len(listed) + 2),
            "day": [f"{day:{written}}" for day in listed],
            "occurred_at": [f"{day}T23:30:00-0700" if second_column else "" for day in listed],
        }
    )
    told = any(d.day > 12 or (second_column and d.day != d.month) for d in listed)
    assert decided(raw) == (order if told else MONTH_FIRST)


def decided(raw: pl.DataFrame) -> Order:
    columns = [c for c in LEDGER_DETAIL.columns if c.field in raw.columns]
    proofs = Proofs()
    order: Order = MONTH_FIRST
    for _ in range(2):
        cells = read_cells(raw, columns, {}, order)
        proofs = proofs.and_then(Proofs().with_rows(raw, cells.values, LEDGER_DETAIL, order))
        order = proofs.order()
    return order


# Through an import --------------------------------------------------------------------------

LEDGER_DAYS = "select day::text from amazon_ledger_event order by row_number"


def rows(*said: tuple[str, str]) -> bytes:
    """A ledger with these dates beside these moments."""
    listed = [
        (day, *ledger_row(fnsku=f"X00{number}")[1:14], moment, "")
        for number, (day, moment) in enumerate(said)
    ]
    return files.ledger(listed)


def landed_days(database: Database) -> list[str]:
    return [str(day) for (day,) in every_row(database, LEDGER_DAYS)]


def test_rows_that_can_only_have_the_day_first_decide_for_the_file(
    bring: Bring, database: Database
) -> None:
    result = bring(rows(("10/05/2026", ""), ("13/05/2026", ""), ("2026-05-25", "")))
    assert landed_days(database) == ["2026-05-10", "2026-05-13", "2026-05-25"]
    assert result.rows_rejected == 0
    assert "Its dates have the day first: row 3 has 13/05/2026." in result.notes


def test_the_deadline_of_a_loss_follows_the_day_that_the_file_proves(
    bring: Bring, database: Database
) -> None:
    loss = files.lost(fnsku="X001", unreconciled="2")
    bring(files.ledger([("10/05/2026", *loss[1:14], "", ""), ("13/05/2026", *loss[1:14], "", "")]))
    found = every_row(
        database, "select event_on::text, expires_on::text from discrepancy order by event_on"
    )
    assert found == [("2026-05-10", "2026-07-09"), ("2026-05-13", "2026-07-12")]


def test_a_second_column_decides_where_no_row_proves_anything(
    bring: Bring, database: Database
) -> None:
    result = bring(rows(("10/05/2026", "2026-05-10T00:00:00+0100"), ("05/05/2026", "")))
    assert landed_days(database) == ["2026-05-10", "2026-05-05"]
    assert "Its dates have the day first: row 2 has 10/05/2026." in result.notes


@pytest.mark.parametrize(
    ("now", "landed"),
    [
        # On 28 November 2026 there was no 1 December 2026 yet: it is 12 January. On 30 November it
        # may be tomorrow somewhere.
        ("2026-11-28T12:00:00+00:00", ["2026-01-12", "2026-01-11"]),
        ("2026-11-30T12:00:00+00:00", ["2026-12-01", "2026-11-01"]),
    ],
)
def test_a_day_that_is_still_to_come_proves_the_other_order(
    bring: Bring,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    now: str,
    landed: list[str],
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(now))
    result = bring(rows(("12/01/2026", ""), ("11/01/2026", "")))
    assert landed_days(database) == landed
    said = "row 2 has 12/01/2026, which is still to come if the month comes first"
    assert any(said in note for note in result.notes) == (landed[0] == "2026-01-12")


def test_what_is_still_to_come_in_either_order_is_not_read(
    bring: Bring, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, tzinfo=UTC))
    result = bring(rows(("12/12/2026", ""), ("12/31/2026", ""), ("05/13/2026", "")))
    assert (result.rows_landed, result.rows_rejected) == (1, 2)
    said = every_row(database, "select distinct expected from rejected_row")
    assert said == [(HAS_BEEN,)]
    # 05/13/2026 has the month first, so 12/01/2026 has not been yet: that row alone is not read.
    both = bring(rows(("12/01/2026", ""), ("05/13/2026", "")))
    assert (both.rows_landed + both.rows_passed_over, both.rows_rejected) == (1, 1)
    # In either order one of these is still to come: nothing is proven, the month comes first.
    slip = bring(rows(("12/01/2026", ""), ("01/12/2026", ""), ("10/05/2026", "")))
    assert (slip.rows_landed, slip.rows_rejected) == (2, 1)


def test_where_nothing_proves_anything_the_month_comes_first(
    bring: Bring, database: Database
) -> None:
    assert bring(rows(("10/05/2026", ""))).notes == ()
    assert landed_days(database) == ["2026-10-05"]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (
            [("05/13/2026", ""), ("13/05/2026", "")],
            "row 2 has 05/13/2026, which has the month first, and row 3 has 13/05/2026",
        ),
        # The second column says both.
        (
            [
                ("05/10/2026", "2026-05-10T00:00:00-0700"),
                ("05/10/2026", "2026-10-05T00:00:00-0700"),
            ],
            "row 2 has 05/10/2026, which has the month first, and row 3 has 05/10/2026",
        ),
        # 13/05 has the day first, but the other row's second column has not.
        (
            [("13/05/2026", ""), ("05/10/2026", "2026-05-10T00:00:00-0700")],
            "row 3 has 05/10/2026, which has the month first, and row 2 has 13/05/2026",
        ),
    ],
)
def test_a_file_that_proves_both_is_refused_with_both_rows(
    bring: Bring, database: Database, said: list[tuple[str, str]], named: str
) -> None:
    assert named in (bring(rows(*said)).refused_because or "")
    assert one(database, "select count(*) from report_document") == 0


def test_a_day_that_is_none_proves_nothing(bring: Bring, database: Database) -> None:
    result = bring(rows(("31/02/2026", ""), ("13/13/2026", ""), ("05/06/2026", "")))
    assert (result.rows_landed, result.rows_rejected) == (1, 2)
    assert landed_days(database) == ["2026-05-06"]


def test_a_summary_line_says_the_order_too(bring: Bring, database: Database) -> None:
    line = list(files.recon_row())
    line[5] = "01/05/2026"
    bring(
        files.recon([files.recon_summary("18.48", "18/04/2026", "01/05/2026"), line]),
        channel="walmart-us",
    )
    assert every_row(
        database,
        "select period_start::text, period_end::text, posted_on::text from walmart_payment",
    ) == [("2026-04-18", "2026-05-01", "2026-05-01")]


def test_a_period_that_would_end_before_it_begins_says_the_order(
    bring: Bring, database: Database
) -> None:
    bring(
        files.inventory([files.inventory_row("01/06/2026", "01/07/2026")] * 1), channel="walmart-us"
    )
    assert landed_period(database) == ("2026-01-06", "2026-01-07")
    bring(
        files.inventory([files.inventory_row("10/02/2026", "09/03/2026")]),
        channel="walmart-us",
        account="OTHER",
    )
    assert landed_period(database) == ("2026-02-10", "2026-03-09")


def landed_period(database: Database) -> tuple[object, ...]:
    [*_, last] = every_row(
        database,
        "select period_start::text, period_end::text from walmart_inventory_reconciliation"
        " order by account_id",
    )
    return last


def test_a_slip_in_one_period_does_not_turn_a_file_with_proofs_around(
    bring: Bring, database: Database
) -> None:
    rows_said = [
        files.inventory_row("04/01/2026", "04/30/2026"),
        files.inventory_row("10/02/2026", "09/03/2026", gtin="00065791330033"),
    ]
    assert bring(files.inventory(rows_said), channel="walmart-us").status == "landed"
    assert one(
        database,
        "select count(*) from walmart_inventory_reconciliation where period_start = '2026-04-01'",
    )


def test_a_moment_in_utc_may_be_the_next_day(bring: Bring, database: Database) -> None:
    moment = datetime(2026, 5, 10, 23, tzinfo=UTC) + timedelta(hours=1)
    assert bring(rows(("05/10/2026", f"{moment:%Y-%m-%dT%H:%M:%S+0000}"))).rows_landed == 1
    assert landed_days(database) == ["2026-05-10"]
