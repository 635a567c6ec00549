"""What a row that could not be read still names: orders, SKUs, FNSKUs, items, its day.

A row that could not be read is not a row that does not exist: what it names is held back
(services.recovery.holding). A cell that was itself unreadable names nothing. A row with too many
or too few cells has lost or gained some delimiter, nobody knows where: cells may be shifted or run
together. It names only what can be nothing else by its shape: an order, an ASIN or FNSKU. So does a
row in which a cell is not what its column holds: its cells have been shifted.
"""

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from services.landing.read import json_rows
from services.landing.recognise.kinds import Recognised
from services.landing.rows.cells import LONGEST
from services.landing.rows.identities import INVISIBLE, NOTHING, named_by, plain_text
from services.marketplaces.contract import (
    CODE,
    DASHED_ORDER,
    IDENTITIES,
    IDENTITY,
    Column,
    Identity,
)

# A letter that the file's encoding does not know.
_UNREADABLE: Final = re.compile("�")
# A hole in the file: whole rows may be gone between the letters before it and those behind it.
_HOLE: Final = "␀"
# An id that is cut or has lost a letter names nothing: an order, an FNSKU or ASIN.
_ORDER_LIKE: Final = re.compile(r"\d+-[\d-]*")
_ORDER: Final = re.compile(DASHED_ORDER)
_ORDER_ANYWHERE: Final = re.compile(rf"(?<![0-9A-Za-z])(?:{DASHED_ORDER})(?![0-9A-Za-z])")
_ITEM_ANYWHERE: Final = re.compile(r"(?<![0-9A-Za-z])[BX]0[0-9A-Z]{8}(?![0-9A-Za-z])")
_ITEM: Final = re.compile(r"[0-9A-Z]{10}|[0-9]{8,14}")
# Neither an ASIN nor an FNSKU has any of these.
_NOT_IN_ITEMS: Final = re.compile("[^0-9A-Z]")


@dataclass
class Names:
    """What a row names, by identity, and the text of the cell that holds its day."""

    day: str = ""
    orders: set[str] = field(default_factory=set)
    skus: set[str] = field(default_factory=set)
    fnskus: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)

    def take(self, identity: Identity, column: Column, cell: str) -> None:
        """Keep what a cell says, if it says anything."""
        said = named_by(cell, column.reading)
        if not said or len(said) > LONGEST["code"] or _UNREADABLE.search(said):
            return
        if not _is_whole(identity, said):
            return
        named: set[str] = getattr(self, identity)
        named.add(said.zfill(14) if column.reading.manner == "gtin" else said)
        if identity == "skus":
            # Whether 123456.0 is 123456 the whole file says: it may be either.
            named.add(plain_text(said, IDENTITY))

    def take_references(self, cell: str) -> None:
        """Keep a list of ids of any kind: our own cases name whatever they are about so."""
        for part in filter(None, re.split(r'[\s;|,"\[\]]+', cell)):
            said = plain_text(part, CODE)
            for named in (self.orders, self.skus, self.fnskus, self.items):
                named.add(said)


def _is_whole(identity: Identity, said: str) -> bool:
    if identity == "orders":
        return not _ORDER_LIKE.fullmatch(said) or _ORDER.fullmatch(said) is not None
    return identity == "skus" or _ITEM.fullmatch(said) is not None


def names_of(kind: Recognised, raw_text: str, unreadable: Collection[str]) -> Names:
    """What the row names. unreadable: the fields whose own cells could not be read."""
    if _HOLE in raw_text:
        return Names()
    if _is_misshapen(kind, raw_text):
        return _beyond_doubt(raw_text)
    cells = list(_cells_of(kind, raw_text))
    if any(_is_elsewhere(column, cell) for column, cell in cells):
        return _beyond_doubt(raw_text)
    day_field = kind.report.days[0] if kind.report.days else None
    return _said((pair for pair in cells if pair[0].field not in unreadable), day_field)


def _said(cells: Iterable[tuple[Column, str]], day_field: str | None) -> Names:
    """What cells say that stand where they belong."""
    names = Names()
    for column, cell in cells:
        if column.reading.manner == "references":
            names.take_references(cell)
        if column.field == day_field:
            names.day = names.day or cell.strip()
        if column.field in IDENTITIES:
            names.take(IDENTITIES[column.field], column, cell)
    return names


def _is_misshapen(kind: Recognised, raw_text: str) -> bool:
    layout = kind.layout
    return layout is not None and (
        len(cells_of_row(raw_text, layout.delimiter, quoted=layout.quoted)) != layout.cells
    )


def _is_elsewhere(column: Column, cell: str) -> bool:
    """Whether a cell is not what its column holds, so that the row's cells have been shifted."""
    said = plain_text(cell, column.reading)
    match IDENTITIES.get(column.field):
        case "skus":
            return _ORDER.fullmatch(said) is not None
        case "fnskus" | "items" if column.reading.manner == "code":
            return not re.search(NOTHING, said) and _NOT_IN_ITEMS.search(said) is not None
    return False


def _beyond_doubt(raw_text: str) -> Names:
    """What such a row names whatever its cells are: ids that only one kind of thing can have."""
    raw_text = re.sub(INVISIBLE, "", raw_text)
    items = set(_ITEM_ANYWHERE.findall(raw_text))
    return Names(orders=set(_ORDER_ANYWHERE.findall(raw_text)), fnskus=items, items=set(items))


def _cells_of(kind: Recognised, raw_text: str) -> Iterator[tuple[Column, str]]:
    if kind.layout is None:
        yield from _json_cells(kind, raw_text)
        return
    cells = cells_of_row(raw_text, kind.layout.delimiter, quoted=kind.layout.quoted)
    for column in kind.report.columns:
        at = kind.position(column)
        if at is not None:
            yield column, cells[at]


def cells_of_row(raw_text: str, delimiter: str, *, quoted: bool) -> list[str]:
    """The cells of a row's own text, as far as its quotes go."""
    if not quoted:
        return raw_text.split(delimiter)
    try:
        reader = csv.reader(io.StringIO(raw_text, newline=""), delimiter=delimiter)
        return [cell for row in reader for cell in row]
    except csv.Error:
        return raw_text.split(delimiter)


def _json_cells(kind: Recognised, raw_text: str) -> Iterator[tuple[Column, str]]:
    try:
        said = dict(json_rows.named_values(json.loads(raw_text)))
    except ValueError:
        return
    for column in kind.report.columns:
        for name in column.names:
            if isinstance(value := said.get(name), str | int | list):
                yield column, value if isinstance(value, str) else json.dumps(value)
