"""What can still be claimed, and for how long.

Priority is money a day left: the remaining amount divided by the days on which a claim can still
be filed, today and the last day included. $90 that ends today stands before $700 with nine days
to go. An unknown amount counts as nothing here, so it stands last, the soonest first.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from sqlalchemy import Connection, RowMapping, text

from services.database.calendar import WINDOW_UNKNOWN, has_free_units, ready_units
from services.database.headline import REMAINING, REMAINING_WITHOUT_AMOUNT
from services.database.sql import fill, today_of
from services.insights import keyset
from services.insights.answers import Counted, Filters, Page, Pile, Week
from services.insights.ask import bound, scope
from services.insights.totals import figure

Order = Literal["priority", "soonest"]

# Months are calendar months: the database's calendar counts the last day of a horizon.
HORIZONS: Final[dict[str, str]] = {
    "7d": "7 days",
    "14d": "14 days",
    "30d": "30 days",
    "45d": "45 days",
    "2m": "2 months",
    "3m": "3 months",
}


@dataclass(frozen=True)
class View:
    """Which part of the list, and in which order."""

    within: str | None = None  # a key of HORIZONS; None: as far ahead as there is
    week: date | None = None  # the Monday of the one week to show
    state: str | None = None  # future or ready
    order: Order = "soonest"
    cursor: str | None = None
    size: int = keyset.PAGE_SIZE


@dataclass(frozen=True)
class Open:
    """A discrepancy with units that can still be claimed."""

    discrepancy_id: int
    channel: str
    channel_name: str
    type: str
    subtype: str
    sku: str | None
    fnsku: str | None
    item_code: str | None
    title: str | None
    event_on: date
    event_on_approximate: bool
    opens_on: date | None
    expires_on: date | None  # None: window unknown
    days_left: int | None
    units: int
    unit_amount: Decimal | None
    amount: Decimal | None  # None: unknown
    currency: str
    basis: str
    state: str  # future or ready
    held_units: int  # of these units, those that something unproven holds back
    held_because: str | None  # wording.holds: HOLDS
    awaits_kind: str | None  # the report that would release them
    priority: Decimal | None  # money a day left

    @property
    def free_units(self) -> int:
        """Of these units, those that nothing holds back."""
        return self.units - self.held_units


WHOLE: Final = View()

_HERE: Final = fill(
    """
here as materialized (
    select channel_id, code, name, today,
        coalesce((today + cast(:within as interval))::date, 'infinity') as until
    from (
        select c.channel_id, c.code, m.name,
            {today} as today
        from channel c join marketplace m on m.code = c.code
        where c.account_id = :account_id
            and (cast(:channel as text) is null or c.code = :channel)
    ) c
)
""",
    today=today_of("c"),
)

_SHOWN: Final = fill(
    """
d.discrepancy_id, h.code as channel, h.name as channel_name, d.type, d.subtype, d.sku, d.fnsku,
d.item_code, d.title, d.event_on, d.event_on_approximate,
-- What is held back has no opening day until it is proven.
case when {has_free} then d.opens_on end as opens_on, d.expires_on,
d.expires_on - h.today as days_left, part.units, d.unit_amount,
part.units * d.unit_amount as amount, d.currency, d.basis,
case when part.ready > 0 and cast(:state as text) is distinct from 'future'
    then 'ready' else 'future' end as state,
case when cast(:state as text) = 'ready' then 0 else d.held_units end as held_units,
d.held_because, d.awaits_kind,
round(d.remaining_hundredths / (100.0 * (d.expires_on - h.today + 1)), 12) as priority
""",
    has_free=has_free_units("d"),
)

# Which of the remaining units the view shows: some may be ready while others are held back.
_PART: Final = fill(
    """
cross join lateral (
    select ready, case cast(:state as text) when 'ready' then ready
        when 'future' then d.remaining_units - ready else d.remaining_units end as units
    from (
        select {ready} as ready
    ) now
) part
""",
    ready=ready_units("d", "h.today"),
)
_IN_STATE: Final = "part.units > 0"

_BY_ID: Final[keyset.Key] = {"discrepancy_id": (keyset.number, 0)}
_BY_DAY: Final[keyset.Key] = {"expires_on": (keyset.day, "-infinity"), **_BY_ID}
_BY_PRIORITY: Final[keyset.Key] = {"priority": (keyset.amount, keyset.MOST), **_BY_DAY}

# Channel by channel, as an index holds them: of each, no more is read than the page may need.
_SOONEST: Final = keyset.listing(
    """
