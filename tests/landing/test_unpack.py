"""Packing is recognised by content, streamed, and limited."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from sample.text import gzipped
from services.landing.read import unpack as unpacking
from services.landing.read.unpack import Unpacked, unpack
from services.landing.refusals import RefusedError
from tests.common.reports.files import zipped

TEXT = b"a,b\n1,2\n"


def contents(path: Path, packed: bytes) -> list[tuple[str, str, bytes]]:
    path.write_bytes(packed)
    return [(one.name, one.compression, one.read_at(0, 1 << 20)) for one in unpack(path)]


@pytest.mark.parametrize(
    ("packed", "compression"),
    [
        (TEXT, "none"),
        (gzipped(TEXT), "gzip"),
        (zipped(report=TEXT), "zip"),
        (gzipped(zipped(report=TEXT)), "gzip+zip"),
        (zipped(report=gzipped(TEXT)), "zip+gzip"),
    ],
    ids=["none", "gzip", "zip", "gzip+zip", "zip+gzip"],
)
def test_packing_is_recognised_from_the_first_bytes_not_the_name(
    tmp_path: Path, packed: bytes, compression: str
) -> None:
    assert contents(tmp_path / "report.pdf", packed) == [("report.pdf", compression, TEXT)]


def test_every_packing_has_the_checksum_of_its_content(tmp_path: Path) -> None:
    sums = set()
    for packed in (TEXT, gzipped(TEXT), zipped(x=TEXT), gzip.compress(TEXT, 1)):
        (tmp_path / "f").write_bytes(packed)
        sums |= {one.checksum for one in unpack(tmp_path / "f")}
    assert sums == {hashlib.sha256(TEXT).hexdigest()}


def test_an_archive_of_several_files_gives_each_of_them(tmp_path: Path) -> None:
    packed = zipped(one=TEXT, two=TEXT + b"3,4\n")
    assert [name for name, _, _ in contents(tmp_path / "all.zip", packed)] == [
        "all.zip/one.csv",
        "all.zip/two.csv",
    ]


def test_what_a_mac_adds_to_an_archive_is_left_out(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("reports/", b"")
        archive.writestr("reports/a.csv", TEXT)
        archive.writestr("__MACOSX/reports/._a.csv", b"\0\1")
        archive.writestr("reports/.DS_Store", b"\0")
    assert contents(tmp_path / "a.zip", packed.getvalue()) == [("a.zip", "zip", TEXT)]


def test_concatenated_gzip_parts_are_one_document(tmp_path: Path) -> None:
    [(_, _, content)] = contents(tmp_path / "a.gz", gzipped(TEXT) + gzipped(b"3,4\n"))
    assert content == TEXT + b"3,4\n"


def refusal(path: Path, packed: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        contents(path, packed)
    return str(caught.value)


@pytest.mark.parametrize("cut", [20, -3])
def test_a_cut_off_archive_is_refused(tmp_path: Path, cut: int) -> None:
    long = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(200))
    assert "damaged or cut off" in refusal(tmp_path / "a", gzipped(long)[:cut])
    assert "damaged or cut off" in refusal(tmp_path / "a", zipped(x=long)[:cut])


def test_a_flipped_bit_in_an_archive_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped(x=TEXT * 100))
    packed[45] ^= 1
    assert "damaged or cut off" in refusal(tmp_path / "a", bytes(packed))


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a", zipped()) == "The archive is empty."


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped(x=TEXT))
    directory = packed.index(b"PK\x01\x02")
    packed[directory + 8] |= 1  # the flag that says: encrypted
    assert refusal(tmp_path / "a", bytes(packed)) == "The archive is locked by a password."


@pytest.mark.parametrize("member", ["[Content_Types].xml", "content.xml"])
def test_a_workbook_is_refused_with_the_way_out(tmp_path: Path, member: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(member, b"<Types/>")
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    said = refusal(tmp_path / "a.xlsx", packed.getvalue())
    # To save the sheet as CSV would keep what the spreadsheet has damaged.
    assert "ids lose digits (6.45398E+11)" in said
    assert said.endswith("Import the file as the marketplace delivered it, unopened.")


def test_an_old_workbook_is_one_too(tmp_path: Path) -> None:
    assert "an Excel workbook" in refusal(tmp_path / "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1" * 99)


def test_an_archive_that_would_fill_the_disk_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_UNPACKED_BYTES", 1 << 21)
    bomb = gzipped(bytes(3 << 20))
    assert "unpacks to far more" in refusal(tmp_path / "a", bomb)


def test_a_small_archive_that_grows_beyond_measure_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "RATIO_MATTERS_FROM", 1 << 20)
    assert "unpacks to far more" in refusal(tmp_path / "a", zipped(x=bytes(3 << 20)))


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    packed = TEXT
    for _ in range(6):
        packed = gzipped(packed)
    assert "packed more than" in refusal(tmp_path / "a", packed)


def test_a_file_that_is_not_there_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="No such file"):
        list(unpack(tmp_path / "none"))


def test_two_readers_of_one_document_do_not_disturb_each_other(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(TEXT)
    for document in unpack(tmp_path / "f"):
        assert isinstance(document, Unpacked)
        assert document.read_at(4, 4) == b"1,2\n"
        assert document.read_at(0, 4) == b"a,b\n"
