"""The encoding is told from the bytes of the whole file, in whatever blocks they come."""

import pytest

from services.sync.encoding import Probe, Script

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


def test_bytes_that_mean_nothing_are_reported() -> None:
    assert probed(TITLE.encode("cp1252")).readable
    assert not probed(b"caf\xe9 \x81").readable
    assert not probed(b"\xef\xbb\xbfcaf\xe9").readable


def test_lines_of_an_old_mac_are_noticed() -> None:
    assert probed(b"a\rb\r").old_mac_lines
    assert not probed(b"a\r\nb\r\n").old_mac_lines
    assert not probed(b"a\nb").old_mac_lines
