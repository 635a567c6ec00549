"""What was landed: the files, the days they speak for, the rows that could not be read."""

from datetime import date
from typing import Final

from sqlalchemy import Connection, RowMapping, text

from services.database.sql import fill
from services.insights import keyset
from services.insights.answers import Coverage, Document, Landed, NotWhole, Page, Rejected
from services.insights.ask import ask
from services.marketplaces.registry import COVERING_KINDS, KINDS_BY_COUNTRY

# A document not read whole matters for as long as nothing whole stands in its place: of the day
# that an unread row names, else of all its days; where its kind speaks for no days, a later one
# that is no smaller. And for as long as a day that it speaks for is unproven. As identification
# sees it (services.recovery.holding). One that was landed before rows were named, or whose lines
# do not add up, has no unread row.
_STANDING: Final = """
select d.document_id, d.file_name, coalesce(u.rows, d.rows_rejected) as rows
from report_document d
left join lateral (
    select u.day, sum(u.rows)::bigint as rows from unread_row u
    where u.account_id = d.account_id and u.document_id = d.document_id
    group by u.day
) u on true
where d.account_id = :account_id and not d.is_whole and (exists (
    select 1 from report_coverage own
    where own.account_id = d.account_id and own.kind = d.kind and own.scope = d.scope
        and own.has_unnamed and d.document_id = any(own.document_id || own.added_by)
) or case
    when d.first_day is null or d.kind <> all(:covering) then not exists (
        select 1 from report_document later
        where later.account_id = d.account_id and later.kind = d.kind and later.scope = d.scope
            and later.document_id > d.document_id and later.is_whole
            and later.rows_in_file >= d.rows_in_file)
    else (
        select count(distinct better.day) from report_coverage better
        join report_document reader on reader.account_id = better.account_id
            and reader.document_id = better.document_id and reader.last_day >= d.last_day
        where better.account_id = d.account_id and better.kind = d.kind
            and better.scope = d.scope and better.is_whole and better.document_id <> d.document_id
            and better.day between coalesce(u.day, d.first_day) and coalesce(u.day, d.last_day)
    ) < coalesce(u.day, d.last_day) - coalesce(u.day, d.first_day) + 1
end)
"""

_NOT_WHOLE: Final = text(
    fill(
        """
select count(distinct document_id) as files, coalesce(sum(rows), 0)::bigint as rows,
    case when count(distinct document_id) = 1 then min(file_name) end as file_name
from ({standing}) standing
""",
        standing=_STANDING,
    )
)

_DOCUMENTS: Final = keyset.listing(
    """
with standing as materialized ({standing})
select d.document_id, d.kind, d.file_name, c.code as channel, d.scope, d.first_day,
    d.last_day, d.rows_in_file, d.rows_landed, d.rows_passed_over, d.rows_rejected,
    d.passed_over_because, d.notes, d.landed_at, d.asked_from, d.asked_to, d.is_whole,
    d.document_id in (select document_id from standing) as is_standing
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
    standing=_STANDING,
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
# for no days. A day is proven where one report speaks for it of which every row names something.
_COVERAGE: Final = text("""
with told as (
    select r.kind, r.scope,
        case when r.kind = any(:by_country) then r.part else coalesce(c.code, '') end as part,
        daterange(r.day, r.day, '[]') as days, r.has_unnamed
    from report_coverage r
    left join channel c on c.account_id = r.account_id and c.code = split_part(r.part, '|', 1)
    where r.account_id = :account_id and r.scope <> 'account'
    union all
    select d.kind, d.scope, '', daterange(d.first_day, d.last_day, '[]'), exists (
        select 1 from unread_row u
        where u.account_id = d.account_id and u.document_id = d.document_id and u.names_nothing)
    from report_document d
    where d.account_id = :account_id and d.scope <> 'account'
        and d.first_day is not null and d.last_day is not null
        and not exists (
            select 1 from report_coverage r where r.account_id = d.account_id
                and r.kind = d.kind and r.scope = d.scope)
),
spoken as (
    select kind, scope, part, range_agg(days) as days,
        coalesce(range_agg(days) filter (where not has_unnamed), '{}') as proven
    from told group by kind, scope, part
)
select kind, scope, part, lower(days) as first_day, upper(days) - 1 as last_day,
    coalesce((select sum(upper(one) - lower(one)) from unnest(proven) one), 0)::integer as days,
    array(
        select array[lower(gap), upper(gap) - 1]
        from unnest(datemultirange(range_merge(days)) - days) gap
        order by lower(gap)
    ) as gaps,
    array(
        select array[lower(one), upper(one) - 1] from unnest(days - proven) one order by lower(one)
    ) as unproven
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


def documents_list(account_id: int, kind: str | None = None) -> keyset.Asked[Document]:
    """The landed files, to be read by page or whole."""
    values = {"account_id": account_id, "kind": kind, "covering": COVERING_KINDS}
    return keyset.Asked(_DOCUMENTS, values)


def documents(
    connection: Connection, account_id: int, kind: str | None = None, cursor: str | None = None
) -> Page[Document]:
    """The landed files, the latest first."""
    return documents_list(account_id, kind).page(connection, cursor)


def not_whole(connection: Connection, account_id: int) -> NotWhole:
    """The files that were not read whole, as long as no whole report has replaced them."""
    values = {"account_id": account_id, "covering": COVERING_KINDS}
    return ask(connection, _NOT_WHOLE, NotWhole, values)[0]


def landed(connection: Connection, account_id: int) -> tuple[Landed, ...]:
    """Per report kind: how many files and what became of their rows."""
    return ask(connection, _LANDED, Landed, {"account_id": account_id})


def coverage(connection: Connection, account_id: int) -> tuple[Coverage, ...]:
    """The days that each report kind speaks for, per part, with the gaps between them."""
    rows = connection.execute(
        _COVERAGE, {"account_id": account_id, "by_country": KINDS_BY_COUNTRY}
    ).mappings()
    return tuple(_coverage(row) for row in rows)


def _coverage(row: RowMapping) -> Coverage:
    return Coverage(**{**row, "gaps": _spans(row["gaps"]), "unproven": _spans(row["unproven"])})


def _spans(pairs: list[list[date]]) -> tuple[tuple[date, date], ...]:
    return tuple((first, last) for first, last in pairs)


def rejected_list(account_id: int, document: int | None = None) -> keyset.Asked[Rejected]:
    """The rows that could not be landed, to be read by page or whole."""
    return keyset.Asked(_REJECTED, {"account_id": account_id, "document": document})


def rejected_rows(
    connection: Connection, account_id: int, document: int | None = None, cursor: str | None = None
) -> Page[Rejected]:
    """The rows that could not be landed, of one file or of all."""
    return rejected_list(account_id, document).page(connection, cursor)
