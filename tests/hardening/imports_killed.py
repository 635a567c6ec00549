"""Imports killed at any moment: all or nothing is there, and the next import makes it whole."""

import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg
from sqlalchemy import URL

from services.database.engine import Database
from services.landing.importing import import_files
from tests.common.reports import files
from tests.common.worlds.whole import amazon
from tests.hardening.content import Content, content, difference, raw
from tests.hardening.ground import Ground
from tests.hardening.processes import end, environment_of, said_by, started, wait_for
from tests.hardening.trial import HELD, Attempts, Trial

ACCOUNT: Final = ("--account", "Killed", "--channel", "amazon-us")
_START_SECONDS: Final = 300  # on a machine that does much else
# Beside the reports with a row for every rule: enough rows that landing takes its time.
_LONG_LEDGER: Final = 1_000


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    first, every = _written(ground.subfolder("imports"))
    with ground.database() as before:
        import_files(before, first, account="Killed", channel="amazon-us")
        before.dispose()  # nobody may be connected to what is cloned
        model = _undisturbed(ground, before, every)
        for _ in range(count or 0):
            with ground.database(str(before.urls.owner.database)) as database:
                yield _killed_and_again(database, every, model, chance)


def _written(folder: Path) -> tuple[list[Path], list[Path]]:
    """What was imported long ago, and all that is there now."""
    sheets = [(one.name, one.content) for one in amazon()]
    rows = [
        files.ledger_row(f"05/{1 + number % 28:02}/2026", f"Y{number:05}")
        for number in range(_LONG_LEDGER)
    ]
    every = []
    for name, written in [*sheets, ("long ledger", files.ledger(rows))]:
        every.append(folder / f"{name}.txt")
        every[-1].write_bytes(written)
    return every[: len(every) // 2], every


@dataclass(frozen=True)
class _Model:
    """An import that nobody disturbed."""

    since: datetime
    content: Content
    code: int
    seconds: float  # from its first connection to its end


def _undisturbed(ground: Ground, before: Database, every: Sequence[Path]) -> _Model:
    since = datetime.now(UTC) - timedelta(hours=1)  # what was imported before counts as now, too
    with ground.database(str(before.urls.owner.database)) as database:
        process = _importing(database, every)
        _until_connected(process, database.urls.owner)
        begun = time.monotonic()
        said_by(process)
        seconds = time.monotonic() - begun
        return _Model(since, content(database, since), process.returncode, seconds)


def _importing(database: Database, every: Sequence[Path]) -> subprocess.Popen[str]:
    return started(environment_of(database), "import", *map(str, every), *ACCOUNT)


def _killed_and_again(
    database: Database, every: Sequence[Path], model: _Model, chance: Random
) -> str:
    before = raw(database)
    process = _importing(database, every)
    _until_connected(process, database.urls.owner)
    moment = chance.uniform(0, model.seconds)
    with suppress(subprocess.TimeoutExpired):  # it may be done before
        process.wait(moment)
    end(process)
    told = f"killed after {moment:.2f} of {model.seconds:.2f} s: "
    _until_let_go(database.urls.owner)
    if raw(database) != before and (
        half := difference(content(database, model.since), model.content)
    ):
        return f"{told}neither the old state nor the new one, {half}"
    again = _importing(database, every)
    said = said_by(again)
    if again.returncode != model.code:
        return f"{told}the next import answered {again.returncode}, not {model.code}: {said}"
    wrong = difference(content(database, model.since), model.content)
    return f"{told}after the next import, {wrong}" if wrong else HELD


# The server's own view: the loader's connections to one database.
_LOADERS: Final = b"""
    select count(*) from pg_stat_activity where datname = %s and application_name = 'loader'
"""


def _until_connected(process: subprocess.Popen[str], owner: URL) -> None:
    """An import spends its first second on loading itself: nothing can go wrong there."""
    with _looking(owner) as connection:
        came = wait_for(
            lambda: process.poll() is not None or _loaders(connection, owner) > 0, _START_SECONDS
        )
    assert came, "the import never came to the database"


def _until_let_go(owner: URL) -> None:
    """The server notices that whoever asked is gone."""
    with _looking(owner) as connection:
        assert wait_for(lambda: _loaders(connection, owner) == 0, _START_SECONDS), "still at work"


def _looking(owner: URL) -> psycopg.Connection[Any]:
    plain = owner.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def _loaders(connection: psycopg.Connection[Any], owner: URL) -> int:
    (number,) = connection.execute(_LOADERS, [owner.database]).fetchone() or (0,)
    return int(number)


TRIAL: Final = Trial(
    "imports",
    "imports killed at any moment: the old state or the new one is there, and the same import once"
    " more makes it equal to one that nobody disturbed",
    short=1,
    long=200,
    attempts=attempts,
)
