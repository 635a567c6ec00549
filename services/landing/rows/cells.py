"""From the text of cells to values, whole columns at a time; what cannot be read is a fault.

A fault names row, column, what was expected and what was found; its row is rejected, all other
rows land. An empty cell is a fault only where the column must be filled. So is an identity that a
spreadsheet has damaged; elsewhere it is unknown, as if the cell were empty, and counted.
"""

import json
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Final, TypeVar

import polars as pl

from services.landing.read.lines import ROW
from services.landing.rows.days import (
    DAY_FIRST,
    FIRST_DAY,
    LAST_DAY,
    MONTH_FIRST,
    Order,
    any_day,
    usual_day,
    where,
)
from services.landing.rows.identities import (
    FOREIGN_DIGIT,
    GUARD,
    NOTHING,
    damaged_cells,
    is_damaged,
    plain_cells,
    plain_text,
)
from services.marketplaces.contract import (
    AMOUNT,
    CODE,
    IDENTITY,
    TOO_NARROW,
    Column,
    Known,
    Reading,
)

FAULT_SCHEMA: Final = pl.Schema(
    {ROW: pl.Int64, "field": pl.String, "expected": pl.String, "found": pl.String}
)
LONGEST: Final = {"code": 100, "text": 10_000}
ORIGINAL: Final = (
    "Download the report again and import the original, without opening it in a spreadsheet"
)
DAMAGED: Final = f"all its letters and digits: a spreadsheet has lost some of them. {ORIGINAL}"

FOREIGN: Final = "{expected}, in the digits 0 to 9 (these are of another script)"
BEYOND: Final = "{expected}, of {most} at most"

NARROW: Final = f"{{expected}}: a spreadsheet shows # where its column is too narrow. {ORIGINAL}"

Words = Mapping[Known, frozenset[str]]
SomeCells = TypeVar("SomeCells", pl.Series, pl.Expr)


@dataclass(frozen=True)
class Cells:
    """The rows that could be read, typed, and the faults of the others."""

    values: pl.DataFrame
    faults: pl.DataFrame
    unread: pl.DataFrame  # the rows that could not be read, as far as they could
    comma_decimals: bool  # 4,10 was read as 4.10
    three_decimals: bool  # 1.234 was read as 1.234
    damaged: Mapping[str, int]  # by field, rows that land without an identity that is damaged


def read_cells(
    raw: pl.DataFrame, columns: Sequence[Column], words: Words, order: Order = MONTH_FIRST
) -> Cells:
    """Read every column of `raw` (text, with row_number) as its description says.

    What all columns have in common is asked of all at once: most files are small, and each
    question costs more than its rows do.
    """
    trimmed = _without_excel_guard(raw, [column.field for column in columns])
    identities = {c.field: c.reading for c in columns if c.reading.damaged}
    trimmed = plain_cells(trimmed, identities)
    lost = {one.name: one for one in damaged_cells(trimmed, identities) if one.any()}
    cells = trimmed.with_columns(trimmed[name].set(gone, "") for name, gone in lost.items())
    cells = _without_nothing(cells, list(identities))
    values = _values(cells, columns, words, order)
    bad = _bad(cells, values, columns, lost)
    wrong = _any_of([bad[name] for name in bad.columns], cells.height)
    at_fault = dict(zip(bad.columns, bad.select(pl.all().any()).row(0), strict=True))
    faults = [_faults(trimmed, c, bad[c.field], words, order) for c in columns if at_fault[c.field]]
    return Cells(
        values=values.filter(~wrong).with_columns(_otherwise(values, columns)),
        unread=values.filter(wrong),
        faults=pl.concat(faults) if faults else pl.DataFrame(schema=FAULT_SCHEMA),
        damaged={name: int((gone & ~wrong).sum()) for name, gone in lost.items()},
        comma_decimals=_has_amount(trimmed, columns, _COMMA_DECIMAL),
        three_decimals=_has_amount(trimmed, columns, _THREE_DECIMALS),
    )


