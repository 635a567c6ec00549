"""Rows with more or fewer cells than their header: which of them can be read without doubt.

Editors and spreadsheets leave out the empty cells at a row's end, or add some. A raw line break in
a free text makes two pieces of one row. Both look like a row that has lost, or gained, a mark
between two cells: then what stands below one name belongs to another. So a row is mended only
where something speaks against that; else it is rejected, and nothing is read from it.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from services.landing.recognise.kinds import Recognised
from services.landing.refusals import RefusedError
from services.landing.rows.line_by_line import Row

# A spreadsheet that leaves out empty cells does so for blocks of rows, the header's own included.
_BLOCK: Final = 16
WINDOW: Final = 256 * _BLOCK  # rows looked at together
LETTERS: Final = 16 << 20  # but not more letters, so that long lines do not pile up
_LONG: Final = 10_000
_AHEAD: Final = 2  # whether a row is whole is seen from the rows below it
MOST_ON_END = 100_000

CUT: Final = "a whole row: the file is cut off here"
CLOSED: Final = "quotes in pairs"
NO_HOLE: Final = "letters: here are NUL bytes, and whole rows may be missing"
NEVER_CLOSED: Final = "a quote that is never closed"
_UNTYPED: Final = frozenset({"code", "text", "list", "references", "events"})

# Asked for rows of as many cells as their header, says by which fields each cannot be read.
Trial = Callable[[Recognised, Sequence[Row]], Sequence[AbstractSet[str]]]


@dataclass(frozen=True)
class RowFault:
    """Why a whole row cannot be read."""

    line: int
    expected: str
    found: str


@dataclass
class Mended:
    """Rows below one header: as many cells as it has, and the faults of the others."""

    kind: Recognised
    rows: list[Row] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    repeated_headers: int = 0

    @property
    def odd_end(self) -> int | None:
        """The last row, if it has another shape than the header."""
        last = self.rows[-1] if self.rows else None
        fault = self.faults[-1] if self.faults else None
        if fault and (last is None or fault.line > last.line):
            return fault.line
        return last.line if last and last.is_short else None


@dataclass
class _Streak:
    """Rows on end that have another shape and cannot be read."""

    length: int = 0

    def goes_on(self) -> None:
        self.length += 1
        if self.length >= MOST_ON_END:
            raise RefusedError(
                f"{MOST_ON_END} rows on end have another number of cells than the header: "
                "header and rows are not of one report."
            )


def mended(
    rows: Iterator[Row],
    kind: Recognised,
    is_aside: Callable[[Recognised, list[str]], bool],
    trial: Trial,
    *,
    ends_trimmed: bool,
) -> Iterator[Mended]:
    """The rows in order, some thousands at a time.

    is_aside: whether cells are a line beside the data; it counts those that are.
    ends_trimmed: no row of the file ends in an empty cell.
    Raises RefusedError.
    """
    streak, window = _Streak(), list[Row]()
    for row in rows:
        if row.header:
            yield _Window(kind, window, trial, streak, ends_trimmed=ends_trimmed).read(len(window))
            yield Mended(row.header, repeated_headers=1)
            kind, window = row.header, []
            continue
        if _is_data(row, kind, is_aside):
            window.append(row)
        full = sum(row.size for row in window) > LETTERS if row.size > _LONG else False
        if full or (row.position > WINDOW and row.position % WINDOW == _AHEAD):
            here = _Window(kind, window, trial, streak, ends_trimmed=ends_trimmed)
            yield here.read(sum(1 for one in window if one.position < row.position - _AHEAD))
            window = window[here.at :]
    yield _Window(kind, window, trial, streak, ends_trimmed=ends_trimmed).read(len(window))


def _is_data(row: Row, kind: Recognised, is_aside: Callable[[Recognised, list[str]], bool]) -> bool:
    if row.cells is None or len(row.cells) == len(kind.header):
        return True
    if row.cut and len(row.cells) > 1 and not any(cell.strip() for cell in row.cells):
        return True  # a row may begin with empty cells: what it held is lost
    return not is_aside(kind, row.cells)


class _Window:
    """Some rows below one header, which are read from the first to the last."""

    def __init__(
        self,
        kind: Recognised,
        rows: Sequence[Row],
        trial: Trial,
        streak: _Streak,
        *,
        ends_trimmed: bool,
    ) -> None:
        self.at = 0
        self._kind = kind
        self._rows = rows
        self._trial = trial
        self._streak = streak
        self._ends_trimmed = ends_trimmed
        self._width = len(kind.header)
        self._manners = _manners(kind)
        self._positions = {c.field: kind.position(c) for c in kind.report.columns}
        self._first = {name for name, at in self._positions.items() if at == 0}
        self._begins_typed = self._manners.get(0, "code") not in _UNTYPED
        self._known: dict[int, set[str]] = {}
        self._mended = Mended(kind)
        # All asked at once: each question costs more than its rows do.
        self._pairs = [*filter(self._fit_together, pairwise(rows))]
        self._at_fault = self._faults_of(self._odd_rows())
        self._at_fault_together = self._faults_of(
            [_joined(row, below) for row, below in self._pairs]
        )
        self._blocks = self._shapes_of_blocks() if self._at_fault else {}

    def read(self, until: int) -> Mended:
        """The rows up to this one; one more where it is a piece of the last."""
        while self.at < until:
            self.at += self._step(self._rows[self.at], self._ahead(1))
        return self._mended

    def _step(self, row: Row, below: Row | None) -> int:
        """Read a row, or two that belong together: how many."""
        if row.cut:
            return self._reject_cut(row)
        if row.cells is None:
            return self._reject(row, CLOSED)
        if self._are_two_pieces(row, below):
            return self._read_pieces(row, below)
        if len(row.cells) < self._width:
            return self._read_short(row, below)
        if len(row.cells) > self._width:
            return self._read_long(row)
        return self._keep(row)

    def _ahead(self, steps: int) -> Row | None:
        at = self.at + steps
        return self._rows[at] if at < len(self._rows) else None

    def _keep(self, row: Row) -> int:
        if self._has_hole(row):
            return self._reject(row, NO_HOLE)
        self._streak.length = 0
        self._mended.rows.append(row)
        return 1

    def _has_hole(self, row: Row) -> bool:
        """Whether NUL bytes stand in a cell that nobody reads: whole rows may be gone there."""
        holes = (at for at, cell in enumerate(row.cells or ()) if "\0" in cell)
        return any(at not in self._positions.values() for at in holes)

    def _reject_cut(self, row: Row) -> int:
        whole = row.cells is not None and len(row.cells) >= self._width
        found = "a letter cut in two" if whole else f"{len(row.cells or ())} cells"
        self._mended.faults.append(RowFault(row.line, CUT, found if row.cells else NEVER_CLOSED))
        return 1

    def _reject(self, row: Row, expected: str = "") -> int:
        self._streak.goes_on()
        found = f"{len(row.cells)} cells" if row.cells is not None else NEVER_CLOSED
        shape = f"{self._width} cells, as in the header"
        self._mended.faults.append(RowFault(row.line, expected or shape, found))
        return 1

    # Rows of another shape ---------------------------------------------------------------------

    def _read_short(self, row: Row, below: Row | None) -> int:
        """A row without the empty cells at its end."""
        cells = row.cells or []
        if below and below.line == row.next_line and self._is_piece(row, below):
            return self._reject(row)  # it may be broken, and its last cell not whole
        present = {
            name for name, at in self._positions.items() if at is not None and at < len(cells)
        }
        faults = self._at_fault.get(row.line, frozenset())
        if faults & present or len(cells) == 1 or not self._is_trimmed(cells, row):
            return self._reject(row)
        if faults:  # a cell that must be filled is among the missing: that is said of it
            self._streak.goes_on()
            self._mended.rows.append(replace(self._padded(row), is_short=True))
            return 1
        return self._keep(self._padded(row))

    def _read_long(self, row: Row) -> int:
        """A row with more empty cells at its end."""
        cells = row.cells or []
        if any(cell.strip() for cell in cells[self._width :]) or self._at_fault.get(row.line):
            return self._reject(row)
        if self._is_in_place(cells, row) or self._all_are_as_long(cells):
            return self._keep(self._padded(row))
        return self._reject(row)

    def _all_are_as_long(self, cells: list[str]) -> bool:
        return all(len(row.cells or ()) == len(cells) for row in self._rows)

    def _is_trimmed(self, cells: list[str], row: Row) -> bool:
        """Whether the missing cells are those at the end, and no mark between two cells is lost."""
        if len(cells) >= self._kind.named_cells or self._is_in_place(cells, row):
            return True
        if not cells[-1].strip() or not self._ends_trimmed:
            return False
        return len(cells) < self._width - 1 or self._most_are_short()

    def _is_in_place(self, cells: list[str], row: Row) -> bool:
        """Whether each cell surely is below its name.

        A mark lost or gained between two cells moves all after it: up to the last typed cell that
        would have been seen. After it, the cells must look like those of whole rows.
        """
        if self._blocks.get(row.position // _BLOCK):
            return True
        filled = [at for at, cell in enumerate(cells) if cell.strip()]
        if not filled or (len(cells) < self._width and filled[-1] != len(cells) - 1):
            return False
        typed = (at for at in filled if self._manners.get(at, "code") not in _UNTYPED)
        rest = range(max(typed, default=-1) + 1, filled[-1] + 1)
        return all(self._is_known(at, cells[at]) for at in rest)

    def _is_known(self, at: int, cell: str) -> bool:
        """Whether whole rows have such a cell there; of a free text nothing can be said."""
        if self._manners.get(at) == "text":
            return True
        if at not in self._known:
            whole = (row.cells for row in self._rows if row.cells and not row.cut)
            found = {cells[at].strip() for cells in whole if len(cells) == self._width}
            self._known[at] = found | set(map(_shape, found))
        return cell.strip() in self._known[at] or _shape(cell.strip()) in self._known[at]

    def _most_are_short(self) -> bool:
        short = sum(1 for row in self._rows if row.cells and len(row.cells) < self._width)
        return 2 * short > len(self._rows)

    def _shapes_of_blocks(self) -> dict[int, bool]:
        """Which blocks of a spreadsheet are whole and have rows of one length."""
        lengths: dict[int, list[int]] = {}
        for row in self._rows:
            lengths.setdefault(row.position // _BLOCK, []).append(len(row.cells or ()))
        return {
            block: len(set(found)) == 1 and len(found) >= _BLOCK - (block == 0)
            for block, found in lengths.items()
        }

    # Two pieces of one row -----------------------------------------------------------------------

    def _is_piece(self, row: Row, below: Row) -> bool:
        """Whether the row below is too short for a row and does not begin as one."""
        if not below.cells or below.cut or len(below.cells) >= self._width:
            return False
        if self._begins_typed:
            return not self._may_begin_row(below)
        first, again = (one.cells[0].strip() for one in (row, below) if one.cells)
        if len(below.cells) > 1 and (first == again or _are_like_numbers(first, again)):
            return False
        return len(below.cells) == 1 or bool(self._at_fault.get(below.line))

    def _fit_together(self, pair: tuple[Row, Row]) -> bool:
        """Whether two rows have together the cells of one, a line break between them."""
        row, below = pair
        if not row.cells or not below.cells or below.cut or below.line != row.next_line:
            return False
        if len(below.cells) >= self._width:
            return False
        return len(row.cells) + len(below.cells) - 1 == self._width

    def _are_two_pieces(self, row: Row, below: Row | None) -> bool:
        """Whether a row and the one below make one row together that can be read."""
        if row.cells is None or below is None or row.line not in self._at_fault_together:
            return False
        if len(row.cells) == self._width:
            return self._manners.get(self._width - 1) == "text" and not self._may_begin_row(below)
        return not self._at_fault_together[row.line]

    def _may_begin_row(self, piece: Row) -> bool:
        """Whether its first cell may be the first of a row: of codes every word may."""
        return not (self._begins_typed and self._first & self._at_fault.get(piece.line, set()))

    def _read_pieces(self, row: Row, below: Row | None) -> int:
        if below is None or row.cells is None:
            return 0
        in_text = self._manners.get(len(row.cells) - 1) == "text" and row.cells[-1].strip()
        if in_text and self._is_piece(row, below) and self._stands_alone(row, self._ahead(2)):
            return self._keep(_joined(row, below)) + 1
        if len(row.cells) == self._width:
            return self._keep(row)
        return self._reject(row) + self._reject(below)

    def _stands_alone(self, row: Row, third: Row | None) -> bool:
        """Whether the row below two pieces is no third one."""
        if third is None or third.cells is None or third.cut:
            return True
        if len(third.cells) != self._width:
            return not self._is_piece(row, third)
        return not self._first & self._at_fault.get(third.line, set())

    # ---------------------------------------------------------------------------------------------

    def _odd_rows(self) -> list[Row]:
        """Rows of another shape than the header's, and those below two pieces."""
        firsts = {row.line for row, _ in self._pairs}
        third = [
            below
            for row, below in zip(self._rows, self._rows[2:], strict=False)
            if row.line in firsts and below.cells
        ]
        odd = [row for row in self._rows if row.cells and len(row.cells) != self._width]
        return [*odd, *third]

    def _faults_of(self, rows: Sequence[Row]) -> dict[int, AbstractSet[str]]:
        found = self._trial(self._kind, [self._padded(row) for row in rows]) if rows else []
        return {row.line: fields for row, fields in zip(rows, found, strict=True)}

    def _padded(self, row: Row) -> Row:
        cells = [*(row.cells or []), *[""] * self._width][: self._width]
        return Row(row.line, row.lines, cells, row.position)


def _joined(row: Row, below: Row) -> Row:
    cells, more = row.cells or [""], below.cells or [""]
    joined = [*cells[:-1], f"{cells[-1]} {more[0]}", *more[1:]]
    return Row(row.line, row.lines + below.lines, joined, row.position)


def _shape(cell: str) -> str:
    """What kind of letter stands where: LPN41 as AAA00."""
    return "".join("0" if one.isdigit() else "A" if one.isalpha() else one for one in cell)


def _are_like_numbers(first: str, second: str) -> bool:
    return first.isdigit() and second.isdigit() and len(first) == len(second)


def _manners(kind: Recognised) -> dict[int, str]:
    """How the cells of each position are read, where a column wants them."""
    positions = ((kind.position(column), column.reading.manner) for column in kind.report.columns)
    return {at: manner for at, manner in positions if at is not None}
