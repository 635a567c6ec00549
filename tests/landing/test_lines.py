"""One record a line, each with the line of the file it came from."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.landing.read import lines
from services.landing.read.lines import Layout, RawLines, Records, closed_line
from services.landing.read.unpack import Unpacked, unpack
from services.landing.refusals import RefusedError


def document(path: Path, content: bytes) -> Unpacked:
    path.write_bytes(content)
    return next(unpack(path))


def records(path: Path, content: bytes, *, quoted: bool = True, cells: int = 3) -> Records:
    path.write_bytes(content)
    for found in unpack(path):
        read = Records(found, Layout(",", quoted, cells, 1), lambda _: None)
        read.text = read.read()  # type: ignore[attr-defined]
        return read
    raise AssertionError


def numbers(read: Records) -> list[int]:
    asked = np.arange(1, read.numbering.record + 1, dtype=np.int64)
    return read.numbering.lines(asked).tolist()


def test_plain_lines_are_records(tmp_path: Path) -> None:
    read = records(tmp_path / "f", b"h,i,j\n1,2,3\n4,5,6")
    assert (read.text, numbers(read), read.rows) == (b"1,2,3\n4,5,6\n", [2, 3], 2)


def test_blank_lines_are_no_rows_and_keep_their_numbers(tmp_path: Path) -> None:
    read = records(tmp_path / "f", b"h,i,j\n\n1,2,3\r\n\r\n\n4,5,6\n\n")
    assert numbers(read) == [3, 6]
    assert read.rows == 2


def test_a_line_break_in_quotes_is_one_row_numbered_by_its_first_line(tmp_path: Path) -> None:
    read = records(tmp_path / "f", b'h,i,j\n1,"a\r\nb\n\nc",3\n4,5,6\n')
    assert read.text == b'1,"a b  c",3\n4,5,6\n'
    assert numbers(read) == [2, 6]


def test_a_lone_quote_inside_a_cell_is_a_letter(tmp_path: Path) -> None:
    read = records(tmp_path / "f", b'h,i,j\n1,19" rack,3\n4,5,6\n')
    assert numbers(read) == [2, 3]
    assert not read.unclosed


def test_a_quote_that_is_never_closed_costs_its_own_row_only(tmp_path: Path) -> None:
    read = records(tmp_path / "f", b'h,i,j\n1,2,3\n4,"5,6\n7,8,9\n10,"11,12\n13,14,15\n')
    assert read.text == b"1,2,3\n7,8,9\n13,14,15\n"
    assert (read.unclosed, numbers(read), read.rows) == ([3, 5], [2, 4, 6], 5)


def test_a_return_within_a_line_ends_no_line(tmp_path: Path) -> None:
    assert records(tmp_path / "f", b"h,i,j\n1,a\rb,3\n").text == b"1,a b,3\n"


def test_lines_of_an_old_mac(tmp_path: Path) -> None:
    assert numbers(records(tmp_path / "f", b"h,i,j\r1,2,3\r4,5,6\r")) == [2, 3]


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="longer than 1 MiB"):
        records(tmp_path / "f", b"h,i,j\n" + b"x" * (3 << 20))


LINES = st.lists(
    st.sampled_from(["1,2,3", "", '4,"5\n6",7', '8,"9,10', '"a""b",c,"d\n\n\ne"', 'x,y" z,w']),
    max_size=30,
)


@given(LINES, st.integers(min_value=8, max_value=60))
def test_blocks_of_any_size_give_the_same_records(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], size: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "f"
    content = ("h,i,j\n" + "\n".join(texts)).encode()
    whole = records(path, content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", size)
        cut = records(path, content)
    assert (cut.text, numbers(cut), cut.unclosed) == (whole.text, numbers(whole), whole.unclosed)


@given(LINES)
def test_each_record_has_the_text_of_its_own_lines(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "f"
    path.write_text("h,i,j\n" + "\n".join(texts))
    for found in unpack(path):
        read = Records(found, Layout(",", quoted=True, cells=3, header_line=1), lambda _: None)
        given_out = read.read().decode().splitlines()
        raw = RawLines(found)
        for record, line in zip(given_out, numbers(read), strict=True):
            assert raw.text(read.numbering.span(line)).replace("\n", " ") == record


@pytest.mark.parametrize(
    ("line", "closed"),
    [
        ("a,b", True),
        ('"a","b"', True),
        ('"a ""b""",c', True),
        ('a"b,"c', False),
        ('a","b', False),
        ('1,19" rack,2', True),
        ('"a"b,c', True),
        ('"a"b",c', True),
        (',"",', True),
        ('"', False),
        ("", True),
    ],
)
def test_a_line_that_ends_within_quotes_is_told_from_one_that_does_not(
    line: str, closed: bool
) -> None:
    assert (closed_line(",").fullmatch(line) is not None) == closed
