"""SKUs that a spreadsheet has damaged, where no single cell can show it.

Zeros may be lost (00123 reads 123, 90.750 reads 90.75) and quotes may have grown into a SKU. Each
file is compared with what has landed, by what else names the same item: order, FNSKU, ASIN, GTIN.
Where one of two reports shows the SKU whole, the damaged one is unknown, whichever came first. A
file that kept such zeros elsewhere was not damaged so, and a report that holds both SKUs shows two
items.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import both, fill, listed
from services.landing.recognise.kinds import Recognised
from services.landing.rows.cells import ORIGINAL
from services.landing.target import Target
from services.marketplaces.contract import SKU, ByKey, Column, ReportFormat
from services.marketplaces.registry import FORMATS

_HERE: Final = (
    'A spreadsheet has damaged the column "{column}": it has {seen} where another report of the'
    " account has {whole}. Whose such rows are is unknown, and nothing is claimed on them."
    " {original}."
)
_THERE: Final = (
    "A spreadsheet has damaged {file}, which landed before: it has {seen} where this file has"
    " {whole}. Whose such rows are is unknown now, and nothing is claimed on them. {original}."
)

_SKUS: Final = ("sku", "msku")
# What tells that two reports speak of one item, under each name that formats have for it.
_ANCHORS: Final = {
    "order_id": ("order_id", "original_order_id", "purchase_order_id"),
    "fnsku": ("fnsku",),
    "asin": ("asin",),
    "gtin": ("gtin",),
}


@dataclass(frozen=True)
class Items:
    """Where a report names its items: the column of the SKU, and what else names the item."""

    report: ReportFormat
    column: Column
    anchors: dict[str, str]  # field by the anchor that it is

    @property
    def table(self) -> str:
        return self.report.table

    @property
    def sku(self) -> str:
        return self.column.field

    @property
    def may_be_unknown(self) -> bool:
        return not (self.column.filled or self.column.whole)

    @property
    def unknown(self) -> str:
        return "null" if self.column.otherwise is None else f"'{self.column.otherwise}'"


def items_of(report: ReportFormat) -> Items | None:
    """Where a report names its items; None: nowhere that tells of another report."""
    fields = {column.field: column for column in report.columns if column.stored}
    sku = next((c for name in _SKUS if (c := fields.get(name)) and c.reading == SKU), None)
    anchors = {
        anchor: name for anchor, names in _ANCHORS.items() for name in names if name in fields
    }
    return Items(report, sku, anchors) if sku and anchors else None


def all_of(marketplace: str) -> list[Items]:
    """Of every format of a marketplace."""
    found = (items_of(report) for report in FORMATS if report.marketplace == marketplace)
    return [items for items in found if items]


# 123456.0 in a column of numbers is 123456: the program that wrote the file wrote all of them so.
# A file that has others beside it, or decimals with a nought at their end, was not written so.
_WHOLE_NUMBERS: Final = r"""
update staged set {sku} = regexp_replace({sku}, '\.0$', '')
where {sku} ~ '^\d{1,15}\.0$'
    and not exists (select 1 from staged other where other.{sku} ~ '^\d+(\.\d+0)?$')
"""


def whole_numbers(column: Column) -> str:
    """The statement that takes the .0 off this column."""
    return fill(_WHOLE_NUMBERS, sku=column.field)


def read_whole_numbers(connection: Connection, report: ReportFormat) -> None:
    """Take the .0 off the SKUs of a file of which a program has made numbers with decimals."""
    for column in report.columns:
        if column.reading == SKU:
            connection.execute(text(whole_numbers(column)))


def compare(connection: Connection, target: Target, kind: Recognised) -> list[str]:
    """Make unknown the SKUs that another report shows whole; what a reader must know of it."""
    items, marketplace = items_of(kind.report), kind.report.marketplace
    if items is None or marketplace is None or not _stage(connection, items):
        return []
    others, account = all_of(marketplace), {"account_id": target.account_id}
    if not _pair(connection, items, others, account):
        return []
    _spare(connection, items, others, account)
    notes = [*_notes_here(connection, kind, items), *_notes_there(connection, account)]
    _forget_here(connection, items)
    for other in others:
        _forget_there(connection, other, account)
    return notes


# Which is damaged ---------------------------------------------------------------------------

# Only numbers lose zeros; quotes that have grown stand around everything. Others need no question.
_STAGE: Final = r"""
create temp table staged_item on commit drop as
select distinct {sku} as sku, {plain} as plain, {anchors} from staged
where {sku} ~ '^\d+(\.\d+)?$' or {sku} like '"%"'
"""
# 00123, 123 and "00123" have one plain form; so have 90.75 and 90.750.
_PLAIN: Final = r"""
case when replace({of}, '"', '') ~ '^\d+(\.\d+)?$'
    then trim_scale(replace({of}, '"', '')::numeric)::text else replace({of}, '"', '') end
