"""Days as files write them. Most ways have one meaning; 10/05/2026 has two.

Which of the two it has is decided for a whole file, as with decimals: by its rows that allow one
reading only (13/05/2026, or a day that would still be to come), by a second column that names the
same day clearly, and by periods that would end before they begin. Where nothing decides it is the
month first, as the marketplaces write in their American reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, Literal

import polars as pl

from services.landing.refusals import RefusedError
from services.marketplaces.contract import ByKey, ByPeriod, Column, Reading, ReportFormat
from services.recovery import clock

Order = Literal["month first", "day first"]
MONTH_FIRST: Final[Order] = "month first"
DAY_FIRST: Final[Order] = "day first"

# A year outside is a damaged date.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)

_SLASHED: Final[dict[Order, str]] = {MONTH_FIRST: "%m/%d/%Y", DAY_FIRST: "%d/%m/%Y"}
_OTHER: Final[dict[Order, Order]] = {MONTH_FIRST: DAY_FIRST, DAY_FIRST: MONTH_FIRST}
# The year first, dots (the day first wherever they are used), the month in English letters.
_ONE_MEANING: Final = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d-%B-%Y",
    "%d-%B-%y",
    "%d %B %Y",
    "%B %d, %Y",
)
# A time of day may follow; the day is the one that is written.
_TIME: Final = r"[T ]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?( ?[AaPp][Mm])?$"
# A spreadsheet counts days from 1899-12-30; the fraction is the time of day. Five digits are the
# years 1927 to 2173, of which only this century's are taken.
_SERIAL: Final = r"^([0-9]{5})([.,][0-9]+)?$"
_BEFORE_UNIX: Final = (date(1970, 1, 1) - date(1899, 12, 30)).days
_MONTHS: Final = r"^[0-9]{1,2}/[0-9]{4}$"


def usual_day(cell: pl.Expr, reading: Reading, order: Order) -> pl.Expr:
    """The day as reports usually write it, null where a cell says none so."""
    return _in_reach(cell.str.to_date(_usual(reading, order), strict=False))


def any_day(cell: pl.Expr, reading: Reading, order: Order) -> pl.Expr:
    """The day that a cell names in any way, null where it names none for certain."""
    bare = cell.str.replace(_TIME, "")
    ways = [bare.str.to_date(written, strict=False) for written in _ONE_MEANING]
    if reading.slashed:
        ways.insert(0, bare.str.to_date(_usual(reading, order), strict=False))
    ways.append(_serial(cell, reading))
    if reading.month:
        ways.append(_month(cell, reading))
    return pl.coalesce(usual_day(cell, reading, order), *map(_in_reach, ways))


def _usual(reading: Reading, order: Order) -> str:
    return _SLASHED[order] if reading.slashed else "%Y-%m-%d"


def _in_reach(day: pl.Expr) -> pl.Expr:
    return where(day.is_between(FIRST_DAY, LAST_DAY), day)


def _serial(cell: pl.Expr, reading: Reading) -> pl.Expr:
    days = cell.str.extract(_SERIAL).cast(pl.Int32, strict=False)
    read = (days - _BEFORE_UNIX).cast(pl.Date)
    # The first of a month may be what a spreadsheet made of the whole month 05/2026.
    return where(read.dt.day() > 1, read) if reading.month else read


def _month(cell: pl.Expr, reading: Reading) -> pl.Expr:
    month = where(cell.str.contains(_MONTHS), cell)
    first = (pl.lit("01/") + month).str.to_date("%d/%m/%Y", strict=False)
    return first if reading.month == "first" else first.dt.month_end()


def where(condition: pl.Expr, value: pl.Expr) -> pl.Expr:
    """The value where the condition holds, null elsewhere."""
    return pl.when(condition).then(value)


# What decides for the whole file ------------------------------------------------------------

# A number above 12 is no month: such a cell can be read in one order only.
_ONLY: Final[dict[Order, str]] = {
    MONTH_FIRST: r"^\s*[0-9]{1,2}/(1[3-9]|2[0-9]|3[01])/[0-9]{4}",
    DAY_FIRST: r"^\s*(1[3-9]|2[0-9]|3[01])/[0-9]{1,2}/[0-9]{4}",
}


@dataclass(frozen=True)
class Proof:
    """A row whose days can be read in one order only."""

    row_number: int
    cell: str
    because: str = ""

    @property
    def words(self) -> str:
        """The row as a person finds it."""
        return f"row {self.row_number} has {self.cell}{self.because}"


@dataclass(frozen=True)
class Proofs:
    """The first proof of each order that a file has shown so far.

    hint: a period that the month first would end before it begins. to_come: a day that is still to
    come in the other order. A slip in one row looks like either, so they decide only where nothing
    else does, and days to come only where all of them say the same.
    """

    month_first: Proof | None = None
    day_first: Proof | None = None
    hint: Proof | None = None
    to_come: Mapping[Order, Proof] = field(default_factory=dict)  # by the order it speaks for

    def order(self) -> Order:
        """How the file's days are to be read. Raises RefusedError where it proves both ways."""
        if self.month_first and self.day_first:
            raise RefusedError(
                f"Its dates are written in two ways: {self.month_first.words}, which has the month"
                f" first, and {self.day_first.words}, which has the day first. So nobody can tell"
                " which day its other dates name. Nothing was guessed: import each part as the"
                " marketplace delivered it."
            )
        decided = self.day_first or (None if self.month_first else self._likely)
        return DAY_FIRST if decided else MONTH_FIRST

    @property
    def is_proven(self) -> bool:
        """Whether some row can be read in one order only."""
        return self.month_first is not None or self.day_first is not None

    @property
    def _likely(self) -> Proof | None:
        """What speaks for the day first, where no row proves an order."""
        return self.hint or (None if MONTH_FIRST in self.to_come else self.to_come.get(DAY_FIRST))

    @property
    def note(self) -> str:
        """What a reader must know of a file whose days have the day first."""
        proof = self.day_first or self._likely
        return f"Its dates have the day first: {proof.words if proof else 'nothing'}."

    def and_then(self, later: "Proofs") -> "Proofs":
        """These proofs, completed by those of another reading of the same file."""
        return Proofs(
            self.month_first or later.month_first,
            self.day_first or later.day_first,
            self.hint or later.hint,
            {**later.to_come, **self.to_come},
        )

    def with_rows(
        self, raw: pl.DataFrame, values: pl.DataFrame, report: ReportFormat, order: Order
    ) -> "Proofs":
        """These proofs and those of more rows: as text, and as read in this order."""
        proofs = self
        for column in slashed_columns(report):
            proofs = proofs._of_one(raw, column.field)
        for column in columns_of_events(report):
            proofs = proofs._of_time_to_come(raw, values, column.field, order)
        for day, moment in report.same_days:
            proofs = proofs._of_two(raw, values, day, moment, order)
        return proofs._of_period(raw, values, report, order)

    def _of_one(self, raw: pl.DataFrame, field: str) -> "Proofs":
        proofs = self
        for order, written in _ONLY.items():
            if proofs._lacks(order):
                seen = raw.filter(raw[field].str.contains(written))
                proofs = proofs._with(order, _first(seen, field, order))
        return proofs

    def _of_time_to_come(
        self, raw: pl.DataFrame, values: pl.DataFrame, field: str, order: Order
    ) -> "Proofs":
        """A day that is still to come in this order, and is not in the other."""
        other = _OTHER[order]
        if other in self.to_come:
            return self
        late = values.filter(is_to_come(values[field]))
        if late.is_empty():
            return self
        seen = _rows(raw, late)
        seen = seen.filter(~is_to_come(_slashed(seen, field, other)))
        found = _first(seen, field, other)
        if found is None:
            return self
        because = f", which is still to come if the {order.partition(' ')[0]} comes first"
        return replace(self, to_come={**self.to_come, other: replace(found, because=because)})

    def _of_two(
        self, raw: pl.DataFrame, values: pl.DataFrame, day: str, moment: str, order: Order
    ) -> "Proofs":
        """A second column that names another day than the one read, but the one of the other order.

        Where it agrees it proves nothing new: then the file is read rightly.
        """
        other = _OTHER[order]
        if not self._lacks(other):
            return self
        # The moment is kept in UTC: its own day may be the next one.
        apart = (values[day] - values[moment].dt.date()).dt.total_days().abs() > 1
        told_apart = values.filter(apart.fill_null(value=False))
        if told_apart.is_empty():
            return self
        seen = _rows(raw, told_apart)
        named = (
            seen[moment].str.strip_chars().str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        )
        agrees = (_slashed(seen, day, other) == named).fill_null(value=False)
        return self._with(other, _first(seen.filter(agrees), day, other))

    def _of_period(
        self, raw: pl.DataFrame, values: pl.DataFrame, report: ReportFormat, order: Order
    ) -> "Proofs":
        first, last = report.days or ("", "")
        slashed = {column.field for column in slashed_columns(report)}
        if order == DAY_FIRST or self.hint or first == last or not {first, last} <= slashed:
            return self
        backwards = values.filter((values[first] > values[last]).fill_null(value=False))
        if backwards.is_empty():
            return self
        seen = _rows(raw, backwards)
        fits = _slashed(seen, first, DAY_FIRST) <= _slashed(seen, last, DAY_FIRST)
        return replace(
            self, hint=_first(seen.filter(fits.fill_null(value=False)), first, DAY_FIRST)
        )

    def _lacks(self, order: Order) -> bool:
        return (self.month_first if order == MONTH_FIRST else self.day_first) is None

    def _with(self, order: Order, found: Proof | None) -> "Proofs":
        if order == MONTH_FIRST:
            return replace(self, month_first=found)
        return replace(self, day_first=found)


