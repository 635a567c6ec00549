"""What moved Unclaimed: every movement has a cause, and the movements add up to the figure."""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.database.engine import Database
from services.insights.answers import Filters, Movement, MovementKey
from services.insights.changes import behind, moved_since, movements, own_movements
from services.insights.totals import summed, totals_by_subtype
from services.landing.importing import import_files
from services.recovery import clock
from services.recovery.identify import identify
from tests.common.databases import emptied
from tests.common.reports.drawn import cases, finds, losses, payments
from tests.common.worlds.recovery import (
    COST,
    LEDGER,
    REIMBURSEMENTS,
    Row,
    World,
    case,
    cost,
    found,
    lost,
    paid,
    quiet,
    reversal,
)
from wording.changes import CHANGES
from wording.subtypes import SUBTYPES

USD = Filters("USD")
Line = tuple[str, str, int, str]


def noon(day: date) -> datetime:
    """In Los Angeles it is the same day."""
    return datetime(day.year, day.month, day.day, 20, tzinfo=UTC)


class Calendar:
    """Today, as the imports and the readers see it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.today = date(2026, 2, 1)

    def is_now(self, day: str | date) -> None:
        self.today = date.fromisoformat(day) if isinstance(day, str) else day
        self.monkeypatch.setattr(clock, "now", lambda: noon(self.today))


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    return Calendar(monkeypatch)


@pytest.fixture
def world(database: Database, tmp_path: Path, calendar: Calendar) -> World:
    """Four units of SKU-A lost on 10 January 2026, 4.00 each; today is 1 February."""
    made = World(database, tmp_path)
    calendar.is_now("2026-02-01")
    made.land(COST, cost("4.00"), delimiter=",")
    made.land(LEDGER, lost("2026-01-10", 4), quiet("2026-01-31"))
    return made


def told(world: World, day: date, filters: Filters = USD) -> tuple[Movement, ...]:
    """Every movement up to a day, the newest first."""
    rows: list[Movement] = []
    cursor = None
    with world.database.reading(world.account_id) as connection:
        while True:
            page = movements(connection, world.account_id, filters, noon(day), cursor)
            rows.extend(page.rows)
            cursor = page.following
            if cursor is None:
                return tuple(rows)


def lines(world: World, calendar: Calendar) -> list[Line]:
    return [
        (row.changed_on.isoformat(), row.cause, row.units, str(row.amount))
        for row in told(world, calendar.today)
    ]


def unclaimed(world: World, day: date) -> tuple[int, Decimal]:
    """As the Overview shows it."""
    with world.database.reading(world.account_id) as connection:
        rows = totals_by_subtype(connection, world.account_id, "USD", noon(day))
    figure = summed(rows).unclaimed
    return figure.units, figure.known_amount


def sum_of(rows: tuple[Movement, ...]) -> tuple[int, Decimal]:
    """A unit paid too low is one that was lost: it moves money, and no unit twice."""
    units = sum(row.units for row in rows if SUBTYPES[row.subtype].counts_units)
    return units, sum((row.amount for row in rows), Decimal(0))


def own(world: World) -> list[tuple[str, int, Decimal | None, Decimal | None]]:
    with world.database.reading(world.account_id) as connection:
        number = connection.execute(text("select min(discrepancy_id) from discrepancy"))
        rows = own_movements(connection, world.account_id, number.scalar_one())
    return [(row.cause, row.units, row.amount_before, row.amount_after) for row in rows]


def changed_rows(world: World) -> list[Any]:
    with world.database.loading() as connection:
        return [
            row
            for table in ("figure_change", "figure_clock", "discrepancy_change")
            for row in connection.execute(text(f"select xmin::text, t::text from {table} t"))
        ]


def test_the_first_reports_are_one_line_and_no_row_per_discrepancy(
    world: World, calendar: Calendar
) -> None:
    (only,) = told(world, calendar.today)
    # 4 units x 4.00
    assert (only.cause, only.units, only.amount, only.is_opening) == ("new", 4, Decimal(16), True)
    assert own(world) == []
    with world.database.reading(world.account_id) as connection:
        assert moved_since(connection, world.account_id, USD) == date(2026, 2, 1)


def test_identifying_again_writes_nothing(world: World, calendar: Calendar) -> None:
    world.land(LEDGER, lost("2026-01-10", 4), found("2026-01-20", 1), quiet("2026-02-02"))
    before = changed_rows(world)
    with world.database.loading() as connection:
        identify(connection, world.account_id)
    assert changed_rows(world) == before


def test_found_paid_and_taken_back(world: World, calendar: Calendar) -> None:
    calendar.is_now("2026-02-05")
    # One of four is found again: 4 x 4.00 -> 3 x 4.00.
    world.land(LEDGER, lost("2026-01-10", 4), found("2026-01-20", 1), quiet("2026-02-04"))
    calendar.is_now("2026-02-07")
    world.land(REIMBURSEMENTS, paid("2026-02-06", 2, "8.00", **{"reimbursement-id": "R-A"}))
    calendar.is_now("2026-02-09")
    world.land(REIMBURSEMENTS, reversal("2026-02-08", "R-A", 1, "-4.00"))
    assert lines(world, calendar) == [
        ("2026-02-09", "reversed", 1, "4.00"),
        ("2026-02-07", "paid", -2, "-8.00"),
        ("2026-02-05", "found", -1, "-4.00"),
        ("2026-02-01", "new", 4, "16.00"),
    ]
    assert own(world) == [
        ("found", -1, Decimal(16), Decimal(12)),
        ("paid", -2, Decimal(12), Decimal(4)),
        ("reversed", 1, Decimal(4), Decimal(8)),
    ]


def test_several_causes_of_one_import_are_told_apart(
    world: World, calendar: Calendar, tmp_path: Path
) -> None:
    calendar.is_now("2026-02-05")
    ledger = tmp_path / "ledger.txt"
    costs = tmp_path / "costs.csv"
    rows = (lost("2026-01-10", 4), found("2026-01-20", 1), quiet("2026-02-04"))
    ledger.write_text(sheet(LEDGER, rows), "utf-8")
    costs.write_text(sheet(COST, [cost("5.00", since="2026-01-01")]), "utf-8")
    import_files(world.database, [ledger, costs], account=world.account, channel=world.channel)
    # One found at the old 4.00, then the three left are worth 1.00 more each: 16 - 4 + 3 = 15.
    assert lines(world, calendar)[:2] == [
        ("2026-02-05", "found", -1, "-4.00"),
        ("2026-02-05", "valued", 0, "3.00"),
    ]
    assert own(world) == [
        ("found", -1, Decimal(16), Decimal(12)),
        ("valued", 0, Decimal(12), Decimal(15)),
    ]
    assert unclaimed(world, calendar.today) == (3, Decimal(15))


def sheet(header: Sequence[str], rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_denied_by_a_case_that_had_held_it(world: World, calendar: Calendar) -> None:
    calendar.is_now("2026-02-05")
    world.land_cases(case("open", "2026-02-04"))
    assert len(lines(world, calendar)) == 1  # in progress is still unclaimed
    calendar.is_now("2026-04-01")  # the window of 60 days has passed; the case holds it
    world.land_cases(case("not_eligible", "2026-02-04", closed="2026-03-31"))
    assert lines(world, calendar)[0] == ("2026-04-01", "denied", -4, "-16.00")


def test_a_case_closed_without_a_decision_gives_the_rest_to_its_window(
    world: World, calendar: Calendar
) -> None:
    world.land_cases(case("open", "2026-01-20"))
    calendar.is_now("2026-04-01")
    world.land_cases(case("closed", "2026-01-20", closed="2026-03-31"))
    assert lines(world, calendar)[0] == ("2026-04-01", "expired", -4, "-16.00")


def test_what_expires_is_told_on_the_day_after_without_any_import(
    world: World, calendar: Calendar
) -> None:
    # 10 January + 60 days = 11 March, the last day.
    assert unclaimed(world, date(2026, 3, 11)) == (4, Decimal(16))
    assert [row.cause for row in told(world, date(2026, 3, 11))] == ["new"]
    calendar.is_now("2026-03-20")
    expected = ("2026-03-12", "expired", -4, "-16.00")
    assert lines(world, calendar)[0] == expected
    # The next import writes it down, once, on the same day.
    world.land(LEDGER, quiet("2026-03-19"))
    assert lines(world, calendar)[0] == expected
    assert len(lines(world, calendar)) == 2


def test_a_unit_paid_after_its_window_moves_nothing(world: World, calendar: Calendar) -> None:
    calendar.is_now("2026-03-20")
    world.land(REIMBURSEMENTS, paid("2026-03-15", 4, "16.00"))
    assert [line[1] for line in lines(world, calendar)] == ["expired", "new"]
    assert sum_of(told(world, calendar.today)) == unclaimed(world, calendar.today) == (0, 0)


def test_a_unit_found_that_a_payment_was_counted_for_moves_nothing(
    world: World, calendar: Calendar
) -> None:
    calendar.is_now("2026-02-02")
    world.land(REIMBURSEMENTS, paid("2026-01-15", 4, "16.00"))
    before = lines(world, calendar)
    assert before[0] == ("2026-02-02", "paid", -4, "-16.00")
    # Amazon itself now says that all four are reconciled: nothing is open, as before.
    world.land(LEDGER, lost("2026-01-10", 4, unreconciled=0), quiet("2026-02-01"))
    assert lines(world, calendar) == before


def test_a_loss_that_the_reports_take_back_is_gone(world: World, calendar: Calendar) -> None:
    calendar.is_now("2026-02-05")
    # A newer ledger of the same days no longer has the loss.
    world.land(LEDGER, quiet("2026-01-10"), quiet("2026-01-31"), quiet("2026-02-04"))
    assert lines(world, calendar)[0] == ("2026-02-05", "gone", -4, "-16.00")


def test_each_line_opens_what_is_behind_it(world: World, calendar: Calendar) -> None:
    calendar.is_now("2026-02-05")
    world.land(LEDGER, lost("2026-01-10", 4), found("2026-01-20", 1), quiet("2026-02-04"))
    key = MovementKey(date(2026, 2, 5), "amazon-us", "lost_in_warehouse", "found", "USD")
    passed = MovementKey(date(2026, 3, 12), "amazon-us", "lost_in_warehouse", "expired", "USD")
    with world.database.reading(world.account_id) as connection:
        assert [
            (one.sku, one.units, one.amount) for one in behind(connection, world.account_id, key)
        ] == [("SKU-A", -1, Decimal(-4))]
        assert [
            (one.sku, one.units, one.amount) for one in behind(connection, world.account_id, passed)
        ] == [("SKU-A", -3, Decimal(-12))]
        assert behind(connection, world.account_id + 1, key) == ()


def test_filters_and_other_accounts(world: World, calendar: Calendar) -> None:
    assert told(world, calendar.today, Filters("CAD")) == ()
    assert told(world, calendar.today, Filters("USD", type="fee")) == ()
    assert told(world, calendar.today, Filters("USD", channel="walmart-us")) == ()
    with world.database.reading(world.account_id) as connection:
        theirs = movements(connection, world.account_id + 1, USD, noon(calendar.today))
        assert theirs.rows == ()


Step = tuple[int, str, Any]

steps = st.lists(
    st.tuples(
        st.integers(0, 45),  # days later
        st.one_of(
            st.tuples(st.just("ledger"), st.lists(losses() | finds(), min_size=1, max_size=5)),
            st.tuples(st.just("payments"), payments()),
            st.tuples(st.just("case"), cases()),
            st.tuples(st.just("cost"), st.sampled_from(["3.10", "4.20", "0.99"])),
        ),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(lived=steps)
def test_unclaimed_is_the_sum_of_what_moved_it_on_every_day(
    kept: Database, tmp_path: Path, calendar: Calendar, lived: list[Any]
) -> None:
    shown: dict[date, tuple[int, Decimal]] = {}
    calendar.is_now("2026-02-01")
    with emptied(kept) as database:
        world = World(database, tmp_path)
        world.land(LEDGER, lost("2026-01-10", 4), quiet("2026-01-31"))
        for days, (what, rows) in lived:
            for day in {days // 2, days - 1} - {-1}:  # without any import
                between = calendar.today + timedelta(day)
                shown[between] = unclaimed(world, between)
            calendar.is_now(calendar.today + timedelta(days))
            _land(world, what, rows, calendar.today)
            shown[calendar.today] = unclaimed(world, calendar.today)
        every = told(world, calendar.today)
    assert {row.cause for row in every} <= CHANGES.keys()
    by_day: dict[date, list[Movement]] = defaultdict(list)
    for row in every:
        by_day[row.changed_on].append(row)
    for day, figure in shown.items():
        until = tuple(row for on, rows in by_day.items() if on <= day for row in rows)
        assert sum_of(until) == figure, day


def _land(world: World, what: str, rows: Any, today: date) -> None:
    if what == "ledger":
        world.land(LEDGER, *(row for row in rows if _day(row) <= today), quiet(today.isoformat()))
    elif what == "payments":
        world.land(REIMBURSEMENTS, *rows)
    elif what == "case":
        world.land_cases(rows)
    else:
        world.land(COST, cost(rows), delimiter=",")


def _day(row: Any) -> date:
    month, day, year = map(int, row["Date"].split("/"))
    return date(year, month, day)
