"""Rows with an identity: each reads what the newest document that holds it says.

A newer document that repeats a row unchanged becomes the row's document too, though the row
counts as passed over: so whichever order documents come in, each row ends with the newest one
that holds it.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import both, fill, fill_from, listed
from services.landing.documents import Incoming, reach_days, take_days
from services.landing.homes import FIRST, stage_countries
from services.landing.same import unknown
from services.landing.ways.way import Landed, Way
from services.marketplaces.contract import ByKey, ReportFormat

UNCHANGED: Final = "already landed, unchanged"
NEWER: Final = "a newer report holds this row"
NEWER_PERIOD: Final = "a newer or longer report covers this period"
REPEATED: Final = "repeated within the file"

_SPAN: Final = """
select {part} as part, cast(:first_day as date) as first_day, cast(:last_day as date) as last_day,
    cast(:adds_up as boolean) as is_whole
"""

_PERIODS: Final = """
select distinct {start} || '/' || {end} as part, {start} as first_day, {end} as last_day,
    cast(:adds_up as boolean) as is_whole
from staged
"""

# Each staged row beside the row that holds its identity, if any, and what is to become of it.
_JUDGE: Final = """
create temp table staged_row on commit drop as
with {own},
placed as (
    select s.*, {channel} as channel_id, cast(:region as text) as region,
        row_number() over (partition by {partition} order by {order} s.row_number)::integer
            as line_ordinal
    from staged s {join_own}
)
select placed.*, case
        when {superseded} then 'newer_period'
        when held.document_id is null then 'new'
        when {newer} then 'newer'
        when ({new_values}) is not distinct from ({held_values}) then 'same'
        else 'new'
    end as outcome
from placed
left join {table} held on held.account_id = :account_id and {match}
left join report_document owner
    on owner.account_id = held.account_id and owner.document_id = held.document_id
"""

# A longer period says of an item what the shorter ones within it say together, whichever came
# first; of periods that overlap without that the later one stands.
_SUPERSEDED: Final = """
exists (
    select 1 from {table} wider
    where wider.account_id = :account_id and {wider_than_placed}
) or exists (
    select 1 from report_coverage other
    cross join lateral (select split_part(other.part, '/', 1)::date as first_day,
        split_part(other.part, '/', 2)::date as last_day) span
    join report_document newer
        on newer.account_id = other.account_id and newer.document_id = other.document_id
    where other.account_id = :account_id and other.kind = :kind and other.scope = :scope
        and other.day between placed.{start} and placed.{end}
        and (span.first_day < placed.{start} and span.last_day < placed.{end}
            or span.first_day > placed.{start} and span.last_day > placed.{end})
        and newer.last_day > :last_day)
"""

_REPLACE_PERIODS: Final = """
delete from {table} held using report_document older
where held.account_id = :account_id and held.channel_id = :channel_id
    and held.{start} <= :last_day and held.{end} >= :first_day
    and older.account_id = held.account_id and older.document_id = held.document_id
    and older.document_id <> :document_id
    and (exists (select 1 from staged_row wider where {wider_than_held})
        or older.last_day <= :last_day and exists (
            select 1 from staged_span span
            where span.first_day <= held.{end} and span.last_day >= held.{start}
                and (span.first_day < held.{start} and span.last_day < held.{end}
                    or span.first_day > held.{start} and span.last_day > held.{end})))
"""

# Without an ordinal an identity stands once in a file: the same again is repeated, another value
# for it is a contradiction that nobody can resolve.
_SECOND: Final = """
update staged_row again set outcome =
    case when ({again_values}) is not distinct from ({first_values}) then 'repeated'
        else 'contradicts' end
from staged_row once
where again.line_ordinal > 1 and once.line_ordinal = 1 and {same_key}
"""

_CONTRADICTIONS: Final = """
insert into staged_fault (row_number, field, expected, found)
select again.row_number, :field, 'one row for each {key}',
    'another row for it, with other values, on line ' || once.row_number
from staged_row again join staged_row once on once.line_ordinal = 1 and {same_key}
where again.outcome = 'contradicts'
"""

_UPSERT: Final = """
insert into {table} (account_id, document_id, {columns})
select :account_id, :document_id, {columns} from staged_row
where outcome in ('new', 'same')
order by {key}
on conflict (account_id, {key}) do update set
    document_id = excluded.document_id, {assignments}
"""


_CHANNELS: Final = {
    "import": "cast(:channel_id as bigint)",
    "country": "home.channel_id",
    "currency": "coalesce(own.channel_id, :channel_id)",
}
_JOINS: Final = {
    "import": "",
    # Two spellings of one country are one home.
    "country": "left join (select distinct country, channel_id from staged_country) home"
    " on home.country = s.{country}",
    "currency": "left join own on own.currency = s.currency",
}


class Key(Way[ByKey]):
    """A document's rows, one identity at a time."""

    def land(self, connection: Connection, incoming: Incoming) -> Landed:
        """Move the staged rows in."""
        known = unknown.give_way(connection, incoming, self.landing)
        statements = Statements(self.report, self.landing)
        self._find_home(connection, incoming, statements)
        landed, reasons = _counted(connection)
        return landed, reasons | {unknown.KNOWN_WHOLE: known}

    def _find_home(
        self, connection: Connection, incoming: Incoming, statements: "Statements"
    ) -> None:
        values, landing = incoming.values, self.landing
        if self.report.channel_by == "country":
            _settle_countries(connection, values, self.report.country)
        if self.report.covers_days and incoming.first_day:
            spans = statements.filled(_PERIODS if landing.period else _SPAN)
            reach_days(connection, incoming, spans)
            take_days(connection, incoming)
        connection.execute(text(statements.filled(_JUDGE)), values)
        if not landing.ordinal_by:
            _settle_repeats(connection, statements, landing)
        if landing.period and incoming.first_day:
            connection.execute(text(statements.filled(_REPLACE_PERIODS)), values)
        connection.execute(text(statements.filled(_UPSERT)), values)


