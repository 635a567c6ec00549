"""The lists of the pages as files: every row that the filters leave, from one snapshot."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice
from typing import Final, TypeVar

from services.database.engine import Database
from services.exports.csv import Cell, csv_file
from services.insights.answers import (
    Case,
    Filters,
    Movement,
    Open,
    Page,
    PartRow,
    Payment,
    Rejected,
)
from services.insights.cases import Search, cases
from services.insights.changes import movements
from services.insights.documents import rejected_rows
from services.insights.expiring import View, expiring, window_unknown
from services.insights.parts import PartView, part_rows
from services.insights.payments import Wanted, payments
from services.words import BASES, CASE_STATUSES, CHANGES, STATES, SUBTYPES, TYPES

Row = TypeVar("Row")

# What a spreadsheet still opens without trouble. A file that is cut says so in its last line.
MOST_ROWS: Final = 100_000
_ROWS_A_QUESTION: Final = 1_000

_ITEM: Final = ("Marketplace", "Type", "What", "SKU", "FNSKU", "ASIN or GTIN", "Title")


def expiring_file(
    database: Database, account_id: int, filters: Filters, now: datetime, view: View
) -> bytes:
    """What can still be claimed: first what has a last day, then what has no known window."""
    header = ("Days left", "Last day", "Opens on", "Event on", *_ITEM, "Units", "Unit amount",
              "Amount", "Currency", "Basis", "State")  # fmt: skip
    whole = replace(view, cursor=None, size=_ROWS_A_QUESTION)
    with database.reading(account_id) as connection:
        dated = every(
            lambda cursor: expiring(
                connection, account_id, filters, now, replace(whole, cursor=cursor)
            )
        )
        undated = every(lambda cursor: window_unknown(connection, account_id, filters, now, cursor))
        ends_somewhere = view.week or view.within or view.state == "future"
        return _file(header, dated if ends_somewhere else chain(dated, undated), _open_cells)


def part_file(
    database: Database, account_id: int, filters: Filters, now: datetime, view: PartView
) -> bytes:
    """One part of a bucket."""
    header = ("Day", *_ITEM, "Case", "Units", "Amount", "Currency", "Basis")
    with database.reading(account_id) as connection:
        rows = every(
            lambda cursor: part_rows(
                connection, account_id, filters, now, replace(view, cursor=cursor)
            )
        )
        return _file(header, rows, _part_cells)


def payments_file(database: Database, account_id: int, filters: Filters, wanted: Wanted) -> bytes:
    """Payments and reversals, reversals negative."""
    header = ("Approved on", "Marketplace", "Type", "What", "Marketplace's reason", "SKU", "FNSKU",
              "Title", "Payment", "Undoes payment", "Case", "Units in cash", "Units in goods",
              "Amount", "Currency")  # fmt: skip
    with database.reading(account_id) as connection:
        rows = every(lambda cursor: payments(connection, account_id, filters, wanted, cursor))
        return _file(header, rows, _payment_cells)


def movements_file(database: Database, account_id: int, filters: Filters, now: datetime) -> bytes:
    """What moved Unclaimed, signed; the sum of all rows is Unclaimed."""
    header = ("Day", "Marketplace", "What", "Why", "Items", "Units", "Amount", "Currency")
    with database.reading(account_id) as connection:
        rows = every(lambda cursor: movements(connection, account_id, filters, now, cursor))
        return _file(header, rows, _movement_cells)


def cases_file(database: Database, account_id: int, filters: Filters, search: Search) -> bytes:
    """Cases with what they asked for and what they brought."""
    header = ("Filed on", "Closed on", "Marketplace", "Case", "Type", "What", "Status", "Units",
              "Requested", "Approved", "Paid", "Taken back", "Currency", "References")  # fmt: skip
    with database.reading(account_id) as connection:
        rows = every(lambda cursor: cases(connection, account_id, filters, search, cursor))
        return _file(header, rows, _case_cells)


def rejected_file(database: Database, account_id: int) -> bytes:
    """The rows that could not be landed."""
    header = ("File", "Row", "Column", "Expected", "Found", "Row as it came")
    with database.reading(account_id) as connection:
        rows = every(lambda cursor: rejected_rows(connection, account_id, cursor=cursor))
        return _file(header, rows, _rejected_cells)


def every(read: Callable[[str | None], Page[Row]]) -> Iterator[Row]:
    """Every row of a list, page by page."""
    page = read(None)
    yield from page.rows
    while page.following:
        page = read(page.following)
        yield from page.rows


def _file(
    header: Sequence[str], rows: Iterable[Row], cells: Callable[[Row], Sequence[Cell]]
) -> bytes:
    found = list(islice(rows, MOST_ROWS + 1))
    written: list[Sequence[Cell]] = [cells(row) for row in found[:MOST_ROWS]]
    if len(found) > MOST_ROWS:
        written.append([f"Only the first {MOST_ROWS:,} rows are here: narrow the filters."])
    return csv_file(header, written)


def _subtype(code: str) -> str:
    return SUBTYPES[code].label if code in SUBTYPES else code


def _open_cells(row: Open) -> Sequence[Cell]:
    return (row.days_left, row.expires_on, row.opens_on, row.event_on, *_item_cells(row),
            row.units, row.unit_amount, row.amount, row.currency, BASES.get(row.basis, row.basis),
            STATES[row.state])  # fmt: skip


def _part_cells(row: PartRow) -> Sequence[Cell]:
    return (row.day, *_item_cells(row), row.case_id, row.units, row.amount, row.currency,
            BASES.get(row.basis, row.basis))  # fmt: skip


def _item_cells(row: Open | PartRow) -> Sequence[Cell]:
    return (row.channel, TYPES.get(row.type, row.type), _subtype(row.subtype), row.sku, row.fnsku,
            row.item_code, row.title)  # fmt: skip


def _payment_cells(row: Payment) -> Sequence[Cell]:
    return (row.approved_on, row.channel, TYPES.get(row.type, row.type), _subtype(row.subtype),
            row.reason, row.sku, row.fnsku, row.title, row.external_id, row.original_id,
            row.case_id, row.units_cash, row.units_inventory, row.amount, row.currency)  # fmt: skip


def _movement_cells(row: Movement) -> Sequence[Cell]:
    return (row.changed_on, row.channel, _subtype(row.subtype), CHANGES.get(row.cause, row.cause),
            row.discrepancies, row.units, row.amount, row.currency)  # fmt: skip


def _case_cells(row: Case) -> Sequence[Cell]:
    return (row.opened_on, row.closed_on, row.channel, row.case_id, TYPES.get(row.type, row.type),
            _subtype(row.subtype) if row.subtype else None, CASE_STATUSES[row.status], row.units,
            row.requested, row.approved, row.paid, row.reversed, row.currency,
            " ".join(row.reference_ids))  # fmt: skip


def _rejected_cells(row: Rejected) -> Sequence[Cell]:
    return (row.file_name, row.row_number, row.column_name, row.expected, row.found, row.raw_text)
