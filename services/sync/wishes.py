"""Connecting and disconnecting: what a page wishes for, and what a command asks for at once.

A page may read no secret and keeps none: what came back from a consent page, or was typed, is
sealed and written down with the wish; the worker opens it, tries it out and forgets it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.landing.target import find_or_make
from services.marketplaces.asking import Channel, Connecting, Secrets, Standing, UnconnectableError
from services.marketplaces.registry import connecting_of
from services.settings import Settings
from services.sync import channels, connections, telling
from services.sync.connections import Ended, Opened, Way
from services.sync.sealing import KeyLostError, SealingError, seal_of
from services.transport.limits import Unlimited
from services.transport.refusals import NoAnswerError, UnreachableError

ANOTHER_SELLER: Final = (
    "This account's reports are another seller's, and the two could never be told apart again."
    " Connect it as that seller; for another business use an account of its own."
)
KEY_LOST: Final = "What was sent could not be opened any more: please connect once more."


@dataclass(frozen=True)
class Granted:
    """What became of a wish. connection_id: of a connection that is to be synced now."""

    said: str
    connection_id: int | None = None


@dataclass(frozen=True)
class Who:
    """Who connects; person_id None: on the server, by command."""

    by_name: str
    person_id: int | None = None


@dataclass(frozen=True)
class _Shop:
    """What is to be connected."""

    account_id: int
    account: str
    marketplace: str
    channel: Channel

    @property
    def of_region(self) -> dict[str, object]:
        """What its one connection is found by."""
        return {
            "account_id": self.account_id,
            "marketplace": self.marketplace,
            "region": self.channel.region,
        }

    @property
    def connecting(self) -> Connecting:
        """How. Raises UnconnectableError where it cannot be at all."""
        found = connecting_of(self.marketplace)
        if found is None:
            raise UnconnectableError("This marketplace's reports come as files only.")
        if because := found.why_not(self.channel):
            raise UnconnectableError(because)
        return found


@dataclass(frozen=True)
class _Wish:
    shop: _Shop
    request_id: int
    wish: str
    sealed: str | None
    person_id: int
    by_name: str


_FIND: Final = text("""
    select r.account_id, a.name as account, r.request_id, r.wish, r.sealed, r.person_id, r.by_name,
        m.code, m.marketplace, m.country, m.region, m.time_zone
    from connection_request r
    join account a on a.account_id = r.account_id
    join marketplace m on m.code = r.channel
    where r.account_id = :account_id and r.request_id = :request_id and r.state = 'waiting'
    for update of r
""")
_SETTLE: Final = text("""
    update connection_request set state = :state, because = :because, settled_at = now(),
        sealed = null
    where account_id = :account_id and request_id = :request_id and state = 'waiting'
""")
_OF_REGION: Final = text("""
    select connection_id, seller from marketplace_connection
    where account_id = :account_id and marketplace = :marketplace and region = :region