with {here}
select listed.*
from here h
cross join lateral (
    select {shown}
    from discrepancy d
    {part}
    where d.account_id = :account_id and d.channel_id = h.channel_id
        and d.remaining_units > 0 and d.currency = :currency
        and d.expires_on between h.today and h.until
        and (cast(:type as text) is null or d.type = :type)
        and (cast(:week as date) is null
            or d.expires_on between cast(:week as date) and cast(:week as date) + 6)
        and {in_state}
        -- From today on at least: an index is entered where this condition says, nowhere else.
        and d.expires_on {down_to} greatest(cast(:at_expires_on as date), h.today - 1)
        and (d.expires_on, d.discrepancy_id) {above} (
            greatest(cast(:at_expires_on as date), h.today - 1),
            cast(:at_discrepancy_id as bigint))
    order by d.expires_on {rising}, d.discrepancy_id {rising}
    limit :size
) listed
order by listed.expires_on {rising}, listed.discrepancy_id {rising}
limit :size
""",
    Open,
    _BY_DAY,
    here=_HERE,
    shown=_SHOWN,
    part=_PART,
    in_state=_IN_STATE,
)

_OF_ONE_DAY: Final = """
select largest.*
from (
    select {shown}
    from discrepancy d
    {part}
    where d.account_id = :account_id and d.channel_id = h.channel_id
        and d.expires_on = h.expires_on and d.remaining_units > 0
        and d.currency = :currency and (cast(:type as text) is null or d.type = :type)
        and {in_state}
        and d.remaining_hundredths {up_to}
            {widest}((cast(:at_priority as numeric) {plus} 0.000001) * 100 * h.days)::bigint
        and d.remaining_hundredths {down_to}
            {narrowest}((h.reach {minus} 0.000001) * 100 * h.days)::bigint
    order by d.remaining_hundredths {falling}, d.discrepancy_id {rising}
) largest
where largest.priority {below} cast(:at_priority as numeric)
    or (largest.priority = cast(:at_priority as numeric)
        and (largest.expires_on, largest.discrepancy_id)
            {above} (cast(:at_expires_on as date), cast(:at_discrepancy_id as bigint)))
"""

# Priority depends on today, so no index holds its order. But within one channel and last day it
# is the order of the amounts, which an index holds. So first the foremost row of every day is
# read: the page reaches no further than the last of as many of these as it has rows. Then the
# rows of every day within that reach are read and sorted. The conditions on the amount are a
# little wider than the exact ones on the priority.
_PRIORITY: Final = keyset.listing(
    """
with {here},
day as (
    select distinct h.channel_id, h.code, h.name, h.today, o.expires_on,
        o.expires_on - h.today + 1 as days, cast('{end}' as numeric) as reach
    from here h
    join open_total o on o.account_id = :account_id and o.channel_id = h.channel_id
    where o.currency = :currency and o.discrepancies_remaining > 0
        and o.expires_on >= (select min(today) from here)
        and o.expires_on between h.today and h.until and o.expires_on < 'infinity'
        and (cast(:type as text) is null or o.type = :type)
        and (cast(:week as date) is null
            or o.expires_on between cast(:week as date) and cast(:week as date) + 6)
),
reached as materialized (
    select coalesce((
        select foremost.priority
        from day h cross join lateral ({of_one_day} limit 1) foremost
        order by foremost.priority {falling} limit 1 offset :size - 1
    ), '{end}') as reach
)
select listed.*
from (
    select day.channel_id, day.code, day.name, day.today, day.expires_on, day.days, reached.reach
    from day cross join reached
) h
cross join lateral ({of_one_day} limit :size) listed
order by listed.priority {falling}, listed.expires_on {rising}, listed.discrepancy_id {rising}
limit :size
""",
    Open,
    _BY_PRIORITY,
    here=_HERE,
    shown=_SHOWN,
    part=_PART,
    in_state=_IN_STATE,
    of_one_day=_OF_ONE_DAY,
)

_WINDOW_UNKNOWN: Final = keyset.listing(
    """
with {here}
select {shown}
from discrepancy d
join here h on h.channel_id = d.channel_id
{part}
where d.account_id = :account_id and d.remaining_units > 0 and d.currency = :currency
    and d.expires_on is null
    and (cast(:type as text) is null or d.type = :type)
    and {in_state}
    and d.discrepancy_id {above} cast(:at_discrepancy_id as bigint)
