"""The objects of a JSON list, one at a time, however long the list."""

import json
from collections.abc import Iterator
from typing import Final

from services.sync.lines import Told, text_blocks
from services.sync.refusals import RefusedError
from services.sync.unpack import Unpacked

_DECODER: Final = json.JSONDecoder(parse_float=str, parse_int=str)  # amounts stay as written
_BETWEEN: Final = " \t\r\n,"
MOST_PENDING: Final = 16 << 20


def json_objects(document: Unpacked, told: Told = lambda _: None) -> Iterator[dict[str, object]]:
    """Each object of the document: a list, {"cases": list}, or one object a line.

    Raises RefusedError where it is none of these.
    """
    pending = ""
    end: str | None = None
    for block in text_blocks(document, told):
        pending += block.decode()
        if end is None:
            pending, end = _opened(pending)
        found, pending = _complete(pending)
        yield from found
        if len(pending) > MOST_PENDING:
            raise RefusedError("One object of the JSON is longer than 16 MiB.")
    _check_end(pending.strip(), end or "")


def _opened(text: str) -> tuple[str, str]:
    """The text after the start of the list, and what must follow the last object."""
    start = text.lstrip()
    if start.startswith("["):
        return start[1:], "]"
    name, _, rest = start[1:].lstrip().partition(":")
    wrapped = name.strip() == '"cases"' and rest.lstrip().startswith("[")
    return (rest.lstrip()[1:], "]") if wrapped else (start, "")


def _complete(text: str) -> tuple[list[dict[str, object]], str]:
    """The objects that are whole, and the rest."""
    found: list[dict[str, object]] = []
    at = _skip(text, 0)
    while at < len(text) and text[at] not in "]}":
        try:
            said, at = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError:
            break
        if not isinstance(said, dict):
            raise RefusedError("It is JSON, but not a list of cases.")
        found.append(said)
        at = _skip(text, at)
    return found, text[at:]


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BETWEEN:
        at += 1
    return at


def _check_end(rest: str, end: str) -> None:
    if rest[:1] != end:
        said = f"from here on: {rest[:80]!r}" if rest else "the list does not end: it is cut off"
        raise RefusedError(f"It is not valid JSON: {said}.")
