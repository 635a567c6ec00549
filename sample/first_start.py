"""Something to look at on the very first start."""

import datetime as dt
from collections.abc import Callable

from sqlalchemy import text

from sample.load import SampleWorldError, load_sample
from sample.world import ACCOUNTS
from services.database.engine import Database
from services.settings import Settings


def fill_empty(database: Database, chosen: Settings, say: Callable[[str], None]) -> None:
    """Load the sample world into an embedded database that holds nothing, or only part of it.

    An operator's own server (DATABASE_URL) is left alone: there, `python -m services sample`.
    """
    if chosen.database_url or not _is_empty_or_unfinished(database):
        return
    try:
        load(database, chosen, say)
    except SampleWorldError as problem:  # half a world of another day: still worth opening
        say(str(problem))


def load(database: Database, chosen: Settings, say: Callable[[str], None]) -> None:
    """Write and import the sample world of the settings' seed, as of today.

    Raises SampleWorldError.
    """
    load_sample(
        database,
        directory=chosen.data_directory / "sample",
        today=dt.datetime.now(dt.UTC).date(),
        seed=chosen.sample_seed,
        say=say,
    )


def _is_empty_or_unfinished(database: Database) -> bool:
    with database.listing_accounts() as connection:
        rows = connection.execute(text("select name, is_sample from account")).all()
    return all(row.name in ACCOUNTS and not row.is_sample for row in rows)
