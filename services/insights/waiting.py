"""What is held back until it is proven: by which report, up to which day, by when, how much.

Read from sums only (held_total). Whatever a calendar has already let expire waits for nothing.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, text

from services.database.sql import fill, today_of
from services.insights.answers import Awaited, Filters, Pile
from services.insights.ask import bound
from services.insights.totals import figure
from services.marketplaces.rules import REACHES_WITHIN_DAYS

# Up to where a report must speak for the channel `c`, whose own day is `c.today`.
NEEDED_UNTIL: Final = fill(
    """
select least(max(d.last_day), c.today) - {within} as needed_until
from report_document d
where d.account_id = :account_id and d.scope = c.marketplace || ':' || c.region
""",
    within=str(REACHES_WITHIN_DAYS),
)

_HERE: Final = fill(
    """
here as materialized (
    select c.*, needed.needed_until
    from (
        select channel_id, code, marketplace, region, country,
            {today} as today
        from channel
        where account_id = :account_id and (cast(:channel as text) is null or code = :channel)
    ) c
    cross join lateral ({needed_until}) needed
),
held as (
    select h.*, c.code, c.marketplace, c.region, c.country, c.today, c.needed_until
    from held_total h
    join here c on c.channel_id = h.channel_id
    where h.account_id = :account_id and h.currency = :currency and h.expires_on >= c.today
        and (cast(:type as text) is null or h.type = :type)
)
""",
    needed_until=NEEDED_UNTIL,
    today=today_of(),
)

_SUMS: Final = """
sum(discrepancies) as discrepancies, sum(units) as held_units, sum(amount) as held_amount,
    sum(units_without_amount) as held_unknown
"""

# One line a report and region; where its channels are told of up to different days, one for each.
_AWAITED: Final = text(
    fill(
        """
with {here},
waiting as (
    select because, kind, marketplace, region, covered_until,
        array_agg(distinct code order by code) as channels,
        array_agg(distinct country) as countries,
        max(needed_until) as needed_until, min(nullif(expires_on, 'infinity')) as expires_on,
        min(nullif(expires_on, 'infinity') - today) as days_left, {sums}
    from held where because <> 'unread_row'
    group by because, kind, marketplace, region, covered_until
)
select w.because, nullif(w.kind, '') as kind, w.channels,
    nullif(w.covered_until, '-infinity') as covered_until, spoken.until as loaded_until,
    w.needed_until, w.expires_on, w.days_left, w.discrepancies, w.held_units, w.held_amount,
    w.held_unknown
from waiting w
cross join lateral (
    select max(v.day) as until from report_coverage v
    where w.because = 'report' and w.covered_until = '-infinity'
        and v.account_id = :account_id and v.kind = w.kind and not v.has_unnamed
        and v.scope = w.marketplace || ':' || w.region
        and (split_part(v.part, '|', 1) = any(array[''] || w.channels || w.countries)
            or v.part like '____-__-__/%')
) spoken
""",
        here=_HERE,
        sums=_SUMS,
    )
)

_BY_UNREAD: Final = text(
    fill(
        """
with {here}
select {sums} from held where because = 'unread_row'
""",
        here=_HERE,
        sums=_SUMS,
    )
)


def awaited(
    connection: Connection, account_id: int, filters: Filters, now: datetime
) -> tuple[Awaited, ...]:
    """What would release what is held back: reports that are behind first, most money first.

    Rows that could not be read are told apart, by `held_by_unread`.
    """
    rows = connection.execute(_AWAITED, bound(account_id, now, filters)).mappings()
    return tuple(sorted((_awaited(row) for row in rows), key=_rank))


def held_by_unread(
    connection: Connection, account_id: int, filters: Filters, now: datetime
) -> Pile:
    """What waits for rows that could not be read."""
    return _pile(connection.execute(_BY_UNREAD, bound(account_id, now, filters)).mappings().one())


def _awaited(row: RowMapping) -> Awaited:
    told = {name: value for name, value in row.items() if not name.startswith("held_")}
    told.pop("discrepancies")
    return Awaited(**{**told, "channels": tuple(row["channels"])}, pile=_pile(row))


def _pile(row: RowMapping) -> Pile:
    return Pile(int(row["discrepancies"] or 0), figure(row, "held"))


def _rank(one: Awaited) -> tuple[Any, ...]:
    """First what a report of today would release, then what later ones or a decision would."""
    worth = one.pile.figure
    return (
        one.kind is None,
        not one.is_behind,
        -worth.known_amount,
        -worth.units,
        one.because,
        one.kind or "",
        one.channels,
        str(one.covered_until),
    )
