"""The list of landed documents: which came before, which speaks for a day, what became of each."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import day_here, fill
from services.landing.asked import Beside, beside
from services.landing.read.unpack import Unpacked
from services.landing.recognise.kinds import Recognised
from services.landing.refusals import RefusedError
from services.landing.target import Days, Target
from services.marketplaces.contract import ByDay, ByKey, ReportFormat
from services.recovery import clock

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Landed:
    """A document that has landed before."""

    document_id: int
    landed_at: datetime
    rows_in_file: int
    is_whole: bool
    read_at: datetime  # by the clock of the machine that read it
    is_misread: bool  # a wrong clock may have misled its reading: it is to be read anew
    was_ahead: bool
    was_behind: bool
    asked_from: date | None
    asked_to: date | None
    rows_from: date | None  # of its rows, where these are of other days than those asked for
    rows_to: date | None
    channel: str | None  # the code of the one that it landed for

    @property
    def beside(self) -> Beside | None:
        """Its rows of other days than it was asked for."""
        if self.asked_from is None or self.asked_to is None:
            return None
        return beside((self.asked_from, self.asked_to), self.rows_from, self.rows_to)


@dataclass(frozen=True)
class CutOff:
    """Where a file breaks off."""

    day: date | None  # of the row that is cut
    last_read: date | None  # the day of the row above it
    order: int  # of the rows' days: 1 rising, -1 falling, 0 none

    def speaks_for(self, first: date | None, last: date | None) -> Days | None:
        """Of the days from the first to the last that the file reaches to, those before the cut."""
        if not first or not last or not self.last_read or not self.order:
            return None
        if self.order > 0:
            return first, self.last_read - _ONE_DAY
        return self.last_read + _ONE_DAY, last


@dataclass(frozen=True)
class Incoming:
    """The document that is landing, and what its SQL binds."""

    document_id: int
    target: Target
    report: ReportFormat
    scope: str
    first_day: date | None
    last_day: date | None
    asked: Days | None = None  # those of them that it speaks for; none: the last before the first
    adds_up: bool = True  # its lines come to the total that it states itself; no page is missing
    is_undamaged: bool = True  # no identity in it has lost digits
    cut: CutOff | None = None
    beside: Beside | None = None

    @property
    def values(self) -> dict[str, object]:
        """Parameters by the names that landing's statements use."""
        channel = self.target.channel
        speaks = self.cut and self.cut.speaks_for(self.first_day, self.last_day)
        return {
            "account_id": self.target.account_id,
            "document_id": self.document_id,
            "kind": self.report.kind,
            "scope": self.scope,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "adds_up": self.adds_up,
            "is_undamaged": self.is_undamaged,
            "is_cut": self.cut is not None,
            "speaks_from": speaks and speaks[0],
            "speaks_to": speaks and speaks[1],
            "asked_from": self.asked and self.asked[0],
            "asked_to": self.asked and self.asked[1],
            "said_by_a_person": self.asked is not None and self.target.made_at is None,
            "channel_id": channel and channel.channel_id,
            "marketplace": channel and channel.marketplace,
            "region": channel and channel.region,
            "channel_code": channel and channel.code,
            "time_zone": channel and channel.time_zone,
        }


@dataclass(frozen=True)
class Counts:
    """What became of a document's rows."""

    rows: int
    landed: int
    passed_over: dict[str, int]
    rejected: int
    adds_up: bool = True  # its lines come to the total that it states itself; no page is missing
    is_named: bool = True  # every row says whose it is

    @property
    def is_whole(self) -> bool:
        """Whether everything in the file was read, as far as the file itself can tell."""
        return self.adds_up and self.is_named and not self.rejected


def scope_of(target: Target, report: ReportFormat) -> str:
    """Where a document's rows are unique: one set of them for a whole region."""
    if report.marketplace is None or target.channel is None:
        return "account"
    return f"{target.channel.marketplace}:{target.channel.region}"


