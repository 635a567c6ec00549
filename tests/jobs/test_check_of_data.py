"""`check` says where a disk runs full, a clock was wrong, or a figure is not what its rows make."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.finding import Finding
from services.health import data
from services.recovery import clock
from services.recovery.agreement import EQUATIONS
from services.settings import Settings
from tests.common.worlds.recovery import (
    COST,
    LEDGER,
    REIMBURSEMENTS,
    World,
    case,
    cost,
    lost,
    paid,
    quiet,
)

UPSET = {
    "units of discrepancies": "update discrepancy set units = units + 1",
    "paid less taken back": "update discrepancy set claimed_gross = claimed_gross + 0.01",
    "money of payments": "update reimbursement set amount = amount + 0.01",
    "units of payments": "update reimbursement set units_cash = units_cash + 1",
    "money of the reimbursements report":
        "update amazon_reimbursement set amount_total = amount_total - 0.01",
    "units unclaimed": "update figure_change set units = units - 1",
    "money unclaimed": "update figure_change set amount = amount - 0.01",
}  # fmt: skip
SUMS = {
    "open_total": "update open_total set amount_remaining = amount_remaining + 0.01",
    "held_total": "update held_total set units = units + 1",
    "claimed_total": "delete from claimed_total",
    "month_total": "update month_total set units_new = units_new + 1",
}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """Two losses, one of them paid, the other held back: its ledger is older than the payments."""
    one = World(database, tmp_path)
    one.land(COST, cost("4.20"), delimiter=",")
    one.land(REIMBURSEMENTS, paid(days_ago(40), 1, "4.00"))
    one.land(LEDGER, lost(days_ago(50), 2, unreconciled=1), quiet(days_ago(30)))
    one.land(REIMBURSEMENTS, paid(days_ago(5), 1, "3.00", reason="Moon_Dust"))
    return one


def days_ago(days: int) -> str:
    return (date.today() - timedelta(days)).isoformat()  # noqa: DTZ011  about so long ago


def figures(database: Database) -> list[Finding]:
    return list(data.of_figures(database))


def test_every_equation_that_is_upset_is_said_with_its_numbers(world: World) -> None:
    assert len(UPSET) == len(EQUATIONS)
    assert [one.well for one in figures(world.database)] == [True, True]
    for equation, statement in UPSET.items():
        with world.database.loading() as connection:
            connection.execute(text(statement))
            said = [data._broken(one) for one in data.broken_equations(connection)]
            connection.get_transaction().rollback()  # type: ignore[union-attr]
        assert any(equation in one.says and " is not " in one.says for one in said), equation
        assert all(one.subject.startswith("Hand-made · ") and not one.well for one in said)


def test_every_kept_sum_that_is_upset_is_said(world: World) -> None:
    for table, statement in SUMS.items():
        with world.database.loading() as connection:
            assert connection.execute(text(statement)).rowcount, table
            said = list(data.stale_sums(connection))
            connection.get_transaction().rollback()  # type: ignore[union-attr]
        assert table in {one.table for one in said}
        assert {(one.account, one.channel, one.currency) for one in said} == {
            ("Hand-made", "amazon-us", "USD")
        }


def test_what_is_kept_of_a_month_stays_right_in_the_next_ones(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Refused in May, and open again in June, when the files came: Lost fell by it in June.
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 6, 20, 17, tzinfo=UTC))
    world = World(database, tmp_path)
    world.land(LEDGER, lost("2026-05-01", 2, unreconciled=2), quiet("2026-06-18"))
    steps = [
        {"at": "2026-05-20T18:00:00Z", "status": "not_eligible", "note": "no"},
        {"at": "2026-06-10T18:00:00Z", "status": "open", "note": "again"},
    ]
    world.land_cases(case("open", "2026-05-10", events=steps))
    unlost = "select month::text from month_total where units_unlost = 2"
    for moment in ((2026, 6, 30), (2026, 7, 1), (2026, 7, 2), (2027, 2, 1)):
        monkeypatch.setattr(clock, "now", lambda moment=moment: datetime(*moment, 17, tzinfo=UTC))
        with database.loading() as connection:
            assert connection.execute(text(unlost)).scalars().all() == ["2026-06-01"]
            assert list(data.stale_sums(connection)) == []
            connection.execute(text("update month_total set units_unlost = units_unlost - 1"))
            [said] = data.stale_sums(connection)
            assert said.table == "month_total"
            connection.get_transaction().rollback()  # type: ignore[union-attr]


def test_a_disk_that_runs_full_is_to_be_mended(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Settings(_env_file=None, data_directory=tmp_path / "data")
    ours = next(data.of_disks(database, chosen))
    assert ours.well == (not ours.mend)
    assert f"free, {tmp_path / 'data'}" in ours.says
    monkeypatch.setattr(data, "LEAST_FREE", 10**18)
    for one in data.of_disks(database, chosen):
        assert not one.well
        assert one.mend.startswith("Make room on the disk of ")


def test_files_that_landed_on_days_to_come_are_said(world: World) -> None:
    [clocks] = data.of_clocks(world.database)
    assert clocks.well
    with world.database.loading() as connection:
        connection.execute(text("update report_document set landed_at = now() + interval '1 year'"))
    _, ahead = data.of_clocks(world.database)
    assert (ahead.well, ahead.subject) == (False, "Hand-made · files of days to come")
    assert "again" in ahead.mend
