"""Which encoding a file is written in, told from its bytes alone.

Amazon writes UTF-8 with a mark for ledgers, cp1252 for most other reports and cp932 in Japan, and
says so only in a header that a saved file has lost. Order: byte order mark; UTF-16 and UTF-32 by
where their NUL bytes stand; UTF-8 if at least as many letters are whole in it as are not; cp932 if
it has more Japanese syllables than letters that mean nothing; else cp1252.

A letter of UTF-8 is two or more bytes that fit each other, which other encodings show by chance
only: so a bad byte, or a file cut within a letter, does not change how the others are read.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final, Literal

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16, whose mark begins the same way.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Which bytes of four are NUL where plain letters are written.
_NULS: Final = (
    ("utf-32-le", (False, True, True, True)),
    ("utf-32-be", (True, True, True, False)),
    ("utf-16-le", (False, True, False, True)),
    ("utf-16-be", (True, False, True, False)),
)
_MANY_NULS: Final = 0.3  # titles may be Japanese, but headers are plain letters
_FEW_NULS: Final = 0.1
_START: Final = 4096
LOST: Final = "\ufffd"  # stands where bytes mean nothing
_LOST_AS_WRITTEN: Final = LOST.encode()
# Full-width only: in cp1252 text a lone ® or ° would read as half-width katakana.
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_SYLLABLES: Final = (b"\x82", b"\x83")  # one of them begins each in cp932
_HOPELESS: Final = 10_000


@dataclass(frozen=True)
class Script:
    """What the bytes of a text file say about it."""

    encoding: str
    readable: bool  # every byte means something in that encoding, and no letter was lost before
    old_mac_lines: bool  # every line ends in CR alone
    ends_within: Literal["", "line", "letter"] = ""  # "": it is empty or ends where a line ends
    mixed: bool = False  # read as cp1252, it holds letters of UTF-8
    nuls: bool = False  # it holds NUL bytes that belong to no letter
    lone_returns: bool = False  # some lines may end in CR alone, others do not


# Bytes that no letter of cp932 has; its decoder gives them letters of its own.
_NO_LETTERS: Final = re.compile("[\u0080\uf8f0-\uf8f3]")


class Decoder:
    """Bytes to text in blocks of any size; LOST stands where bytes mean nothing."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._has_no_letters = encoding == "cp932"

    def decode(self, block: bytes, *, final: bool = False) -> str:
        """The text of the next bytes, as far as its last letter is whole."""
        text = self._decoder.decode(block, final)
        return _NO_LETTERS.sub(LOST, text) if self._has_no_letters else text

    @property
    def waits(self) -> bool:
        """Whether the last bytes were the start of a letter."""
        return bool(self._decoder.getstate()[0])


@dataclass
class _LineEnds:
    """How often LF and CR stand in a text, and how often together."""

    feeds: int = 0
    returns: int = 0
    pairs: int = 0
    _after_return: bool = False

    def count(self, feeds: int, returns: int, pairs: int) -> None:
        """Take what stands in the next piece."""
        self.feeds += feeds
        self.returns += returns
        self.pairs += pairs

    def cross(self, begins_with_feed: bool, ends_with_return: bool) -> None:
        """A pair may stand on the border of two pieces."""
        self.pairs += self._after_return and begins_with_feed
        self._after_return = ends_with_return


