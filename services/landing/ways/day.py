"""Amazon's ledger: rows without identity, so the best reading speaks alone for its days.

Which reading is the newest no file says: Amazon changes the reconciled quantities of a row for
weeks, and a month may be fetched again long after. Units once reconciled stay so: of two readings
of one row the one with more of them stands, whichever file came first. Of two whole readings of
the same days the one with more units reconciled is the newer, else the one with the later last
day, else the one landed later. One that tells nothing of reconciliation (12 columns)
never replaces one that does. A day of which a row could not be read never replaces
another reading of it: its good rows are added to that one.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.landing.documents import BEFORE_CUT, Incoming, reach_days, take_days
from services.landing.homes import place_countries

NEWER_DAY: Final = "a newer report covers this day"
ALREADY_READ: Final = "a better reading of this day holds this row"
CONTRADICTS: Final = (
    "Of {rows} rows it says fewer units reconciled than {file}, of {more} rows more: Amazon's own "
    "figures contradict each other. Of each row the reading with more units reconciled was kept."
)

# A file tells of each of its countries from its first row's day to its last's. Where it was asked
# for certain days it tells of these, its own channel's country included. Where none of its rows
# could be read they may be of any country that the account has.
_SPANS: Final = """
select part, first_day, last_day, true as is_whole from (
    select place.country as part, coalesce(cast(:asked_from as date), min(s.day)) as first_day,
        coalesce(cast(:asked_to as date), max(s.day)) as last_day
    from staged s join staged_place place on place.written = s.country
    group by place.country
    union
    select home.country, cast(:asked_from as date), cast(:asked_to as date)
    from channel home
    where home.account_id = :account_id and home.channel_id = :channel_id
        and cast(:asked_from as date) is not null
    union
    select home.country, cast(:first_day as date), cast(:last_day as date)
    from channel home
    where home.account_id = :account_id and home.marketplace = :marketplace
        and home.region = :region and cast(:first_day as date) is not null
        and not exists (select 1 from staged)
) span
"""

# The key leaves out what changes from download to download (title, reconciliation) and what
# shorter files lack (time, store). Three equal rows are three events: hence the ordinal.
_EVENTS: Final = """
create temp table staged_event on commit drop as
select own.*, digest || '-' || row_number() over (
    partition by channel_id, digest
    order by unreconciled_quantity desc nulls last, row_number) as event_key
from (
    select s.*, place.country as own_country, place.channel_id, left(encode(sha256(convert_to(
        concat_ws(E'\\x1f', to_char(s.day, 'YYYYMMDD'), s.fnsku, coalesce(s.asin, ''),
            coalesce(s.msku, ''), s.event_type, coalesce(s.reference_id, ''), s.quantity,
            coalesce(s.fulfillment_center, ''), coalesce(s.disposition, ''),
            coalesce(s.reason, ''), place.country), 'UTF8')), 'hex'), 32) collate "C" as digest
    from staged s
    join staged_place place on place.written = s.country
) own
"""

# What stands for the days of this file, by the documents that spoke for them. Naming these finds
# the rows by primary key, in one pass, however much else the account has.
_HELD: Final = """
create temp table staged_held on commit drop as
with standing as (
    select distinct part, day, unnest(array_append(also, previous)) as document_id
    from staged_reach where previous is not null
)
select e.document_id, e.row_number, e.channel_id, e.country, e.day, e.event_key,
    e.reconciled_quantity
from amazon_ledger_event e
join standing on standing.document_id = e.document_id and standing.part = e.country
    and standing.day = e.day
where e.account_id = :account_id
    and e.document_id = any (array(select distinct document_id from standing));
analyze staged_held
"""

# How many more units this reading has reconciled than the one that stands, over the days of both;
# and whether it tells of reconciliation at all where the other does not (1), or the reverse (-1).
_MORE: Final = """
create temp table staged_more on commit drop as
select part, previous, coalesce(sum(units), 0) as units,
    bool_or(is_new and units is not null)::integer
        - bool_or(not is_new and units is not null)::integer as tells
from (
    select r.part, r.previous, true as is_new, abs(n.reconciled_quantity) as units
    from staged_reach r join staged_event n on n.own_country = r.part and n.day = r.day
    union all
    select r.part, r.previous, false, -abs(h.reconciled_quantity)
    from staged_reach r join staged_held h on h.country = r.part and h.day = r.day
) one
where previous is not null
group by part, previous
"""

_BETTER: Final = """
is_whole and (not was_whole or coalesce((
    select (more.tells, more.units, staged_reach.previous_last_day <= :last_day) >= (0, 0, true)
    from staged_more more
    where more.part = staged_reach.part and more.previous = staged_reach.previous
), previous_last_day <= :last_day))
"""

# A row of another reading with more units reconciled than this one has stays in its place, and so
# does one that says the same on a later day.
_KEPT: Final = """
create temp table staged_kept on commit drop as
select n.row_number, n.own_country as part, n.day, held.document_id, held.row_number as held_row
from staged_event n
join staged_held held on held.channel_id = n.channel_id and held.event_key = n.event_key
join report_document file on file.account_id = :account_id and file.document_id = held.document_id
where abs(held.reconciled_quantity) > coalesce(abs(n.reconciled_quantity), -1)
    or abs(held.reconciled_quantity) = abs(n.reconciled_quantity) and file.last_day > :last_day
"""

_REPLACE: Final = """
delete from amazon_ledger_event e using staged_held held, staged_day taken
where e.account_id = :account_id and e.document_id = held.document_id
    and e.row_number = held.row_number and held.country = taken.part and held.day = taken.day
    and (held.document_id, held.row_number) not in (select document_id, held_row from staged_kept);
