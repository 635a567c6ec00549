"""A clock that is wrong during one import: said, and healed by bringing the same files again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.landing.importing import ImportResult, import_files
from services.landing.refusals import ImportRefusedError
from services.recovery import clock
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, lost, one

# What depends on a clock anywhere, and all that hangs on it.
TABLES: Final = (
    "report_document",
    "report_coverage",
    "amazon_ledger_event",
    "amazon_reimbursement",
    "amazon_fee_preview",
    "amazon_inbound_item",
    "rejected_row",
    "unread_row",
    "discrepancy",
    "open_total",
    "held_total",
    "claimed_total",
    "month_total",
    "figure_change",
    "figure_clock",
)
YEARS: Final = timedelta(days=4 * 365)


def clock_at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def write(folder: Path) -> list[Path]:
    """A year's reports: losses, some expired, a payment, a list without days."""
    folder.mkdir(exist_ok=True)
    items = (
        '{"payload": {"ItemData": [{"ShipmentId": "FBA15ABCDEF1", "SellerSKU": "SKU-X001",'
        ' "QuantityShipped": "10", "QuantityReceived": "8"}]}}'
    )
    shipments = (
        '{"payload": {"ShipmentData": [{"ShipmentId": "FBA15ABCDEF1",'
        ' "ShipmentName": "Mine", "ShipmentStatus": "CLOSED"}]}}'
    )
    contents = {
        "ledger.txt": files.ledger(
            [
                lost("12/10/2025"),
                lost("05/09/2026", unreconciled="1"),
                lost("10/08/2026", "X002"),
                ledger_row("11/20/2026"),
            ]
        ),
        "money.txt": files.reimbursements([files.reimbursement_row()]),
        "items.json": items.encode(),
        "shipments.json": shipments.encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return sorted(folder.iterdir())


def bring(database: Database, paths: list[Path], account: str = "ACME") -> ImportResult:
    return import_files(database, paths, account=account, channel="amazon-us")


def state(database: Database, account: str) -> dict[str, list[str]]:
    """What is stored of an account, but for numbers and for moments of this very day."""
    left_out = (
        "array['account_id', 'channel_id', 'document_id', 'discrepancy_id', 'seen_at', 'read_at',"
        " 'notes', 'added_by', 'landed_at', 'to_come', 'read_anew']"
    )
    return {
        table: sorted(
            str(row)
            for row in every_row(
                database,
                f"select to_jsonb(t) - {left_out} from {table} t join account a using (account_id)"
                " where a.name = :account",
                account=account,
            )
        )
        for table in TABLES
    }


def spoil(database: Database, by: timedelta) -> None:
    """The database's clock was wrong as well."""
    with database.loading() as connection:
        connection.execute(
            text("update report_document set landed_at = landed_at + :by, seen_at = seen_at + :by"),
            {"by": by},
        )


@pytest.mark.parametrize("of_database", [False, True], ids=["this machine's", "both"])
@pytest.mark.parametrize(
    "by", [YEARS, timedelta(days=-200), -YEARS], ids=["ahead", "behind", "far"]
)
def test_the_same_files_again_heal_what_a_wrong_clock_spoiled(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    by: timedelta,
    of_database: bool,
) -> None:
    paths = write(tmp_path / "reports")
    clock_at(monkeypatch, datetime.now(UTC) + by)
    bring(database, paths)
    if of_database:
        spoil(database, by)
    monkeypatch.undo()
    bring(database, paths, "Undisturbed")
    assert state(database, "ACME") != state(database, "Undisturbed")
    again = bring(database, paths)
    assert again.files[1].status == "landed"
    assert "read anew" in " ".join(again.files[1].notes)
    healed, right = state(database, "ACME"), state(database, "Undisturbed")
    for table in TABLES:
        assert healed[table] == right[table], table
    assert one(database, "select count(*) from report_document where landed_at > now()") == 0
    # And once healed, the same again changes nothing.
    assert {file.status for file in bring(database, paths).files} == {"already_landed"}


def test_what_a_clock_years_ahead_told_of_a_known_figure_is_taken_back(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that moved Unclaimed still adds up to it, and no day to come is told of."""
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_bytes(files.ledger([lost("10/08/2026")]))
    second.write_bytes(files.ledger([lost("10/20/2026", "X002")]))
    bring(database, [first])
    clock_at(monkeypatch, datetime.now(UTC) + YEARS)
    bring(database, [second])
    monkeypatch.undo()
    to_come = "select count(*) from figure_change where changed_on > current_date + 1"
    assert one(database, to_come) != 0
    bring(database, [second])
    assert one(database, to_come) == 0
    moved = one(database, "select sum(units) from figure_change")
    assert moved == one(database, "select sum(units_remaining) from open_total") == 4


def test_a_list_that_landed_on_a_day_to_come_proves_nothing_until_it_is_brought_again(
    database: Database, tmp_path: Path
) -> None:
    paths = write(tmp_path / "reports")
    bring(database, paths)
    spoil(database, YEARS)
    more = tmp_path / "more.txt"
    more.write_bytes(files.ledger([ledger_row("11/22/2026")]))
    bring(database, [more])
    held = "select held_units from discrepancy where subtype = 'inbound_shortage'"
    assert one(database, held) == 2


def test_what_a_misread_file_had_replaced_is_read_again_as_well(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read as if the day came first, a ledger of May speaks for days of other months."""
    older, misread = tmp_path / "a.txt", tmp_path / "b.txt"
    # By a clock of March 2026 the month first is still to come, and the day first has been.
    misread.write_bytes(files.ledger([lost("05/01/2026"), lost("05/02/2026")], 14))
    older.write_bytes(files.ledger([lost("01/05/2026", "X003"), lost("02/05/2026", "X003")], 14))
    clock_at(monkeypatch, datetime(2026, 3, 1, tzinfo=UTC))
    bring(database, [older, misread])
    monkeypatch.undo()
    days = "select day::text, fnsku from amazon_ledger_event order by 1"
    assert ("2026-01-05", "X001") in every_row(database, days)
    bring(database, [misread, older])
    assert every_row(database, days) == [
        ("2026-01-05", "X003"),
        ("2026-02-05", "X003"),
        ("2026-05-01", "X001"),
        ("2026-05-02", "X001"),
    ]


@pytest.mark.parametrize("by", [YEARS, -YEARS])
def test_where_two_clocks_go_apart_nothing_is_imported(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    paths = write(tmp_path / "reports")
    monkeypatch.setattr(clock, "of_this_machine", lambda: datetime.now(UTC) + by)
    with pytest.raises(ImportRefusedError, match=r"clock says .* the database's .* Set the one"):
        bring(database, paths)
    assert one(database, "select count(*) from account") == 0