def slashed_columns(report: ReportFormat) -> list[Column]:
    """The columns whose days may be written in two ways."""
    return [column for column in report.columns if column.reading.slashed]


def columns_of_events(report: ReportFormat) -> list[Column]:
    """Those whose days have been when the report is made: no ends of periods, months or plans."""
    landing = report.landing
    period = landing.period if isinstance(landing, ByKey | ByPeriod) else None
    ends = {period[1]} if period else set()
    slashed = slashed_columns(report)
    free = {one.field for one in slashed if one.reading.month or one.reading.may_be_planned}
    return [one for one in slashed if one.field not in ends | free]


def is_to_come(days: pl.Series) -> pl.Series:
    """Which days are later than tomorrow: today may be tomorrow somewhere else."""
    return (days > clock.now().date() + timedelta(days=1)).fill_null(value=False)


def _rows(raw: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    return raw.filter(raw["row_number"].is_in(values["row_number"].implode()))


def _slashed(rows: pl.DataFrame, field: str, order: Order) -> pl.Series:
    bare = pl.col(field).str.strip_chars().str.replace(_TIME, "")
    return rows.select(_in_reach(bare.str.to_date(_SLASHED[order], strict=False))).to_series()


def _first(seen: pl.DataFrame, field: str, order: Order) -> Proof | None:
    """The first of these rows whose cell is a day in this order."""
    if seen.is_empty():
        return None
    days = seen.filter(_slashed(seen, field, order).is_not_null())
    if days.is_empty():
        return None
    row = days.row(0, named=True)
    return Proof(int(row["row_number"]), str(row[field]).strip())
