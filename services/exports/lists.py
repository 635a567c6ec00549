"""The lists of the pages as files: every row that the filters leave, from one snapshot.

Each list is one question, whose rows are read while they are written: a table is written before its
snapshot ends. No page of it is asked for after another, so no row can come twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Final, TypeVar

from sqlalchemy import Connection

from services.exports.table import FileColumns, Line, Table
from services.insights.answers import Case, Filters, Movement, PartRow, Payment, Rejected
from services.insights.cases import Search, cases_list
from services.insights.changes import movements_list
from services.insights.columns import (
    AMOUNT,
    BASIS,
    CASE,
    CURRENCY,
    FNSKU,
    ITEM_NUMBER,
    SKU,
    STATUS,
    TITLE,
    TYPE,
    UNITS,
    WHAT,
    WHERE,
    Columns,
    Heading,
)
from services.insights.documents import documents_list, rejected_list
from services.insights.expiring import Open, View, expiring_list, window_unknown_list
from services.insights.keyset import Asked
from services.insights.open_list import IN_FILE
from services.insights.parts import PartName, PartView, part_list
from services.insights.payments import Wanted, payments_list
from services.landing.rejected.rejecting import MOST_LISTED
from services.marketplaces.labels import channel_label, marketplace_label
from wording.bases import basis_label
from wording.buckets import STATES
from wording.cases import case_words, their_words
from wording.changes import SINCE, change_label
from wording.subtypes import subtype_label, type_label

Row = TypeVar("Row")

# What a spreadsheet still opens without trouble. A file that is cut says so in its last line.
MOST_ROWS: Final = 100_000

_PARTS: Final[dict[PartName, str]] = {
    "in_progress": STATES["in_progress"],
    "expired": STATES["expired"],
    "denied": STATES["denied"],
    "found": SINCE["found"].label,
}
_MOVEMENTS: Final[Columns[Movement]] = (
    (Heading("Day"), lambda row: row.changed_on),
    (WHERE, lambda row: channel_label(row.channel)),
    (WHAT, lambda row: subtype_label(row.subtype)),
    (Heading("Why", 26), lambda row: change_label(row.cause)),
    (Heading("Items"), lambda row: row.discrepancies),
    (UNITS, lambda row: row.units),
    (AMOUNT, lambda row: row.amount),
    (CURRENCY, lambda row: row.currency),
)
_OF_A_PART: Final[Columns[PartRow]] = (
    (Heading("Day"), lambda row: row.day),
    (WHERE, lambda row: channel_label(row.channel)),
    (TYPE, lambda row: type_label(row.type)),
    (WHAT, lambda row: subtype_label(row.subtype)),
    (SKU, lambda row: row.sku),
    (FNSKU, lambda row: row.fnsku),
    (ITEM_NUMBER, lambda row: row.item_code),
    (TITLE, lambda row: row.title),
    (CASE, lambda row: row.case_id),
    (UNITS, lambda row: row.units),
    (AMOUNT, lambda row: row.amount),
    (CURRENCY, lambda row: row.currency),
    (BASIS, lambda row: basis_label(row.basis)),
)
_PAYMENTS: Final[Columns[Payment]] = (
    (Heading("Approved on"), lambda row: row.approved_on),
    (WHERE, lambda row: channel_label(row.channel)),
    (TYPE, lambda row: type_label(row.type)),
    (WHAT, lambda row: subtype_label(row.subtype)),
    (Heading("Marketplace's reason", 24), lambda row: row.reason),
    (SKU, lambda row: row.sku),
    (FNSKU, lambda row: row.fnsku),
    (TITLE, lambda row: row.title),
    (Heading("Payment", 18), lambda row: row.external_id),
    (Heading("Undoes payment", 18), lambda row: row.original_id),
    (CASE, lambda row: row.case_id),
    (Heading("Units in cash"), lambda row: row.units_cash),
    (Heading("Units in goods"), lambda row: row.units_inventory),
    (AMOUNT, lambda row: row.amount),
    (CURRENCY, lambda row: row.currency),
)


def _their_record(row: Case) -> str | None:
    """What the marketplace itself says of a case; None where it does not tell."""
    if row.their_state is None:
        return None
    return their_words(row.their_state, row.their_word or "", marketplace_label(row.channel))


_CASES: Final[Columns[Case]] = (
    (Heading("Filed on"), lambda row: row.opened_on),
    (Heading("Closed on"), lambda row: row.closed_on),
    (WHERE, lambda row: channel_label(row.channel)),
    (CASE, lambda row: row.case_id),
    (TYPE, lambda row: type_label(row.type)),
    (WHAT, lambda row: subtype_label(row.subtype) if row.subtype else None),
    (STATUS, lambda row: case_words(row.status, is_paid=row.is_paid)),
    (Heading("Marketplace's own record", 26), _their_record),
    (Heading("Changed on"), lambda row: row.their_day),
    (UNITS, lambda row: row.units),
    (Heading("Requested"), lambda row: row.requested),
    (Heading("Approved"), lambda row: row.approved),
    (Heading("Paid"), lambda row: row.paid),
    (Heading("Taken back"), lambda row: row.reversed),
    (CURRENCY, lambda row: row.currency),
    (Heading("References", 40), lambda row: " ".join(row.reference_ids)),
)
_REJECTED: Final[Columns[Rejected]] = (
    (Heading("File", 34), lambda row: row.file_name),
    (Heading("Row"), lambda row: row.row_number),
    (Heading("Column"), lambda row: row.column_name),
    (Heading("Expected"), lambda row: row.expected),
    (Heading("Found"), lambda row: row.found),
    (Heading("Row as it came", 60), lambda row: row.raw_text),
)


def expiring_table(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: View
) -> Table:
    """What can still be claimed: first what has a last day, then what has no known window."""
    dated = every(connection, expiring_list(account_id, filters, now, view))
    undated = every(connection, window_unknown_list(account_id, filters, now, view))
    rows = dated if view.week or view.within else chain(dated, undated)
    return table_of("Expiring", IN_FILE, rows, _currency)


def part_table(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: PartView
) -> Table:
    """One part of a bucket."""
    rows = every(connection, part_list(account_id, filters, now, view))
    return table_of(_PARTS[view.name], _OF_A_PART, rows, _currency)


def payments_table(
    connection: Connection, account_id: int, filters: Filters, wanted: Wanted
) -> Table:
    """Payments and reversals, reversals negative."""
    rows = every(connection, payments_list(account_id, filters, wanted))
    return table_of("Payments and reversals", _PAYMENTS, rows, _currency)


def movements_table(
    connection: Connection, account_id: int, filters: Filters, now: datetime
) -> Table:
    """What moved Unclaimed, signed; the amounts of all rows add up to Unclaimed.

    So do the units, but for those of Paid below sourcing cost, which are units of other losses.
    """
    rows = every(connection, movements_list(account_id, filters, now))
    return table_of("What moved Unclaimed", _MOVEMENTS, rows, _currency)


def cases_table(connection: Connection, account_id: int, filters: Filters, search: Search) -> Table:
    """Cases with what they asked for and what they brought."""
    rows = every(connection, cases_list(connection, account_id, filters, search))
    return table_of("Cases", _CASES, rows, _currency)


def rejected_table(connection: Connection, account_id: int) -> Table:
    """The rows that could not be landed."""
    rows = every(connection, rejected_list(account_id))
    listed = table_of("Rejected rows", _REJECTED, rows, lambda _: "")
    return replace(listed, lines=chain(listed.lines, _not_listed(connection, account_id)))


def _not_listed(connection: Connection, account_id: int) -> Iterator[Line]:
    """Of files with more rejected rows than are listed, what is said of the others."""
    for one in every(connection, documents_list(account_id)):
        if one.rows_rejected > MOST_LISTED:
            yield from (Line([f"{one.file_name}: {note}"]) for note in one.notes)


def every(connection: Connection, asked: Asked[Row]) -> Iterator[Row]:
    """Every row of a list that a file takes, and one by which it is seen that there are more."""
    return asked.every(connection, MOST_ROWS + 1)


def table_of(
    title: str, columns: FileColumns[Row], rows: Iterator[Row], currency: Callable[[Row], str]
) -> Table:
    """The rows as lines of these columns; each row's money is of its own currency."""
    return Table(title, [heading for heading, _ in columns], _lines(columns, rows, currency))


def _lines(
    columns: FileColumns[Row], rows: Iterator[Row], currency: Callable[[Row], str]
) -> Iterator[Line]:
    """One line a row; what is cut says so in its last line."""
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            yield Line([f"Only the first {MOST_ROWS:,} rows are here: narrow the filters."])
            return
        yield Line([value(row) for _, value in columns], currency(row))


def _currency(row: Open | PartRow | Payment | Movement | Case) -> str:
    return row.currency
