"""What was landed: the files, the days they speak for, the rows that could not be read."""

from datetime import date
from typing import Final

from sqlalchemy import Connection, RowMapping, text

from services.insights import keyset
from services.insights.answers import Coverage, Document, Landed, Page, Rejected
from services.insights.ask import ask

_DOCUMENTS: Final = keyset.listing(
    """
select d.document_id, d.kind, d.file_name, c.code as channel, d.scope, d.first_day,
    d.last_day, d.rows_in_file, d.rows_landed, d.rows_passed_over, d.rows_rejected,
    d.passed_over_because, d.notes, d.landed_at
from report_document d
left join channel c on c.account_id = d.account_id and c.channel_id = d.channel_id
where d.account_id = :account_id
    and (cast(:kind as text) is null or d.kind = :kind)
    and (d.landed_at, d.document_id)
        {below} (cast(:at_landed_at as timestamptz), cast(:at_document_id as bigint))
order by d.landed_at {falling}, d.document_id {falling}
limit :size
""",
    Document,
    {"landed_at": (keyset.moment, "infinity"), "document_id": (keyset.number, 0)},
)

_LANDED: Final = text("""
select kind, count(*) as documents, sum(rows_in_file)::bigint as rows_in_file,
    sum(rows_landed)::bigint as rows_landed, sum(rows_passed_over)::bigint as rows_passed_over,
    sum(rows_rejected)::bigint as rows_rejected, max(landed_at) as last_landed_at
from report_document
where account_id = :account_id
group by kind order by kind
""")

# The ledger speaks for each country by itself, a report of one channel for that channel, every
# other one for its whole region. What belongs to the whole account (cases, sourcing costs) speaks
# for no days.
_COVERAGE: Final = text("""
with spoken as (
    select kind, scope,
        case when kind = 'amazon_ledger_detail' or c.code is not null then part else '' end as part,
        range_agg(daterange(day, day, '[]')) as days
    from report_coverage r
    left join channel c on c.account_id = r.account_id and c.code = r.part
    where r.account_id = :account_id and scope <> 'account'
    group by 1, 2, 3
    union all
    select kind, scope, '', range_agg(daterange(first_day, last_day, '[]'))
    from report_document d
    where d.account_id = :account_id and d.scope <> 'account'
        and d.first_day is not null and d.last_day is not null
        and not exists (
            select 1 from report_coverage r where r.account_id = d.account_id
                and r.kind = d.kind and r.scope = d.scope)
    group by 1, 2
)
select kind, scope, part, lower(days) as first_day, upper(days) - 1 as last_day,
    (select sum(upper(one) - lower(one)) from unnest(days) one)::integer as days,
    array(
        select array[lower(gap), upper(gap) - 1]
        from unnest(datemultirange(range_merge(days)) - days) gap
        order by lower(gap)
    ) as gaps
from spoken
order by kind, scope, part
""")

_REJECTED: Final = keyset.listing(
    """
select r.document_id, d.file_name, r.row_number, r.column_name, r.expected, r.found, r.raw_text
from rejected_row r
join report_document d on d.account_id = r.account_id and d.document_id = r.document_id
where r.account_id = :account_id
    and (cast(:document as bigint) is null or r.document_id = :document)
    and (r.document_id, r.row_number, r.column_name) {above} (
        cast(:at_document_id as bigint), cast(:at_row_number as bigint),
        cast(:at_column_name as text))
order by r.document_id {rising}, r.row_number {rising}, r.column_name {rising}
limit :size
""",
    Rejected,
    {
        "document_id": (keyset.number, 0),
        "row_number": (keyset.number, 0),
        "column_name": (keyset.plain, ""),
    },
)


def documents(
    connection: Connection, account_id: int, kind: str | None = None, cursor: str | None = None
) -> Page[Document]:
    """The landed files, the latest first."""
    values = {"account_id": account_id, "kind": kind}
    return keyset.read_page(connection, _DOCUMENTS, values, cursor)


def landed(connection: Connection, account_id: int) -> tuple[Landed, ...]:
    """Per report kind: how many files and what became of their rows."""
    return ask(connection, _LANDED, Landed, {"account_id": account_id})


def coverage(connection: Connection, account_id: int) -> tuple[Coverage, ...]:
    """The days that each report kind speaks for, per place, with the gaps between them."""
    rows = connection.execute(_COVERAGE, {"account_id": account_id}).mappings()
    return tuple(_coverage(row) for row in rows)


def _coverage(row: RowMapping) -> Coverage:
    gaps: list[list[date]] = row["gaps"]
    told = {**row, "gaps": tuple((first, last) for first, last in gaps)}
    return Coverage(**told)


def rejected_rows(
    connection: Connection, account_id: int, document: int | None = None, cursor: str | None = None
) -> Page[Rejected]:
    """The rows that could not be landed, of one file or of all."""
    values = {"account_id": account_id, "document": document}
    return keyset.read_page(connection, _REJECTED, values, cursor)