"""
_FOUND: Final = """
select item.sku as seen, item.plain, held.{sku} as held, '{table}' as held_in, held.document_id
from staged_item item
join {table} held on held.account_id = :account_id and held.{field} = item.{anchor}
where item.{anchor} <> '' and held.{sku} <> item.sku and {plain} = item.plain
"""
# The one that is its own plain form, or has the quotes, is damaged.
_DAMAGED: Final = r"""
({one} = plain and {other} ~ '^\d+(\.\d+)?$' or {one} like '"%"' and {other} not like '"%"')
"""
# One row two SKUs that are one item's: the one seen in this file, the one held, and which of the
# two is damaged.
_PAIR: Final = """
create temp table staged_pair on commit drop as
select seen, held, held_in, document_id, case when {seen} then 'here' else 'there' end as damaged
from ({found}) found where {seen} or {held}
"""
_KEEPS: Final = r"""
({whole} ~ '^0\d' and kept.{sku} ~ '^0\d'
    or {whole} ~ '\.\d*0$' and kept.{sku} ~ '^\d+\.\d*0$')
"""
_KEPT_HERE: Final = """
delete from staged_pair pair
where damaged = 'here' and exists (select 1 from staged kept where {keeps})
"""
_KEPT_THERE: Final = """
delete from staged_pair pair
where damaged = 'there' and held_in = '{table}' and exists (
    select 1 from {table} kept
    where kept.account_id = :account_id and kept.document_id = pair.document_id and {keeps})
"""
_BOTH: Final = """
delete from staged_pair pair
where exists (
    select 1 from {table} one
    join {table} other on other.account_id = one.account_id and other.document_id = one.document_id
    where one.account_id = :account_id and one.{sku} = pair.seen and other.{sku} = pair.held)
"""


def _plain(sku: str) -> str:
    return fill(_PLAIN, of=sku)


def staging_items(items: Items) -> str:
    """The statement that sets aside the items whose SKU may be damaged, or be whole again."""
    anchors = [
        fill("{field} as {anchor}", field=items.anchors.get(anchor, "''"), anchor=anchor)
        for anchor in _ANCHORS
    ]
    return fill(_STAGE, plain=_plain(items.sku), anchors=listed(anchors), sku=items.sku)


def _stage(connection: Connection, items: Items) -> bool:
    """Set aside the items whose SKU may be damaged, or be the whole of one that is."""
    return connection.execute(text(staging_items(items))).rowcount > 0


def pairing(items: Items, others: list[Items]) -> str:
    """The statement that puts each SKU beside another that differs by such damage alone."""
    every = " union ".join(
        fill(
            _FOUND,
            plain=_plain(fill("held.{sku}", sku=other.sku)),
            table=other.table,
            sku=other.sku,
            field=field,
            anchor=anchor,
        )
        for other in others
        for anchor, field in _shared(items, other)
    )
    seen = fill(_DAMAGED, one="seen", other="held")
    held = fill(_DAMAGED, one="held", other="seen")
    return fill(_PAIR, seen=seen, held=held, found=every)


def _pair(
    connection: Connection, items: Items, others: list[Items], account: dict[str, int]
) -> bool:
    """Put each SKU beside another of the same item that differs by such damage alone."""
    return connection.execute(text(pairing(items, others)), account).rowcount > 0


def _shared(items: Items, other: Items) -> Iterator[tuple[str, str]]:
    """What both name items by; an ASIN tells nothing that an FNSKU has not told."""
    shared = [anchor for anchor in other.anchors if anchor in items.anchors]
    for anchor in shared:
        if anchor != "asin" or "fnsku" not in shared:
            yield anchor, other.anchors[anchor]


def sparing_here(items: Items) -> str:
    """The statement that spares the file where it kept such zeros elsewhere."""
    return fill(_KEPT_HERE, keeps=fill(_KEEPS, whole="pair.held", sku=items.sku))


def sparing_there(other: Items) -> tuple[str, str]:
    """The statements that spare a file that landed, and files that hold both SKUs."""
    keeps = fill(_KEEPS, whole="pair.seen", sku=other.sku)
    return (
        fill(_KEPT_THERE, keeps=keeps, table=other.table),
        fill(_BOTH, table=other.table, sku=other.sku),
    )


def _spare(
    connection: Connection, items: Items, others: list[Items], account: dict[str, int]
) -> None:
    connection.execute(text(sparing_here(items)))
    for other in others:
        for statement in sparing_there(other):
            connection.execute(text(statement), account)


# What a reader must know --------------------------------------------------------------------

_SEEN_HERE: Final = """
select seen, min(held) from staged_pair where damaged = 'here' group by seen order by seen limit 3
"""
_SEEN_THERE: Final = """
select document.file_name, min(pair.held), min(pair.seen)
from staged_pair pair
join report_document document
    on document.account_id = :account_id and document.document_id = pair.document_id
