"""The encoding is told from the bytes of the whole file, in whatever blocks they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.landing.read.encoding import Probe, Script

TITLE = "Café Mug – 12 oz ® 30°"
JAPANESE = "ステンレスボトル 500ml 再利用できる"


def probed(content: bytes, size: int = 7) -> Script:
    probe = Probe()
    for start in range(0, len(content), size):
        probe.feed(content[start : start + size])
    return probe.script()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"plain", "utf-8"),
        (TITLE.encode(), "utf-8"),
        (("\ufeff" + TITLE).encode(), "utf-8-sig"),
        (TITLE.encode("utf-16"), "utf-16"),
        (TITLE.encode("utf-16-le"), "utf-16-le"),
        (TITLE.encode("utf-16-be"), "utf-16-be"),
        # Its mark begins with that of UTF-16.
        (TITLE.encode("utf-32"), "utf-32"),
        (b"\0\0\xfe\xff" + TITLE.encode("utf-32-be"), "utf-32"),
        (TITLE.encode("utf-32-le"), "utf-32-le"),
        (TITLE.encode("utf-32-be"), "utf-32-be"),
        (("sku\ttitle\n" * 9 + JAPANESE + "\u3000").encode("utf-16-le"), "utf-16-le"),
        (b"sku\0\0\0\0\ttitle\n", "utf-8"),
        (TITLE.encode("cp1252"), "cp1252"),
        (JAPANESE.encode("cp932"), "cp932"),
        (JAPANESE.encode(), "utf-8"),
        # Valid cp932 as well: ® and ° are half-width katakana there.
        ("Mug® 30° ±1".encode("cp1252"), "cp1252"),
        (b"", "utf-8"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_encoding(content: bytes, encoding: str, size: int) -> None:
    assert probed(content, size).encoding == encoding


def test_one_wrong_byte_at_the_end_of_a_long_file_decides() -> None:
    assert probed(b"a" * 100_000 + "é".encode("cp1252"), 1000).encoding == "cp1252"
    assert probed(b"a" * 100_000 + "é".encode()[:1], 1000).encoding == "cp1252"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("KAFFEE-Ü".encode() + b"\ngr\xc3n", "utf-8"),
        ("KAFFEE-Ü".encode() + b"\ngr\xff\n", "utf-8"),
        ("KAFFEE-Ü\nGr".encode() + b"\xc3", "utf-8"),
        (JAPANESE.encode()[:-1], "utf-8"),
        (JAPANESE.encode("cp932") + b"\xff\n", "cp932"),
        (JAPANESE.encode("cp932") + b"\x81", "cp932"),
        ("Café, grün, schön".encode("cp1252") + "Ã©".encode("cp1252"), "cp1252"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_one_bad_byte_does_not_change_how_the_others_are_read(
    content: bytes, encoding: str, size: int
) -> None:
    script = probed(content, size)
    assert (script.encoding, script.readable) == (encoding, encoding == "cp1252")


WORDS = {"utf-8": "grün é –", "cp932": "ステンレスボトル", "cp1252": "grün é –"}


@given(
    st.sampled_from(sorted(WORDS)),
    st.lists(st.sampled_from(["sku", "12", "\t", "\n"]), max_size=20),
    st.data(),
)
def test_a_byte_anywhere_may_be_any_other(
    encoding: str, plain: list[str], data: st.DataObject
) -> None:
    whole = "".join([*plain, *[WORDS[encoding]] * 3, *plain]).encode(encoding)
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(min_size=1, max_size=1)) + whole[at + 1 :]
    assert probed(damaged).encoding == encoding


def test_a_letter_lost_before_is_no_damage_but_is_told() -> None:
    script = probed("KAFFEE-\ufffd".encode(), 1)
    assert (script.encoding, script.readable) == ("utf-8", False)


@pytest.mark.parametrize(
    ("content", "within"),
    [
        (b"", ""),
        (b"a\n", ""),
        (b"a\r", ""),
        (b"a", "line"),
        ("é\n".encode(), ""),
        ("é".encode(), "line"),
        ("éé".encode()[:-1], "letter"),
        (JAPANESE.encode("cp932") + b"\x81", "letter"),
        ("ab\n".encode("utf-16-le"), ""),
        ("ab\n".encode("utf-16-le")[:-1], "letter"),
        ("ab".encode("utf-32-be"), "line"),
    ],
)
def test_where_a_file_ends_is_told(content: bytes, within: str) -> None:
    assert probed(content, 2).ends_within == within


def test_letters_of_utf_8_in_another_file_are_noticed() -> None:
    assert probed("grün, schön Ãœ".encode("cp1252")).mixed
    assert not probed("grün, schön".encode("cp1252")).mixed
    assert not probed("grün, schön".encode()).mixed


def test_bytes_that_mean_nothing_are_reported() -> None:
    assert probed(TITLE.encode("cp1252")).readable
    assert not probed(b"caf\xe9 \x81").readable
    assert not probed(b"\xef\xbb\xbfcaf\xe9").readable


def test_lines_of_an_old_mac_are_noticed() -> None:
    assert probed(b"a\rb\r").old_mac_lines
    assert not probed(b"a\r\nb\r\n").old_mac_lines
    assert not probed(b"a\nb").old_mac_lines
    # U+4E0A has the byte of a line feed in it.
    assert probed("a\r\u4e0a\r".encode("utf-16")).old_mac_lines