""")


@dataclass(frozen=True)
class Wishes:
    """Grants wishes."""

    database: Database
    chosen: Settings

    def grant(self, account_id: int, request_id: int) -> Granted:
        """Do what was wished for, once. Raises UnreachableError: to be tried again."""
        with self.database.syncing() as connection:
            found = _found(connection, account_id, request_id)
        if found is None:
            return Granted("")
        try:
            return self._granted(found)
        except (UnconnectableError, KeyLostError, NoAnswerError, SealingError) as refused:
            if isinstance(refused, UnreachableError):
                raise
            because = KEY_LOST if isinstance(refused, KeyLostError) else str(refused)
            self._settle(found, "refused", because)
            return Granted(f"Not connected: {because}")

    def connect(self, account: str, code: str, typed: Mapping[str, str], who: Who) -> int:
        """Connect with a seller's own key at once; returns the connection's number.

        Raises UnconnectableError, NoAnswerError, SealingError, ImportRefusedError.
        """
        with self.database.loading() as connection:
            target = find_or_make(connection, account, code)
        if target.channel is None:
            raise LookupError(code)
        made = target.channel
        place = _Shop(
            target.account_id,
            account,
            made.marketplace,
            Channel(made.code, made.country, made.region, made.time_zone),
        )
        secrets = place.connecting.secrets_of_key(typed, place.channel)
        return self._opened(place, secrets, "own_key", who)

    def disconnect(self, account_id: int, connection_id: int, because: str) -> None:
        """End a connection and forget what opened it; what has landed stays."""
        with self.database.syncing() as connection:
            ended = Ended("disconnected", because)
            connections.end(connection, account_id, connection_id, ended)

    def _granted(self, wish: _Wish) -> Granted:
        if wish.wish == "disconnect":
            return self._disconnected(wish)
        shop, told = wish.shop, seal_of(self.chosen).opened(wish.sealed or "")
        connecting, channel = shop.connecting, shop.channel
        if wish.wish == "own_key":
            secrets = connecting.secrets_of_key(told, channel)
        else:
            caller = connecting.caller_of(Unlimited())
            secrets = connecting.secrets_of_consent(telling.consent_of(told), channel, caller)
        way: Way = "own_key" if wish.wish == "own_key" else "consent"
        connection_id = self._opened(shop, secrets, way, Who(wish.by_name, wish.person_id))
        self._settle(wish, "done", None)
        return Granted(f"Connected: {channel.code}.", connection_id)

    def _disconnected(self, wish: _Wish) -> Granted:
        shop = wish.shop
        with self.database.syncing() as connection:
            found = connection.execute(_OF_REGION, shop.of_region).one_or_none()
        if found is not None:
            self.disconnect(
                shop.account_id, found.connection_id, f"Disconnected by {wish.by_name}."
            )
        self._settle(wish, "done", None)
        return Granted(f"Disconnected: {shop.channel.code}.")

    def _opened(self, shop: _Shop, secrets: Secrets, way: Way, who: Who) -> int:
        """Try it out first: a connection that does not work is none."""
        caller = shop.connecting.caller_of(Unlimited())
        client = shop.connecting.client(secrets, shop.channel, caller, lambda _unknown: None)
        standing = client.standing()
        self._refuse_another(shop, standing)
        sealed = seal_of(self.chosen).closed(secrets)
        opened = Opened(
            shop.marketplace,
            shop.channel.region,
            way,
            standing,
            sealed,
            who.by_name,
            who.person_id,
        )
        with self.database.syncing() as connection:
            connection_id = connections.connect(connection, shop.account_id, opened)
            connected = connections.find(connection, shop.account_id, connection_id)
        if connected is not None:
            channels.make(self.database, connected, {shop.channel.country, *standing.countries})
        with self.database.syncing() as connection:
            connections.tell_channels(connection, shop.account_id, connection_id)
        return connection_id

    def _refuse_another(self, shop: _Shop, standing: Standing) -> None:
        """Two sellers' rows in one account could never be told apart again.

        Raises UnconnectableError.
        """
        with self.database.syncing() as connection:
            before = connection.execute(_OF_REGION, shop.of_region).one_or_none()
        if before and before.seller and standing.seller not in {"", before.seller}:
            raise UnconnectableError(ANOTHER_SELLER)

    def _settle(self, wish: _Wish, state: str, because: str | None) -> None:
        values = {
            "account_id": wish.shop.account_id,
            "request_id": wish.request_id,
            "state": state,
            "because": because and because[:2000],
        }
        with self.database.syncing() as connection:
            connection.execute(_SETTLE, values)


def _found(connection: Connection, account_id: int, request_id: int) -> _Wish | None:
    key = {"account_id": account_id, "request_id": request_id}
    row = connection.execute(_FIND, key).one_or_none()
    if row is None:
        return None
    channel = Channel(row.code, row.country, row.region, row.time_zone)
    shop = _Shop(account_id, row.account, row.marketplace, channel)
    return _Wish(shop, request_id, row.wish, row.sealed, row.person_id, row.by_name)
