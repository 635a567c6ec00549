"""What the marketplaces are asked for, by source: how far it has come, and what has no answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

from services.insights.ask import ask
from services.marketplaces.asking import Source
from services.marketplaces.registry import connecting_of

# What was to be fresh by now may be late once: a marketplace takes its time too.
_LATE: Final = 2
_LEAST_LATE: Final = timedelta(hours=12)

# What is read at once is never ordered: it was asked for when its answer came.
# How the newest answer to each question ended; what is only listed is a question an item.
_ASKED: Final = text("""
with newest as (
    select distinct on (connection_id, source, part, item, first_day) connection_id, source, part,
        first_day, last_day, state, because, settled_at, rows_landed
    from sync_piece
    where account_id = :account_id and settled_at is not null
    order by connection_id, source, part, item, first_day, settled_at desc
),
answered as (
    select connection_id, source, part,
        max(last_day) filter (where state = 'landed') as newest_day,
        max(settled_at) filter (where state = 'landed') as last_landed_at,
        count(*) filter (where state = 'landed') as landed,
        count(*) filter (where state = 'landed' and because is not null) as in_part,
        count(*) filter (where state = 'not_told') as not_told,
        count(*) filter (where state = 'refused') as refused,
        min(first_day) filter (where state <> 'landed' or because is not null) as unknown_from,
        max(last_day) filter (where state <> 'landed' or because is not null) as unknown_to,
        (array_agg(because order by settled_at desc) filter (where because is not null))[1]
            as because
    from newest group by connection_id, source, part
),
waiting as (
    select connection_id, source, part, count(*) as waiting, min(due_at) as due_at,
        min(because) as waits_because
    from sync_piece
    where account_id = :account_id and settled_at is null
    group by connection_id, source, part
),
latest as (
    select connection_id, source, part, max(coalesce(asked_at, settled_at)) as last_asked_at
    from sync_piece where account_id = :account_id
    group by connection_id, source, part
)
select connection_id, n.marketplace, n.state as connection_state, source, part,
    a.newest_day, a.last_landed_at, l.last_asked_at,
    coalesce(a.landed, 0) as landed, coalesce(a.in_part, 0) as in_part,
    coalesce(a.not_told, 0) as not_told,
    coalesce(a.refused, 0) as refused, a.unknown_from, a.unknown_to, a.because,
    coalesce(w.waiting, 0) as waiting, w.due_at, w.waits_because
from latest l
left join answered a using (connection_id, source, part)
left join waiting w using (connection_id, source, part)
join marketplace_connection n using (connection_id)
where n.account_id = :account_id
order by n.marketplace, connection_id, source, part
""")
_UNKNOWN: Final = text("""
    select n.marketplace, u.heard_in, u.said, u.times, u.first_at, u.last_at
    from sync_unknown u
    join marketplace_connection n
        on n.account_id = u.account_id and n.connection_id = u.connection_id
    where u.account_id = :account_id
    order by u.last_at desc, u.heard_in, u.said
    limit 100
""")


@dataclass(frozen=True)
class AskedFor:
    """One source of a connection, for a channel or for its whole region (`part`).

    landed, not_told and refused count questions by their newest answer, waiting those without one;
    in_part those that have landed and do not tell all days that they were asked for.
    unknown_from and unknown_to: the span in which some days have no answer; None: a snapshot.
    """

    connection_id: int
    marketplace: str
    connection_state: str
    source: str
    part: str
    newest_day: date | None
    last_landed_at: datetime | None
    last_asked_at: datetime | None
    landed: int
    in_part: int
    not_told: int
    refused: int
    unknown_from: date | None
    unknown_to: date | None
    because: str | None
    waiting: int
    due_at: datetime | None
    waits_because: str | None

    @property
    def known(self) -> Source | None:
        """What it is; None where the marketplace is not asked for it any more."""
        connecting = connecting_of(self.marketplace)
        sources = connecting.sources if connecting else ()
        return next((one for one in sources if one.name == self.source), None)

    @property
    def has_gaps(self) -> bool:
        return self.in_part + self.not_told + self.refused > 0

    @property
    def next_at(self) -> datetime | None:
        """When it is asked next; None: not any more."""
        if self.connection_state != "connected" or self.known is None:
            return None
        if self.due_at is not None:
            return self.due_at
        last = self.last_landed_at or self.last_asked_at
        return last + self.known.every if last else None

    def is_stale(self, now: datetime) -> bool:
        """Whether it should have brought something since, even with patience."""
        if self.last_landed_at is None or self.known is None:
            return False
        return now - self.last_landed_at > max(self.known.every * _LATE, _LEAST_LATE)


@dataclass(frozen=True)
class Unheard:
    """A word of a marketplace's that no published model of its has."""

    marketplace: str
    heard_in: str
    said: str
    times: int
    first_at: datetime
    last_at: datetime


def asked_for(connection: Connection, account_id: int) -> tuple[AskedFor, ...]:
    """What each connection was asked for, ever."""
    return ask(connection, _ASKED, AskedFor, {"account_id": account_id})


def unheard_words(connection: Connection, account_id: int) -> tuple[Unheard, ...]:
    """The latest hundred first."""
    return ask(connection, _UNKNOWN, Unheard, {"account_id": account_id})
