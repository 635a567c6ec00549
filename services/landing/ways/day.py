"""Rows without identity, a ledger's: the best reading speaks alone for its days.

Which reading is the newest no file says: the marketplace changes the settled quantities of a row
for weeks, and a month may be fetched again long after. Units once settled stay so: of two readings
of one row the one with more of them stands, whichever file came first. Of two whole readings of
the same days the one with more units settled is the newer, else the one with the later last day,
else the one landed later. One that tells nothing of settling (an older layout) never replaces one
that does. A day of which a row could not be read never replaces another reading of it: its good
rows are added to that one.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import fill, fill_from, listed
from services.landing.documents import BEFORE_CUT, Incoming, reach_days, take_days
from services.landing.homes import stage_countries
from services.landing.ways.way import Landed, Way
from services.marketplaces.contract import ByDay, ReportFormat
from services.marketplaces.labels import marketplace_label

NEWER_DAY: Final = "a newer report covers this day"
ALREADY_READ: Final = "a better reading of this day holds this row"
CONTRADICTS: Final = (
    "Of {rows} rows it says fewer units {settled} than {file}, of {more} rows more: {marketplace}'s"
    " own figures contradict each other. Of each row the reading with more units {settled} was"
    " kept."
)
STAYS: Final = (
    "It has no row of {days} of the days that it is said to have been asked for, of which another"
    " report has rows: those stay, and the other report goes on speaking for these days."
)

# A file tells of each of its countries from its first row's day to its last's. Where it was asked
# for certain days it tells of these, its own channel's country included; its rows of other days it
# does not speak for, and adds. Where none of its rows could be read they may be of any country that
# the account has.
_SPANS: Final = """
select part, first_day, last_day, is_whole from (
    select known.country as part, coalesce(cast(:asked_from as date), min(s.{day})) as first_day,
        coalesce(cast(:asked_to as date), max(s.{day})) as last_day, true as is_whole
    from staged s join staged_country known on known.written = s.{country}
    group by known.country
    union
    select known.country, s.{day}, s.{day}, false
    from staged s join staged_country known on known.written = s.{country}
    where s.{day} not between cast(:asked_from as date) and cast(:asked_to as date)
    union
    select home.country, cast(:asked_from as date), cast(:asked_to as date), true
    from channel home
    where home.account_id = :account_id and home.channel_id = :channel_id
        and cast(:asked_from as date) is not null
    union
    select home.country, cast(:first_day as date), cast(:last_day as date), true
    from channel home
    where home.account_id = :account_id and home.marketplace = :marketplace
        and home.region = :region and cast(:first_day as date) is not null
        and not exists (select 1 from staged)
) span
"""

# The key leaves out what changes from download to download (title, settled units) and what shorter
# files lack (time, store). Three equal rows are three events: hence the ordinal.
_EVENTS: Final = """
create temp table staged_event on commit drop as
select own.*, digest || '-' || row_number() over (
    partition by channel_id, digest order by {order} row_number) as event_key