class _Trial:
    """What comes out when everything is read in one encoding."""

    def __init__(self, encoding: str) -> None:
        self._decoder = Decoder(encoding)
        self._is_utf8 = encoding == "utf-8"
        self._is_cp932 = encoding == "cp932"
        self.is_wide = encoding.startswith(("utf-16", "utf-32"))
        self._before = b""
        self.whole = 0  # letters beyond ASCII
        self.kana = 0
        self.damaged = 0  # places where bytes mean nothing
        self.lost_before = 0  # letters that whoever wrote the file had lost
        self.ends = _LineEnds()
        self.last = ""
        self.cut = False  # it ends within a letter

    def feed(self, block: bytes) -> None:
        """Take the next bytes, of which there are some; plain ones tell nothing."""
        if not self.is_wide and block.isascii() and not self._decoder.waits:
            self.last = chr(block[-1])
            return
        text = self._decoder.decode(block)
        self.last = text[-1:] or self.last
        if self.is_wide:
            self.ends.count(text.count("\n"), text.count("\r"), text.count("\r\n"))
            self.ends.cross(text.startswith("\n"), text.endswith("\r"))
        self._weigh(text)
        self._count_lost_before(block)

    def end(self) -> None:
        """There are no more bytes."""
        self.cut = bool(self._decoder.decode(b"", final=True))

    def _weigh(self, text: str) -> None:
        lost = text.count(LOST)
        self.damaged += lost
        if self._is_utf8:
            self.whole += len(text) - len(text.encode("ascii", "ignore")) - lost
        if self._is_cp932:
            self.kana += len(_KANA.findall(text))

    def _count_lost_before(self, block: bytes) -> None:
        if not self._is_utf8:
            return
        written = (self._before + block).count(_LOST_AS_WRITTEN)
        self._before = (self._before + block)[-(len(_LOST_AS_WRITTEN) - 1) :]
        self.lost_before += written
        self.damaged -= written

    @property
    def hopeless(self) -> bool:
        """No more of the file can make this its encoding: reading on would only cost time."""
        return self.damaged > _HOPELESS and self.damaged > self.kana


class Probe:
    """Is fed a file's bytes in order and then says how they are to be read."""

    def __init__(self) -> None:
        self._start = b""
        self._trials: dict[str, _Trial] = {}
        self._ends = _LineEnds()
        self._syllables = False
        self._nuls = False

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        if self._trials:
            self._feed(block)
            return
        self._start += block
        if len(self._start) >= _START:
            self._begin()

    def script(self) -> Script:
        """The verdict, after the last byte."""
        if not self._trials:
            self._begin()
        for trial in self._trials.values():
            trial.end()
        encoding = self._encoding()
        trial = self._trials[encoding]
        ended = trial.last in ("", "\n", "\r")
        utf8 = self._trials.get("utf-8")
        ends = trial.ends if trial.is_wide else self._ends
        return Script(
            encoding,
            not (trial.damaged or trial.lost_before or trial.cut),
            ends.returns > 0 and ends.feeds == 0,
            "letter" if trial.cut else "" if ended else "line",
            encoding == "cp1252" and utf8 is not None and utf8.whole > 0,
            self._nuls and not trial.is_wide,
            ends.feeds > 0 and ends.returns > ends.pairs,
        )

    def _begin(self) -> None:
        told = _marked(self._start) or _wide(self._start)
        encodings = (told,) if told else ("utf-8", "cp932", "cp1252")
        self._trials = {encoding: _Trial(encoding) for encoding in encodings}
        self._feed(self._start)

    def _feed(self, block: bytes) -> None:
        if not block:
            return
        self._ends.count(block.count(b"\n"), block.count(b"\r"), block.count(b"\r\n"))
        self._ends.cross(block.startswith(b"\n"), block.endswith(b"\r"))
        self._nuls = self._nuls or b"\0" in block
        for encoding, trial in self._trials.items():
            if encoding != "cp932" or self._may_be_cp932(trial, block):
                trial.feed(block)

    def _may_be_cp932(self, trial: _Trial, block: bytes) -> bool:
        """From the first byte on that may begin a syllable: reading it this way is slow."""
        self._syllables = self._syllables or any(byte in block for byte in _SYLLABLES)
        return self._syllables and not trial.hopeless

    def _encoding(self) -> str:
        if len(self._trials) == 1:
            return next(iter(self._trials))
        utf8, cp932 = self._trials["utf-8"], self._trials["cp932"]
        if not (utf8.damaged or utf8.cut) or utf8.whole >= max(utf8.damaged, 1):
            return "utf-8"
        return "cp932" if cp932.kana > cp932.damaged else "cp1252"


def _marked(start: bytes) -> str | None:
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)


def _wide(start: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: each plain letter has its NUL bytes in the same places."""
    if len(start) < len(_NULS):
        return None
    quarters = [start[at::4] for at in range(4)]
    shares = [quarter.count(0) / len(quarter) for quarter in quarters]
    for encoding, nuls in _NULS:
        fits = (
            share > _MANY_NULS if nul else share < _FEW_NULS
            for share, nul in zip(shares, nuls, strict=True)
        )
        if all(fits):
            return encoding
    return None
