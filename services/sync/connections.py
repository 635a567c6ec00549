"""Connections: who they belong to, what opens them, how they stand."""

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, text

from services.marketplaces.asking import Channel, Standing
from services.sync.lease import Lease

State = Literal["connected", "expired", "revoked", "disconnected"]
Way = Literal["consent", "own_key"]


@dataclass(frozen=True)
class Connected:
    """One connection, and the channels of its region that the account has.

    opened_by: the channel as which region-wide questions are asked.
    """

    account_id: int
    account: str
    connection_id: int
    marketplace: str
    region: str
    way: Way
    state: State
    sealed: str | None
    channels: tuple[Channel, ...]

    @property
    def key(self) -> tuple[int, int]:
        """Its account and its number."""
        return self.account_id, self.connection_id

    def channel_of(self, code: str) -> Channel:
        """The channel of that code. Raises LookupError where the account has it no more."""
        for one in self.channels:
            if one.code == code:
                return one
        raise LookupError(code)

    @property
    def opened_by(self) -> Channel:
        return self.channels[0]


_FIND: Final = text("""
    select n.account_id, a.name as account, n.connection_id, n.marketplace, n.region, n.way,
        n.state, n.countries, s.sealed
    from marketplace_connection n
    join account a on a.account_id = n.account_id
    left join connection_secret s
        on s.account_id = n.account_id and s.connection_id = n.connection_id
    where n.account_id = :account_id and n.connection_id = :connection_id
""")
# Those whose shop the seller has: payments may have made others. The first is the one that the
# region's reports are asked for in.
_CHANNELS: Final = text("""
    select c.code, c.country, c.region, c.time_zone from channel c
    join marketplace m on m.code = c.code
    where c.account_id = :account_id and c.marketplace = :marketplace and c.region = :region
        and m.supported and (cardinality(cast(:countries as text[])) = 0
            or c.country = any(cast(:countries as text[])))
    order by c.channel_id
""")


def find(connection: Connection, account_id: int, connection_id: int) -> Connected | None:
    """The connection; None where it is gone."""
    key = {"account_id": account_id, "connection_id": connection_id}
    row = connection.execute(_FIND, key).mappings().one_or_none()
    if row is None:
        return None
    asked = {name: row[name] for name in ("account_id", "marketplace", "region", "countries")}
    channels = connection.execute(_CHANNELS, asked).mappings()
    told = {name: value for name, value in row.items() if name != "countries"}
    return Connected(**told, channels=tuple(Channel(**one) for one in channels))


_OF_ACCOUNT: Final = text("""
    select n.account_id, n.connection_id, n.marketplace, n.region, a.name as account
    from marketplace_connection n join account a on a.account_id = n.account_id
    where (cast(:account as text) is null or a.name = :account) and n.state = 'connected'
    order by n.account_id, n.connection_id
""")


def connected(connection: Connection, account: str | None) -> list[tuple[int, int]]:
    """(account_id, connection_id) of every connection that works; of one account if it is named."""
    rows = connection.execute(_OF_ACCOUNT, {"account": account})
    return [(row.account_id, row.connection_id) for row in rows]


_OPEN: Final = text("""
    insert into marketplace_connection (account_id, marketplace, region, way, seller, countries,
        scopes, consent_until, refresh_until, connected_by, connected_by_name)
    values (:account_id, :marketplace, :region, :way, :seller, :countries, :scopes,
        :consent_until, :refresh_until, :person_id, :by_name)
    on conflict (account_id, marketplace, region) do update set way = :way, state = 'connected',
        state_since = now(), because = null, seller = :seller, countries = :countries,
        scopes = :scopes, consent_until = :consent_until, refresh_until = :refresh_until,
        connected_at = now(), connected_by = :person_id, connected_by_name = :by_name
    returning connection_id
""")
_SEAL: Final = text("""
    insert into connection_secret (account_id, connection_id, sealed)
    values (:account_id, :connection_id, :sealed)
    on conflict (account_id, connection_id) do update set sealed = :sealed, sealed_at = now()
""")
_BEGIN: Final = text("""
    insert into sync_state (account_id, connection_id) values (:account_id, :connection_id)
    on conflict (account_id, connection_id) do update
        set next_at = now(), because = null, run = sync_state.run + 1, runs_until = null
""")


