"""The discrepancies behind a figure that no deadline orders: in progress, lost, newly found."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, TextClause, text

from services.database.sql import day_of, fill, today_of
from services.insights import keyset
from services.insights.answers import Counted, Filters, Page, PartRow
from services.insights.ask import ask, bound

PartName = Literal["in_progress", "expired", "denied", "found"]


@dataclass(frozen=True)
class PartView:
    """Which part, from which of its days on, and where in its list."""

    name: PartName
    cursor: str | None = None
    since: date | None = None  # the first day; None: from the beginning


# When an event became known. What the first reports of a channel told was known all at once: it
# counts by the day on which it happened; what later ones added, by the day on which they came.
_TOLD: Final = fill(
    """
with here as materialized (
    select c.channel_id, c.time_zone, f.since
    from channel c
    join figure_clock f on f.account_id = c.account_id and f.channel_id = c.channel_id
    where c.account_id = :account_id and (cast(:channel as text) is null or c.code = :channel)
),
told as materialized (
    select d.discrepancy_id, {changed_day} as day
    from discrepancy_change m
    join discrepancy d on d.account_id = m.account_id and d.discrepancy_id = m.discrepancy_id
    join here h on h.channel_id = d.channel_id
    where m.account_id = :account_id and m.cause = 'new'
        and m.changed_at >= coalesce(cast(:since as date), '-infinity') - interval '1 day'
        and {changed_day}
            >= coalesce(cast(:since as date), '-infinity')
    union all
    select d.discrepancy_id, d.event_on
    from discrepancy d
    join here h on h.channel_id = d.channel_id
    where d.account_id = :account_id
        and d.event_on >= coalesce(cast(:since as date), '-infinity')
        and h.since >= coalesce(cast(:since as date), '-infinity')
        and not exists (
            select 1 from discrepancy_change m
            where m.account_id = :account_id and m.discrepancy_id = d.discrepancy_id
                and m.cause = 'new')
)
""",
    changed_day=day_of("m.changed_at", "h"),
)

# Each channel's own today: a part that the calendar fills is asked row by row, so that the rows can
# be walked in the order of their index.
_TODAYS: Final = fill(
    """
with here as materialized (
    select channel_id, {today} as today from channel where account_id = :account_id
)
""",
    today=today_of(),
)

_BODY: Final = """
from {source}
where d.account_id = :account_id and d.currency = :currency and {units} > 0
    and (cast(:channel as text) is null or d.channel_id = (
        select channel_id from channel where account_id = :account_id and code = :channel))
    and (cast(:type as text) is null or d.type = :type)
    and {day} < {before} and {day} >= coalesce(cast(:since as date), '-infinity')
"""

_ROWS: Final = """
{told}
select listed.discrepancy_id, c.code as channel, listed.type, listed.subtype, listed.sku,
    listed.fnsku, listed.item_code, listed.title, listed.day, listed.units, listed.amount,
    listed.currency, listed.basis, listed.case_id
from (
    select d.discrepancy_id, d.channel_id, d.type, d.subtype, d.sku, d.fnsku, d.item_code,
        d.title, {day} as day, {units} as units, {units} * d.unit_amount as amount, d.currency,
        d.basis, d.case_id
    {body}
    and ({day}, d.discrepancy_id) {below} ({at_day}, cast(:at_discrepancy_id as bigint))
    order by {day} {falling}, d.discrepancy_id {falling}
    limit :size
) listed
join channel c on c.account_id = :account_id and c.channel_id = listed.channel_id
order by listed.day {falling}, listed.discrepancy_id {falling}
"""

_SUM: Final = """
{told}
select count(*) as count, coalesce(sum({units} * d.unit_amount), 0) as known_amount,
    count(*) filter (where d.unit_amount is null) as without_amount
{body}
"""

# A part that the calendar fills is read from today at most: an index is entered where this says and
# nowhere else. Of the others every row is in the list, also one of a day to come.
_AT_DAY: Final = "cast(:at_day as date)"
_AT_TODAY: Final = """
least(cast(:at_day as date), (cast(:now as timestamptz) at time zone 'UTC')::date + 2)
"""

_KEY: Final[keyset.Key] = {"day": (keyset.day, "infinity"), "discrepancy_id": (keyset.number, 0)}
_TODAY: Final = "(select today from here where here.channel_id = d.channel_id)"


@dataclass(frozen=True)
class _Part:
    """The list and its sum, under the very same conditions."""

    rows: keyset.Listing[PartRow]
    total: TextClause


def _part(
    day: str, units: str, before: str, source: str = "discrepancy d", told: str = ""
) -> _Part:
    at_day = _AT_TODAY if before == _TODAY else _AT_DAY
    body = fill(_BODY, day=day, units=units, source=source, before=before)
    return _Part(
        keyset.listing(
            _ROWS, PartRow, _KEY, told=told, day=day, units=units, body=body, at_day=at_day
        ),
        text(fill(_SUM, told=told, units=units, body=body)),
    )


# Each part is told by a day of its own: the event, the last day of the window, the refusal, the
# day on which it became known.
_PARTS: Final[dict[PartName, _Part]] = {
    "in_progress": _part("d.event_on", "d.in_progress_units", "'infinity'"),
    "expired": _part("d.expires_on", "d.remaining_units", _TODAY, told=_TODAYS),
    "denied": _part("d.denied_on", "d.denied_units", "'infinity'"),
    "found": _part(
        "t.day",
        "(d.units - d.found_units)",
        "'infinity'",
        source="told t join discrepancy d on d.discrepancy_id = t.discrepancy_id",
        told=_TOLD,
    ),
}


def part_list(
    account_id: int, filters: Filters, now: datetime, view: PartView
) -> keyset.Asked[PartRow]:
    """The part's discrepancies, the latest first, to be read by page or whole."""
    return keyset.Asked(_PARTS[view.name].rows, _values(account_id, filters, now, view))


def part_rows(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: PartView
) -> Page[PartRow]:
    """The part's discrepancies, the latest first."""
    return part_list(account_id, filters, now, view).page(connection, view.cursor)


def part_total(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: PartView
) -> Counted:
    """What the whole list comes to, as far as it is counted while somebody waits."""
    return part_list(account_id, filters, now, view).total(connection)


def part_sum(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: PartView
) -> Counted:
    """What the whole list comes to."""
    values = _values(account_id, filters, now, view)
    return ask(connection, _PARTS[view.name].total, Counted, values)[0]


def _values(account_id: int, filters: Filters, now: datetime, view: PartView) -> dict[str, Any]:
    return {**bound(account_id, now, filters), "since": view.since}
