"""Rows that could not be read, and what they may be about: that is held back.

By what a row names, else, where it names nothing that tells it from an event, by its days.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import day_of, fill, listed
from services.marketplaces.contract import IDENTITIES, ByKey, Identity
from services.marketplaces.registry import COVERING_KINDS, FORMATS, PERIOD_KINDS
from services.marketplaces.rules import Subtracted
from services.recovery.candidates import OF_RULE

# Rows that still matter: no whole reading of their days has come since, for every part that their
# own document tells of. A report adds rows to a day for a while: an older reading proves nothing,
# and one that ends before the damaged document does is older, whenever it comes. The same bytes
# again are as old as when they came first, and of two files of one import only that is newer which
# reaches further. A row that names no day may be of any that its file could hold: those it was
# asked for and no others, else up to the day on which it came, however early the last row is that
# could be read.
_UNREAD: Final = fill(
    """
drop table if exists unread;
-- One row a row that could not be read (document_id, row_number): what it names, and the latest day
-- that it can be of.
create temp table unread on commit drop as
with damaged as (
    select d.*, d.first_day is not null and d.kind = any(:covering) and d.parts <> '{}' as has_days,
        case when d.first_day is null or d.kind = any(:by_period) then d.last_day
            else coalesce(case when d.rows_to is null then d.asked_to end, greatest(d.last_day, (
                select max({came_on})
                from channel c
                where c.account_id = d.account_id
                    and d.scope in ('account', c.marketplace || ':' || c.region)))) end as reaches
    from report_document d
    where d.account_id = :account_id and exists (
        select 1 from unread_row u
        where u.account_id = d.account_id and u.document_id = d.document_id)
),
-- Of any day: for rows that name none.
needed as (
    select d.*, needed.* from damaged d
    cross join lateral (
        select least(max(u.day), d.reaches) as day from unread_row u
        where u.account_id = d.account_id and u.document_id = d.document_id
    ) unread
    cross join lateral (values (false, greatest(d.last_day, unread.day)), (true, d.reaches))
        needed(of_any_day, until)
),
better as (
    select d.document_id, d.of_any_day, v.day
    from needed d
    join report_coverage v on v.account_id = d.account_id and v.kind = d.kind
        and v.scope = d.scope and v.is_whole and v.document_id <> d.document_id
        and v.part = any(d.parts)
    join report_document other on other.account_id = v.account_id
        and other.document_id = v.document_id and {newer}
    group by d.document_id, d.of_any_day, v.day, d.parts
    having count(distinct v.part) = cardinality(d.parts)
    union
    -- Of one part the document itself says what it tells of, whoever speaks for these days since.
    select d.document_id, d.of_any_day, day.day::date
    from needed d
    join report_document other on other.account_id = d.account_id and other.kind = d.kind
        and other.scope = d.scope and other.is_whole and other.document_id <> d.document_id
        and {newer}
        and other.parts = d.parts and cardinality(d.parts) = 1
    cross join generate_series(greatest(d.first_day, other.first_day)::timestamp,
        d.until::timestamp, interval '1 day') as day(day)
    where d.has_days
),
days_left as (
    select d.document_id,
        d.reaches - d.first_day + 1 - count(better.day) filter (
            where better.day between d.first_day and d.reaches) as days
    from damaged d
    left join better on better.document_id = d.document_id and better.of_any_day
    where d.has_days group by d.document_id, d.reaches, d.first_day
)
select u.*, coalesce(u.day, d.reaches, 'infinity'::date) as latest, d.has_days,
    d.seen_at
from unread_row u
join damaged d on d.document_id = u.document_id
left join days_left on days_left.document_id = d.document_id
left join better on better.document_id = d.document_id and not better.of_any_day
    and better.day = u.day
where u.account_id = :account_id and case
    when not d.has_days then true
    when u.day is null then days_left.days > 0
    else better.day is null end;
analyze unread;
""",
    came_on=day_of("greatest(d.landed_at, d.read_at)", "c"),
    newer="other.last_day >= d.until and (other.seen_at > d.seen_at"
    " or other.seen_at = d.seen_at and other.last_day > d.until)",
)

# A document that speaks for no days is replaced row by row: by what a later whole one of its kind
# says of all that the row names.
_SAID_SINCE: Final = """
delete from unread u where u.kind = :kind and not u.has_days and not u.names_nothing and exists (
    select 1 from {table} t
    join report_document later on later.account_id = t.account_id
        and later.document_id = t.document_id
    where t.account_id = :account_id and later.is_whole and later.seen_at > u.seen_at
        and {named})