@dataclass(frozen=True)
class Opened:
    """A connection that was tried out: by whom, and what the marketplace said of it."""

    marketplace: str
    region: str
    way: Way
    standing: Standing
    sealed: str
    by_name: str
    person_id: int | None = None  # None: on the server, by command


def connect(connection: Connection, account_id: int, opened: Opened) -> int:
    """Keep a connection, new or again; its sync is due at once."""
    values = {
        "account_id": account_id,
        "marketplace": opened.marketplace,
        "region": opened.region,
        "way": opened.way,
        "person_id": opened.person_id,
        "by_name": opened.by_name,
        **_stands(opened.standing),
    }
    connection_id = int(connection.execute(_OPEN, values).scalar_one())
    key = {"account_id": account_id, "connection_id": connection_id}
    connection.execute(_SEAL, {**key, "sealed": opened.sealed})
    connection.execute(_BEGIN, key)
    tell_channels(connection, account_id, connection_id)
    return connection_id


def _stands(standing: Standing) -> dict[str, object]:
    return {
        "seller": standing.seller or None,
        "countries": sorted(standing.countries),
        "scopes": None if standing.scopes is None else list(standing.scopes),
        "consent_until": standing.consent_until,
        "refresh_until": standing.refresh_until,
    }


_END: Final = text("""
    update marketplace_connection set state = :state, state_since = now(), because = :because
    where account_id = :account_id and connection_id = :connection_id and state <> :state
        and (cast(:sealed as text) is null or exists (
            select 1 from connection_secret s
            where s.account_id = marketplace_connection.account_id
                and s.connection_id = marketplace_connection.connection_id
                and s.sealed = cast(:sealed as text)))
""")
_FORGET: Final = text("""
    delete from connection_secret where account_id = :account_id and connection_id = :connection_id
""")


@dataclass(frozen=True)
class Ended:
    """How a connection ended. opened_by: what opened it then, sealed; another one has not ended."""

    state: State
    because: str
    opened_by: str | None = None


def end(connection: Connection, account_id: int, connection_id: int, ended: Ended) -> None:
    """It works no longer, and why; what opened it is deleted where it was disconnected."""
    key = {"account_id": account_id, "connection_id": connection_id}
    told = {"state": ended.state, "because": ended.because, "sealed": ended.opened_by}
    connection.execute(_END, {**key, **told})
    state = ended.state
    if state == "disconnected":
        connection.execute(_FORGET, key)
    tell_channels(connection, account_id, connection_id)


# A channel that report files made stays one of files where its region's connection ends.
_TELL: Final = text("""
    update channel c set
        connection_state = case when n.state = 'connected' then 'connected' else 'disconnected' end,
        next_sync_at = case when n.state = 'connected' then s.next_at end
    from marketplace_connection n
    left join sync_state s on s.account_id = n.account_id and s.connection_id = n.connection_id
    where n.account_id = :account_id and n.connection_id = :connection_id
        and c.account_id = n.account_id and c.marketplace = n.marketplace and c.region = n.region
""")


def tell_channels(connection: Connection, account_id: int, connection_id: int) -> None:
    """Let the channels of the connection's region say whether and when they are synced."""
    connection.execute(_TELL, {"account_id": account_id, "connection_id": connection_id})


_SEALED: Final = text("select account_id, connection_id, sealed from connection_secret")
# One that was connected anew meanwhile is sealed with the first key already.
_RESEAL: Final = text("""
    update connection_secret set sealed = :renewed, sealed_at = now()
    where account_id = :account_id and connection_id = :connection_id and sealed = :sealed
""")


@dataclass(frozen=True)
class Sealed:
    """A connection's secrets as they are kept."""

    account_id: int
    connection_id: int
    sealed: str


def all_sealed(connection: Connection) -> list[Sealed]:
    """Every connection's secrets."""
    return [Sealed(**row._mapping) for row in connection.execute(_SEALED)]


def reseal(connection: Connection, one: Sealed, renewed: str) -> None:
    """Keep them as they are sealed now."""
    connection.execute(_RESEAL, {**vars(one), "renewed": renewed})


_RENEW: Final = text("""
    update marketplace_connection set seller = :seller, countries = :countries, scopes = :scopes,
        consent_until = :consent_until, refresh_until = :refresh_until
    where account_id = :account_id and connection_id = :connection_id
""")


def renew(connection: Connection, lease: Lease, standing: Standing) -> None:
    """Keep what the marketplace says now of what the connection may do."""
    connection.execute(_RENEW, {**lease.key, **_stands(standing)})
