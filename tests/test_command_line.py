"""The command line as a person or a machine uses it: a process of its own, its exit codes."""

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sample.world import ACCOUNTS, SampleImport, write_world
from services.database.engine import Database
from services.database.floor import verdict
from tests.common.databases import SAMPLE_DAY, SAMPLE_SEED
from tests.common.reports.independent_reader import claimed
from tests.common.serving.telling import Told, telling
from tests.common.worlds.rates import bank_file, bank_told
from tests.common.worlds.recovery import LEDGER, REIMBURSEMENTS, World, lost, paid
from wording.days import plain_date

PROJECT = Path(__file__).resolve().parents[1]
UNITS = {
    "found",
    "paid_cash",
    "paid_inventory",
    "future",
    "ready",
    "in_progress",
    "expired",
    "denied",
}
AMOUNTS = {
    "future",
    "ready",
    "in_progress",
    "claimed_gross",
    "reversed",
    "claimed_net",
    "expired",
    "denied",
}


def run(database: Database, *words: str) -> subprocess.CompletedProcess[str]:
    """`python -m services …` against this test's database."""
    environment = {
        **os.environ,
        "DATABASE_URL": database.urls.owner.render_as_string(hide_password=False),
        "ACCEPT_SERVER_BELOW_SECURITY_FLOOR": "true",
        "COLUMNS": "200",
    }
    return subprocess.run(
        [sys.executable, "-m", "services", *words],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def answer(database: Database, *words: str) -> Any:
    done = run(database, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """Two units lost on 1 May 2026, one paid 4.20 on 10 May; what else was paid could not be read,
    so the second unit is held back.
    """
    told = World(database, tmp_path, covers=False)  # a rejected payment is all that 11 May has
    told.land(LEDGER, lost("2026-05-01", 2, unreconciled=2))
    told.land(REIMBURSEMENTS, paid("2026-05-10", 1, "4.20"), paid("2026-05-11", 1, "much"))
    return told


@pytest.fixture
def sample_imports(tmp_path: Path) -> list[SampleImport]:
    """The sample world's files, as they were landed."""
    return write_world(tmp_path, today=SAMPLE_DAY, seed=SAMPLE_SEED)


def test_totals_have_the_agreed_shape(world: World) -> None:
    totals = answer(world.database, "totals", "--account", world.account, "--as-of", "2026-05-31")
    assert (totals["account"], totals["as_of"]) == (world.account, "2026-05-31")
    (row,) = totals["rows"]
    group = {name: row[name] for name in ("channel", "type", "subtype", "currency")}
    assert group == {
        "channel": "amazon-us",
        "type": "inventory",
        "subtype": "lost_in_warehouse",
        "currency": "USD",
    }
    assert (set(row["units"]), set(row["amount"])) == (UNITS, AMOUNTS)
    assert (row["units"]["ready"], row["units"]["future"]) == (0, 1)
    # 4.20 for the paid unit, and by it 4.20 for the one still open.
    assert (row["amount"]["claimed_net"], row["amount"]["future"]) == ("4.20", "4.20")


def test_discrepancies_name_their_evidence(world: World) -> None:
    (one,) = answer(
        world.database, "discrepancies", "--account", world.account, "--as-of", "2026-05-31"
    )
    assert set(one) >= {
        "id", "channel", "type", "subtype", "sku", "fnsku", "asin_or_gtin", "event_on", "opens_on",
        "expires_on", "window", "state", "units", "amount", "currency", "basis", "evidence",
    }  # fmt: skip
    loss, unread = one["evidence"]
    assert (loss["row"], unread["row"]) == (2, 3)
    assert loss["document"] != unread["document"]
    assert one["held"] == {"units": 1, "because": "unread_row"}


def test_rejected_says_what_was_expected_and_found(world: World) -> None:
    (row,) = answer(world.database, "rejected", "--account", world.account)
    assert (row["row"], row["column"], row["found"]) == (3, "amount-total", "much")


def test_a_table_for_people(world: World) -> None:
    done = run(world.database, "totals", "--account", world.account, "--as-of", "2026-05-31")
    assert done.returncode == 0
    assert "Lost in warehouse" in done.stdout
    assert "$4.20" in done.stdout
    assert "31 May 2026" in done.stdout


def test_an_amount_that_nobody_knows_is_null_and_called_unknown(
    database: Database, tmp_path: Path
) -> None:
    # Nothing was ever paid for the item, and no cost is known: 2 units, ready, of no known amount.
    world = World(database, tmp_path)
    world.land(LEDGER, lost("2026-05-01", 2, unreconciled=2))
    asked = ("totals", "--account", world.account, "--as-of", "2026-05-31")
    (row,) = answer(database, *asked)["rows"]
    assert (row["units"]["ready"], row["amount"]["ready"]) == (2, None)
    assert (row["units"]["expired"], row["amount"]["expired"]) == (0, "0.00")
    assert "unknown" in run(database, *asked).stdout


def test_an_unknown_account_is_refused_with_the_reason(world: World) -> None:
    done = run(world.database, "totals", "--account", "Nobody")
    assert done.returncode == 1
    assert "no account “Nobody”" in done.stderr
    assert done.stdout == ""


def test_wrong_usage_is_exit_code_2(database: Database) -> None:
    assert run(database, "totals").returncode == 2
    assert run(database, "no-such-command").returncode == 2


def test_check_says_what_to_mend(world: World) -> None:
    # The reports stop in May 2026: stale by any later day.
    done = run(world.database, "check")
    assert done.returncode == 1
    assert done.stderr == "", "what `check` says of the server, no other command repeats"
    assert "MEND  Hand-made · amazon-us: files, data until 10 May 2026" in done.stdout
    assert (
        "ok    Hand-made · files not read whole: 1, with 1 row that could not be read"
        "  → python -m services rejected --account Hand-made"
    ) in done.stdout


def test_an_import_says_on_stderr_what_was_not_read_whole(world: World) -> None:
    file = max(world.folder.glob("*.txt"), key=lambda path: int(path.stem))  # the payments
    asked = ("--account", "Other", "--channel", "amazon-us", "--json")
    done = run(world.database, "import", str(file), *asked)
    assert done.returncode == 1
    assert "not read whole. 1 row could not be read." in done.stderr
    (told,) = json.loads(done.stdout)["files"]
    assert (told["status"], told["is_whole"]) == ("landed", False)


def test_a_server_below_the_floor_is_refused(database: Database) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": database.urls.owner.render_as_string(hide_password=False),
    }
    environment.pop("ACCEPT_SERVER_BELOW_SECURITY_FLOOR", None)
    done = subprocess.run(
        [sys.executable, "-m", "services", "check"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    with database.owning() as connection:
        number = int(connection.exec_driver_sql("show server_version_num").scalar_one())
    if verdict(number).is_safe:
        assert "is needed" not in done.stderr
    else:
        assert done.returncode == 1
        assert "is needed" in done.stderr


def test_claimed_is_what_the_files_say_to_the_cent(
    sample_database: Database, sample_imports: list[SampleImport]
) -> None:
    files = claimed((one.account, one.channel, one.paths) for one in sample_imports)
    shown: dict[tuple[str, str, str], Decimal] = {}
    for account in ACCOUNTS:
        for row in answer(sample_database, "totals", "--account", account)["rows"]:
            key = (account, row["channel"], row["currency"])
            shown[key] = shown.get(key, Decimal(0)) + Decimal(row["amount"]["claimed_net"])
    assert _not_nought(shown) == _not_nought(files)
    assert len(shown) >= 5


def _not_nought(sums: Mapping[Any, Decimal]) -> dict[Any, Decimal]:
    return {key: value for key, value in sums.items() if value}


def test_exchange_rates_come_from_the_bank_or_from_its_file(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = dt.datetime.now(dt.UTC).date()
    path = tmp_path / "eurofxref-hist.xml"
    path.write_bytes(bank_file((str(today), {"USD": "1.0823", "GBP": "0.83415"})))
    done = run(database, "rates", str(path))
    assert done.returncode == 0, done.stderr
    said = f"European Central Bank: 2 exchange rates read, the newest of {plain_date(today)}."
    assert done.stdout.strip() == said
    with telling(lambda _asked: Told(path.read_bytes())) as bank:
        monkeypatch.setenv("EXCHANGE_RATES_URL", f"{bank.address}/rates/")
        done = run(database, "rates")
    assert (done.returncode, done.stdout.strip()) == (0, said)
    path.write_text("<html/>")
    done = run(database, "rates", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "holds no rates" in done.stderr


def test_totals_of_several_currencies_come_together_at_the_rates_of_their_day(
    database: Database, tmp_path: Path
) -> None:
    """Of the day that is asked for: a later rate changes nothing of it."""
    told = World(database, tmp_path)
    told.land(LEDGER, lost("2026-05-01", 2, unreconciled=2))
    told.land(
        REIMBURSEMENTS,
        paid("2026-05-10", 1, "4.20"),
        paid("2026-05-11", 1, "10.00") | {"currency-unit": "CAD"},
    )
    bank_told(database, dt.date(2026, 5, 29), USD="1.25", CAD="2.5")
    bank_told(database, dt.date(2026, 6, 1), USD="1.25", CAD="1.25")
    asked = ("totals", "--account", told.account, "--in", "USD", "--as-of")
    may = answer(database, *asked, "2026-05-31")
    assert may["together"]["rates_on"] == "2026-05-29"
    assert may["together"]["rates"] == {"CAD": "0.500000", "USD": "1"}
    assert may["together"]["amount"]["claimed_net"] == "9.20"
    june = answer(database, *asked, "2026-06-01")
    assert june["together"]["amount"]["claimed_net"] == "14.20"
    before = answer(database, *asked, "2026-05-28")  # before any rate
    assert before["together"]["rates_on"] is None
    assert before["together"]["without_rate"] == ["CAD", "USD"]
    assert before["together"]["amount"]["claimed_net"] is None
    assert "together" not in answer(database, *asked[:3])
    said = run(database, *asked, "2026-05-31").stdout
    assert "All currencies together in USD: " in said
    assert "Claimed, net $9.20" in said
    assert "CA$1 = $0.5: European Central Bank, 29 May 2026." in said
    assert run(database, *asked[:3], "--in", "dollars").returncode == 2