from (
    select s.*, known.country as own_country, known.channel_id, {settled_of_s} as settled,
        left(encode(sha256(convert_to(concat_ws(E'\\x1f', to_char(s.{day}, 'YYYYMMDD'), {told_by},
            known.country), 'UTF8')), 'hex'), 32) collate "C" as digest
    from staged s
    join staged_country known on known.written = s.{country}
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
select e.document_id, e.row_number, e.channel_id, e.{country} as country, e.{day} as day,
    e.event_key, {settled_of_e} as settled
from {table} e
join standing on standing.document_id = e.document_id and standing.part = e.{country}
    and standing.day = e.{day}
where e.account_id = :account_id
    and e.document_id = any (array(select distinct document_id from standing));
analyze staged_held
"""

# How many more units this reading has settled than the one that stands, over the days of both;
# and whether it tells of settling at all where the other does not (1), or the reverse (-1).
_MORE: Final = """
create temp table staged_more on commit drop as
select part, previous, coalesce(sum(units), 0) as units,
    bool_or(is_new and units is not null)::integer
        - bool_or(not is_new and units is not null)::integer as tells
from (
    select r.part, r.previous, true as is_new, abs(n.settled) as units
    from staged_reach r join staged_event n on n.own_country = r.part and n.{day} = r.day
    union all
    select r.part, r.previous, false, -abs(h.settled)
    from staged_reach r join staged_held h on h.country = r.part and h.day = r.day
) one
where previous is not null
group by part, previous
"""

# A person said that the file was asked for this day, of which it has no row, and another has: the
# days are said wrongly, or the file was narrowed down. What happened does not go by a word.
_ONLY_SAID: Final = """
cast(:said_by_a_person as boolean)
    and (staged_reach.part, staged_reach.day) in (select country, day from staged_held)
    and (staged_reach.part, staged_reach.day) not in (
        select own_country, {day} from staged_event where own_country is not null)
"""
_STAYS: Final = "select count(distinct staged_reach.day) from staged_reach where {only_said}"
_BETTER: Final = """
is_whole and not ({only_said}) and (not was_whole or coalesce((
    select (more.tells, more.units, staged_reach.previous_last_day <= :last_day) >= (0, 0, true)
    from staged_more more
    where more.part = staged_reach.part and more.previous = staged_reach.previous
), previous_last_day <= :last_day))
"""

# A row of another reading with more units settled than this one has stays in its place, and so
# does one that says the same on a later day.
_KEPT: Final = """
create temp table staged_kept on commit drop as
select n.row_number, n.own_country as part, n.{day} as day, held.document_id,
    held.row_number as held_row
from staged_event n
join staged_held held on held.channel_id = n.channel_id and held.event_key = n.event_key
join report_document file on file.account_id = :account_id and file.document_id = held.document_id
where abs(held.settled) > coalesce(abs(n.settled), -1)
    or abs(held.settled) = abs(n.settled) and file.last_day > :last_day
"""

_REPLACE: Final = """
delete from {table} e using staged_held held, staged_day taken
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
# settled, or with as many on an earlier day; and where this file could not be read whole, its
# good rows are added.
_ADD: Final = """
create temp table staged_added on commit drop as
select n.row_number, held.document_id as of_document, held.row_number as of_row
from staged_event n
join staged_reach reach on reach.part = n.own_country and reach.day = n.{day}
left join staged_held held on held.channel_id = n.channel_id and held.event_key = n.event_key
where not exists (
        select 1 from staged_day taken where taken.part = n.own_country and taken.day = n.{day})
    and (held.document_id is null and not reach.is_whole and :is_undamaged
        or abs(n.settled) > coalesce(abs(held.settled), -1)
            and held.document_id is not null
        or abs(n.settled) = abs(held.settled)
            and reach.previous_last_day < :last_day);
delete from {table} e using staged_added added
where e.account_id = :account_id and e.document_id = added.of_document
    and e.row_number = added.of_row;
update report_coverage c set added_by = c.added_by || cast(:document_id as bigint),
    has_unnamed = c.has_unnamed or (not c.is_whole and exists (
        select 1 from unread_row unread
        where unread.account_id = :account_id and unread.document_id = :document_id
            and unread.names_nothing))
from (
    select distinct n.own_country as part, n.{day} as day
    from staged_added added join staged_event n on n.row_number = added.row_number
) day
where c.account_id = :account_id and c.kind = :kind and c.scope = :scope
    and c.part = day.part and c.day = day.day
"""

_INSERT: Final = """
insert into {table} (account_id, document_id, row_number, channel_id, {country}, event_key,
    {columns})
select :account_id, :document_id, n.row_number, n.channel_id, n.own_country, n.event_key, {values}
from staged_event n
where exists (
        select 1 from staged_day taken where taken.part = n.own_country and taken.day = n.{day})
        and n.row_number not in (select row_number from staged_kept)
    or n.row_number in (select row_number from staged_added)
order by n.channel_id, n.event_key
"""

_LEFT: Final = """
select count(*) filter (where reach.is_whole), count(*) filter (where not reach.is_whole)
from staged_event n
join staged_reach reach on reach.part = n.own_country and reach.day = n.{day}
where n.row_number not in (select row_number from staged_added)
    and (n.row_number in (select row_number from staged_kept) or not exists (
        select 1 from staged_day taken where taken.part = n.own_country and taken.day = n.{day}))
"""

# The file tells that nothing happened in a country up to its own last day only where no other
# document speaks: it may have been asked for other countries. So it is no whole reading of these
# days, and any other replaces it.
_QUIET: Final = fill(
    """
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
""",
    before_cut=BEFORE_CUT,
)

_COMPARED: Final = """
select count(*) filter (where abs(n.settled) < abs(held.settled)),
    count(*) filter (where abs(n.settled) > abs(held.settled)),
    min(file.file_name)
from staged_event n
join staged_held held on held.channel_id = n.channel_id and held.event_key = n.event_key
join report_document file
    on file.account_id = :account_id and file.document_id = held.document_id
"""


class Day(Way[ByDay]):
    """A document's rows, a day and country at a time."""

    def land(self, connection: Connection, incoming: Incoming) -> Landed:
        """Move the staged rows in."""
        values = incoming.values
        stage_countries(connection, values, self.report.country)
        connection.execute(text(self._filled(_EVENTS)))
        reach_days(connection, incoming, self._filled(_SPANS))
        run_script(connection, self._filled(_HELD), values)
        connection.execute(text(self._filled(_MORE)))
        take_days(connection, incoming, self._filled(_BETTER))
        connection.execute(text(self._filled(_KEPT)), values)
        run_script(connection, self._filled(_REPLACE), values)
        run_script(connection, self._filled(_ADD), values)
        landed = connection.execute(text(self._filled(_INSERT)), values).rowcount
        if incoming.first_day:
            connection.execute(text(_QUIET), values)
        whole, partly = connection.execute(text(self._filled(_LEFT))).one()
        return landed, {NEWER_DAY: whole, ALREADY_READ: partly}

    def notes(self, connection: Connection, incoming: Incoming) -> list[str]:
        """Whether this reading and those it met go against each other. After landing."""
        stays = connection.execute(text(self._filled(_STAYS)), incoming.values).scalar_one()
        return [
            *([STAYS.format(days=stays)] if stays else []),
            *self._compared(connection, incoming),
        ]

    def _compared(self, connection: Connection, incoming: Incoming) -> list[str]:
        fewer, more, name = connection.execute(text(_COMPARED), incoming.values).one()
        if not fewer or not more:
            return []
        said = {"marketplace": marketplace_label(self.report.marketplace or "")}
        said |= {"settled": self.landing.settled_word, "file": name}
        return [CONTRADICTS.format(rows=fewer, more=more, **said)]

    def _filled(self, template: str) -> str:
        return statement_of(self.report, self.landing, template)


def statement_of(report: ReportFormat, landing: ByDay, template: str) -> str:
    """The statement with the format's own names."""
    fields = [name for name in report.fields if name != report.country]
    ordinal = (fill("{name} desc nulls last, ", name=name) for name in landing.ordinal_by)
    day = {"day": landing.day}
    return fill_from(
        {
            **day,
            "only_said": fill_from(day, _ONLY_SAID),
            "table": report.table,
            "country": report.country,
            "told_by": listed(landing.told_by, "coalesce(s.{name}::text, '')"),
            "order": "".join(ordinal),
            "settled_of_s": _settled("s", landing),
            "settled_of_e": _settled("e", landing),
            "columns": listed(fields),
            "values": listed(fields, "n.{name}"),
        },
        template,
    )


def _settled(row: str, landing: ByDay) -> str:
    return (
        fill("{row}.{settled}", row=row, settled=landing.settled)
        if landing.settled
        else "null::integer"
    )
