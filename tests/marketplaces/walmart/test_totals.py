"""What comes by the API comes to what the same files come to when they are imported by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from services.database.engine import Database
from services.insights.as_of import as_of_day, discrepancies, totals
from services.landing.importing import import_files
from services.landing.target import Order
from services.marketplaces.asking import Asking, Client, Fetched, Source
from services.marketplaces.walmart.sources import SOURCES
from services.sync.plan import pieces
from tests.fakes.walmart.server import Walmart
from tests.marketplaces.walmart.asked import US, fetched, newest_day

HANDED_TO_PEOPLE: Final = ("wfs-inbound-receipts_", "cases")
THE_WHOLE: Final = 700  # days, which the sample world fits in


@pytest.fixture
def by_hand(database: Database, walmart_files: Path) -> Any:
    """The account that imports the files."""
    files = [path for path in walmart_files.iterdir() if not path.name.startswith(HANDED_TO_PEOPLE)]
    done = import_files(database, sorted(files), account="By hand", channel=US.code)
    assert done.refused == ()
    return told(database, "By hand")


def test_totals_are_those_of_the_files(
    by_hand: Any, walmart: Walmart, client: Client, database: Database, tmp_path: Path
) -> None:
    landed = {
        kind
        for source in SOURCES
        if source.kinds
        for kind in land(
            database,
            [
                file
                for asking in questions(source)
                for file in fetched(client, asking, tmp_path / source.name)
            ],
        )
    }
    assert landed == {kind for source in SOURCES for kind in source.kinds}
    assert told(database, "By API") == by_hand


def questions(source: Source) -> Iterator[Asking]:
    """All that the world has to tell, as a sync asks for it."""
    whole = replace(source, history=timedelta(days=THE_WHOLE))
    days = pieces(whole, newest_day() + timedelta(days=1)) if source.has_days else [None]
    yield from (Asking(whole, US, piece) for piece in days)


def land(database: Database, files: list[Fetched]) -> set[str]:
    """Import what came of a source, each as it was asked for."""
    done = import_files(
        database,
        [file.path for file in files],
        account="By API",
        channel=US.code,
        orders={file.path: Order(file.days) for file in files},
    )
    assert done.refused == ()
    return {str(one.kind) for one in done.files}


OUR_OWN: Final = ("id", "evidence")  # numbers that each import gives anew


def told(database: Database, account: str) -> Any:
    """Every total, and every discrepancy but for which row of which document proves it."""
    each = as_of_day(database, discrepancies, account, US.code, None)
    alike = [{name: one[name] for name in one if name not in OUR_OWN} for one in each["rows"]]
    whole = as_of_day(database, totals, account, US.code, None)["rows"]
    return whole, sorted(alike, key=str)
