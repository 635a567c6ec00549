"""XLSX, made by the library XlsxWriter: text is text, numbers are numbers, money has its currency.

A double keeps 15 digits. An amount with more is written as text, exactly, rather than a cent off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from babel.numbers import get_currency_precision
from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from services.exports.table import (
    Converted,
    FileCell,
    Line,
    Rate,
    Table,
    plain,
    starts_a_formula,
)
from services.insights.columns import Heading
from wording.days import CELL_DAY, CELL_MOMENT
from wording.money import currency_symbol
from wording.numbers import TRUE_MINUS, plain_number

_LONGEST_TEXT: Final = 32_767
_LONGEST_LINK: Final = 2_000
_EXACT_DIGITS: Final = 15
_FIRST_DAY: Final = date(1900, 3, 1)  # before it, spreadsheets do not agree on the day
_NARROWEST, _WIDEST = 9, 44


@dataclass(frozen=True)
class About:
    """What the first sheet says: whose list, as of when, and what it was narrowed to."""

    facts: Sequence[tuple[str, str]]
    link: str  # to the same view in the dashboard


@dataclass
class _Book:
    """A workbook with the formats that its cells have asked for so far."""

    workbook: Workbook
    formats: dict[str, Format] = field(default_factory=dict)

    def format(self, name: str, **properties: Any) -> Format:
        if name not in self.formats:
            self.formats[name] = self.workbook.add_format({"font_size": 10, **properties})
        return self.formats[name]


def write_xlsx(table: Table, out: IO[bytes], about: About) -> None:
    """A workbook of two sheets. Rows wait on disk, not in memory, and are gone afterwards."""
    with TemporaryDirectory() as folder:
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_urls": False}
        with Workbook(out, options) as workbook:
            book = _Book(workbook)
            first, second = workbook.add_worksheet("About"), workbook.add_worksheet("List")
            rows = _list(book, second, table)
            _about(book, first, table.title, about, rows)


def _about(book: _Book, sheet: Worksheet, title: str, about: About, rows: int) -> None:
    quiet = book.format("quiet", font_color="#667085")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, title, book.format("title", bold=True, font_size=15))
    facts = [*about.facts, ("Rows", plain_number(rows))]
    for row, (name, words) in enumerate(facts, 2):
        sheet.write_string(row, 0, name, quiet)
        _write(book, sheet, (row, 1), Line([words]), words)
    _link(book, sheet, len(facts) + 2, about.link)


def _link(book: _Book, sheet: Worksheet, row: int, link: str) -> None:
    if not link:
        return
    sheet.write_string(row, 0, "The same view", book.format("quiet"))
    if len(link) <= _LONGEST_LINK and link.startswith(("http://", "https://")):
        blue = book.format("link", font_color="#1F4FD8", underline=1)
        sheet.write_url(row, 1, link, blue)
    else:
        sheet.write_string(row, 1, plain(link)[:_LONGEST_TEXT])


def _list(book: _Book, sheet: Worksheet, table: Table) -> int:
    head = book.format("head", bold=True, bg_color="#F6F7F9", bottom=1, border_color="#E4E7EC")
    for column, heading in enumerate(table.header):
        sheet.set_column(column, column, _width(heading))
        sheet.write_string(0, column, heading.words, head)
    sheet.freeze_panes(1, 0)
    written = 0
    for row, line in enumerate(table.lines, 1):
        for column, cell in enumerate(line.cells):
            _write(book, sheet, (row, column), line, cell)
        written = row
    if written:
        sheet.autofilter(0, 0, written, len(table.header) - 1)
    return written


def _width(heading: Heading) -> int:
    return heading.width or max(_NARROWEST, min(_WIDEST, len(heading.words) + 4))


def _write(
    book: _Book, sheet: Worksheet, where: tuple[int, int], line: Line, cell: FileCell
) -> None:
    if cell is None:
        return
    if isinstance(cell, Decimal):
        _write_money(book, sheet, where, cell, line.currency)
    elif isinstance(cell, Converted):
        _write_money(book, sheet, where, cell.amount, cell.currency)
    elif isinstance(cell, Rate):
        sheet.write_number(*where, float(cell.value), book.format("rate", num_format="0.########"))
    elif isinstance(cell, str):
        _write_text(book, sheet, where, cell)
    elif isinstance(cell, date):
        _write_day(book, sheet, where, cell)
    elif len(str(abs(cell))) <= _EXACT_DIGITS:
        sheet.write_number(*where, cell, book.format("number", num_format="#,##0"))
    else:
        _write_text(book, sheet, where, str(cell))


def _write_money(
    book: _Book, sheet: Worksheet, where: tuple[int, int], amount: Decimal, currency: str
) -> None:
    if len(_to_the_cent(amount, currency).as_tuple().digits) > _EXACT_DIGITS:
        right = book.format("text-right", align="right")
        sheet.write_string(*where, f"{amount:f}", right)
        return
    form = book.format(f"money {currency}", num_format=money_format(currency))
    sheet.write_number(*where, float(amount), form)  # 15 digits survive a double exactly


def _to_the_cent(amount: Decimal, currency: str) -> Decimal:
    """An average has more decimals than anybody pays: what shows is what must be exact."""
    return round(amount, get_currency_precision(currency))


def money_format(currency: str) -> str:
    """`$1,234.50` and `−$1,234.50` in the currency's own decimals, as a spreadsheet writes it."""
    sign = currency_symbol(currency)
    decimals = get_currency_precision(currency)
    digits = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    return f'[${sign}]{digits};"{TRUE_MINUS}"[${sign}]{digits}'


def _write_day(book: _Book, sheet: Worksheet, where: tuple[int, int], day: date) -> None:
    if isinstance(day, datetime):
        at = day.astimezone(UTC).replace(tzinfo=None)
        moment = book.format("moment", num_format=CELL_MOMENT, align="left")
        sheet.write_datetime(*where, at, moment)
    elif day < _FIRST_DAY:
        _write_text(book, sheet, where, day.isoformat())
    else:
        form = book.format("day", num_format=CELL_DAY, align="left")
        sheet.write_datetime(*where, day, form)


def _write_text(book: _Book, sheet: Worksheet, where: tuple[int, int], words: str) -> None:
    """Always as text. What looks like a formula stays text even when somebody edits the cell."""
    written = plain(words)[:_LONGEST_TEXT]
    if starts_a_formula(written):
        sheet.write_string(*where, written, book.format("quoted", quote_prefix=True))
    else:
        sheet.write_string(*where, written, book.format("text"))
