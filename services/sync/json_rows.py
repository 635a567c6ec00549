"""The rows of a JSON document: an API's answer, a list of answers, or one answer a line.

A format says by which member names its records are reached and, where a record holds a list of
lines that are the rows, by which name. Lists are passed through wherever they stand.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from services.marketplaces.contract import ReportFormat, plain_name
from services.sync.json_text import JsonText
from services.sync.lines import Told
from services.sync.refusals import RefusedError
from services.sync.unpack import Unpacked

DEEPEST: Final = 20

# An object by its members' names; a list reads as its first object.
Sketch = Mapping[str, "Sketch"] | Literal["value", "empty list"]


def rows(
    document: Unpacked, report: ReportFormat, path: tuple[str, ...], told: Told = lambda _: None
) -> Iterator[dict[str, object]]:
    """Each row of the document in order: its record, with one line where it has lines.

    Raises RefusedError.
    """
    for record in _records(document, path, told):
        yield from _lines(record, report.json_lines)


def _lines(record: dict[str, object], name: str | None) -> Iterator[dict[str, object]]:
    if name is None:
        yield record
        return
    lines = record.get(name)
    for line in lines if isinstance(lines, list) else []:
        yield {**record, name: line}


def named_values(row: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every member of an object, however deep, by the plain name of its path."""
    if isinstance(row, dict):
        for member, value in row.items():
            yield from named_values(value, name + plain_name(member))
    yield name, row


def _records(document: Unpacked, path: tuple[str, ...], told: Told) -> Iterator[dict[str, object]]:
    text = JsonText(document, told)
    while text.peek():
        yield from _records_below(text, path)


def _records_below(
    text: JsonText, path: tuple[str, ...], depth: int = 0
) -> Iterator[dict[str, object]]:
    if depth > DEEPEST:
        raise RefusedError("It is JSON, but nested too deep for a report.")
    start = text.peek()
    if start == "[":
        for _ in text.elements():
            yield from _records_below(text, path, depth + 1)
    elif start == "{" and path:
        yield from _records_of_member(text, path, depth)
    else:
        yield from _record(text.value(), path)


def _records_of_member(
    text: JsonText, path: tuple[str, ...], depth: int
) -> Iterator[dict[str, object]]:
    for name in text.members():
        if name == path[0]:
            yield from _records_below(text, path[1:], depth + 1)
        else:
            text.skip()


def _record(value: object, path: tuple[str, ...]) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
    elif value is not None and not path:
        raise RefusedError("It is JSON, but not a list of objects.")


# What a document looks like ----------------------------------------------------------------


def sketches(document: Unpacked) -> Iterator[Sketch]:
    """What each answer of the document looks like; of a plain list, each of its elements.

    Raises RefusedError.
    """
    text = JsonText(document)
    while text.peek():
        if text.peek() == "[":
            met = False
            for _ in text.elements():
                met = True
                yield _sketch(text)
            if not met:
                yield "empty list"
        else:
            yield _sketch(text)


def _sketch(text: JsonText, depth: int = 0) -> Sketch:
    start = text.peek()
    if start == "{" and depth < DEEPEST:
        return {name: _sketch(text, depth + 1) for name in text.members()}
    if start == "[" and depth < DEEPEST:
        return _sketch_of_list(text, depth)
    text.skip()
    return "value"


def _sketch_of_list(text: JsonText, depth: int) -> Sketch:
    found: Sketch = "empty list"
    for _ in text.elements():
        if isinstance(found, dict):
            text.skip()
        else:
            found = _sketch(text, depth + 1)
    return found


def at(sketch: Sketch, path: tuple[str, ...]) -> Sketch | None:
    """The part of a sketch that a path leads to."""
    for name in path:
        if not isinstance(sketch, Mapping) or name not in sketch:
            return None
        sketch = sketch[name]
    return sketch


def member_paths(sketch: Sketch, before: str = "") -> Iterator[str]:
    """The paths of all members, outer ones first: `payload`, `payload.ItemData`."""
    if isinstance(sketch, Mapping):
        for name, inner in sketch.items():
            yield before + name
            yield from member_paths(inner, f"{before}{name}.")
