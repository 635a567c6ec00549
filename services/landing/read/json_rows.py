"""The rows of a JSON document: an API's answer, a list of answers, or one answer a line.

A format says by which member names its records are reached and, where a record holds a list of
lines that are the rows, by which name. Lists are passed through wherever they stand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from services.landing.read.json_text import JsonText
from services.landing.read.lines import Told
from services.landing.read.pages import ENVELOPES, NAMES, Pages
from services.landing.read.unpack import Unpacked
from services.landing.refusals import RefusedError
from services.marketplaces.contract import ReportFormat, plain_name

DEEPEST: Final = 20

# An object by its members' names; a list reads as its first object.
Sketch = Mapping[str, "Sketch"] | Literal["value", "empty list"]


def rows(
    document: Unpacked,
    report: ReportFormat,
    path: tuple[str, ...],
    told: Told = lambda _: None,
    pages: Pages | None = None,
) -> Iterator[dict[str, object]]:
    """Each row of the document in order: its record, with one line where it has lines.

    pages is told of the answers on the way. Raises RefusedError.
    """
    walk = _Walk(JsonText(document, told), report, path, pages or Pages())
    while walk.text.peek():
        yield from walk.below(path)


def named_values(row: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every member of an object, however deep, by the plain name of its path."""
    if isinstance(row, dict):
        for member, value in row.items():
            yield from named_values(value, name + plain_name(member))
    yield name, row


@dataclass(frozen=True)
class _Walk:
    """One way through a document: down a path, through the lists that stand on it."""

    text: JsonText
    report: ReportFormat
    path: tuple[str, ...]
    pages: Pages

    def below(
        self, path: tuple[str, ...], depth: int = 0, *, listed: bool = False
    ) -> Iterator[dict[str, object]]:
        if depth > DEEPEST:
            raise RefusedError("It is JSON, but nested too deep for a report.")
        start = self.text.peek()
        if start == "[":
            for _ in self.text.elements():
                yield from self.below(path, depth + 1, listed=True)
        elif start == "{" and path == self.path and path:
            self.pages.start()
            yield from self._of_members(path, depth)
            self.pages.end()
        elif start == "{" and path:
            yield from self._of_members(path, depth)
        else:
            yield from self._of_record(self.text.value(), path, listed=listed)

    def _of_members(self, path: tuple[str, ...], depth: int) -> Iterator[dict[str, object]]:
        for name in self.text.members():
            if name == path[0]:
                if len(path) == 1 and self.text.peek() in {"[", "{"}:
                    self.pages.meet()
                yield from self.below(path[1:], depth + 1)
            elif plain_name(name) in NAMES:
                self.pages.hear({name: self.text.value()})
            elif name in ENVELOPES and isinstance(said := self.text.value(), dict):
                self.pages.hear(said)
            elif name not in ENVELOPES:
                self.text.skip()

    def _of_record(
        self, value: object, path: tuple[str, ...], *, listed: bool
    ) -> Iterator[dict[str, object]]:
        if isinstance(value, dict):
            lines = list(_lines(value, self.report.json_lines))
            # A total counts what is listed: the records, or the lines of the one record there is.
            self.pages.take(value, 1 if listed else len(lines))
            yield from lines
        elif value is not None and not path:
            raise RefusedError("It is JSON, but not a list of objects.")


def _lines(record: dict[str, object], name: str | None) -> Iterator[dict[str, object]]:
    if name is None:
        yield record
        return
    lines = record.get(name)
    for line in lines if isinstance(lines, list) else []:
        yield {**record, name: line}


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
