"""How an account is connected: what stands and until when, what was wished, what arrives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, text

from services.insights.ask import ask
from services.marketplaces.asking import Channel

# A connection whose consent or token has so many days left says so everywhere.
ENDS_SOON_DAYS: Final = 30

_CONNECTIONS: Final = text("""
    select n.connection_id, n.marketplace, n.region, n.way, n.state, n.state_since, n.because,
        n.seller, n.scopes, n.consent_until, n.refresh_until, n.connected_at, n.connected_by_name,
        array(
            select c.code from channel c
            where c.account_id = n.account_id and c.marketplace = n.marketplace
                and c.region = n.region
            order by c.code) as codes,
        s.next_at, s.ended_at as last_run_at, s.because as run_because
    from marketplace_connection n
    left join sync_state s on s.account_id = n.account_id and s.connection_id = n.connection_id
    where n.account_id = :account_id
    order by n.marketplace, n.region
""")
# Of each channel the newest alone.
_WISHES: Final = text("""
    select distinct on (r.channel) r.request_id, r.channel, m.name, m.marketplace, m.region, r.wish,
        r.state, r.because, r.by_name, r.made_at, r.settled_at
    from connection_request r join marketplace m on m.code = r.channel
    where r.account_id = :account_id
    order by r.channel, r.request_id desc
""")
_SHOPS: Final = text("""
    select code, name, marketplace, country, region, time_zone, supported,
        coalesce(unsupported_reason, '') as unsupported_reason
    from marketplace
    where marketplace = any(:marketplaces)
    order by supported desc, name
""")
_SHOP: Final = text("""
    select code, name, marketplace, country, region, time_zone, supported,
        coalesce(unsupported_reason, '') as unsupported_reason
    from marketplace where code = :code
""")
# A question that has had an answer is arriving no more, even where it is asked again. Until the
# first run has written down what to ask, there is none.
_ARRIVING: Final = text("""
    select n.connection_id, n.marketplace, n.region, count(p.is_answered) as reports,
        count(*) filter (where p.is_answered) as answered,
        coalesce(sum(p.rows_landed), 0)::bigint as rows_landed
    from marketplace_connection n
    join sync_state s on s.account_id = n.account_id and s.connection_id = n.connection_id
    left join lateral (
        select bool_or(p.settled_at is not null) as is_answered, sum(p.rows_landed) as rows_landed
        from sync_piece p
        where p.account_id = n.account_id and p.connection_id = n.connection_id
        group by p.source, p.part, p.item, p.first_day
    ) p on true
    where n.account_id = :account_id and n.state = 'connected'
        and n.connected_at > cast(:now as timestamptz) - interval '7 days'
    group by n.connection_id, n.marketplace, n.region, n.connected_at, s.ended_at
    having not bool_and(p.is_answered)
        or count(p.is_answered) = 0 and coalesce(s.ended_at < n.connected_at, true)
    order by n.connection_id
""")


@dataclass(frozen=True)
class Linked:
    """One connection: a marketplace's region, which its channels share."""

    connection_id: int
    marketplace: str
    region: str
    way: str  # consent or own_key
    state: str  # connected, expired, revoked or disconnected
    state_since: datetime
    because: str | None
    seller: str | None
    scopes: list[str] | None  # None: the marketplace does not say
    consent_until: date | None
    refresh_until: date | None
    connected_at: datetime
    connected_by_name: str
    codes: list[str]
    next_at: datetime | None
    last_run_at: datetime | None
    run_because: str | None

    @property
    def is_connected(self) -> bool:
        return self.state == "connected"

    @property
    def has_died(self) -> bool:
        """Works no longer although nobody here has ended it."""
        return self.state not in ("connected", "disconnected")

    @property
    def ends_on(self) -> date | None:
        """The first day on which it opens nothing any more, as far as the marketplace says."""
        known = [day for day in (self.consent_until, self.refresh_until) if day]
        return min(known, default=None)

    def days_left(self, today: date) -> int | None:
        """Until it ends, where it works and will end; 0 on the day itself."""
        if not self.is_connected or self.ends_on is None:
            return None
        return max(0, (self.ends_on - today).days)

    def ends_soon(self, today: date) -> bool:
        left = self.days_left(today)
        return left is not None and left <= ENDS_SOON_DAYS


@dataclass(frozen=True)
class Wish:
    """The newest wish for a channel."""

    request_id: int
    channel: str
    name: str
    marketplace: str
    region: str
    wish: str  # consent, own_key or disconnect
    state: str  # waiting, done or refused
    because: str | None
    by_name: str
    made_at: datetime
    settled_at: datetime | None

    @property
    def waits(self) -> bool:
        return self.state == "waiting"


@dataclass(frozen=True)
class Shop:
    """What a channel can stand for, whether the account has one there or not."""

    code: str
    name: str
    marketplace: str
    country: str
    region: str
    time_zone: str
    supported: bool
    unsupported_reason: str

    @property
    def channel(self) -> Channel:
        return Channel(self.code, self.country, self.region, self.time_zone)


@dataclass(frozen=True)
class Arriving:
    """The first data of a connection: how many reports have had an answer; none known yet: 0."""

    connection_id: int
    marketplace: str
    region: str
    reports: int
    answered: int
    rows_landed: int


def linked(connection: Connection, account_id: int) -> tuple[Linked, ...]:
    """Every connection of the account, whatever has become of it."""
    return ask(connection, _CONNECTIONS, Linked, {"account_id": account_id})


def wishes(connection: Connection, account_id: int) -> tuple[Wish, ...]:
    """The newest wish of each channel."""
    return ask(connection, _WISHES, Wish, {"account_id": account_id})


def arriving(connection: Connection, account_id: int, now: datetime) -> tuple[Arriving, ...]:
    """The connections of this week whose first data is still on its way."""
    return ask(connection, _ARRIVING, Arriving, {"account_id": account_id, "now": now})


def shops(connection: Connection, marketplaces: Iterable[str]) -> tuple[Shop, ...]:
    """What there is to connect, those with a service first."""
    return ask(connection, _SHOPS, Shop, {"marketplaces": list(marketplaces)})


def shop(connection: Connection, code: str) -> Shop | None:
    """The one of that code."""
    return next(iter(ask(connection, _SHOP, Shop, {"code": code})), None)