# A clock was ahead where it called landed or read what has not come yet. It was behind where a day
# that it called still to come has come, be it of another document of the same import; where it is
# older than this software; or where a document that came before landed later.
_FIND: Final = """
select document_id, landed_at, rows_in_file, is_whole, read_at,
    was_ahead or was_behind or read_anew as is_misread, was_ahead, was_behind, asked_from, asked_to,
    rows_from, rows_to, channel
from (
    select d.document_id, d.asked_from, d.asked_to, d.rows_from, d.rows_to,
        d.landed_at, d.rows_in_file, d.is_whole, d.read_anew, reading.read_at,
        (select c.code from channel c
            where c.account_id = d.account_id and c.channel_id = d.channel_id) as channel,
        d.landed_at > now() + cast(:slack as interval)
            or reading.read_at > cast(:now as timestamptz) + cast(:slack as interval) as was_ahead,
        exists (
                select 1 from report_document beside
                where beside.account_id = d.account_id and beside.landed_at = d.landed_at
                    and beside.to_come <= (cast(:now as timestamptz) at time zone 'UTC')::date + 1)
            or least(d.landed_at, reading.read_at) < :earliest
            or exists (
                select 1 from report_document earlier
                where earlier.account_id = d.account_id and earlier.document_id < d.document_id
                    and earlier.landed_at > d.landed_at + interval '1 day'
                    and earlier.landed_at <= now()) as was_behind
    from report_document d
    cross join lateral (select coalesce(d.read_at, d.landed_at) as read_at) reading
    where d.account_id = :account_id and d.scope = :scope and d.kind = :kind and {is_same}
    order by d.checksum = :of_these_days desc limit 1
) found
"""
# By hand: the days that it was asked for are part of what a file says; of one without rows, which
# tells nothing of its own, the channel too. Rows are one channel's, whoever brings them again.
_SAME_FILE: Final = """
split_part(d.checksum, ' ', 1) = :checksum
    and coalesce(d.asked_from <= :asked_from and d.asked_to >= :asked_to,
        cast(:asked_from as date) is null)
    and (not :by_channel or d.rows_in_file > 0
        or d.channel_id is not distinct from cast(:channel_id as bigint))
"""
# Asked for anew it is a new saying, unless the newest that is known of these days says just this.
_SAME_SAYING: Final = """
split_part(d.checksum, ' ', 1) = :checksum
    and d.channel_id is not distinct from cast(:channel_id as bigint)
    and d.asked_from is not distinct from cast(:asked_from as date)
    and d.asked_to is not distinct from cast(:asked_to as date)
    and not exists (
        select 1 from report_document later
        where later.account_id = d.account_id and later.scope = d.scope and later.kind = d.kind
            and later.document_id > d.document_id
            and coalesce(later.first_day <= d.last_day and later.last_day >= d.first_day, true))
"""
FIND_FILE: Final = fill(_FIND, is_same=_SAME_FILE)
FIND_SAYING: Final = fill(_FIND, is_same=_SAME_SAYING)
_SAID_AGAIN: Final = """
update report_document set made_at = greatest(made_at, :made_at)
where account_id = :account_id and document_id = :document_id
"""


def find_landed(
    connection: Connection, target: Target, report: ReportFormat, checksum: str
) -> Landed | None:
    """The same content landed before, whatever its name or compression was.

    The days that it was asked for are part of what it says: of others, it is another document. What
    a marketplace says again of the same days, and nobody said otherwise since, is known up to now.
    """
    asked = target.asked if _was_asked(target, report) else None
    values = {
        "account_id": target.account_id,
        "scope": scope_of(target, report),
        "kind": report.kind,
        "checksum": checksum,
        "of_these_days": _saying(checksum, target, report, asked),
        "asked_from": asked and asked[0],
        "asked_to": asked and asked[1],
        "by_channel": speaks_by_channel(report),
        "channel_id": _channel_id(target, report),
        "made_at": target.made_at,
        "now": clock.now(),
        "slack": clock.SLACK,
        "earliest": clock.EARLIEST,
    }
    find = FIND_SAYING if target.made_at else FIND_FILE
    found = connection.execute(text(find), values).one_or_none()
    if found is None:
        return None
    if target.made_at:
        again = {**values, "document_id": found.document_id}
        connection.execute(text(_SAID_AGAIN), again)
    return Landed(*found)


def _saying(checksum: str, target: Target, report: ReportFormat, asked: Days | None) -> str:
    """What tells a document from another of the same bytes."""
    days = f" of {asked[0]}/{asked[1]}" if asked else ""
    channel = f" for {target.channel and target.channel.code}"
    if target.made_at is None:
        return f"{checksum}{days}{channel if speaks_by_channel(report) else ''}"
    return f"{checksum}{days}{channel} at {target.made_at}"


