"""The lists of the pages as files: every row that the filters leave, from one snapshot.

A table reads while it is written, so it is written before its snapshot ends.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Final, TypeVar

from sqlalchemy import Connection

from services.exports.table import Cell, Line, Table
from services.insights.answers import Case, Filters, Movement, Page, PartRow, Payment, Rejected
from services.insights.cases import Search, cases, look_up
from services.insights.changes import movements
from services.insights.documents import documents, rejected_rows
from services.insights.expiring import Open, View, expiring, window_unknown
from services.insights.open_list import IN_FILE
from services.insights.parts import PartName, PartView, part_rows
from services.insights.payments import Wanted, payments
from services.landing.rejected.rejecting import MOST_LISTED
from services.marketplaces.labels import ANY_ITEM_NUMBER, channel_label, marketplace_label
from wording.bases import basis_label
from wording.buckets import STATES
from wording.cases import case_words, their_words
from wording.changes import SINCE, change_label
from wording.subtypes import subtype_label, type_label

Row = TypeVar("Row")

# What a spreadsheet still opens without trouble. A file that is cut says so in its last line.
MOST_ROWS: Final = 100_000
ROWS_A_QUESTION: Final = 1_000

_PARTS: Final[dict[PartName, str]] = {
    "in_progress": STATES["in_progress"],
    "expired": STATES["expired"],
    "denied": STATES["denied"],
    "found": SINCE["found"].label,
}
_ITEM: Final = ("Marketplace", "Type", "What", "SKU", "FNSKU", ANY_ITEM_NUMBER, "Title")


def expiring_table(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: View
) -> Table:
    """What can still be claimed: first what has a last day, then what has no known window."""
    header = tuple(title for title, _ in IN_FILE)
    whole = replace(view, cursor=None, size=ROWS_A_QUESTION)
    dated = every(
        lambda cursor: expiring(connection, account_id, filters, now, replace(whole, cursor=cursor))
    )
    undated = every(
        lambda cursor: window_unknown(
            connection, account_id, filters, now, replace(whole, cursor=cursor)
        )
    )
    rows = dated if view.week or view.within else chain(dated, undated)
    return Table("Expiring", header, lines(rows, _open_line))


def part_table(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: PartView
) -> Table:
    """One part of a bucket."""
    header = ("Day", *_ITEM, "Case", "Units", "Amount", "Currency", "Basis")
    rows = every(
        lambda cursor: part_rows(connection, account_id, filters, now, replace(view, cursor=cursor))
    )
    return Table(_PARTS[view.name], header, lines(rows, _part_line))


def payments_table(
    connection: Connection, account_id: int, filters: Filters, wanted: Wanted
) -> Table:
    """Payments and reversals, reversals negative."""
    header = ("Approved on", "Marketplace", "Type", "What", "Marketplace's reason", "SKU", "FNSKU",
              "Title", "Payment", "Undoes payment", "Case", "Units in cash", "Units in goods",
              "Amount", "Currency")  # fmt: skip
    rows = every(lambda cursor: payments(connection, account_id, filters, wanted, cursor))
    return Table("Payments and reversals", header, lines(rows, _payment_line))


def movements_table(
    connection: Connection, account_id: int, filters: Filters, now: datetime
) -> Table:
    """What moved Unclaimed, signed; the amounts of all rows add up to Unclaimed.

    So do the units, but for those of Paid below sourcing cost, which are units of other losses.
    """
    header = ("Day", "Marketplace", "What", "Why", "Items", "Units", "Amount", "Currency")
    rows = every(lambda cursor: movements(connection, account_id, filters, now, cursor))
    return Table("What moved Unclaimed", header, lines(rows, _movement_line))


def cases_table(connection: Connection, account_id: int, filters: Filters, search: Search) -> Table:
    """Cases with what they asked for and what they brought."""
    header = ("Filed on", "Closed on", "Marketplace", "Case", "Type", "What", "Status",
              "Marketplace's own record", "Changed on", "Units", "Requested", "Approved", "Paid",
              "Taken back", "Currency", "References")  # fmt: skip
    found = look_up(connection, account_id, search)
    rows = every(lambda cursor: cases(connection, account_id, filters, found, cursor))
    return Table("Cases", header, lines(rows, _case_line))


def rejected_table(connection: Connection, account_id: int) -> Table:
    """The rows that could not be landed."""
    header = ("File", "Row", "Column", "Expected", "Found", "Row as it came")
    rows = every(lambda cursor: rejected_rows(connection, account_id, cursor=cursor))
    listed = lines(rows, _rejected_line)
    return Table("Rejected rows", header, chain(listed, _not_listed(connection, account_id)))


def _not_listed(connection: Connection, account_id: int) -> Iterator[Line]:
    """Of files with more rejected rows than are listed, what is said of the others."""
    for one in every(lambda cursor: documents(connection, account_id, cursor=cursor)):
        if one.rows_rejected > MOST_LISTED:
            yield from (Line([f"{one.file_name}: {note}"]) for note in one.notes)


def every(read: Callable[[str | None], Page[Row]]) -> Iterator[Row]:
    """Every row of a list, page by page."""
    page = read(None)
    yield from page.rows
    while page.following:
        page = read(page.following)
        yield from page.rows


def lines(rows: Iterator[Row], line: Callable[[Row], Line]) -> Iterator[Line]:
    """One line a row; what is cut says so in its last line."""
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            yield Line([f"Only the first {MOST_ROWS:,} rows are here: narrow the filters."])
            return
        yield line(row)


def _open_line(row: Open) -> Line:
    return Line([value(row) for _, value in IN_FILE], row.currency)


def _part_line(row: PartRow) -> Line:
    return Line(
        (
            row.day,
            *_item_cells(row),
            row.case_id,
            row.units,
            row.amount,
            row.currency,
            basis_label(row.basis),
        ),
        row.currency,
    )


def _item_cells(row: PartRow) -> Sequence[Cell]:
    return (
        channel_label(row.channel),
        type_label(row.type),
        subtype_label(row.subtype),
        row.sku,
        row.fnsku,
        row.item_code,
        row.title,
    )


def _payment_line(row: Payment) -> Line:
    return Line(
        (row.approved_on, channel_label(row.channel), type_label(row.type),
         subtype_label(row.subtype), row.reason, row.sku, row.fnsku, row.title, row.external_id,
         row.original_id, row.case_id, row.units_cash, row.units_inventory, row.amount,
         row.currency),
        row.currency,
    )  # fmt: skip


def _movement_line(row: Movement) -> Line:
    return Line(
        (
            row.changed_on,
            channel_label(row.channel),
            subtype_label(row.subtype),
            change_label(row.cause),
            row.discrepancies,
            row.units,
            row.amount,
            row.currency,
        ),
        row.currency,
    )


def _case_line(row: Case) -> Line:
    return Line(
        (
            row.opened_on,
            row.closed_on,
            channel_label(row.channel),
            row.case_id,
            type_label(row.type),
            subtype_label(row.subtype) if row.subtype else None,
            case_words(row.status, is_paid=row.is_paid),
            their_record(row),
            row.their_day,
            row.units,
            row.requested,
            row.approved,
            row.paid,
            row.reversed,
            row.currency,
            " ".join(row.reference_ids),
        ),
        row.currency,
    )


def their_record(row: Case) -> str | None:
    """What the marketplace itself says of a case; None where it does not tell."""
    if row.their_state is None:
        return None
    return their_words(row.their_state, row.their_word or "", marketplace_label(row.channel))


def _rejected_line(row: Rejected) -> Line:
    return Line(
        (row.file_name, row.row_number, row.column_name, row.expected, row.found, row.raw_text)
    )
