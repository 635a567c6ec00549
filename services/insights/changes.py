"""Why a figure is another one today than it was: what moved Unclaimed, the newest first.

Movements by import are read as they were written down (services.recovery.changes). What has
expired since the last identification is read from the sums, by each channel's own today; it needs
no job at midnight.
"""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, text

from services.database.calendar import EXPIRED
from services.database.sql import day_of, fill, today_of
from services.insights import keyset
from services.insights.answers import (
    Behind,
    Counted,
    Filters,
    Movement,
    MovementKey,
    OwnMovement,
    Page,
)
from services.insights.ask import ask, bound, scope

_HERE: Final = fill(
    """
here as materialized (
    select c.channel_id, c.code, f.rolled_to, f.since,
        {today} as today
    from channel c
    join figure_clock f on f.account_id = c.account_id and f.channel_id = c.channel_id
    where c.account_id = :account_id
        and (cast(:channel as text) is null or c.code = :channel)
),
movement as (
    select h.code as channel, f.changed_on, f.subtype, f.currency, f.cause, f.discrepancies,
        f.units, f.amount, f.cause = 'new' and f.changed_on = h.since as is_opening
    from figure_change f
    join here h on h.channel_id = f.channel_id
    where f.account_id = :account_id and f.currency = :currency
        and (cast(:type as text) is null or f.type = :type)
    union all
    select h.code, o.expires_on + 1, o.subtype, o.currency, 'expired',
        o.discrepancies_remaining, -o.units_remaining, -o.amount_remaining, false
    from open_total o
    join here h on h.channel_id = o.channel_id
    where o.account_id = :account_id and o.currency = :currency
        and (cast(:type as text) is null or o.type = :type)
        and o.units_remaining > 0
        and o.expires_on >= (select min(rolled_to) from here)
        and o.expires_on >= h.rolled_to and {expired}
),
told as (
    select changed_on, channel, subtype, cause, currency, is_opening,
        sum(discrepancies)::bigint as discrepancies, sum(units)::bigint as units,
        sum(amount) as amount
    from movement group by changed_on, channel, subtype, cause, currency, is_opening
)
""",
    today=today_of("c"),
    expired=EXPIRED,
)

_KEY: Final[keyset.Key] = {
    "changed_on": (keyset.day, "infinity"),
    "channel": (keyset.plain, ""),
    "subtype": (keyset.plain, ""),
    "cause": (keyset.plain, ""),
}

_MOVEMENTS: Final = keyset.listing(
    """
with {here}
select changed_on, channel, subtype, cause, currency, discrepancies, units, amount, is_opening
from told
where changed_on {below} cast(:at_changed_on as date)
    or (changed_on = cast(:at_changed_on as date)
        and (channel, subtype, cause) {above}
            (cast(:at_channel as text), cast(:at_subtype as text), cast(:at_cause as text)))
order by changed_on {falling}, channel {rising}, subtype {rising}, cause {rising}
limit :size
""",
    Movement,
    _KEY,
    here=_HERE,
)

_SINCE: Final = text("""
select min(f.since)
from figure_clock f
join channel c on c.account_id = f.account_id and c.channel_id = f.channel_id
where f.account_id = :account_id and c.currency = :currency
    and (cast(:channel as text) is null or c.code = :channel)
""")

# What a movement by import names, and what the calendar took on that day.
_BEHIND: Final = text(
    fill(
        """
select d.discrepancy_id, c.code as channel, d.subtype, d.sku, d.fnsku, d.item_code, d.title,
    d.currency, moved.units, moved.amount
from (
    select m.discrepancy_id, sum(m.units_after - m.units_before)::bigint as units,
        sum(coalesce(m.amount_after, 0) - coalesce(m.amount_before, 0)) as amount
    from discrepancy_change m
    join discrepancy d on d.account_id = m.account_id and d.discrepancy_id = m.discrepancy_id
    join channel c on c.account_id = d.account_id and c.channel_id = d.channel_id
    where m.account_id = :account_id and m.cause = :cause
        and m.changed_at >= cast(:changed_on as date) - 1
        and m.changed_at < cast(:changed_on as date) + 2
        and {changed_day} = cast(:changed_on as date)
        and c.code = :channel and d.subtype = :subtype and d.currency = :currency
    group by m.discrepancy_id
    union all
    select d.discrepancy_id, -d.remaining_units, -d.remaining_units * d.unit_amount
    from discrepancy d
    join channel c on c.account_id = d.account_id and c.channel_id = d.channel_id
    where d.account_id = :account_id and :cause = 'expired' and c.code = :channel
        and d.subtype = :subtype and d.currency = :currency and d.remaining_units > 0
        and d.expires_on = cast(:changed_on as date) - 1
) moved
join discrepancy d on d.account_id = :account_id and d.discrepancy_id = moved.discrepancy_id
join channel c on c.account_id = d.account_id and c.channel_id = d.channel_id
order by abs(moved.amount) desc nulls last, d.discrepancy_id
limit :size
""",
        changed_day=day_of("m.changed_at", "c"),
    )
)

_OWN: Final = text("""
select m.changed_at, m.cause, m.units_after - m.units_before as units,
    m.amount_before, m.amount_after, m.detail
from discrepancy_change m
where m.account_id = :account_id and m.discrepancy_id = :discrepancy_id
order by m.changed_at, m.change_number
""")


def movements_list(account_id: int, filters: Filters, now: datetime) -> keyset.Asked[Movement]:
    """What moved Unclaimed, to be read by page or whole."""
    return keyset.Asked(_MOVEMENTS, bound(account_id, now, filters))


def movements(
    connection: Connection,
    account_id: int,
    filters: Filters,
    now: datetime,
    cursor: str | None = None,
) -> Page[Movement]:
    """What moved Unclaimed, by day, marketplace, kind and cause; their amounts add up to it.

    So do their units, but for those of a subtype whose units count with other losses.
    """
    return movements_list(account_id, filters, now).page(connection, cursor)


def movements_total(
    connection: Connection, account_id: int, filters: Filters, now: datetime
) -> Counted:
    """How many lines there are, and what they add up to."""
    return movements_list(account_id, filters, now).total(connection)


def moved_since(connection: Connection, account_id: int, filters: Filters) -> date | None:
    """The first day that the list speaks of; None where there was never anything."""
    since: date | None = connection.execute(_SINCE, scope(account_id, filters)).scalar_one()
    return since


def behind(connection: Connection, account_id: int, key: MovementKey) -> tuple[Behind, ...]:
    """The discrepancies behind a movement, the largest first, 50 at most; those gone are gone."""
    return ask(connection, _BEHIND, Behind, {**_named(key), "account_id": account_id})


def _named(key: MovementKey) -> dict[str, Any]:
    return {**vars(key), "size": keyset.PAGE_SIZE}


def own_movements(
    connection: Connection, account_id: int, discrepancy_id: int
) -> tuple[OwnMovement, ...]:
    """What moved one discrepancy since it was first seen, in order."""
    values = {"account_id": account_id, "discrepancy_id": discrepancy_id}
    return ask(connection, _OWN, OwnMovement, values)
