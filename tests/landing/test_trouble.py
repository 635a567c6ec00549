"""The disk is full, the server is lost, a folder holds what is no file: said, and nothing lost."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from sample.text import gzipped
from services.database.disk import in_words, no_room, room_at, server_room
from services.database.engine import Database
from services.landing.importing import ImportResult, import_files
from services.landing.read import unpack as unpacking
from services.landing.refusals import ImportRefusedError
from services.settings import settings
from tests.common.full_disk import at_most
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, lost, one

TABLES = (
    "report_document",
    "report_coverage",
    "amazon_ledger_event",
    "discrepancy",
    "open_total",
    "claimed_total",
    "month_total",
)


def import_all(database: Database, *paths: Path, **more: object) -> ImportResult:
    return import_files(database, paths, account="ACME", channel="amazon-us", **more)  # type: ignore[arg-type]


def told(result: ImportResult) -> dict[str, str]:
    """Of each file what became of it, or why not."""
    return {one.file: one.refused_because or one.status for one in result.files}


# What is no file -----------------------------------------------------------------------------


def test_what_is_no_file_is_named_and_costs_no_other(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_bytes(files.ledger([lost()]))
    os.mkfifo(folder / "b.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "c.txt"))
    (folder / "d.csv").mkdir()
    (folder / "e.txt").symlink_to("e.txt")
    (folder / "f.txt").symlink_to("nowhere")
    (folder / "g.txt").symlink_to("/dev/zero")
    (folder / "h.txt").write_bytes(files.ledger([lost("05/20/2026")]))
    (folder / "deep").mkdir()
    said = told(import_all(database, folder))
    assert said == {
        "a.txt": "landed",
        "h.txt": "landed",
        "b.txt": "It is a pipe: whoever fills it may never end. Save what it holds as a file, and"
        " import that.",
        "c.txt": "It is a socket. Save what it holds as a file, and import that.",
        "d.csv": "It is a folder. Save what it holds as a file, and import that.",
        "e.txt": "It cannot be read: Too many levels of symbolic links. It is a link that leads"
        " back to itself.",
        "f.txt": "It cannot be read: No such file or directory. It is gone, or a link that leads"
        " nowhere.",
        "g.txt": "It is a device. Save what it holds as a file, and import that.",
    }


def test_a_file_that_is_still_written_is_refused(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grown, cut or touched between its first byte and its last."""
    monkeypatch.setattr(unpacking, "_BLOCK", 64)
    path, other = tmp_path / "a.txt", tmp_path / "b.txt"
    content = files.ledger([lost(f"05/{day:02}/2026") for day in range(1, 29)])
    other.write_bytes(content)
    feed = unpacking.Probe.feed
    for written in (content * 2, content[:500]):
        path.write_bytes(content)

        def write(probe: unpacking.Probe, block: bytes, more: bytes = written) -> None:
            if path.stat().st_size == len(content):
                path.write_bytes(more)
            feed(probe, block)

        monkeypatch.setattr(unpacking.Probe, "feed", write)
        said = told(import_all(database, path, other))
        assert "It changed while it was read" in said["a.txt"]
        assert said["b.txt"] in {"landed", "already_landed"}


def test_a_folder_that_may_not_be_looked_into_is_said(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ImportRefusedError, match="cannot be looked into: Permission denied"):
        import_all(database, tmp_path)


# The disk is full ----------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [bytes, gzipped, lambda content: files.zipped(x=content)])
def test_a_file_for_which_the_disk_has_no_room_costs_no_other(
    database: Database, tmp_path: Path, pack: object
) -> None:
    small, large = tmp_path / "a.txt", tmp_path / "b.txt"
    small.write_bytes(files.ledger([lost()]))
    large.write_bytes(pack(files.ledger([ledger_row(reference=str(n)) for n in range(3000)])))  # type: ignore[operator]
    with at_most(100_000):
        said = told(import_all(database, large, small))
    assert said["a.txt"] == "landed"
    scratch = settings().data_directory / "scratch"
    assert said["b.txt"].startswith("There is no room for it (File too large: ")
    assert f"free on the disk of {scratch}" in said["b.txt"]
    assert "DATA_DIRECTORY" in said["b.txt"]
    assert told(import_all(database, large)) == {"b.txt": "landed"}


def test_room_is_said_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    room = room_at(tmp_path / "not" / "there")
    assert room
    assert 0 < room.free <= room.total
    assert no_room(OSError(28, "No space left on device"), tmp_path)
    assert no_room(OSError(13, "Permission denied"), tmp_path) is None
    assert in_words(1_500_000) == "1.5 MB"