def speaks_by_channel(report: ReportFormat) -> bool:
    """Whether a file of it says something of the channel it is brought for, and of no other."""
    landing = report.landing
    by_key = isinstance(landing, ByKey) and landing.within == "channel_id"
    return by_key or isinstance(landing, ByDay)


def _channel_id(target: Target, report: ReportFormat) -> int | None:
    of_account = scope_of(target, report) == "account"
    return None if of_account or target.channel is None else target.channel.channel_id


_OPEN: Final = """
insert into report_document (account_id, channel_id, scope, kind, checksum, file_name, file_bytes,
    encoding, delimiter, compression, first_day, last_day, asked_from, asked_to,
    rows_from, rows_to, read_at, to_come, seen_at, made_at, rows_in_file, rows_landed,
    rows_passed_over, rows_rejected)
values (:account_id, :channel_id, :scope, :kind,
    case when exists (
        select 1 from report_document before
        where before.account_id = :account_id and before.scope = :scope and before.kind = :kind
            and before.checksum = :checksum
    ) then :of_these_days else :checksum end, :file_name, :file_bytes,
    :encoding, :delimiter, :compression, :first_day, :last_day, :asked_from, :asked_to,
    :rows_from, :rows_to, :read_at, :to_come, :came_at, :made_at, 0, 0, 0, 0)
returning document_id
"""

# Read anew it is as old as it was: only what came first says which of two files is newer.
_OPEN_AGAIN: Final = """
update report_document set channel_id = :channel_id, file_name = :file_name,
    encoding = :encoding, delimiter = :delimiter, compression = :compression,
    first_day = :first_day, last_day = :last_day, asked_from = :asked_from, asked_to = :asked_to,
    rows_from = :rows_from, rows_to = :rows_to, read_at = :read_at, to_come = :to_come,
    made_at = coalesce(:made_at, made_at), read_anew = false, landed_at = now(),
    parts = '{}', header = null, rows_in_file = 0, rows_landed = 0, rows_passed_over = 0,
    rows_rejected = 0
where account_id = :account_id and document_id = :document_id
returning document_id
"""

_FORGET: Final = """
delete from {table} where account_id = :account_id and document_id = :document_id;
delete from rejected_row where account_id = :account_id and document_id = :document_id;
delete from unread_row where account_id = :account_id and document_id = :document_id;
delete from report_coverage where account_id = :account_id and document_id = :document_id;
update report_coverage set added_by = array_remove(added_by, cast(:document_id as bigint))
where account_id = :account_id and kind = :kind and scope = :scope
    and cast(:document_id as bigint) = any(added_by);
"""

# Where days say who speaks, a misread document may have replaced rows of others, or kept them out.
# What landed with it was read by the same clock.
_MISLED: Final = """
update report_document set read_anew = true
where account_id = :account_id and document_id <> :document_id
    and (:by_day and kind = :kind and scope = :scope or landed_at = :landed_at)
"""


def forgetting(report: ReportFormat) -> str:
    """The statements that take back what a document of this format landed."""
    return fill(_FORGET, table=report.table)


def forget_reading(
    connection: Connection, target: Target, report: ReportFormat, before: Landed
) -> None:
    """Take back all that a document landed, which is to be read anew under the same number."""
    values = {
        "account_id": target.account_id,
        "document_id": before.document_id,
        "kind": report.kind,
        "scope": scope_of(target, report),
    }
    run_script(connection, forgetting(report), values)
    if before.was_ahead or before.was_behind:
        more = {"by_day": report.landing.newest_by_day, "landed_at": before.landed_at}
        connection.execute(text(_MISLED), values | more)


