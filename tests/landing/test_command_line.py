"""`python -m services import` and `rejected`: answers, refusals and exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app
from services.database.engine import Database
from services.settings import settings
from tests.common.reports import files
from tests.common.reports.files import SAMPLES, ledger_row, one


@pytest.fixture(autouse=True)
def environment(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line finds the test's own database."""
    owner = database.urls.owner.set(drivername="postgresql")
    monkeypatch.setenv("DATABASE_URL", owner.render_as_string(hide_password=False))
    monkeypatch.setenv("ACCEPT_SERVER_BELOW_SECURITY_FLOOR", "true")
    settings.cache_clear()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def bring(*arguments: str | Path) -> Result:
    return run("import", *arguments, "--account", "ACME", "--channel", "amazon-us")


def test_import_says_what_became_of_each_file() -> None:
    result = bring(SAMPLES / "reimbursements_us_cp1252.tsv")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "reimbursements_us_cp1252.tsv: Amazon FBA reimbursements",
        "  5 rows: 5 landed, 0 passed over, 0 rejected",
    ]


def test_a_file_with_a_bad_row_lands_and_is_said_not_to_be_whole(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(files.ledger([ledger_row(), ledger_row(quantity="x")]))
    result = bring(tmp_path / "x", SAMPLES / "customer_returns_us.tsv")
    assert result.exit_code == 1
    assert "1 landed, 0 passed over, 1 rejected" in result.stdout
    assert result.stderr.splitlines() == [
        "x: not read whole. 1 row could not be read.",
        "  The rows and their reasons: python -m services rejected --account ACME",
    ]
    told = json.loads(bring(tmp_path / "x", "--json").stdout)
    assert [file["is_whole"] for file in told["files"]] == [False]


def test_a_damaged_file_that_landed_before_is_still_not_whole(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(files.ledger([ledger_row(), ledger_row(quantity="x")]))
    bring(tmp_path / "x")
    again = bring(tmp_path / "x")
    assert again.exit_code == 1
    assert "this file already landed on " in again.stdout
    assert "x: not read whole. It was not when it landed" in again.stderr


def test_lines_that_miss_their_own_total_are_said(tmp_path: Path) -> None:
    short = (SAMPLES / "settlement_v2_us.tsv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "cut.txt").write_text("".join(short[:-1]), "utf-8")
    result = bring(tmp_path / "cut.txt")
    assert result.exit_code == 1
    assert "cut.txt: not read whole. The lines of settlement" in result.stderr
    assert "but its summary states a total of" in result.stderr
    assert "services rejected" not in result.stderr  # no row of it could not be read


def test_a_refused_file_is_said_on_stderr_and_the_others_land(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "storage").write_text("asin,month_of_charge,storage_rate\n")
    result = bring(tmp_path / "storage", SAMPLES / "customer_returns_us.tsv")
    assert result.exit_code == 1
    assert "storage: refused. This is the report “Amazon storage fees”" in result.stderr
    assert "2 landed" in result.stdout
    assert one(database, "select count(*) from amazon_customer_return") == 2


def test_import_in_json() -> None:
    result = bring(SAMPLES / "walmart_recon_v1.csv", SAMPLES / "customer_returns_us.tsv", "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert (said["account"], said["channel"]) == ("ACME", "amazon-us")
    assert [file["status"] for file in said["files"]] == ["refused", "landed"]
    for file in said["files"]:
        counted = file["rows_landed"] + file["rows_passed_over"] + file["rows_rejected"]
        assert file["rows_in_file"] == counted


def test_the_same_file_twice_is_done_with_nothing_to_do() -> None:
    bring(SAMPLES / "customer_returns_us.tsv")
    result = bring(SAMPLES / "customer_returns_us.tsv")
    assert result.exit_code == 0
    assert "this file already landed on " in result.stdout


def test_an_unknown_channel_is_refused(database: Database) -> None:
    path = SAMPLES / "customer_returns_us.tsv"
    result = run("import", path, "--account", "ACME", "--channel", "amazon-xx")
    assert result.exit_code == 1
    assert "There is no channel “amazon-xx”. Channels: amazon-ae" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["import"],
        ["import", str(SAMPLES)],
        ["import", "/no/such/file", "--account", "ACME"],
        ["rejected"],
        ["no-such-command"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_rejected_rows_for_people_and_machines(tmp_path: Path) -> None:
    (tmp_path / "ledger.txt").write_bytes(files.ledger([ledger_row(quantity="\x1b[2J")]))
    bring(tmp_path / "ledger.txt")
    shown = run("rejected", "--account", "ACME")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("ledger.txt, row 2, Quantity: expected a whole number")
    assert "\x1b" not in shown.stdout
    [row] = json.loads(run("rejected", "--account", "ACME", "--json").stdout)
    assert (row["document"], row["row"], row["column"]) == ("ledger.txt", 2, "Quantity")
    assert row["reason"] == "expected a whole number such as 12; found \x1b[2J"
    assert row["raw_text"].startswith('"05/13/2026"\t"X001"')


def test_rejected_of_an_account_that_has_none_and_of_one_that_is_not() -> None:
    bring(SAMPLES / "customer_returns_us.tsv")
    assert run("rejected", "--account", "ACME").stdout == "No row was rejected.\n"
    result = run("rejected", "--account", "Nobody")
    assert result.exit_code == 1
    assert "There is no account “Nobody”." in result.stderr


def test_a_database_that_is_gone_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:x@127.0.0.1:9/nothing")
    settings.cache_clear()
    result = bring(SAMPLES / "customer_returns_us.tsv")
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr


def test_the_days_a_report_was_asked_for_are_given_together_and_not_ahead(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(files.ledger([ledger_row()]))
    assert bring(tmp_path / "x", "--from", "2026-05-01").exit_code == 2
    assert bring(tmp_path / "x", "--from", "2026-05-02", "--to", "2026-05-01").exit_code == 2
    assert bring(tmp_path / "x", "--from", "2026-05-01", "--to", "2999-01-01").exit_code == 2
    assert bring(tmp_path / "x", "--from", "2026-05-01", "--to", "2026-05-31").exit_code == 0