FULL = """
create function full_disk() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file: No space left on device' using errcode = '53100';
end $$;
create trigger full_disk before insert on {table} for each statement execute function full_disk();
"""


@contextmanager
def full(database: Database, table: str) -> Iterator[None]:
    """The server has no room for another row of this table."""
    with database.owning() as connection:
        connection.execute(text(FULL.replace("{table}", table)))
    try:
        yield
    finally:
        with database.owning() as connection:
            connection.execute(text("drop function full_disk cascade"))


def test_where_the_server_has_no_room_for_a_file_the_others_land(
    database: Database, tmp_path: Path
) -> None:
    ledger, money = tmp_path / "a.txt", tmp_path / "b.txt"
    ledger.write_bytes(files.ledger([lost()]))
    money.write_bytes(files.reimbursements([files.reimbursement_row()]))
    with full(database, "amazon_ledger_event"):
        said = told(import_all(database, ledger, money))
    assert said["b.txt"] == "landed"
    assert "The database has no room for it (could not extend file" in said["a.txt"]
    room = server_room(database)
    assert room is None or f"free on the disk of {room.folder}" in said["a.txt"]
    assert told(import_all(database, ledger)) == {"a.txt": "landed"}


def test_where_the_server_has_no_room_for_the_whole_nothing_lands(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_bytes(files.ledger([lost()]))
    (tmp_path / "b.txt").write_bytes(files.ledger([lost("05/20/2026")]))
    with full(database, "discrepancy"):
        said = told(import_all(database, tmp_path))
    assert list(said) == ["a.txt", "b.txt"]
    assert all("has no room" in one and "Nothing of this import" in one for one in said.values())
    assert one(database, "select count(*) from account") == 0


# The server is lost --------------------------------------------------------------------------


def cut(database: Database) -> None:
    """End the connections of whoever loads, as a server that goes away does."""
    with database.owning() as connection:
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'loader' and datname = current_database()"
            )
        )


def state(database: Database) -> list[list[str]]:
    """What is stored, whatever the moment it came and the numbers it was given."""
    left_out = (
        "array['landed_at', 'seen_at', 'read_at', 'document_id', 'discrepancy_id', 'account_id',"
        " 'channel_id', 'added_by']"
    )
    said = (
        every_row(database, f"select to_jsonb(t) - {left_out} from {table} t") for table in TABLES
    )
    return [sorted(str(row) for row in rows) for rows in said]


@pytest.mark.parametrize("moment", ["b.txt", "identifying"])
def test_a_server_that_is_lost_in_mid_import_costs_nothing_but_the_time(
    database: Database, tmp_path: Path, moment: str
) -> None:
    (tmp_path / "a.txt").write_bytes(files.ledger([lost()]))
    (tmp_path / "b.txt").write_bytes(
        files.ledger([ledger_row(f"06/{1 + n % 28:02}/2026") for n in range(9000)])
    )
    (tmp_path / "c.txt").write_bytes(files.reimbursements([files.reimbursement_row()]))
    once = threading.Event()

    def progress(what: str, _done: int, _total: int) -> None:
        if what == moment and not once.is_set():
            once.set()
            cut(database)

    said = told(import_all(database, tmp_path, progress=progress))
    assert list(said) == ["a.txt", "b.txt", "c.txt"]
    for because in said.values():
        assert because.startswith("The connection to the database was lost (")
        assert "Nothing of this import has landed" in because
    assert one(database, "select count(*) from account") == 0
    assert set(told(import_all(database, tmp_path)).values()) == {"landed"}
    after = state(database)
    with database.owning() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for table in ("account", "channel", "figure_change", "figure_clock", *TABLES):
            connection.execute(text(f"delete from {table}"))
    import_all(database, tmp_path)
    assert state(database) == after


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_lost_while_it_commits_says_what_became_of_it(
    database: Database, tmp_path: Path, when: str
) -> None:
    (tmp_path / "a.txt").write_bytes(files.ledger([lost()]))
    engine = database._loader
    dialect = engine.dialect
    commit, once = dialect.do_commit, threading.Event()

    def lose(raw: object) -> None:
        if once.is_set():
            commit(raw)  # type: ignore[arg-type]
            return
        once.set()
        if when == "after":
            commit(raw)  # type: ignore[arg-type]
        cut(database)
        raw.execute("select 1")  # type: ignore[attr-defined]

    dialect.do_commit = lose  # type: ignore[method-assign, assignment]
    try:
        said = told(import_all(database, tmp_path))
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]
    if when == "after":
        assert said == {"a.txt": "landed"}
    else:
        assert "was lost" in said["a.txt"]
        assert "Nothing of this import" in said["a.txt"]
    assert one(database, "select count(*) from report_document") == int(when == "after")