def open_document(  # noqa: PLR0913  each is named where it is given
    connection: Connection,
    target: Target,
    document: Unpacked,
    kind: Recognised,
    *,
    adds_up: bool,
    is_undamaged: bool,
    cut: CutOff | None = None,
    to_come: date | None = None,
    unread_days: Days | None = None,
    is_clear: bool = True,
    before: Landed | None = None,
) -> Incoming:
    """Register the document whose rows are staged; its counts follow when they are known.

    to_come: the first day that it names which is still to come. unread_days: what its unread rows
    name; where no other row does, they are its days: a readable copy of these must find it.
    is_clear: whether its days can be read in one way only. before: what it was until its reading
    was forgotten.
    """
    asked = target.asked if _was_asked(target, kind.report) else None
    found = _beside(connection, target, kind.report, asked, is_clear=is_clear)
    speaks = found.speaks if found else asked
    first_day, last_day = _days(connection, target, kind.report, speaks)
    if unread_days and first_day is None and kind.report.covers_days and not found:
        first_day, last_day = (day_in(each, target.time_zone) for each in unread_days)
    if cut and cut.day and last_day:
        last_day = max(last_day, cut.day)
    scope = scope_of(target, kind.report)
    values = {
        "account_id": target.account_id,
        "channel_id": _channel_id(target, kind.report),
        "scope": scope,
        "kind": kind.report.kind,
        "checksum": document.checksum,
        "of_these_days": _saying(document.checksum, target, kind.report, asked),
        "file_name": document.name,
        "file_bytes": document.size,
        "encoding": document.script.encoding,
        "delimiter": kind.delimiter,
        "compression": document.compression,
        "first_day": first_day,
        "last_day": last_day,
        "asked_from": asked and asked[0],
        "asked_to": asked and asked[1],
        "rows_from": found and found.rows[0],
        "rows_to": found and found.rows[1],
        "read_at": clock.now(),
        "to_come": to_come,
        "came_at": target.came_at,
        "made_at": target.made_at,
        "document_id": before and before.document_id,
    }
    opened = _OPEN_AGAIN if before else _OPEN
    document_id = connection.execute(text(opened), values).scalar_one()
    return Incoming(
        document_id,
        target,
        kind.report,
        scope,
        first_day,
        last_day,
        speaks,
        adds_up,
        is_undamaged,
        cut,
        found,
    )


def _beside(
    connection: Connection,
    target: Target,
    report: ReportFormat,
    asked: Days | None,
    *,
    is_clear: bool,
) -> Beside | None:
    """Its rows of other days than it was asked for. Raises RefusedError where it does not land."""
    fields = report.asked_by or report.days
    if asked is None or fields is None:
        return None
    found = beside(asked, *_days_of_rows(connection, target, report, fields))
    if found and (why := found.refusal(by_a_person=target.made_at is None, is_clear=is_clear)):
        raise RefusedError(why)
    return found


def _days(
    connection: Connection, target: Target, report: ReportFormat, speaks: Days | None
) -> tuple[date | None, date | None]:
    """The document's own: on those that it speaks for and has no row of, nothing happened."""
    if report.days is None:
        return None, None
    if speaks is None:
        return _days_of_rows(connection, target, report, report.days)
    return speaks if speaks[0] <= speaks[1] else (None, None)


_DAYS: Final = "select min(least({first}, {last})), max(greatest({first}, {last})) from staged"


def days_told(report: ReportFormat, fields: tuple[str, str]) -> str:
    """The statement that asks for the first and the last day in these fields of staged rows."""
    first, last = (as_day(report, field) for field in fields)
    return fill(_DAYS, first=first, last=last)


def _days_of_rows(
    connection: Connection, target: Target, report: ReportFormat, fields: tuple[str, str]
) -> tuple[date | None, date | None]:
    found = connection.execute(
        text(days_told(report, fields)),
        {"time_zone": target.time_zone},
    ).one()
    return found[0], found[1]


def _was_asked(target: Target, report: ReportFormat) -> bool:
    by_day = isinstance(report.landing, ByDay)
    return can_be_asked(report) and (target.asked_by_day or not by_day)


def can_be_asked(report: ReportFormat) -> bool:
    """Whether the days that a file of it was asked for say more than its rows do."""
    landing = report.landing
    by_key = isinstance(landing, ByKey) and not landing.period
    by_days = report.covers_days and (by_key or isinstance(landing, ByDay))
    return by_days or report.asked_by is not None


def day_in(said: date, time_zone: str) -> date:
    """A day, or that of a moment in this zone."""
    return said.astimezone(ZoneInfo(time_zone)).date() if isinstance(said, datetime) else said


def as_day(report: ReportFormat, field: str) -> str:
    """The field of a staged row as a day, in SQL."""
    column = next(column for column in report.columns if column.field == field)
    moment = column.reading.manner == "moment"
    return day_here(field) if moment else field


_CLOSE: Final = """
update report_document set rows_in_file = :rows, rows_landed = :landed,
    rows_passed_over = :passed_over, rows_rejected = :rejected, is_whole = :is_whole,
    passed_over_because = cast(:because as jsonb), notes = cast(:notes as jsonb)
where account_id = :account_id and document_id = :document_id
"""


