"""A drop on the disk: what a visitor's browser says of a file leads nowhere, and takes no more room
than it may.
"""

import os
import time
from pathlib import Path

import pytest

from services.dropping import folder
from services.dropping.folder import Drop, DropRefusedError, NoRoomError, arriving, safe_name
from services.landing.looking import Seen
from tests.common.full_disk import at_most

DROP = Drop(1, "0" * 32)


def put(drop: Drop, path: str, content: bytes = b"x", size: int | None = None) -> folder.Dropped:
    """A file that came in whole, and is of no kind."""
    with arriving(drop, path, len(content) if size is None else size) as arrived:
        arrived.write(content)
        arrived.whole()
        return arrived.is_seen_as([Seen(path, refused_because="no kind")])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("ledger.txt", "ledger.txt"),
        ("2026/May/ledger.txt", "ledger.txt"),
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        ("a/..", "file"),
        (".", "file"),
        ("", "file"),
        ("a/", "a"),
        ("nul\0byte.txt", "nul�byte.txt"),
        ("\u202etxt.exe", "�txt.exe"),
        ("line\nbreak.txt", "line�break.txt"),
        ("x" * 5000 + ".txt", "x" * 200),
        ("ü" * 300, "ü" * 100),
    ],
)
def test_of_a_name_its_last_part_is_kept(path: str, name: str) -> None:
    assert safe_name(path) == name
    assert "/" not in safe_name(path)
    assert len(safe_name(path).encode()) <= 255


@pytest.mark.parametrize("path", ["../../outside.txt", "/outside.txt", "..", "a/../../b"])
def test_no_name_leads_out_of_the_drop(scratch: Path, path: str) -> None:
    put(DROP, path)
    written = [one for one in scratch.parent.rglob("*") if one.is_file()]
    assert {one.name for one in written} == {safe_name(path), "seen.json"}
    assert all(DROP.folder in one.parents for one in written)


def test_files_stand_in_the_order_in_which_they_came(scratch: Path) -> None:
    assert scratch
    for number in range(12):
        put(DROP, f"{number}.txt")
    assert [one.path for one in folder.files(DROP)] == [f"{number}.txt" for number in range(12)]


def test_a_file_that_does_not_come_whole_leaves_nothing() -> None:
    with pytest.raises(DropRefusedError, match="did not arrive whole"):
        put(DROP, "a.txt", b"half", 10)
    assert folder.files(DROP) == ()
    assert list(DROP.folder.iterdir()) == []


def test_no_more_is_taken_than_was_announced() -> None:
    with pytest.raises(DropRefusedError, match="More of it came"):
        put(DROP, "a.txt", b"four", 3)
    assert list(DROP.folder.iterdir()) == []


def test_each_bound_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_BYTES", 10)
    with pytest.raises(DropRefusedError, match="Pack it as zip"):
        put(DROP, "large.txt", b"x" * 11)
    monkeypatch.setattr(folder, "MOST_FILES", 2)
    put(DROP, "1.txt")
    put(DROP, "2.txt")
    with pytest.raises(DropRefusedError, match="2 files wait here already"):
        put(DROP, "3.txt")


def test_all_pages_of_a_person_share_one_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_BYTES_OF_A_PERSON", 10)
    put(DROP, "1.txt", b"x" * 6)
    with pytest.raises(DropRefusedError, match="would wait here"):
        put(Drop(1, "1" * 32), "2.txt", b"x" * 6)
    put(Drop(2, "2" * 32), "2.txt", b"x" * 6)


def test_a_disk_that_is_nearly_full_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "SPARE_BYTES", 1 << 60)
    with pytest.raises(NoRoomError, match="no room for it on the server's disk"):
        put(DROP, "a.txt")
    assert not DROP.folder.exists()


def test_a_disk_that_fills_on_the_way_is_said_and_left_as_it_was() -> None:
    with at_most(1000), pytest.raises(NoRoomError):
        put(DROP, "a.txt", b"x" * 100_000)
    assert list(DROP.folder.iterdir()) == []


def test_what_was_left_goes_and_what_is_in_use_stays() -> None:
    put(DROP, "old.txt")
    put(Drop(1, "1" * 32), "new.txt")
    long_ago = time.time() - folder.LEFT_AFTER_SECONDS - 60
    for one in (DROP.folder, *DROP.folder.rglob("*")):
        os.utime(one, (long_ago, long_ago))
    assert folder.sweep() == 1
    assert not DROP.folder.exists()
    assert [one.path for one in folder.files(Drop(1, "1" * 32))] == ["new.txt"]


def test_others_of_this_machine_cannot_look_into_it() -> None:
    put(DROP, "a.txt")
    assert DROP.folder.stat().st_mode & 0o077 == 0


def test_one_file_is_left_out_and_the_others_stay() -> None:
    put(DROP, "1.txt")
    put(DROP, "2.txt")
    folder.leave_out(DROP, 1)
    folder.leave_out(DROP, 1)
    assert [one.path for one in folder.files(DROP)] == ["2.txt"]
    folder.leave(DROP)
    assert folder.files(DROP) == ()
