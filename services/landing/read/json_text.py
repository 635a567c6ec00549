"""JSON read from start to end in constant memory: a position in the text that only moves on.

Written by hand, after ijson was tried (3.6 with yajl): over 60,000 returns it takes half as long
again and more, since it tells of every member where the standard decoder takes a record whole. It
does not keep a number as it is written (1E5 becomes 1E+5), makes a question mark of half a letter
(\\ud83d) without a word, and of a file that is cut off it cannot say what stands there: what a
person is told of a bad row rests on these.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from services.landing.read.encoding import LOST
from services.landing.read.lines import Told, text_pieces
from services.landing.read.unpack import Unpacked
from services.landing.refusals import RefusedError

LONGEST_OBJECT: Final = 16 << 20
_BLANK: Final = re.compile(r"[ \t\r\n]*")
# What matters to depth: a mark, or a whole string; a string that is not closed yet waits for more.
_MARK: Final = re.compile(r'[\[\]{}]|"(?:[^"\\]|\\.)*+"|"', re.DOTALL)


_LONGEST_WORD: Final = 8  # false, or an escape such as \u00e9


class Number(str):
    """A number as the file writes it: 1.10 stays 1.10."""

    __slots__ = ()


_DECODER: Final = json.JSONDecoder(parse_float=Number, parse_int=Number)


def as_written(value: object) -> str:
    """A value as JSON, its numbers as the file writes them."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        members = (
            f"{json.dumps(k, ensure_ascii=False)}: {as_written(v)}" for k, v in value.items()
        )
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


# Half a letter, as \ud83d alone is: no text can be stored with it.
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")


def _whole_letters(value: object) -> object:
    """The value, lone halves of letters in it shown as lost."""
    if isinstance(value, dict):
        return {_whole_letters(name): _whole_letters(said) for name, said in value.items()}
    if isinstance(value, list):
        return [_whole_letters(one) for one in value]
    if isinstance(value, str) and not isinstance(value, Number):
        return re.sub("[\ud800-\udfff]", LOST, value)
    return value


class JsonText:
    """A document's JSON. Every method raises RefusedError where it is none, or is cut off."""

    def __init__(self, document: Unpacked, told: Told = lambda _: None) -> None:
        self._pieces = text_pieces(document, told)
        self._text = ""
        self._at = 0

    def peek(self) -> str:
        """The next letter that is not blank; nothing at the end."""
        self._skip_blanks()
        return self._text[self._at : self._at + 1]

    def take(self, marks: str) -> str:
        """The next letter, which must be one of these."""
        found = self.peek()
        if not found or found not in marks:
            raise self._wrong()
        self._at += 1
        return found

    def elements(self) -> Iterator[None]:
        """Stands before each element of a list in turn; the caller reads it."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        mark = ","
        while mark == ",":
            yield
            mark = self.take(",]")

    def members(self) -> Iterator[str]:
        """Each member's name of an object in turn; the caller reads its value."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        mark = ","
        while mark == ",":
            if self.peek() != '"':
                raise self._wrong()
            name = str(self.value())
            self.take(":")
            yield name
            mark = self.take(",}")

    def value(self) -> object:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._may_go_on(error) or not self._more():
                    raise self._wrong(is_cut="Unterminated" in error.msg) from error
            except RecursionError as error:
                raise self._wrong() from error
            else:
                # A number may go on in the next piece.
                if end < len(self._text) or not self._more():
                    written, self._at = self._text[self._at : end], end
                    return _whole_letters(value) if _HALF.search(written) else value

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Whether only the end of what was read so far stands in the way."""
        return error.pos > len(self._text) - _LONGEST_WORD or "Unterminated" in error.msg

    def skip(self) -> None:
        """Pass the next value over without holding it."""
        if self.peek() not in "[{":
            self.value()
            return
        depth = 0
        while True:
            mark = self._next_mark()
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark, 0)
            if depth == 0:
                return

    def _next_mark(self) -> str:
        while True:
            found = _MARK.search(self._text, self._at)
            if found and found.group() != '"':
                self._at = found.end()
                return found.group()[:1]
            self._at = found.start() if found else len(self._text)
            if not self._more():
                raise self._wrong(is_cut=True)

    def _skip_blanks(self) -> None:
        while True:
            blank = _BLANK.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._text) or not self._more():
                return

    def _more(self) -> bool:
        if len(self._text) - self._at > LONGEST_OBJECT:
            raise RefusedError("One object of the JSON is longer than 16 MiB.")
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._text, self._at = self._text[self._at :] + piece, 0
        return True

    def _wrong(self, *, is_cut: bool = False) -> RefusedError:
        rest = self._text[self._at : self._at + 80]
        cut = "it does not end: it is cut off, so fetch it again"
        said = cut if is_cut or not rest else f"from here on: {rest!r}"
        return RefusedError(f"It is not valid JSON: {said}.")