def _without_excel_guard(raw: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """Cells trimmed, and ="0123" as 0123: the guard that keeps a spreadsheet off leading zeros."""
    every = pl.col(fields)
    trimmed = raw.with_columns(every.str.strip_chars())
    if not any(trimmed.select(every.str.starts_with('="').any()).row(0)):
        return trimmed
    return trimmed.with_columns(every.str.replace(GUARD, "${1}").str.strip_chars())


def _without_nothing(cells: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """Identities that say that there is none, as empty cells."""
    said = pl.col(fields)
    if not fields or not any(cells.select(said.str.contains(NOTHING).any()).row(0)):
        return cells
    return cells.with_columns(said.str.replace(NOTHING, ""))


def _values(
    cells: pl.DataFrame, columns: Sequence[Column], words: Words, order: Order
) -> pl.DataFrame:
    """What the cells say, null where they cannot be read.

    First as reports usually write it; then in every other way, the columns that need it.
    """
    spelled = cells.with_columns(_spelled(cells[c.field], c.reading) for c in _worded(columns))
    values = spelled.select(ROW, *(_usual(spelled, column, words, order) for column in columns))
    again = [
        _IN_ANY_WAY[column.reading.manner](pl.col(column.field), column.reading, order)
        for column in _not_all_read(cells, values, columns)
    ]
    return values.with_columns(cells.select(again).get_columns()) if again else values


def _usual(cells: pl.DataFrame, column: Column, words: Words, order: Order) -> pl.Expr | pl.Series:
    name, reading = column.field, column.reading
    if reading.manner in _USUALLY:
        return _USUALLY[reading.manner](pl.col(name), reading, order).alias(name)
    return _CELL_BY_CELL[reading.manner](cells[name], reading, words).alias(name)


def _not_all_read(
    cells: pl.DataFrame, values: pl.DataFrame, columns: Sequence[Column]
) -> Iterator[Column]:
    """The columns that may be written in other ways, where the usual one left a filled cell."""
    some = [column for column in columns if column.reading.manner in _IN_ANY_WAY]
    empty = cells.select((pl.col(column.field) == "").sum() for column in some)
    return (one for one in some if values[one.field].null_count() > empty[one.field].item())


def _bad(
    cells: pl.DataFrame,
    values: pl.DataFrame,
    columns: Sequence[Column],
    lost: Mapping[str, pl.Series],
) -> pl.DataFrame:
    """Where a cell could not be read, or is empty and must not be: a column for each."""
    missing = values.select(pl.col(column.field).is_null() for column in columns)
    may_be_empty = [column.field for column in columns if not column.filled]
    bad = missing.with_columns(missing[name] & (cells[name] != "") for name in may_be_empty)
    alone = [column.field for column in columns if column.whole and column.field in lost]
    return bad.with_columns(bad[name] | lost[name] for name in alone)


def _any_of(flags: Iterable[pl.Series], height: int) -> pl.Series:
    return reduce(operator.or_, flags, pl.repeat(False, height, eager=True))


def _otherwise(values: pl.DataFrame, columns: Sequence[Column]) -> Iterator[pl.Expr]:
    """What an empty cell means, where it means something."""
    for column in columns:
        if column.otherwise is not None:
            meant = pl.Series([column.otherwise]).cast(values.schema[column.field])[0]
            yield pl.col(column.field).fill_null(meant)


def _has_amount(trimmed: pl.DataFrame, columns: Sequence[Column], written: str) -> bool:
    amounts = [column.field for column in columns if column.reading.manner == "amount"]
    if not amounts:
        return False
    return any(trimmed.select(pl.col(amounts).str.contains(written).any()).row(0))


def _faults(
    trimmed: pl.DataFrame, column: Column, bad: pl.Series, words: Words, order: Order
) -> pl.DataFrame:
    return faults_in(trimmed.filter(bad), column.field, _said(column, words, order))


def faults_in(rows: pl.DataFrame, name: str, expected: pl.Expr) -> pl.DataFrame:
    """Every one of these rows as a fault of this field's cell."""
    found = rows.select(
        pl.col(ROW).cast(pl.Int64),
        pl.lit(name).alias("field"),
        expected.alias("expected"),
        pl.col(name).alias("found"),
    )
    return found.cast(FAULT_SCHEMA)


def _said(column: Column, words: Words, order: Order) -> pl.Expr:
    expected, cell = _expected(column.reading, words, order), pl.col(column.field)
    special = [(r"^$", f"a filled cell: {expected}")]
    if column.reading.manner not in {"text", "code"} or column.reading.damaged:
        special.append((FOREIGN_DIGIT, FOREIGN.format(expected=expected)))
    if most := column.reading.most:
        beyond = f"^[+-]?[0-9]{{{len(str(most)) + 1},}}([.,][0-9]*)?$"
        special.append((beyond, BEYOND.format(expected=expected, most=f"{most:,}")))
    if column.reading.manner != "text":
        special.append((f"^{TOO_NARROW}$", NARROW.format(expected=expected)))
    if column.reading.damaged:
        special += [
            (NOTHING, f"a filled cell: {expected}"),
            (column.reading.damaged, DAMAGED),
        ]
    if column.reading.manner == "whole":
        special.append((_THOUSAND, f"{expected} (1.000 can be read in two ways)"))
    said = (pl.when(cell.str.contains(written)).then(pl.lit(words)) for written, words in special)
    return pl.coalesce(*said, pl.lit(expected))


def _expected(reading: Reading, words: Words, order: Order) -> str:
    if reading.slashed and order == DAY_FIRST:
        return "a date such as 13/05/2026 (the day first, as other rows of the file prove)"
    if reading.known is None:
        return reading.expected
    return f"{reading.expected}: {', '.join(sorted(words[reading.known])) or 'there is none yet'}"


# One reader per manner: text to value, null where it cannot be read --------------------------


def _worded(columns: Sequence[Column]) -> Iterator[Column]:
    return (c for c in columns if c.reading.words and c.reading.manner in LONGEST)


def _spelled(cells: pl.Series, reading: Reading) -> pl.Series:
    """The words that a rule asks for as it spells them; one letter off them nothing is known."""
    known = {_letters_of(word): word for word in reading.words}
    meant = {cell: _meant(cell, known) for cell in cells.drop_nulls().unique()}
    return cells.replace_strict(meant, default=None, return_dtype=pl.String)


# In a shorter word one letter off is another word: AFN, MFN.
_LONG_WORD: Final = 4


def _letters_of(word: str) -> str:
    """A word without what may stand between its letters; CANCELED is CANCELLED."""
    return re.sub(r"[\W_]", "", word.lower()).replace("canceled", "cancelled")


def _meant(cell: str, known: Mapping[str, str]) -> str | None:
    letters = _letters_of(cell)
    if letters in known:
        return known[letters]
    return None if any(_is_one_off(letters, word) for word in known) else cell


def _is_one_off(said: str, word: str) -> bool:
    """Whether one letter of a longer word is wrong, missing, added or at its neighbour's place."""
    if len(word) < _LONG_WORD or abs(len(said) - len(word)) > 1:
        return False
    pairs = enumerate(zip(said, word, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(said), len(word)))
    said, word = said[same:], word[same:]
    return (
        said[1:] == word[1:]
        or said == word[1:]
        or said[1:] == word
        or (said[:2] == word[1::-1] and said[2:] == word[2:])
    )


def _text(cell: pl.Expr, reading: Reading, _: Order) -> pl.Expr:
    readable = (cell != "") & (cell.str.len_chars() <= LONGEST[reading.manner])
    # PostgreSQL's text holds every letter but NUL.
    return where(readable & ~cell.str.contains("\0", literal=True), cell)


def _code(cell: pl.Expr, reading: Reading, order: Order) -> pl.Expr:
    return where(~is_too_narrow(cell), _text(cell, reading, order))


def is_too_narrow(cells: SomeCells) -> SomeCells:
    """Which cells a spreadsheet has filled with # because their column was too narrow."""
    return cells.str.contains(f"^\\s*{TOO_NARROW}\\s*$")


# One with three decimals, or one thousand? No marketplace writes units so: nothing is guessed.
_THOUSAND: Final = r"^[+-]?[1-9][0-9]{0,2}\.000$"


def _plain_whole(cell: pl.Expr, reading: Reading, _: Order) -> pl.Expr:
    number = cell.cast(pl.Int32, strict=False)
    least = -reading.most if reading.least is None else reading.least
    return where(number.is_between(least, reading.most), number)


def _whole(cell: pl.Expr, reading: Reading, order: Order) -> pl.Expr:
    # 12.0 is what a spreadsheet makes of 12; 12.5 and 1,234 stay unread.
    clear = where(~cell.str.contains(_THOUSAND), cell)
    return _plain_whole(clear.str.replace(r"^([+-]?[0-9]+)\.0+$", "${1}"), reading, order)


_PLAIN: Final = r"^[+-]?[0-9]{1,{digits}}(\.[0-9]{1,10})?$"
# Written with marks that leave one reading only: the last mark is no thousands mark, or it is
# repeated, or both marks are there.
_POINT_DECIMAL: Final = (
    r"^[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,10}$|^[+-]?[0-9]{1,3}(,[0-9]{3}){2,4}$"
)
_COMMA_DECIMAL: Final = (
    r"^[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]{1,10}$|^[+-]?[0-9]{1,3}(\.[0-9]{3}){2,4}$"
    r"|^[+-]?[0-9]{1,15},([0-9]{1,2}|[0-9]{4,10})$"
)
_THREE_DECIMALS: Final = r"^[+-]?[0-9]{1,3}\.[0-9]{3}$"


def _plain_amount(cell: pl.Expr, reading: Reading, _: Order) -> pl.Expr:
    """Exact decimal text, point before the decimals; never a float."""
    written = _PLAIN.replace("{digits}", str(len(str(reading.most))))
    plain = where(cell.str.contains(written), cell)
    return plain if reading.least is None else where(~plain.str.starts_with("-"), plain)


def _amount(cell: pl.Expr, reading: Reading, order: Order) -> pl.Expr:
    return pl.coalesce(
        _plain_amount(_marked_amount(cell), reading, order), _plain_amount(cell, reading, order)
    )


def _marked_amount(cell: pl.Expr) -> pl.Expr:
    point = where(cell.str.contains(_POINT_DECIMAL), cell)
    comma = where(cell.str.contains(_COMMA_DECIMAL), cell)
    return pl.coalesce(
        point.str.replace_all(",", "", literal=True),
        comma.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True),
    )


def _gtin(cell: pl.Expr, _: Reading, __: Order) -> pl.Expr:
    digits = cell.str.replace(r"^([0-9]+)\.0+$", "${1}").str.strip_chars_start("0")
    readable = (cell != "") & digits.str.contains(r"^[0-9]{0,14}$")
    return where(readable, digits.str.zfill(14))


def _usual_moment(cell: pl.Expr, _: Reading, __: Order) -> pl.Expr:
    return _of_this_century(_with_offset(cell, "%Y-%m-%dT%H:%M:%S%z"))


def _moment(cell: pl.Expr, _: Reading, __: Order) -> pl.Expr:
    # 2026-05-13 10:00:00 UTC, …T10:00:00Z, …T10:00:00.123+00:00
    spelled = cell.str.replace(r" ?(Z|UTC)$", "+00:00").str.replace(" ", "T", literal=True)
    moment = pl.coalesce(
        _with_offset(cell, "%Y-%m-%dT%H:%M:%S%z"),
        _with_offset(spelled, "%Y-%m-%dT%H:%M:%S%.f%z"),
        _with_offset(spelled, "%Y-%m-%dT%H:%M%z"),
        # European settlements: 13.03.2026 20:21:38 UTC
        _with_offset(spelled, "%d.%m.%YT%H:%M:%S%z"),
    )
    return _of_this_century(moment)


def _of_this_century(moment: pl.Expr) -> pl.Expr:
    return where(moment.dt.date().is_between(FIRST_DAY, LAST_DAY), moment)


def _with_offset(cell: pl.Expr, written: str) -> pl.Expr:
    return cell.str.to_datetime(written, strict=False, time_unit="us", time_zone="UTC")


def _word(cells: pl.Series, reading: Reading, words: Words) -> pl.Series:
    """The word as the list spells it: `Partially Reimbursed` is partially_reimbursed."""
    known = words[reading.known] if reading.known else frozenset(reading.words)
    spelled = {_plain_word(word): word for word in known}
    meant = {cell: spelled.get(_plain_word(cell)) for cell in cells.drop_nulls().unique()}
    return cells.replace_strict(meant, default=None, return_dtype=pl.String)


def _plain_word(word: str) -> str:
    """Of ASCII alone: other alphabets have signs that fold into its letters (the Kelvin sign)."""
    plain = re.sub(r"[\s_-]+", "_", word.strip())
    return plain.lower() if plain.isascii() else plain


def _flag(cell: pl.Expr, _: Reading, __: Order) -> pl.Expr:
    said = cell.str.to_lowercase()
    return where(said.is_in(["true", "false"]), said == "true")


def _list(cells: pl.Series, _: Reading, __: Words) -> pl.Series:
    return cells.map_elements(_listed, return_dtype=pl.String)


def _listed(cell: str) -> str | None:
    return _storable(cell) if isinstance(_json(cell), list) else None


def _charges(cells: pl.Series, _: Reading, __: Words) -> pl.Series:
    return cells.map_elements(_charged_per_unit, return_dtype=pl.String)


def _charged_per_unit(cell: str) -> str | None:
    """The product charges that a refund counts, discounts taken off; taxes stand beside them."""
    listed = _json(cell)
    if not isinstance(listed, list):
        return None
    try:
        charges = [_charge(said) for said in listed if said["chargeCategory"] == "PRODUCT"]
    except (KeyError, TypeError, ArithmeticError):
        return None
    return str(sum(charges))


_MOST_DECIMALS: Final = 30  # a float's last digits may be written out; 1E-400000 is no amount


def _charge(said: dict[str, Any]) -> Decimal:
    if said.get("isBillable") is False:
        return Decimal(0)
    written = str(said["chargePerUnit"]["currencyAmount"])
    amount = Decimal(written)
    bounded = amount.is_finite() and abs(amount) <= AMOUNT.most and written.isascii()
    if not bounded or int(amount.as_tuple().exponent) < -_MOST_DECIMALS:
        raise ArithmeticError(f"no amount of money: {written}")
    return -amount if said.get("isDiscount") else amount


def _references(cells: pl.Series, _: Reading, __: Words) -> pl.Series:
    return cells.map_elements(_reference_list, return_dtype=pl.String)


def _reference_list(cell: str) -> str | None:
    """What a case is about: one damaged id would hide what the case covers, so the row is kept."""
    named = _named_references(cell)
    if named is None or any(is_damaged(one, IDENTITY) for one in named):
        return None
    return _storable(json.dumps(named))


def _named_references(cell: str) -> list[str] | None:
    if not cell.startswith("["):
        return [plain_text(part, CODE) for part in re.split(r"[\s;|,]+", cell) if part]
    listed = _json(cell)
    if not isinstance(listed, list) or not all(isinstance(one, str | int) for one in listed):
        return None
    return [plain_text(str(one), CODE) for one in listed]


def _events(cells: pl.Series, _: Reading, __: Words) -> pl.Series:
    return cells.map_elements(_event_list, return_dtype=pl.String)


def _event_list(cell: str) -> str | None:
    listed = _json(cell) if cell else None
    if not isinstance(listed, list):
        return None
    events = [_event(said) for said in listed]
    return None if None in events else _storable(json.dumps(events))


def _event(said: object) -> dict[str, object] | None:
    if not isinstance(said, dict) or not isinstance(said.get("status"), str):
        return None
    note = said.get("note")
    at = _spoken_moment(said.get("at"))
    if at is None or not (note is None or isinstance(note, str)):
        return None
    local = at.tzinfo is None  # without an offset it is the channel's own time
    shown = at if local else at.astimezone(UTC)
    return {"at": shown.isoformat(), "local": local, "status": said["status"], "note": note}


def _spoken_moment(said: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said.strip()) if isinstance(said, str) else None
    except ValueError:
        return None
    return moment if moment and FIRST_DAY <= moment.date() <= LAST_DAY else None


def _json(cell: str) -> object:
    try:
        return json.loads(cell, parse_float=Decimal)
    except ValueError:
        return None


def _storable(listed: str) -> str | None:
    return None if "\\u0000" in listed else listed


_Read = Callable[[pl.Expr, Reading, Order], pl.Expr]
# As reports usually write it: all there is for most manners, and of most files.
_USUALLY: Final[Mapping[str, _Read]] = {
    "text": _text,
    "code": _code,
    "day": usual_day,
    "whole": _plain_whole,
    "amount": _plain_amount,
    "gtin": _gtin,
    "moment": _usual_moment,
    "flag": _flag,
}
_IN_ANY_WAY: Final[Mapping[str, _Read]] = {
    "day": any_day,
    "whole": _whole,
    "amount": _amount,
    "moment": _moment,
}
_CELL_BY_CELL: Final[Mapping[str, Callable[[pl.Series, Reading, Words], pl.Series]]] = {
    "word": _word,
    "list": _list,
    "charges": _charges,
    "references": _references,
    "events": _events,
}
