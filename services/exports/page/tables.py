"""Lists on the page: a head, a hairline between rows, figures at the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.exports.page.drawing import BOLD, GRID, MUTED, Box, Ink, Sheet, shrunk

ROW: Final = 15.0
HEAD: Final = 13.0
_BETWEEN: Final = 8.0


@dataclass(frozen=True)
class Column:
    """`share` of the width. Money and numbers stand right and are never cut; words are."""

    title: str
    share: float
    is_figure: bool = False
    is_strong: bool = False


def draw_table(
    sheet: Sheet, within: Box, columns: Sequence[Column], rows: Sequence[Sequence[str]]
) -> float:
    """Returns where the table ends."""
    boxes = _boxes(within, columns)
    for column, box in zip(columns, boxes, strict=True):
        head = Ink(size=7, colour=MUTED, side="right" if column.is_figure else "left")
        sheet.words(column.title, _at(column, box), within.top + 7, head, room=box.width)
    y = within.top + HEAD
    for row in rows:
        sheet.line((within.left, y), (within.right, y), GRID, 0.5)
        for column, box, cell in zip(columns, boxes, row, strict=True):
            _cell(sheet, box, y + 10, column, cell)
        y += ROW
    return y


def _boxes(within: Box, columns: Sequence[Column]) -> list[Box]:
    whole = sum(column.share for column in columns)
    room = within.width - _BETWEEN * (len(columns) - 1)
    boxes, left = [], within.left
    for column in columns:
        width = room * column.share / whole
        boxes.append(Box(left, within.top, width, ROW))
        left += width + _BETWEEN
    return boxes


def _at(column: Column, box: Box) -> float:
    return box.right if column.is_figure else box.left


def _cell(sheet: Sheet, box: Box, y: float, column: Column, words: str) -> None:
    font = BOLD if column.is_strong else "Inter"
    if column.is_figure:
        ink = shrunk(words, Ink(font=font, side="right"), box.width)
        sheet.words(words, box.right, y, ink)
    else:
        sheet.words(words, box.left, y, Ink(font=font), room=box.width)
