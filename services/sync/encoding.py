"""Which encoding a file is written in, told from its bytes alone.

Amazon writes UTF-8 with a mark for ledgers, cp1252 for most other reports and cp932 in Japan, and
says so only in a header that a saved file has lost. Order: byte order mark; UTF-8 if the whole
file is valid; cp932 if the whole file is valid and holds Japanese syllables; else cp1252.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Full-width only: in cp1252 text a lone ® or ° would read as half-width katakana.
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa]")


@dataclass(frozen=True)
class Script:
    """What the bytes of a text file say about it."""

    encoding: str
    readable: bool  # every byte means something in that encoding
    old_mac_lines: bool  # every line ends in CR alone


class _Trial:
    """Whether everything fed so far is valid in one encoding."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self.valid = True

    def feed(self, block: bytes, *, final: bool = False) -> str:
        if not self.valid or (block.isascii() and not final and not self._decoder.getstate()[0]):
            return ""
        try:
            return self._decoder.decode(block, final)
        except UnicodeDecodeError:
            self.valid = False
            return ""


class Probe:
    """Is fed a file's bytes in order and then says how they are to be read."""

    def __init__(self) -> None:
        self._start = b""
        self._utf8 = _Trial("utf-8")
        self._cp932 = _Trial("cp932")
        self._cp1252 = _Trial("cp1252")
        self._kana = False
        self._feeds = 0
        self._returns = 0

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        if len(self._start) < len(codecs.BOM_UTF8):
            self._start += block[: len(codecs.BOM_UTF8)]
        self._feeds += block.count(b"\n")
        self._returns += block.count(b"\r")
        self._utf8.feed(block)
        self._cp1252.feed(block)
        self._kana = bool(_KANA.search(self._cp932.feed(block))) or self._kana

    def script(self) -> Script:
        """The verdict, after the last byte."""
        self._utf8.feed(b"", final=True)
        self._cp932.feed(b"", final=True)
        encoding = self._encoding()
        unreadable = (encoding == "cp1252" and not self._cp1252.valid) or (
            encoding == "utf-8-sig" and not self._utf8.valid
        )
        return Script(encoding, not unreadable, self._returns > 0 and self._feeds == 0)

    def _encoding(self) -> str:
        mark = next((name for mark, name in _MARKS if self._start.startswith(mark)), None)
        if mark:
            return mark
        if self._utf8.valid:
            return "utf-8"
        return "cp932" if self._cp932.valid and self._kana else "cp1252"