update report_coverage c set added_by = kept.documents
from (
    select k.part, k.day, array_agg(distinct k.document_id) as documents
    from staged_kept k join staged_day taken on taken.part = k.part and taken.day = k.day
    group by k.part, k.day
) kept
where c.account_id = :account_id and c.kind = :kind and c.scope = :scope
    and c.part = kept.part and c.day = kept.day
"""

# Of a day that another reading speaks for, a row takes the place of the same row with fewer units
# reconciled, or with as many on an earlier day; and where this file could not be read whole, its
# good rows are added.
_ADD: Final = """
create temp table staged_added on commit drop as
select n.row_number, held.document_id as of_document, held.row_number as of_row
from staged_event n
join staged_reach reach on reach.part = n.own_country and reach.day = n.day
left join staged_held held on held.channel_id = n.channel_id and held.event_key = n.event_key
where not exists (
        select 1 from staged_day taken where taken.part = n.own_country and taken.day = n.day)
    and (held.document_id is null and not reach.is_whole and :is_undamaged
        or abs(n.reconciled_quantity) > coalesce(abs(held.reconciled_quantity), -1)
            and held.document_id is not null
        or abs(n.reconciled_quantity) = abs(held.reconciled_quantity)
            and reach.previous_last_day < :last_day);
delete from amazon_ledger_event e using staged_added added
where e.account_id = :account_id and e.document_id = added.of_document
    and e.row_number = added.of_row;
update report_coverage c set added_by = c.added_by || cast(:document_id as bigint),
    has_unnamed = c.has_unnamed or (not c.is_whole and exists (
        select 1 from unread_row unread
        where unread.account_id = :account_id and unread.document_id = :document_id
            and unread.names_nothing))
from (
    select distinct n.own_country as part, n.day
    from staged_added added join staged_event n on n.row_number = added.row_number
) day
where c.account_id = :account_id and c.kind = :kind and c.scope = :scope
    and c.part = day.part and c.day = day.day
"""

_INSERT: Final = """
insert into amazon_ledger_event (account_id, document_id, row_number, channel_id, country, day,
    fnsku, asin, msku, title, event_type, reference_id, quantity, fulfillment_center, disposition,
    reason, reconciled_quantity, unreconciled_quantity, occurred_at, store, event_key)
select :account_id, :document_id, n.row_number, n.channel_id, n.own_country, n.day,
    n.fnsku, n.asin, n.msku, n.title, n.event_type, n.reference_id, n.quantity,
    n.fulfillment_center, n.disposition, n.reason, n.reconciled_quantity,
    n.unreconciled_quantity, n.occurred_at, n.store, n.event_key
from staged_event n
where exists (
        select 1 from staged_day taken where taken.part = n.own_country and taken.day = n.day)
        and n.row_number not in (select row_number from staged_kept)
    or n.row_number in (select row_number from staged_added)
order by n.channel_id, n.event_key
"""

_LEFT: Final = """
select count(*) filter (where reach.is_whole), count(*) filter (where not reach.is_whole)
from staged_event n
join staged_reach reach on reach.part = n.own_country and reach.day = n.day
where n.row_number not in (select row_number from staged_added)
    and (n.row_number in (select row_number from staged_kept) or not exists (
        select 1 from staged_day taken where taken.part = n.own_country and taken.day = n.day))
"""

# The file tells that nothing happened in a country up to its own last day only where no other
# document speaks: it may have been asked for other countries. So it is no whole reading of these
# days, and any other replaces it.
_QUIET: Final = """
insert into report_coverage (account_id, kind, scope, part, day, document_id, is_whole, has_unnamed)
select :account_id, :kind, :scope, span.part, day.day::date, :document_id, false,
    not {before_cut} or exists (
    select 1 from unread_row unread
    where unread.account_id = :account_id and unread.document_id = :document_id
        and unread.names_nothing)
from (select distinct part from staged_span) span
cross join generate_series(cast(:first_day as timestamp), cast(:last_day as timestamp),
    interval '1 day') as day(day)
on conflict (account_id, kind, scope, part, day) do nothing
""".replace("{before_cut}", BEFORE_CUT)

_COMPARED: Final = """
select count(*) filter (where abs(n.reconciled_quantity) < abs(held.reconciled_quantity)),
    count(*) filter (where abs(n.reconciled_quantity) > abs(held.reconciled_quantity)),
    min(file.file_name)
from staged_event n
join staged_held held on held.channel_id = n.channel_id and held.event_key = n.event_key
join report_document file
    on file.account_id = :account_id and file.document_id = held.document_id
"""


def land_by_day(connection: Connection, incoming: Incoming) -> tuple[int, dict[str, int]]:
    """Move the staged rows in; rows landed, and rows passed over by reason."""
    values = incoming.values
    place_countries(connection, values, incoming.report.country)
    connection.execute(text(_EVENTS))
    reach_days(connection, incoming, _SPANS)
    run_script(connection, _HELD, values)
    connection.execute(text(_MORE))
    take_days(connection, incoming, _BETTER)
    connection.execute(text(_KEPT), values)
    run_script(connection, _REPLACE, values)
    run_script(connection, _ADD, values)
    landed = connection.execute(text(_INSERT), values).rowcount
    if incoming.first_day:
        connection.execute(text(_QUIET), values)
    whole, partly = connection.execute(text(_LEFT)).one()
    return landed, {NEWER_DAY: whole, ALREADY_READ: partly}


def contradictions(connection: Connection, incoming: Incoming) -> list[str]:
    """Whether this reading and those it met go against each other. After landing."""
    fewer, more, name = connection.execute(text(_COMPARED), incoming.values).one()
    return [CONTRADICTS.format(rows=fewer, more=more, file=name)] if fewer and more else []
