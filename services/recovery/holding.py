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

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import day_of, fill, today_of
from services.marketplaces.contract import Identity
from services.marketplaces.registry import RECOVERIES
from services.marketplaces.rules import (
    REACHES_WITHIN_DAYS,
    MarketplaceRecovery,
    Rule,
    Subtracted,
)
from services.recovery import clock
from services.recovery.candidates import OF_RULE, OPEN_UNITS
from services.recovery.other_payments import doubt_payments, find_spare
from services.recovery.unread import by_unread, find_unread

_TABLES: Final = fill(
    """
drop table if exists doubt, reach, newest;
-- One row a reason that holds a candidate's units back, and the report row it rests on, if one: how
-- many units, which kind of report would release them, and up to which day that one speaks.
-- The reason with the lowest rank is told first.
create temp table doubt (
    candidate_id bigint not null, rank integer not null, because text not null,
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
insert into doubt (candidate_id, rank, because, kind, covered_until, units)
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

_BYOF_RULE_WORD: Final = fill(
    """
insert into doubt (candidate_id, rank, because, kind, covered_until, units)
select c.candidate_id, 3, 'report', :kind, c.reaches, o.units
from candidate c
join left_open o on o.candidate_id = c.candidate_id
join newest on newest.channel_id = c.channel_id
where {own} and (c.reaches is null or c.reaches < newest.day)
""",
    own=OF_RULE,
)

# A list without days tells how things stood when it landed; one that landed on a day still to come,
# by a wrong clock, tells nothing until it is brought again.
_BY_LANDING: Final = fill(
    """
insert into doubt (candidate_id, rank, because, kind, covered_until, units)
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
    own=OF_RULE,
    landed_on=day_of("own.landed_at"),
)

_BY_RULE: Final = """
insert into doubt (candidate_id, rank, because, kind, units)
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

# The first reason that holds most is told; the units that others hold besides count as well.
_HOLD: Final = """
update candidate c set held_units = held.units,
    held_because = case when held.units > 0 then held.because end,
    awaits_kind = case when held.units > 0 then held.kind end,
    covered_until = case when held.units > 0 then held.covered_until end,
    besides_units = held.besides, besides_because = held.besides_because
from (
    select d.candidate_id, least(min(o.remaining), sum(d.units))::integer as units,
        (array_agg(d.because order by d.rank, d.covered_until nulls first, d.kind))[1] as because,
        (array_agg(d.kind order by d.rank, d.covered_until nulls first, d.kind))[1] as kind,
        (array_agg(d.covered_until order by d.rank, d.covered_until nulls first, d.kind))[1]
            as covered_until,
        least(min(o.units), coalesce(sum(d.units) filter (where d.because <> 'closed_case'), 0)
            )::integer as besides,
        (array_agg(d.because order by d.rank, d.covered_until nulls first, d.kind)
            filter (where d.because <> 'closed_case'))[1] as besides_because
    from (
        select candidate_id, rank, because, kind, min(covered_until) as covered_until,
            max(units) as units
        from doubt group by candidate_id, rank, because, kind
    ) d
    join left_open o on o.candidate_id = d.candidate_id
    group by d.candidate_id
) held
where held.candidate_id = c.candidate_id
"""

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
    damaged = find_unread(connection, account_id)
    run_script(connection, _LEFT, {})
    find_spare(connection, account_id)
    connection.execute(text(_BY_RULE))
    asked = {tuple(row) for row in connection.execute(text(_STILL_OPEN))}
    for room in RECOVERIES:
        for rule in room.rules:
            if (room.marketplace, rule.subtype) in asked:
                whose = {
                    "account_id": account_id,
                    "marketplace": room.marketplace,
                    "subtype": rule.subtype,
                }
                _hold_by_reports(connection, whose, room, rule, damaged)
                doubt_payments(connection, whose, rule)
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


def payments_of(room: MarketplaceRecovery, rule: Rule) -> Subtracted:
    """What was paid is taken away by every rule."""
    by_order: tuple[Identity, ...] = ("orders",) if "item" not in rule.match_by else ()
    return Subtracted(room.payments_kind, (*by_order, "fnskus", "skus", "items"), since="event_on")


def by_reach(subtracted: Subtracted) -> Iterator[str]:
    """The statement that doubts what this report does not reach."""
    if subtracted.until == "own":
        yield _BYOF_RULE_WORD
    elif subtracted.until == "landed":
        yield _BY_LANDING
    elif subtracted.until != "never":
        needed = _NEEDED[subtracted.until]
        yield fill(_BY_COVERAGE, needed=needed, since=subtracted.since, own=OF_RULE)