order by d.discrepancy_id {rising}
limit :size
""",
    Open,
    _BY_ID,
    here=_HERE,
    shown=_SHOWN,
    part=_PART,
    in_state=_IN_STATE,
)

# Every week from this one to the last that has anything, empty ones too.
_WEEKS: Final = text(
    fill(
        """
with {here},
ending as (
    select date_trunc('week', o.expires_on)::date as starts,
        sum(o.discrepancies_remaining) as discrepancies,
        sum({units}) as units, sum(o.amount_remaining) as amount, sum({unknown}) as unknown
    from open_total o
    join here h on h.channel_id = o.channel_id
    where o.account_id = :account_id and o.currency = :currency
        and o.expires_on >= (select min(today) from here)
        and o.expires_on between h.today and h.until and o.expires_on < 'infinity'
        and o.discrepancies_remaining > 0
        and (cast(:type as text) is null or o.type = :type)
    group by 1
),
week as (
    select generate_series(
        (select date_trunc('week', min(today)) from here), (select max(starts) from ending),
        '7 days')::date as starts
)
select w.starts, w.starts + 6 as ends, coalesce(e.discrepancies, 0) as discrepancies,
    e.units as ending_units, e.amount as ending_amount, e.unknown as ending_unknown
from week w left join ending e on e.starts = w.starts
order by w.starts
""",
        here=_HERE,
        units=REMAINING,
        unknown=REMAINING_WITHOUT_AMOUNT,
    )
)

_WINDOW_UNKNOWN_SUM: Final = text(
    fill(
        """
select coalesce(sum(o.discrepancies_remaining), 0) as discrepancies,
    sum({units}) as ending_units, sum(o.amount_remaining) as ending_amount,
    sum({unknown}) as ending_unknown
from open_total o
join channel c on c.account_id = o.account_id and c.channel_id = o.channel_id
where o.account_id = :account_id and o.currency = :currency and {window_unknown}
    and (cast(:channel as text) is null or c.code = :channel)
    and (cast(:type as text) is null or o.type = :type)
""",
        units=REMAINING,
        unknown=REMAINING_WITHOUT_AMOUNT,
        window_unknown=WINDOW_UNKNOWN,
    )
)


def expiring_list(
    account_id: int, filters: Filters, now: datetime, view: View = WHOLE
) -> keyset.Asked[Open]:
    """What can still be claimed and has a known last day, to be read by page or whole."""
    listed = _PRIORITY if view.order == "priority" else _SOONEST
    return keyset.Asked(listed, _ahead(account_id, now, filters, view))


def window_unknown_list(
    account_id: int, filters: Filters, now: datetime, view: View = WHOLE
) -> keyset.Asked[Open]:
    """What can still be claimed, of no known window; of the view its state counts."""
    return keyset.Asked(_WINDOW_UNKNOWN, _ahead(account_id, now, filters, View(state=view.state)))


def expiring(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: View = WHOLE
) -> Page[Open]:
    """What can still be claimed and has a known last day."""
    return expiring_list(account_id, filters, now, view).page(connection, view.cursor, view.size)


def expiring_total(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: View = WHOLE
) -> Counted:
    """What the whole list comes to, in whatever order."""
    return keyset.Asked(_SOONEST, _ahead(account_id, now, filters, view)).total(connection)


def window_unknown(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: View = WHOLE
) -> Page[Open]:
    """What can still be claimed as far as anyone knows: no source names a window.

    It is ready, but for what is held back; of the view its state, its cursor and its size count.
    """
    asked = window_unknown_list(account_id, filters, now, view)
    return asked.page(connection, view.cursor, view.size)


def weeks_ending(
    connection: Connection, account_id: int, filters: Filters, now: datetime, view: View = WHOLE
) -> tuple[Week, ...]:
    """What reaches its last day, week by week. A chosen week changes nothing here."""
    rows = connection.execute(_WEEKS, _ahead(account_id, now, filters, view)).mappings()
    return tuple(Week(row["starts"], row["ends"], _pile(row)) for row in rows)


def window_unknown_sum(connection: Connection, account_id: int, filters: Filters) -> Pile:
    """How much has no known last day."""
    values = scope(account_id, filters)
    return _pile(connection.execute(_WINDOW_UNKNOWN_SUM, values).mappings().one())


def _pile(row: RowMapping) -> Pile:
    return Pile(int(row["discrepancies"]), figure(row, "ending"))


def _ahead(account_id: int, now: datetime, filters: Filters, view: View) -> dict[str, Any]:
    within = HORIZONS.get(view.within or "")
    ahead = {"within": within, "week": view.week, "state": view.state}
    return {**bound(account_id, now, filters), **ahead}
