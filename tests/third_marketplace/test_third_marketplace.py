"""One folder, one line and its migration, with the schema that it makes: all that a third
marketplace costs.

A copy of the product is given Bazaar, which nothing in the product has heard of, and is then used:
its files land in its own tables, its losses are found, and whoever looks sees them.
"""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from services.settings import PROJECT

pytestmark = [pytest.mark.database, pytest.mark.xdist_group("third marketplace")]

HERE: Final = Path(__file__).parent
ACCOUNT: Final = "Bazaar Goods"
PRODUCT: Final = (
    "app.py",
    "asgi.py",
    "components",
    "pages",
    "sample",
    "server",
    "services",
    "static",
    "wording",
    ".streamlit",
    "tests/common",
)
TODAY: Final = datetime.now(ZoneInfo("America/New_York")).date()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


# Worked out by hand. SKU-LOST: 10 lost 30 days ago, 2 + 1 found, 3 paid with 30.00: 4 are open,
# worth 30.00 / 3 each, and claimable for another 30 of 60 days. SKU-BROKEN: 4 broken 100 days ago,
# which nobody claimed in 60 days; what they were worth nobody knows. SKU-ODD: 5.00 and 8.00 paid
# for what no ledger tells of; the older of the two lets the payments speak for the days of all.
LEDGER: Final = [
    ("Moved on", "Land", "Stall SKU", "Ware", "Movement", "Pieces"),
    (ago(100), "US", "SKU-BROKEN", "Vase", "Broken", 4),
    (ago(30), "US", "SKU-LOST", "Lamp", "Lost", 10),
    (ago(20), "US", "SKU-LOST", "Lamp", "Found", 2),
    (ago(1), "US", "SKU-LOST", "Lamp", "Sold", 1),
]
# A newer reading of the last two days: it speaks alone for them, and finds one more.
NEWER: Final = [
    LEDGER[0],
    (ago(1), "US", "SKU-LOST", "Lamp", "Sold", 1),
    (ago(0), "US", "SKU-LOST", "Lamp", "Found", 1),
]
PAYMENTS: Final = [
    ("Payment number", "Paid on", "Stall SKU", "Paid for", "Pieces", "Sum", "Coin"),
    ("P-0", ago(120), "SKU-ODD", "Lost pieces", 1, "5.00", "USD"),
    ("P-1", ago(10), "SKU-LOST", "Lost pieces", 3, "30.00", "USD"),
    ("P-2", ago(1), "SKU-ODD", "Lost pieces", 1, "8.00", "USD"),
]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product with Bazaar's folder, its one line and its migration."""
    copy = tmp_path_factory.mktemp("third")
    for name in PRODUCT:
        if (found := PROJECT / name).is_dir():
            shutil.copytree(found, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif found.exists():
            shutil.copy(found, copy / name)
    shutil.copytree(HERE / "bazaar", copy / "services/marketplaces/bazaar")
    registry = copy / "services/marketplaces/registry.py"
    before = registry.read_text("utf-8")
    after = before.replace('    "walmart",\n', '    "walmart",\n    "bazaar",\n', 1)
    assert len(after.splitlines()) == len(before.splitlines()) + 1
    registry.write_text(after, "utf-8")
    versions = copy / "services/database/migrations/versions"
    newest = max(re.findall(r"^(\d{4})_", "\n".join(one.name for one in versions.iterdir()), re.M))
    for name in ("9000_bazaar.py", "9000_bazaar.sql"):
        text = (HERE / name).read_text("utf-8").replace('"HEAD"', f'"{newest}"')
        (versions / name).write_text(text, "utf-8")
    return copy


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bazaar-files")
    return {
        name: written(folder / f"{name}.csv", rows)
        for name, rows in (("ledger", LEDGER), ("newer", NEWER), ("payments", PAYMENTS))
    }


def written(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n", "utf-8")
    return path


def run(product: Path, *arguments: str) -> str:
    """What a process of the copy prints."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "COV_", "PYTEST"))
    } | {
        "DATA_DIRECTORY": str(product / "data"),
        "LOCAL_MODE_WITHOUT_KEY": "true",
        "PYTHONPATH": str(product),
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=product,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def landed(product: Path, files: dict[str, Path]) -> str:
    """What the imports say: the older ledger with the payments, then the newer one."""

    def brought(*names: str) -> str:
        paths = [str(files[name]) for name in names]
        where = ("--account", ACCOUNT, "--channel", "bazaar-us")
        return run(product, "-m", "services", "import", *paths, *where)

    said = brought("ledger", "payments") + brought("newer")
    schema = product / "services/database/schema.txt"
    schema.write_text(run(product, "-m", "services.database.schema"), "utf-8")
    return said


@pytest.fixture(scope="module")
def seen(product: Path, landed: str) -> dict[str, Any]:
    assert landed
    found: dict[str, Any] = json.loads(run(product, str(HERE / "look.py")))
    return found


def test_its_files_are_known_by_name(landed: str) -> None:
    assert "Bazaar stock ledger" in landed
    assert "Bazaar payments" in landed


def test_its_rows_lie_in_its_own_tables(seen: dict[str, Any]) -> None:
    """Of the day that both ledgers hold the newer one speaks alone: 3 older rows, 2 newer."""
    assert seen["rows"] == {
        "bazaar_ledger_row": 5,
        "bazaar_payment": 3,
        "amazon_ledger_event": 0,
        "amazon_reimbursement": 0,
    }


def test_the_command_line_says_what_was_worked_out_by_hand(product: Path, landed: str) -> None:
    assert landed
    asked = ("-m", "services", "discrepancies", "--account", ACCOUNT, "--json")
    found = {one["subtype"]: one for one in json.loads(run(product, *asked))}
    assert found.keys() == {"lost_in_warehouse", "damaged_in_warehouse"}
    lost, broken = found["lost_in_warehouse"], found["damaged_in_warehouse"]
    assert (lost["state"], lost["units"]["ready"], lost["amount"]["ready"]) == ("ready", 4, "40.00")
    assert (lost["units"]["found"], lost["units"]["paid_cash"]) == (3, 3)
    assert lost["amount"]["claimed_net"] == "30.00"
    assert lost["expires_on"] == ago(-30).isoformat()
    assert (broken["units"]["expired"], broken["amount"]["expired"]) == (4, None)
    totals = json.loads(run(product, "-m", "services", "totals", "--account", ACCOUNT, "--json"))
    paid = [Decimal(row["amount"]["claimed_net"]) for row in totals["rows"]]
    assert sum(paid) == Decimal("43.00")
    assert "MEND" not in run(product, "-m", "services", "check")


FIGURES: Final = {"Unclaimed": "$40.00", "Claimed": "$43.00", "Lost": "unknown"}


def test_every_page_opens_and_shows_it(seen: dict[str, Any]) -> None:
    pages = seen["pages"]
    assert {path: page["failed"] for path, page in pages.items()} == {path: [] for path in pages}
    # A section that breaks says so in its place, and the page goes on.
    assert [path for path, page in pages.items() if "cannot be shown" in page["words"]] == []
    for path in ("overview", "bazaar", "present"):
        assert pages[path]["figures"] == FIGURES, path
    assert pages["portfolio"]["figures"]["At risk"] == "$40.00"
    for path in ("overview", "expiring", "cases", "bazaar", "data", "present", "requests", "you"):
        assert "Bazaar" in pages[path]["words"], path
    for kind in ("Bazaar stock ledger", "Bazaar payments"):
        assert kind in pages["data"]["words"]


def test_its_own_page_is_that_of_every_marketplace(seen: dict[str, Any]) -> None:
    page = seen["pages"]["bazaar"]
    assert page["title"] == ["Bazaar"]
    for said in (
        "Bazaar United States",
        "Lost in warehouse",
        "Damaged in warehouse",
        "How to claim",
        "Lend us the key of your stall",
        "Bazaar's reports do not say what became of pieces sent back.",
    ):
        assert said in page["words"].replace("\\", ""), said


def test_each_discrepancy_says_by_which_rule_it_is_there(seen: dict[str, Any]) -> None:
    told = {subtype: page["words"] for subtype, page in seen["discrepancy"].items()}
    assert "Bazaar's stock ledger calls pieces lost." in told["lost_in_warehouse"]
    assert "Bazaar's stock ledger calls pieces broken in its care." in told["damaged_in_warehouse"]
    assert "Proof of ownership" in told["lost_in_warehouse"]
    assert "stall number SKU-LOST" in told["lost_in_warehouse"].replace("\\", "")


def test_what_is_its_own_is_never_said_in_another_marketplaces_words(seen: dict[str, Any]) -> None:
    for page in (seen["pages"]["bazaar"], *seen["discrepancy"].values()):
        assert not re.search("ASIN|GTIN", page["words"])


def test_files_and_letters_say_it(seen: dict[str, Any]) -> None:
    (row,) = csv.DictReader(io.StringIO(seen["csv"]))
    assert (row["Marketplace"], row["SKU"], row["Amount"]) == ("Bazaar US", "SKU-LOST", "40.00")
    assert row["ASIN or GTIN or stall number"] == "SKU-LOST"
    assert (row["State"], row["Last day"]) == ("Ready to claim", ago(-30).isoformat())
    assert "Bazaar United States: last day to claim 1 item" in seen["calendar"].replace("\\", "")
    assert seen["pdf"] > 1_000
    for letter in seen["letters"].values():
        assert ACCOUNT in letter
    assert re.search(r"At risk: ready to claim +\$40\.00", seen["letters"]["manager"])
