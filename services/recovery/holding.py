"""What is not proven, and so never called ready: units held back, each with its reason.

A claim is ready only where nothing that we know of could still disprove it. Five things hold units
back, the first that applies is told (wording.holds.HOLDS):

unread_row     a row that could not be read may be about it: by what the row names, else, where it
               names nothing, by the days that its report speaks of
the rule's own doubt, or a case of ours that was closed without a payment
report         a report that the rule subtracts does not reach: from the day on which its rows may
               begin to disprove the event up to within seven days of the newest report of the
               account's region
newer_ledger   units that are open only if a file was made after its last row: later payments
               explained first what the file calls reconciled
given_back     a find that was taken for a unit given back may be of another loss
other_payment  a payment of the same item that explains nothing else: under another reason, or so
               short before the end of a ledger that this may not know of it yet; or one that came
               after this loss's own was taken back

Held units keep their deadline: what is never proven goes from future to expired.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import day_of, fill, listed, today_of
from services.marketplaces.contract import IDENTITIES, ByKey, Identity
from services.marketplaces.registry import COVERING_KINDS, FORMATS, PERIOD_KINDS, RECOVERIES
from services.marketplaces.rules import (
    REACHES_WITHIN_DAYS,
    MarketplaceRecovery,
    Rule,
    Subtracted,
)
from services.recovery import clock
from services.recovery.candidates import OPEN_UNITS
from wording.subtypes import SUBTYPES

_TABLES: Final = fill(
    """
drop table if exists doubt, reach, newest, unread;
-- One row a reason that holds a candidate's units back, and the report row it rests on, if one: how
-- many units, which kind of report would release them, and up to which day that one speaks.
-- The reason with the lowest place is told first.
create temp table doubt (
    candidate_id bigint not null, place integer not null, because text not null,
    kind text, covered_until date, units integer not null, document_id bigint, row_number bigint
) on commit drop;
-- One row a channel: the day up to which a report of its region has to speak.
create temp table newest on commit drop as
select c.channel_id, least(max(d.last_day),
    {today}) - :within as day
from channel c
join report_document d on d.account_id = c.account_id
    and d.scope = c.marketplace || ':' || c.region
where c.account_id = :account_id
group by c.channel_id, c.time_zone;
-- One row a kind of report, channel and stretch of days of which it speaks without a gap.
create temp table reach on commit drop as
with spoken as (
    select v.kind, c.channel_id, v.day
    from report_coverage v
    join channel c on c.account_id = v.account_id and v.scope = c.marketplace || ':' || c.region
    where v.account_id = :account_id
        -- A part is a channel, a country, a settlement of a channel or a period.
        and (split_part(v.part, '|', 1) in ('', c.code, c.country) or v.part like '____-__-__/%')
    group by v.kind, c.channel_id, v.day
    having not bool_or(v.has_unnamed)
),
numbered as (
    select *, day - row_number() over (partition by kind, channel_id order by day)::integer
        as island
    from spoken
)
select kind, channel_id, min(day) as first_day, max(day) as last_day
from numbered group by kind, channel_id, island;
analyze reach;
""",
    today=today_of("c"),
)

# Rows that still matter: no whole reading of their days has come since, for every part that their
# own document tells of. A report adds rows to a day for a while: an older reading proves nothing,
# and one that ends before the damaged document does is older, whenever it comes. The same bytes
# again are as old as when they came first, and of two files of one import only that is newer which
# reaches further. A row that names no day may be of any that its file could hold: those it was
# asked for, else up to the day on which it came, however early the last row is that could be read.
_UNREAD: Final = fill(
    """
