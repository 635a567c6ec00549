"""Whatever the reports say: nothing is lost between the buckets, nothing is counted twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.database.engine import Database
from services.recovery.identify import identify
from tests.common.databases import emptied
from tests.common.reports.drawn import cases, finds, losses, payments
from tests.common.worlds.recovery import (
    COST,
    LEDGER,
    REIMBURSEMENTS,
    Row,
    World,
    cost,
    quiet,
)

BUCKETS = ("future", "ready", "in_progress", "expired", "denied")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Row], list[Row], dict[str, Any]]:
    ledger = draw(st.lists(losses() | finds(), min_size=1, max_size=12))
    money = [row for rows in draw(st.lists(payments(), max_size=8)) for row in rows]
    return [*ledger, quiet("2026-07-01")], money, draw(cases())


@contextmanager
def told(kept: Database, folder: Path, story: Any) -> Iterator[World]:
    ledger, money, filed = story
    with emptied(kept) as database:
        world = World(database, folder, at_once=False)
        world.land(COST, cost("4.20"), delimiter=",")
        world.land(LEDGER, *ledger)
        if money:
            world.land(REIMBURSEMENTS, *money)
        world.land_cases(filed)
        yield world


def whole_state(database: Database) -> list[tuple[object, ...]]:
    """Every derived row with the transaction that wrote it."""
    tables = (
        "reimbursement",
        "discrepancy",
        "discrepancy_reimbursement",
        "discrepancy_evidence",
        "open_total",
        "claimed_total",
        "month_total",
    )
    with database.loading() as connection:
        return [
            (table, *row)
            for table in tables
            for row in connection.execute(
                text(f"select xmin::text, t::text from {table} t order by 2")
            )
        ]


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=worlds())
def test_every_unit_and_every_cent_is_in_one_bucket(
    kept: Database, tmp_path: Path, story: Any
) -> None:
    with told(kept, tmp_path, story) as world:
        for as_of in ("2026-03-01", "2026-07-02", "2027-07-02"):
            _holds(world, as_of, story)
        before = whole_state(world.database)
        with world.database.loading() as connection:
            identify(connection, world.account_id)
        assert whole_state(world.database) == before


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    story=worlds(),
    order=st.tuples(st.permutations(range(4)), st.lists(st.integers(0, 3), max_size=3)),
)
def test_files_in_any_order_and_any_number_of_times_give_the_same_totals(
    kept: Database, tmp_path: Path, story: Any, order: tuple[list[int], list[int]]
) -> None:
    expected = None
    for sequence in ([0, 1, 2, 3], [*order[0], *order[1]]):
        with emptied(kept) as database:
            world = World(database, tmp_path)
            # The first file of an account names its channel: a case feed may not come before.
            world.land(LEDGER, quiet("2026-07-01"))
            for number in sequence:
                _land_part(world, story, number)
            found_now = [world.totals(day) for day in ("2026-03-01", "2026-07-02", "2027-07-02")]
            assert expected in (None, found_now)
            expected = found_now


def _land_part(world: World, story: Any, number: int) -> None:
    ledger, money, filed = story
    if number == 0:
        world.land(COST, cost("4.20"), delimiter=",")
    elif number == 1:
        world.land(LEDGER, *ledger)
    elif number == 2 and money:
        world.land(REIMBURSEMENTS, *money)
    elif number == 3:
        world.land_cases(filed)


def _holds(world: World, as_of: str, story: Any) -> None:
    ledger, money, _ = story
    found_rows = world.all(as_of)
    happened = [
        -int(str(row["Quantity"]))
        for row in ledger
        if row["Reason"] in ("M", "5", "E", "K") and _day(row) <= as_of
    ]
    assert all(value >= 0 for one in found_rows for value in one["units"].values())
    # A payment below cost is a claim of its own, about money and not about a missing unit.
    missing = [one for one in found_rows if one["subtype"] != "paid_below_cost"]
    assert sum(sum(one["units"].values()) for one in missing) == sum(happened)
    for one in missing:
        open_units = sum(one["units"][name] for name in BUCKETS)
        estimated = sum(Decimal(one["amount"][name]) for name in BUCKETS)
        assert estimated == open_units * Decimal("4.20")
    claimed = sum(Decimal(row["amount"]["claimed_net"]) for row in world.totals(as_of))
    approved = [
        Decimal(str(row["amount-total"]))
        for row in money
        if str(row["approval-date"])[:10] <= as_of
    ]
    assert claimed == sum(approved)


def _day(row: Row) -> str:
    month, day, year = str(row["Date"]).split("/")
    return f"{year}-{month}-{day}"
