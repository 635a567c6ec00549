"""What happens to report files on their way: one damage at a time, told in one line.

Left out is what leaves no trace: a digit turned into another digit, a letter into another letter;
a row missing from the middle of a report that states no sum; two cells of one kind changed for each
other; a cut inside the last cell of a row, which looks like a shorter word; the absence of a file
without which nobody could know of anything (our own case feed).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import assume
from hypothesis import strategies as st

from tests.common.worlds.whole import Cells, File, Sheet

# Not text in any encoding that reports come in, or no letter at all.
BAD_BYTES: Final = (0xFF, 0x00, 0x1B)
STATES_ITS_SUM: Final = ("older settlement", "settlement", "oldest recon", "older recon", "recon")


@dataclass(frozen=True)
class Damage:
    """One damage to one file: `where` is a row, a column, a byte, or nothing."""

    file: str
    how: str
    where: tuple[int, ...] = ()

    def of(self, file: File) -> bytes | None:
        """The file's bytes with this damage; None: no file."""
        if self.how == "remove the file":
            return None
        if self.how == "cut off at a byte":
            return file.content[: self.where[0]]
        if self.how == "damage a byte":
            position, byte = self.where
            return file.content[:position] + bytes([byte]) + file.content[position + 1 :]
        assert isinstance(file, Sheet)
        return _of_sheet(file, self).content

    def __str__(self) -> str:
        """In words, for the report of a failure."""
        return f"{self.file}: {self.how} {', '.join(map(str, self.where))}".strip()


def _of_sheet(sheet: Sheet, damage: Damage) -> Sheet:
    rows = list(sheet.rows)
    match damage.how, damage.where:
        case "blank a column", (column,):
            return sheet.with_rows([rows[0], *(_put(row, column, "") for row in rows[1:])])
        case "lose the rows from", (first,):
            return sheet.with_rows(rows[:first])
        case "lose the rows before", (first,):
            return sheet.with_rows([rows[0], *rows[first:]])
        case "lose a row", (number,):
            return sheet.with_rows([*rows[:number], *rows[number + 1 :]])
        case "add a delimiter", (number, column):
            rows[number] = (*rows[number][:column], "", *rows[number][column:])
        case "lose a delimiter", (number, column):
            row = rows[number]
            rows[number] = (*row[:column], row[column] + row[column + 1], *row[column + 2 :])
        case "swap two cells", (number, column):
            row = rows[number]
            rows[number] = (*row[:column], row[column + 1], row[column], *row[column + 2 :])
        case _:
            assert damage.how == "save in a spreadsheet"
            return Sheet(
                sheet.name, tuple(tuple(map(shown_by_a_spreadsheet, row)) for row in rows), ","
            )
    return sheet.with_rows(rows)


def _put(row: Cells, column: int, cell: str) -> Cells:
    return (*row[:column], cell, *row[column + 1 :])


def shown_by_a_spreadsheet(cell: str) -> str:
    """A cell as a spreadsheet writes it back: numbers as it shows them, days in its own way."""
    if re.fullmatch(r"\d{12,}", cell):
        return f"{int(cell):.5E}"
    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
        sign, plain = ("-", cell[1:]) if cell[0] == "-" else ("", cell)
        whole, _, cents = plain.partition(".")
        kept = (whole.lstrip("0") or "0") + (f".{cents.rstrip('0')}" if cents.rstrip("0") else "")
        return sign + kept
    if day := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", cell):
        return f"{int(day[2])}/{int(day[3])}/{day[1]}"
    if day := re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", cell):
        return f"{int(day[1])}/{int(day[2])}/{day[3]}"
    return cell


def _is_told_apart(one: str, other: str) -> bool:
    """Whether one of two cells can only be a day or a number, and the other is neither."""
    countable = re.compile(r"-?\d+(\.\d+)?|\d{4}-\d{2}-\d{2}T.*|\d{2}/\d{2}/\d{4}")
    return bool(countable.fullmatch(one)) != bool(countable.fullmatch(other)) and bool(
        one and other
    )


def _of_rows(sheet: Sheet) -> Iterator[Damage]:
    for column in range(len(sheet.rows[0])):
        yield Damage(sheet.name, "blank a column", (column,))
    for number in range(1, len(sheet.rows)):
        yield Damage(sheet.name, "lose the rows from", (number,))
        yield Damage(sheet.name, "lose the rows before", (number,))
        if sheet.name in STATES_ITS_SUM:
            yield Damage(sheet.name, "lose a row", (number,))
        row = sheet.rows[number]
        for column in range(len(row) - 1):
            yield Damage(sheet.name, "add a delimiter", (number, column))
            yield Damage(sheet.name, "lose a delimiter", (number, column))
            if _is_told_apart(row[column], row[column + 1]):
                yield Damage(sheet.name, "swap two cells", (number, column))


def plain_damages(file: File) -> Iterator[Damage]:
    """Every damage to a file that is not about a single byte."""
    yield Damage(file.name, "remove the file")
    if isinstance(file, Sheet):
        yield Damage(file.name, "save in a spreadsheet")
        yield from _of_rows(file)


def _is_inside_last_cell(file: File, position: int) -> bool:
    if not isinstance(file, Sheet):
        return False
    begun = file.content[:position].rpartition(b"\n")[2].decode("utf-8", "replace")
    return begun.count(file.delimiter) == len(file.rows[0]) - 1


@st.composite
def damages(draw: st.DrawFn, files: Sequence[File]) -> Damage:
    """Any damage to any of these files."""
    file = draw(st.sampled_from(files))
    plain: dict[str, list[Damage]] = {}
    for one in plain_damages(file):
        plain.setdefault(one.how, []).append(one)
    how = draw(st.sampled_from([*plain, "cut off at a byte", "damage a byte"]))
    if how in plain:
        return draw(st.sampled_from(plain[how]))
    position = draw(st.integers(0, len(file.content) - 1))
    if how == "cut off at a byte":
        assume(not _is_inside_last_cell(file, position))
        return Damage(file.name, how, (position,))
    return Damage(file.name, how, (position, draw(st.sampled_from(BAD_BYTES))))
