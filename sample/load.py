"""Write the sample world and land it through the same import as anybody's files."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from sample.calls import log_calls
from sample.requests import send_requests
from sample.story import markets
from sample.world import ACCOUNTS, SampleImport, write_world
from services.database.engine import Database
from services.landing.importing import import_files
from services.landing.read.unpack import unpack

Say = Callable[[str], None]

_COMPLETE = """
select count(*) = cardinality(cast(:accounts as text[])) from account
where name = any(:accounts) and is_sample
"""
_LANDED = """
select account.name, document.checksum
from report_document document join account using (account_id)
where account.name = any(:accounts)
"""
_MARK = "update account set is_sample = true where name = any(:accounts) and not is_sample"
# What stopped arriving was last fetched on the day after its last reported day.
_LAST_FETCHED = """
update channel set last_synced_at = :at
from account where account.account_id = channel.account_id and account.name = :account
    and channel.code = :channel and channel.last_synced_at is distinct from :at
"""

_SERVED = """
update channel set service_active = :served
from account where account.account_id = channel.account_id and account.name = :account
    and channel.code = :channel and channel.service_active is distinct from :served
"""


class SampleWorldError(RuntimeError):
    """The sample world cannot be loaded; the message says why and what mends it."""


def load_sample(database: Database, *, directory: Path, today: date, seed: int, say: Say) -> None:
    """Write the world's files below `directory` and import them; then mark its accounts.

    Loading it again changes nothing. A world that is complete stays as it is, whatever the day:
    two days of one world would contradict each other. Loading that was cut short goes on where
    it stopped, on the same day. Raises SampleWorldError.
    """
    if is_loaded(database):
        say("The sample world is loaded already.")
        return
    say("Writing the sample world's report files")
    imports = write_world(directory, today=today, seed=seed)
    _refuse_mixing(database, imports)
    for number, one in enumerate(imports, start=1):
        say(f"Importing {one.account}, {one.channel} ({number} of {len(imports)})")
        _import(database, one)
    log_calls(database, today)
    send_requests(database, today)
    with database.loading() as connection:
        _mark(connection, today)


def is_loaded(database: Database) -> bool:
    """Whether every account of the sample world has been loaded to its end."""
    with database.loading() as connection:
        answer = connection.execute(text(_COMPLETE), {"accounts": list(ACCOUNTS)})
        return bool(answer.scalar_one())


def _import(database: Database, one: SampleImport) -> None:
    result = import_files(database, one.paths, account=one.account, channel=one.channel)
    for refused in result.refused:
        raise SampleWorldError(f"{refused.file} was refused: {refused.refused_because}")


def _refuse_mixing(database: Database, imports: Sequence[SampleImport]) -> None:
    """Reports of another world, or of one's own, under a sample account's name."""
    ours = {(one.account, checksum) for one in imports for checksum in _checksums(one.paths)}
    with database.loading() as connection:
        found = connection.execute(text(_LANDED), {"accounts": list(ACCOUNTS)})
        foreign = sorted({name for name, checksum in found if (name, checksum) not in ours})
    if foreign:
        raise SampleWorldError(
            f"{' and '.join(foreign)} already holds reports that are not of this sample world."
            " Load it into an empty database."
        )


def _checksums(paths: Sequence[Path]) -> Iterator[str]:
    for path in paths:
        for document in unpack(path):
            yield document.checksum


def _mark(connection: Connection, today: date) -> None:
    for market in markets(today):
        named = {"account": market.account, "channel": market.channel}
        connection.execute(text(_SERVED), named | {"served": market.served})
        if market.last_day < today - timedelta(days=1):
            at = datetime.combine(market.last_day + timedelta(days=1), time(6), UTC)
            connection.execute(text(_LAST_FETCHED), named | {"at": at})
    connection.execute(text(_MARK), {"accounts": list(ACCOUNTS)})