"""

_NAMED: Final = "(u.{identity} = '{}' or u.{identity} && array_remove(array[{names}], null))"

_SCOPE: Final = """
join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
    and unread.scope in ('account', channel.marketplace || ':' || channel.region)
"""

# What a row names, and what an event is called, by identity.
_CALLED: Final[dict[Identity, tuple[str, ...]]] = {
    "orders": ("c.order_id", "c.reference"),
    "skus": ("c.sku",),
    "fnskus": ("c.fnsku",),
    "items": ("c.item_code",),
}

_BY_NAME: Final = """
insert into doubt (candidate_id, rank, because, kind, units, document_id, row_number)
select c.candidate_id, 1, 'unread_row', :kind, o.units, unread.document_id, unread.row_number
from unread
cross join lateral unnest(unread.{identity}) name
join candidate c on {called} = name
join left_open o on o.candidate_id = c.candidate_id
{scope}
where unread.kind = :kind and {own} and {not_told_apart}
"""

_UNKNOWN: Final = "(unread.{identity} = '{}' or coalesce({called}) is null)"

# A row that names nothing by which the two could be told apart is about any event up to its day:
# the latest of its like in a document stands for all of them.
_BY_SPAN: Final = """
insert into doubt (candidate_id, rank, because, kind, units, document_id, row_number)
select c.candidate_id, 1, 'unread_row', :kind, o.units, unread.document_id, unread.row_number
from (
    select distinct on (document_id, orders = '{}', skus = '{}', fnskus = '{}',
            items = '{}') *
    from unread where kind = :kind
    order by document_id, orders = '{}', skus = '{}', fnskus = '{}',
        items = '{}', latest desc, row_number
) unread
join candidate c on c.needs_from <= unread.latest
join left_open o on o.candidate_id = c.candidate_id
{scope}
where {own} and {not_told_apart}
"""


def _said_since(table: str, fields: Iterable[str]) -> str:
    """The statement that forgets rows of which a later document says all that they name."""
    by_identity: dict[Identity, list[str]] = {}
    for name in fields:
        if name in IDENTITIES:
            by_identity.setdefault(IDENTITIES[name], []).append(f"t.{name}")
    named = " and ".join(
        fill(_NAMED, identity=identity, names=listed(names))
        for identity, names in by_identity.items()
    )
    return fill(_SAID_SINCE, table=table, named=named)


_REPLACED: Final = {
    report.kind: _said_since(report.table, report.fields)
    for report in FORMATS
    if not report.covers_days and isinstance(report.landing, ByKey)
}


def find_unread(connection: Connection, account_id: int) -> frozenset[str]:
    """Leaves `unread`: the rows that still matter. The kinds of report that they are of."""
    whose = {"account_id": account_id}
    kinds = {"covering": COVERING_KINDS, "by_period": PERIOD_KINDS}
    run_script(connection, _UNREAD, {**whose, **kinds})
    for kind, statement in _REPLACED.items():
        connection.execute(text(statement), {**whose, "kind": kind})
    return frozenset(connection.execute(text("select distinct kind from unread")).scalars())


def by_unread(subtracted: Subtracted) -> Iterator[str]:
    """The statements that doubt what a row of this report that could not be read may be about."""
    for position, identity in enumerate(subtracted.keys):
        before = "true" if subtracted.any_key else _not_told_apart(subtracted.keys[:position])
        for called in _CALLED[identity]:
            yield fill(
                _BY_NAME,
                identity=identity,
                called=called,
                not_told_apart=before,
                scope=_SCOPE,
                own=OF_RULE,
            )
    nothing = "unread.names_nothing" if subtracted.any_key else _not_told_apart(subtracted.keys)
    yield fill(_BY_SPAN, not_told_apart=nothing, scope=_SCOPE, own=OF_RULE)


def _not_told_apart(keys: Sequence[Identity]) -> str:
    """The condition that none of these is known of both the row and the event."""
    unknown = (
        fill(_UNKNOWN, identity=identity, called=listed(_CALLED[identity])) for identity in keys
    )
    return " and ".join(("true", *unknown))