def _settle_countries(connection: Connection, values: dict[str, object], field: str) -> None:
    stage_countries(connection, values, field)
    connection.execute(text(settling(field)))


_SETTLE: Final = """
update staged set {field} = known.country from staged_country known
where known.written = staged.{field} and known.country <> staged.{field}
"""


def settling(field: str) -> str:
    """The statement that writes each country as its marketplace is called."""
    return fill(_SETTLE, field=field)


def _settle_repeats(connection: Connection, statements: "Statements", landing: ByKey) -> None:
    connection.execute(text(statements.filled(_SECOND)))
    connection.execute(text(statements.filled(_CONTRADICTIONS)), {"field": landing.key[0]})


def _counted(connection: Connection) -> Landed:
    found = connection.execute(text("select outcome, count(*) from staged_row group by outcome"))
    rows = {outcome: int(count) for outcome, count in found}
    reasons = {
        UNCHANGED: rows.get("same", 0),
        NEWER: rows.get("newer", 0),
        NEWER_PERIOD: rows.get("newer_period", 0),
        REPEATED: rows.get("repeated", 0),
    }
    return rows.get("new", 0), reasons


class Statements:
    """The statements above with a format's own names in them."""

    def __init__(self, report: ReportFormat, landing: ByKey) -> None:
        fields = report.fields
        more = ["channel_id"] if report.marketplace else []
        more += ["region"] if landing.within == "region" else []
        ordinal = ["line_ordinal"] if landing.ordinal_by else []
        within = [landing.within] if landing.within else []
        key = [*within, *landing.key, *ordinal]
        values = [name for name in (*fields, *more) if name not in key]
        columns = ["row_number", *fields, *more, *ordinal]
        start, end = landing.period or ("", "")
        self._names = {
            "own": FIRST,
            "wider_than_placed": _wider("placed", landing) if landing.period else "",
            "wider_than_held": _wider("held", landing) if landing.period else "",
            "part": "cast(:channel_code as text)" if landing.within == "channel_id" else "''",
            "table": report.table,
            "start": start,
            "end": end,
            "channel": _CHANNELS[report.channel_by],
            "join_own": fill_from({"country": report.country}, _JOINS[report.channel_by]),
            "order": "".join(fill("s.{name}, ", name=name) for name in landing.ordinal_by),
            "columns": listed(columns),
            "key": listed(key),
            "match": both(key, "held.{name} = placed.{name}"),
            "newer": _newer(landing),
            "new_values": listed(values, "placed.{name}"),
            "held_values": listed(values, "held.{name}"),
            "again_values": listed(values, "again.{name}"),
            "first_values": listed(values, "once.{name}"),
            "same_key": both(key, "again.{name} = once.{name}"),
            "assignments": listed(
                (name for name in columns if name not in key), "{name} = excluded.{name}"
            ),
        }
        self._names["partition"] = listed(landing.key)
        superseded = _SUPERSEDED if landing.period else "false"
        self._names["superseded"] = self.filled(superseded)

    def filled(self, statement: str) -> str:
        """The statement with the format's own names."""
        return fill_from(self._names, statement)


_ALIKE: Final = "wider.{name} = {row}.{name}"
_WIDER: Final = """{alike} and wider.{start} <= {row}.{start} and wider.{end} >= {row}.{end}
        and (wider.{start}, wider.{end}) <> ({row}.{start}, {row}.{end})"""


def _wider(row: str, landing: ByKey) -> str:
    """Whether `wider` is of the same item and of a longer period around that of `row`."""
    start, end = landing.period or ("", "")
    item = ["channel_id", *(name for name in landing.key if name not in (start, end))]
    alike = " and ".join(fill(_ALIKE, row=row, name=name) for name in item)
    return fill(_WIDER, alike=alike, row=row, start=start, end=end)


_CHANGED: Final = "coalesce({row}.{changed_at}, '-infinity')"


def _newer(landing: ByKey) -> str:
    """Whether the row that is held is newer than the one that is landing."""
    by_document = "owner.last_day > :last_day" if landing.newest == "last_day" else "false"
    if landing.changed_at is None:
        return by_document
    held, new = (
        fill(_CHANGED, row=row, changed_at=landing.changed_at) for row in ("held", "placed")
    )
    return fill(
        "{held} > {new} or {held} = {new} and {by_document}",
        held=held,
        new=new,
        by_document=by_document,
    )
