"""Identification's stages: what each says that it reads, writes and leaves is true of its SQL."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, event

from services.database.engine import Database
from services.landing.importing import import_files
from services.marketplaces.registry import FORMATS, RECOVERIES
from services.recovery.candidates import shared_by
from services.recovery.identify import STAGES
from services.recovery.stage import LANDED, Stage, StageError, fitting, take
from tests.common.databases import emptied
from tests.common.parsed import Touched, touched
from tests.common.worlds.whole import File, Sheet, amazon, walmart_files

_BOUND: Final = re.compile(r"%\(\w+\)s(::\w+)?")


def _with_a_broken_row(files: tuple[File, ...]) -> Iterator[File]:
    """The last row of each table is there again, and cannot be read."""
    for file in files:
        if isinstance(file, Sheet):
            broken = tuple("?" if cell.lstrip("-").isdigit() else cell for cell in file.rows[-1])
            yield file.with_rows((*file.rows, broken))
        else:
            yield file


def _import(database: Database, folder: Path, channel: str, files: Iterator[File]) -> None:
    paths = []
    for number, file in enumerate(files):
        paths.append(folder / f"{channel} {number}.txt")
        paths[-1].write_bytes(file.content)
    import_files(database, paths, account="Stages", channel=channel)


@contextmanager
def _sent(connection: Connection) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    statements: list[str] = []

    def take_down(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        written = _BOUND.sub("null", statement).replace("%%", "%")
        statements.append(written.replace(":", r"\:"))

    event.listen(connection, "before_cursor_execute", take_down)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", take_down)


@pytest.fixture(scope="module")
def told(kept: Database, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Touched]:
    """What each stage does over reports in which every rule has a claim, some rows unread."""
    folder = tmp_path_factory.mktemp("stages")
    with emptied(kept) as database:
        _import(database, folder, "amazon-us", _with_a_broken_row(amazon()))
        _import(database, folder, "walmart-us", _with_a_broken_row(walmart_files()))
        with database.loading() as connection:
            return dict(_done(connection))


def _done(connection: Connection) -> Iterator[tuple[str, Touched]]:
    for stage in STAGES:
        with _sent(connection) as statements:
            stage.run(connection, 1)
        yield stage.name, touched(statements)
    found = connection.exec_driver_sql("select distinct marketplace, subtype from candidate")
    every = {(room.marketplace, rule.subtype) for room in RECOVERIES for rule in room.rules}
    assert {tuple(row) for row in found} == every


def test_each_stage_does_what_it_says(told: dict[str, Touched]) -> None:
    landed = {report.table for report in FORMATS} | _read_by_marketplaces()
    for stage in STAGES:
        seen = told[stage.name]
        reads, writes = seen.reads - seen.makes, seen.writes - seen.makes
        said = {*stage.reads} - {LANDED}
        may = landed if LANDED in stage.reads else set()
        assert said <= reads, stage.name
        assert reads - said <= may, stage.name
        assert writes == {*stage.writes}, stage.name


def _read_by_marketplaces() -> set[str]:
    """By their own statements, of what they share the statements that find it."""
    written = []
    for room in RECOVERIES:
        written += [room.payments_sql, room.sales_sql]
        for rule in room.rules:
            written += [one for one in (rule.sql, rule.found_sql, rule.evidence_sql) if one]
            written += [one.sql for one in shared_by([rule])]
    return {*touched(written).reads}


def test_a_stage_leaves_exactly_what_later_ones_read(told: dict[str, Touched]) -> None:
    for position, stage in enumerate(STAGES):
        later = [told[other.name] for other in STAGES[position + 1 :]]
        wanted = {name for one in later for name in (one.reads | one.writes) - one.makes}
        assert {*stage.leaves} == told[stage.name].makes & wanted, stage.name


def test_stages_in_another_order_do_not_fit() -> None:
    with pytest.raises(StageError, match="match_payments needs"):
        fitting([stage for stage in STAGES if stage.name != "gather_candidates"][4:])


def test_a_stage_that_does_not_leave_what_it_says_is_found_out(database: Database) -> None:
    def forgets(_connection: Connection, _account_id: int) -> None:
        """Makes no table."""

    with database.loading() as connection, pytest.raises(StageError, match="forgets has not left"):
        take(Stage(forgets, "", reads=(), leaves=("candidate",)), connection, 1)


def test_each_stage_says_why() -> None:
    assert all(stage.why.endswith(".") for stage in STAGES)