-- One row a row that could not be read (document_id, row_number): what it names, and the latest day
-- that it can be of.
create temp table unread on commit drop as
with damaged as (
    select d.*, d.first_day is not null and d.kind = any(:covering) and d.parts <> '{}' as has_days,
        case when d.first_day is null or d.kind = any(:by_period) then d.last_day
            else coalesce(d.asked_to, greatest(d.last_day, (
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

# What is still missing of each event, once found and paid are taken off: what a case holds is in
# doubt as well, for pictures of the days before the case.
_LEFT: Final = fill(
    """
drop table if exists left_open;
-- One row a candidate that misses units still; remaining are those that no case holds.
create temp table left_open on commit drop as
select c.candidate_id, {open} as units, {open} - c.in_progress_units - c.denied_units as remaining
from candidate c
where {open} > 0;
create unique index on left_open (candidate_id);
analyze left_open;
""",
    open=OPEN_UNITS,
)

_OWN: Final = "c.marketplace = :marketplace and c.subtype = :subtype"

# Where no opening day is known for the country, the longest that the marketplace gives anywhere
# is waited for: that borrows no window, it only keeps from claiming early.
_NEEDED: Final = {
    "newest": "newest.day",
    "own": "newest.day",
    "opening": """greatest(newest.day, coalesce(c.opens_on, c.event_on + (
        select max(w.opens_after_days) from claim_window w
        where w.marketplace = c.marketplace and w.subtype = c.subtype), c.event_on))""",
    "event": "c.event_on",
}

_BY_COVERAGE: Final = """
insert into doubt (candidate_id, place, because, kind, covered_until, units)
select c.candidate_id, 3, 'report', :kind, reach.last_day, o.units
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join newest on newest.channel_id = c.channel_id
cross join lateral (select {needed} as day) needed
left join reach on reach.kind = :kind and reach.channel_id = c.channel_id
    and c.{since} between reach.first_day and reach.last_day
where {own} and not exists (
    select 1 from reach enough
    where enough.kind = :kind and enough.channel_id = c.channel_id
        and enough.last_day >= needed.day
        -- Of an event within the last days the report need not speak yet.
        and (enough.first_day <= c.{since} or needed.day < c.{since}))
"""

_BY_OWN_WORD: Final = fill(
    """
insert into doubt (candidate_id, place, because, kind, covered_until, units)
select c.candidate_id, 3, 'report', :kind, c.reaches, o.units
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join newest on newest.channel_id = c.channel_id
where {own} and (c.reaches is null or c.reaches < newest.day)
""",
    own=_OWN,
)

# A list without days tells how things stood when it landed; one that landed on a day still to come,
# by a wrong clock, tells nothing until it is brought again.
_BY_LANDING: Final = fill(
    """
insert into doubt (candidate_id, place, because, kind, covered_until, units)
select c.candidate_id, 3, 'report', :kind,
    case when own.landed_at <= now() then {landed_on} end,
    o.units
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
join report_document own on own.account_id = :account_id and own.document_id = c.document_id
left join (
    select scope, max(landed_at) as at from report_document
    where account_id = :account_id and landed_at <= now() group by scope
) latest on latest.scope = channel.marketplace || ':' || channel.region
where {own}
    and (own.landed_at > now() or own.landed_at < latest.at - make_interval(days => :within))
""",
    own=_OWN,
    landed_on=day_of("own.landed_at"),
)

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
insert into doubt (candidate_id, place, because, kind, units, document_id, row_number)
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
insert into doubt (candidate_id, place, because, kind, units, document_id, row_number)
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

_BY_RULE: Final = """
insert into doubt (candidate_id, place, because, kind, units)
select c.candidate_id, 2, c.own_doubt,
    case when right(c.own_doubt, 8) = '_unknown' then c.own_kind end, o.units
from candidate c
join left_open o on o.candidate_id = c.candidate_id
where c.own_doubt is not null
union all
-- Refile only with new evidence: the marketplace closed our case and paid nothing for these.
select c.candidate_id, 4, 'closed_case', null,
    least(o.units, c.closed_case_units)
from candidate c
join left_open o on o.candidate_id = c.candidate_id
where c.closed_case_units > 0
"""

# Per item and kind: as many units as later finds and payments explained of what a file calls
# reconciled. Had the file been made at its last row, they would have closed open units instead, the
# latest loss first; but none that another file calls open of which the last row is later than they.
_NEWER_LEDGER: Final = fill(
    """
insert into doubt (candidate_id, place, because, kind, covered_until, units)
with later as (
    select c.channel_id, c.item_key, s.day, sum(e.units) as units
    from explained e
    join candidate c on c.candidate_id = e.candidate_id
    join settlement s on s.settlement_id = e.settlement_id
    where e.pool = 'resolved_left' and s.day > c.known_until and {own}
    group by c.channel_id, c.item_key, s.day
),
open as (
    select c.candidate_id, c.channel_id, c.item_key, c.event_on, c.known_until, o.units,
        sum(later.units) as doubtful
    from candidate c
    join left_open o on o.candidate_id = c.candidate_id
    join later on later.channel_id = c.channel_id and later.item_key = c.item_key
        and later.day > c.known_until and later.day >= c.event_on
    where {own}
    group by c.candidate_id, c.channel_id, c.item_key, c.event_on, c.known_until, o.units
),
latest_first as (
    select *, sum(units) over one as upto, max(doubtful) over one as doubtful_upto
    from open
    window one as (partition by channel_id, item_key order by event_on desc, candidate_id)
),
-- Held up to here, together: no more than is open, nor than what could have closed it.
held as (
    select *, upto + least(0, min(doubtful_upto - upto) over (partition by channel_id, item_key
        order by event_on desc, candidate_id)) as held_upto
    from latest_first
),
own as (
    select *, held_upto - lag(held_upto, 1, 0::bigint) over (partition by channel_id, item_key
        order by event_on desc, candidate_id) as held
    from held
)
select candidate_id, 5, 'newer_ledger', :kind, known_until, held from own where held > 0
""",
    own=_OWN,
)

_SPARE: Final = """
drop table if exists spare;
-- One row a payment (document_id, row_number) of which units explain nothing, or nothing any more.
create temp table spare on commit drop as
select s.channel_id, channel.marketplace || channel.region as region, s.subtype, s.day, s.sku,
    s.item_key, s.order_id, s.reference, s.document_id, s.row_number,
    s.units_left + coalesce(undone.units, 0) as units
from settlement s
join channel on channel.account_id = :account_id and channel.channel_id = s.channel_id
left join (
    select channel_id, original_key, sum(units_cash) as units from reimbursement
    where account_id = :account_id and is_reversal and original_key is not null
    group by channel_id, original_key
) undone on undone.channel_id = s.channel_id and undone.original_key = s.reimbursement_key
where s.kind = 'paid' and s.units_left + coalesce(undone.units, 0) > 0;
analyze spare;
"""

_OTHER_PAYMENT: Final = """
insert into doubt (candidate_id, place, because, units, document_id, row_number)
select c.candidate_id, 6, 'other_payment',
    least(o.units, sum(spare.units) over (partition by c.candidate_id)), spare.document_id,
    spare.row_number
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
-- A region's payment names no marketplace, and may be in another currency than the loss is.
join spare on spare.region = channel.marketplace || channel.region and {shares}
    and spare.day >= c.event_on and spare.day - c.event_on <= :paid_within_days
    and (c.known_until is null or spare.day > c.known_until - :within)
    and (spare.order_id is null or c.order_id is null or spare.order_id = c.order_id)
where {own} and (spare.subtype = any(:subtypes)
    -- Whatever its reason, a payment that names no other order may be meant for this loss.
    or (spare.order_id is null or spare.order_id = c.order_id) and spare.subtype <> all(:fees)
        and c.type <> 'fee')
"""

# A loss whose payment was taken back: one that came after may be for it, although by the order of
# losses it settled an older one of the item.
_PAID_AGAIN: Final = fill(
    """
insert into doubt (candidate_id, place, because, units, document_id, row_number)
select c.candidate_id, 6, 'other_payment',
    least(o.units, sum(e.units) over (partition by c.candidate_id)), s.document_id, s.row_number
from (
    select candidate_id, min(approved_on) as day from reversal_share
    where units_cash + units_inventory < 0 group by candidate_id
) back
join candidate c on c.candidate_id = back.candidate_id
join left_open o on o.candidate_id = c.candidate_id
join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
join settlement s on s.kind = 'paid' and s.item_key = c.item_key and s.subtype = any(:subtypes)
    and s.day >= back.day and s.day - c.event_on <= :paid_within_days
join channel other on other.account_id = :account_id and other.channel_id = s.channel_id
    and other.marketplace = channel.marketplace and other.region = channel.region
join explained e on e.settlement_id = s.settlement_id and e.candidate_id <> c.candidate_id
join candidate older on older.candidate_id = e.candidate_id and older.event_on <= c.event_on
where {own}
""",
    own=_OWN,
)

# Of several channels of one currency, one in which a unit was found after a payment for the item
# was placed with another: before that find this channel's loss may have been the one paid for.
_PAID_ELSEWHERE: Final = fill(
    """
insert into doubt (candidate_id, place, because, units, document_id, row_number)
select c.candidate_id, 6, 'other_payment',
    least(o.units, sum(s.units) over (partition by c.candidate_id)), s.document_id, s.row_number
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
join channel other on other.account_id = :account_id and other.channel_id <> c.channel_id
    and other.marketplace = channel.marketplace and other.region = channel.region
    and other.currency = channel.currency
join settlement s on s.kind = 'paid' and s.channel_id = other.channel_id
    and s.item_key = c.item_key and s.subtype = any(:subtypes) and s.order_id is null
    and s.day >= c.event_on and s.day - c.event_on <= :paid_within_days
where {own} and exists (
    select 1 from settlement f
    where f.kind = 'found' and f.channel_id = c.channel_id and f.subtype = c.subtype
        and f.item_key = c.item_key and f.day > s.day)
""",
    own=_OWN,
)

# What was found after a ledger's end and explains nothing else may be of what that one calls open.
_FOUND_ELSEWHERE: Final = fill(
    """
insert into doubt (candidate_id, place, because, kind, covered_until, units, document_id,
    row_number)
select c.candidate_id, 5, 'newer_ledger', :kind, c.known_until,
    least(o.units, sum(s.units_left) over (partition by c.candidate_id)), s.document_id,
    s.row_number
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join settlement s on s.kind = 'found' and s.units_left > 0
    and s.subtype = c.subtype and s.channel_id = c.channel_id and s.item_key = c.item_key
    and s.day > c.known_until
where {own}
""",
    own=_OWN,
)

# A find that was taken for a unit given back may be of another loss, but for what a ledger itself
# calls open.
_GIVEN_BACK: Final = fill(
    """
insert into doubt (candidate_id, place, because, units, document_id, row_number)
select c.candidate_id, 6, 'given_back',
    least(o.units, sum(s.set_aside) over (partition by c.candidate_id)), s.document_id,
    s.row_number
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join settlement s on s.set_aside > 0 and s.subtype = c.subtype and s.channel_id = c.channel_id
    and s.item_key = c.item_key and s.day >= c.event_on
    and (c.known_until is null or s.day > c.known_until)
where {own}
""",
    own=_OWN,
)

# The first reason that holds most is told; the units that others hold besides count as well.
_HOLD: Final = """
update candidate c set held_units = held.units,
    held_because = case when held.units > 0 then held.because end,
    awaits_kind = case when held.units > 0 then held.kind end,
    covered_until = case when held.units > 0 then held.covered_until end,
    besides_units = held.besides, besides_because = held.besides_because
from (
    select d.candidate_id, least(min(o.remaining), sum(d.units))::integer as units,
        (array_agg(d.because order by d.place, d.covered_until nulls first, d.kind))[1] as because,
        (array_agg(d.kind order by d.place, d.covered_until nulls first, d.kind))[1] as kind,
        (array_agg(d.covered_until order by d.place, d.covered_until nulls first, d.kind))[1]
            as covered_until,
        least(min(o.units), coalesce(sum(d.units) filter (where d.because <> 'closed_case'), 0)
            )::integer as besides,
        (array_agg(d.because order by d.place, d.covered_until nulls first, d.kind)
            filter (where d.because <> 'closed_case'))[1] as besides_because
    from (
        select candidate_id, place, because, kind, min(covered_until) as covered_until,
            max(units) as units
        from doubt group by candidate_id, place, because, kind
    ) d
    join left_open o on o.candidate_id = d.candidate_id
    group by d.candidate_id
) held
where held.candidate_id = c.candidate_id
"""

# By which a payment may be for an event: anything that both are called, or that it names nothing.
_MAY_SHARE: Final = (
    "spare.item_key = c.item_key",
    "spare.order_id = c.order_id",
    "spare.reference = c.reference",
    "spare.sku = c.sku",
    "coalesce(spare.item_key, spare.order_id, spare.reference) is null"
    " and spare.subtype = any(:subtypes)",
)

_OTHER_PAYMENTS: Final = tuple(
    fill(_OTHER_PAYMENT, shares=shares, own=_OWN) for shares in _MAY_SHARE
)

_FEES: Final = [code for code, subtype in SUBTYPES.items() if subtype.type == "fee"]

# A payment that the marketplace does not name, or names in general, may be for any loss.
_UNNAMED_PAYMENTS: Final = ("unknown", "general_adjustment")


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


# A case that could not be read may be open over any event that it names.
OUR_CASES: Final = Subtracted(
    "case_feed", ("orders", "skus", "fnskus", "items"), until="never", any_key=True
)

_STILL_OPEN: Final = """
select distinct c.marketplace, c.subtype
from candidate c join left_open o on o.candidate_id = c.candidate_id
"""


def hold_back(connection: Connection, account_id: int) -> None:
    """Set held_units of every candidate, why, and which report would release it.

    Leaves the table `doubt`, whose rows are evidence. After cases have their units.
    """
    values = {"account_id": account_id, "now": clock.now(), "within": REACHES_WITHIN_DAYS}
    run_script(connection, _TABLES, values)
    kinds = {"covering": COVERING_KINDS, "by_period": PERIOD_KINDS}
    run_script(connection, _UNREAD, values | kinds)
    for kind, statement in _REPLACED.items():
        connection.execute(text(statement), values | {"kind": kind})
    run_script(connection, _LEFT, {})
    run_script(connection, _SPARE, values)
    connection.execute(text(_BY_RULE))
    asked = {tuple(row) for row in connection.execute(text(_STILL_OPEN))}
    damaged = frozenset(connection.execute(text("select distinct kind from unread")).scalars())
    for room in RECOVERIES:
        for rule in room.rules:
            if (room.marketplace, rule.subtype) in asked:
                whose = {
                    "account_id": account_id,
                    "marketplace": room.marketplace,
                    "subtype": rule.subtype,
                }
                _hold_by_reports(connection, whose, room, rule, damaged)
                _hold_by_payments(connection, whose, rule)
    connection.execute(text(_HOLD))


def _hold_by_reports(
    connection: Connection,
    whose: Mapping[str, object],
    room: MarketplaceRecovery,
    rule: Rule,
    damaged: frozenset[str],
) -> None:
    """damaged: the kinds of report with rows that could not be read."""
    for subtracted in (*rule.subtracts, payments_of(room, rule), OUR_CASES):
        statements = [*by_reach(subtracted)]
        if subtracted.kind in damaged:
            statements += by_unread(subtracted)
        for statement in statements:
            connection.execute(
                text(statement), {**whose, "kind": subtracted.kind, "within": REACHES_WITHIN_DAYS}
            )


def _hold_by_payments(connection: Connection, whose: Mapping[str, object], rule: Rule) -> None:
    for statement in (_NEWER_LEDGER, _FOUND_ELSEWHERE):
        connection.execute(text(statement), {**whose, "kind": rule.reads[0]})
    connection.execute(text(_GIVEN_BACK), whose)
    if rule.match_by:
        of_others = (*rule.payment_subtypes, *rule.sister_subtypes, *_UNNAMED_PAYMENTS)
        settled = {
            "subtypes": list(of_others),
            "paid_within_days": rule.paid_within_days,
            "within": REACHES_WITHIN_DAYS,
            "fees": _FEES,
        }
        for statement in (_PAID_AGAIN, _PAID_ELSEWHERE, *_OTHER_PAYMENTS):
            connection.execute(text(statement), {**whose, **settled})


def payments_of(room: MarketplaceRecovery, rule: Rule) -> Subtracted:
    """What was paid is taken away by every rule."""
    by_order: tuple[Identity, ...] = ("orders",) if "item" not in rule.match_by else ()
    return Subtracted(room.payments_kind, (*by_order, "fnskus", "skus", "items"), since="event_on")


def by_reach(subtracted: Subtracted) -> Iterator[str]:
    """The statement that doubts what this report does not reach."""
    if subtracted.until == "own":
        yield _BY_OWN_WORD
    elif subtracted.until == "landed":
        yield _BY_LANDING
    elif subtracted.until != "never":
        needed = _NEEDED[subtracted.until]
        yield fill(_BY_COVERAGE, needed=needed, since=subtracted.since, own=_OWN)


def by_unread(subtracted: Subtracted) -> Iterator[str]:
    """The statements that doubt what a row of this report that could not be read may be about."""
    for place, identity in enumerate(subtracted.keys):
        before = "true" if subtracted.any_key else _not_told_apart(subtracted.keys[:place])
        for called in _CALLED[identity]:
            yield fill(
                _BY_NAME,
                identity=identity,
                called=called,
                not_told_apart=before,
                scope=_SCOPE,
                own=_OWN,
            )
    nothing = "unread.names_nothing" if subtracted.any_key else _not_told_apart(subtracted.keys)
    yield fill(_BY_SPAN, not_told_apart=nothing, scope=_SCOPE, own=_OWN)


def _not_told_apart(keys: Sequence[Identity]) -> str:
    """The condition that none of these is known of both the row and the event."""
    unknown = (
        fill(_UNKNOWN, identity=identity, called=listed(_CALLED[identity])) for identity in keys
    )
    return " and ".join(("true", *unknown))
