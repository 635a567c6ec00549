"""A whole account by the API, from connecting to the last report: totals are those of its files.

In a storm that cuts, throttles, loses and refuses; what nobody told is asked for again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from sample.story import build_story
from sample.world import write_channel
from services.database.engine import Database
from services.insights.as_of import as_of_day, discrepancies, totals
from services.landing.importing import import_files
from services.marketplaces.amazon.settings import amazon_settings
from services.settings import Settings
from services.sync.run import Ran
from services.sync.syncing import Syncing
from services.sync.wishes import Who, Wishes
from tests.common.databases import SAMPLE_DAY, SAMPLE_SEED
from tests.fakes.amazon.files import Files
from tests.fakes.amazon.login import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from tests.fakes.amazon.server import FakeAmazon, serve
from tests.fakes.faults import Chance, answered, cut

pytestmark = pytest.mark.xdist_group("sync")

CHANNEL: Final = "amazon-uk"
# What no report tells: the service team's cases, the seller's costs and receipts.
OWN: Final = ("cases", "sourcing-costs", "removal-receipts")
AS_OF: Final = datetime.combine(SAMPLE_DAY, time(), UTC)
OUR_NUMBERS: Final = ("id", "evidence")
_ERROR: Final = {"errors": [{"code": "QuotaExceeded", "message": "m"}]}
STORM: Final = (
    answered(429, _ERROR, retry_after="1"),
    answered(500, _ERROR),
    answered(503, _ERROR),
    answered(403, {"errors": [{"code": "Unauthorized", "message": "m"}]}),
    cut(),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of one Amazon channel of the sample world."""
    story = build_story(SAMPLE_DAY, SAMPLE_SEED)
    made = tmp_path_factory.mktemp("world")
    write_channel(made, story, story.market(CHANNEL))
    return made


@pytest.fixture
def amazon(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAmazon]:
    with serve(FakeAmazon(Files.below(folder))) as fake:
        ours = {
            "AMAZON_APPLICATION_ID": APPLICATION_ID,
            "AMAZON_CLIENT_ID": CLIENT_ID,
            "AMAZON_CLIENT_SECRET": CLIENT_SECRET,
        }
        for name, value in (fake.environment | ours).items():
            monkeypatch.setenv(name, value)
        amazon_settings.cache_clear()
        yield fake
    amazon_settings.cache_clear()


@dataclass
class Account:
    """An account that is synced, and whose waits are cut short."""

    database: Database
    chosen: Settings
    key: tuple[int, int] = (0, 0)

    def connect(self) -> None:
        wishes = Wishes(self.database, self.chosen)
        typed = {"refresh_token": REFRESH_TOKEN}
        number = wishes.connect("By API", CHANNEL, typed, Who("test"))
        with self.database.syncing() as connection:
            found = connection.execute(text("select account_id from marketplace_connection"))
            self.key = int(found.scalar_one()), number

    def sync_all(self) -> int:
        """Until nothing is open and every piece was told; returns in how many runs."""
        syncing = Syncing(self.database, self.chosen, lambda _said: None)
        unanswered: list[Any] = []
        for runs in range(1, 30):
            ran = syncing.sync(*self.key)
            assert isinstance(ran, Ran), ran
            unanswered = self._unanswered()
            if not unanswered:
                return runs
            self._let_time_pass()
        raise AssertionError(f"it is never done: {unanswered}")

    def _unanswered(self) -> list[Any]:
        """Open questions, and those whose last answer was none."""
        query = text("""
            select * from (
                select distinct on (source, part, item, first_day) source, state, said, because
                from sync_piece
                order by source, part, item, first_day, settled_at desc nulls first
            ) newest where state <> 'landed'
        """)
        with self.database.syncing() as connection:
            return list(connection.execute(query))

    def _let_time_pass(self) -> None:
        with self.database.syncing() as connection:
            for statement in (
                "update sync_piece set due_at = now() where settled_at is null",
                "update sync_piece set settled_at = settled_at - interval '2 days'"
                " where state in ('not_told', 'refused')",
                "update call_limit set held_until = null, state = '{}'",
            ):
                connection.execute(text(statement))


@pytest.fixture
def account(database: Database, tmp_path: Path) -> Account:
    return Account(database, Settings(_env_file=None, data_directory=tmp_path / "data"))


def own_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.startswith(OWN))


def told(database: Database, account: str) -> tuple[Any, Any]:
    """Every total, and every discrepancy but for which row of which document proves it."""
    each = as_of_day(database, discrepancies, account, CHANNEL, AS_OF)["rows"]
    alike = [{name: one[name] for name in one if name not in OUR_NUMBERS} for one in each]
    whole = as_of_day(database, totals, account, CHANNEL, AS_OF)["rows"]
    return whole, sorted(alike, key=json.dumps)


def by_hand(database: Database, reports: Files, own: list[Path], scratch: Path) -> tuple[Any, Any]:
    files = [path for _, path in reports.whole(scratch, CHANNEL)]
    done = import_files(database, [*files, *own], account="By hand", channel=CHANNEL)
    assert done.refused == ()
    return told(database, "By hand")


def test_totals_are_those_of_the_files_whatever_happens_on_the_way(
    account: Account, amazon: FakeAmazon, folder: Path, tmp_path: Path
) -> None:
    account.connect()
    amazon.faults.chance = Chance(STORM, share=0.07, seed=11)
    amazon.reports.fates["GET_LEDGER_DETAIL_VIEW_DATA"].extend(["CANCELLED", "FATAL"])
    amazon.reports.fates["GET_FBA_REIMBURSEMENTS_DATA"].extend(["NO_DOCUMENT"])
    account.sync_all()
    amazon.faults.chance = None
    own = own_files(folder)
    import_files(account.database, own, account="By API", channel=CHANNEL)
    expected = by_hand(account.database, amazon.files, own, tmp_path)
    assert told(account.database, "By API") == expected
    assert len(amazon.faults.happened) > 10
    ordered = amazon.times("createReport")
    Syncing(account.database, account.chosen, lambda _said: None).sync(*account.key)
    assert amazon.times("createReport") == ordered  # what is known is not ordered again