def close_document(
    connection: Connection, incoming: Incoming, counts: Counts, notes: list[str]
) -> None:
    """Store what became of the rows; the table refuses counts that do not add up."""
    values = {
        "account_id": incoming.target.account_id,
        "document_id": incoming.document_id,
        "rows": counts.rows,
        "landed": counts.landed,
        "passed_over": sum(counts.passed_over.values()),
        "rejected": counts.rejected,
        "is_whole": counts.is_whole,
        "because": json.dumps(counts.passed_over),
        "notes": json.dumps(notes),
    }
    connection.execute(text(_CLOSE), values)


# Which document speaks for a day -----------------------------------------------------------

BEFORE_CUT: Final = """
(not :is_cut or coalesce(
    day.day::date between cast(:speaks_from as date) and cast(:speaks_to as date), false))
"""

# A day on which a row could not be read is not whole; one that names no day may be of any of them.
# On days at and beyond its cut a file says nothing of the rows that it lacks.
_REACH: Final = fill(
    """
create temp table staged_reach on commit drop as
select span.part, day.day::date as day, held.document_id as previous,
    held.added_by as also, coalesce(held.is_whole, false) as was_whole,
    owner.last_day as previous_last_day, span.is_whole and {before_cut} as adds_up,
    span.is_whole and :is_undamaged and not exists (
        select 1 from unread_row unread
        where unread.account_id = :account_id and unread.document_id = :document_id
            and coalesce(unread.day, day.day::date) = day.day::date) as is_whole
from staged_span span
cross join lateral generate_series(
    span.first_day::timestamp, span.last_day::timestamp, interval '1 day') as day(day)
left join report_coverage held
    on held.account_id = :account_id and held.kind = :kind and held.scope = :scope
    and held.part = span.part and held.day = day.day::date
left join report_document owner
    on owner.account_id = held.account_id and owner.document_id = held.document_id
""",
    before_cut=BEFORE_CUT,
)

# A whole reading of a day goes before one with rows that could not be read; among equals the
# later last day, then the later landed.
BETTER: Final = "(is_whole, coalesce(previous_last_day <= :last_day, true)) >= (was_whole, true)"

# One row a day and part (a country, a channel, a period) for which the document now speaks.
_TAKE: Final = """
create temp table staged_day on commit drop as
select part, day, previous, also, adds_up, is_whole from staged_reach
where previous is null or ({better})
"""

# Lines that are missing altogether, by the file's own total, may be about anything as well.
_COVER: Final = """
insert into report_coverage (account_id, kind, scope, part, day, document_id, is_whole, has_unnamed)
select :account_id, :kind, :scope, part, day, :document_id, is_whole, not adds_up or exists (
    select 1 from unread_row unread
    where unread.account_id = :account_id and unread.document_id = :document_id
        and unread.names_nothing)
from staged_day
order by part, day
on conflict (account_id, kind, scope, part, day) do update set document_id = excluded.document_id,
    is_whole = excluded.is_whole, has_unnamed = excluded.has_unnamed, added_by = '{}'
"""


# One row a stretch of days that the document tells of: part, first_day, last_day, is_whole.
_SPANS: Final = "create temp table staged_span on commit drop as {spans}"

_TELLS_OF: Final = """
update report_document set parts = array(select distinct part from staged_span order by part)
where account_id = :account_id and document_id = :document_id
"""


def spanning(spans: str) -> str:
    """The statement that sets out `staged_span`."""
    return fill(_SPANS, spans=spans)


def taking(better: str) -> str:
    """The statement that sets out `staged_day`."""
    return fill(_TAKE, better=better)


def reach_days(connection: Connection, incoming: Incoming, spans: str) -> None:
    """Set out in `staged_reach` every day that the document tells of, beside who spoke for it.

    spans: a SELECT of part, first_day, last_day, is_whole (whether the document was read whole as
    far as its own totals tell).
    """
    values = incoming.values
    connection.execute(text(spanning(spans)), values)
    connection.execute(text(_TELLS_OF), values)
    connection.execute(text(_REACH), values)
    connection.execute(text("analyze staged_reach"))


def take_days(connection: Connection, incoming: Incoming, better: str = BETTER) -> None:
    """Make the document the voice of every day of `staged_reach` that no better one speaks for.

    Afterwards `staged_day` holds the days taken. better: whether this reading of a day goes before
    the one that stands.
    """
    connection.execute(text(taking(better)), incoming.values)
    connection.execute(text(_COVER), incoming.values)
    connection.execute(text("analyze staged_day"))