where damaged = 'there'
group by document.document_id, document.file_name order by document.document_id limit 3
"""


def _notes_here(connection: Connection, kind: Recognised, items: Items) -> Iterator[str]:
    column = kind.seen_as(items.column)
    for seen, whole in connection.execute(text(_SEEN_HERE)):
        yield _HERE.format(column=column, seen=seen, whole=whole, original=ORIGINAL)


def _notes_there(connection: Connection, account: dict[str, int]) -> Iterator[str]:
    for file, seen, whole in connection.execute(text(_SEEN_THERE), account):
        yield _THERE.format(file=file, seen=seen, whole=whole, original=ORIGINAL)


# Unknown from now on ------------------------------------------------------------------------

_FORGET_HERE: Final = """
update staged set {sku} = {unknown}
where {sku} in (select seen from staged_pair where damaged = 'here')
"""
_REJECT_HERE: Final = """
with gone as (
    delete from staged where {sku} in (select seen from staged_pair where damaged = 'here')
    returning row_number, {sku} as seen
)
insert into staged_fault (row_number, field, expected, found)
select gone.row_number, :field, :expected || min(pair.held), gone.seen
from gone join staged_pair pair on pair.seen = gone.seen
group by gone.row_number, gone.seen
"""
_FORGET_THERE: Final = """
update {table} held set {sku} = {unknown} from staged_pair pair
where pair.damaged = 'there' and pair.held_in = '{table}' and held.account_id = :account_id
    and held.document_id = pair.document_id and held.{sku} = pair.held
"""
# Rows that the SKU told apart stay apart by their ordinals.
_FORGET_KEY_THERE: Final = """
with unknown as (
    select held.document_id, held.row_number,
        coalesce((select max(other.line_ordinal) from {table} other
            where other.account_id = held.account_id and {same_key} and other.{sku} = ''), 0)
            + row_number() over (partition by {key} order by held.document_id, held.row_number)
            as line_ordinal
    from {table} held
    where held.account_id = :account_id and exists (
        select 1 from staged_pair pair
        where pair.damaged = 'there' and pair.held_in = '{table}'
            and pair.document_id = held.document_id and pair.held = held.{sku})
)
update {table} held set {sku} = '', line_ordinal = unknown.line_ordinal::integer
from unknown
where held.account_id = :account_id and held.document_id = unknown.document_id
    and held.row_number = unknown.row_number
"""


def forgetting_here(items: Items) -> str:
    """The statement that makes a damaged SKU of the file unknown, or its row one at fault."""
    if items.may_be_unknown:
        return fill(_FORGET_HERE, sku=items.sku, unknown=items.unknown)
    return fill(_REJECT_HERE, sku=items.sku)


def _forget_here(connection: Connection, items: Items) -> None:
    said = {"field": items.sku, "expected": f"it whole ({ORIGINAL}), such as "}
    values = {} if items.may_be_unknown else said
    connection.execute(text(forgetting_here(items)), values)


def forgetting_there(items: Items) -> str:
    """The statement that makes a damaged SKU unknown that landed before."""
    landing = items.report.landing
    if not isinstance(landing, ByKey) or items.sku not in landing.key:
        return fill(_FORGET_THERE, table=items.table, sku=items.sku, unknown=items.unknown)
    key = [name for name in (landing.within, *landing.key) if name and name != items.sku]
    return fill(
        _FORGET_KEY_THERE,
        same_key=both(key, "other.{name} = held.{name}"),
        key=listed(key, "held.{name}"),
        table=items.table,
        sku=items.sku,
    )


def _forget_there(connection: Connection, items: Items, account: dict[str, int]) -> None:
    """Rows that cannot be without their SKU keep it: nothing is claimed on a row of those alone."""
    if items.may_be_unknown:
        connection.execute(text(forgetting_there(items)), account)
