"""Connecting and disconnecting: what a page wishes for, and what a command asks for at once.

A page may read no secret and keeps none: what came back from a consent page, or was typed, is
sealed and written down with the wish; the worker opens it, tries it out and forgets it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, text

from services.access.absent import absent_viewer
from services.database.engine import Database
from services.database.sql import fill
from services.landing.refusals import ImportRefusedError
from services.landing.target import find_or_make, make_account
from services.marketplaces.asking import Channel, Connecting, Secrets, Standing, UnconnectableError
from services.marketplaces.registry import connecting_of
from services.settings import Settings
from services.sync import channels, connections, newcomers, telling
from services.sync.connections import Ended, Opened, Way
from services.sync.sealing import KeyLostError, SealingError, seal_of
from services.transport.limits import Unlimited
from services.transport.refusals import NoAnswerError, UnreachableError

ANOTHER_SELLER: Final = (
    "This account's reports are another seller's, and the two could never be told apart again."
    " Connect it as that seller; for another business use an account of its own."
)
KEY_LOST: Final = "What was sent could not be opened any more: please connect once more."
NAME_TAKEN: Final = (
    "There is an account of that name by now. Connect it on its own page, or choose another name."
)
NO_NEWCOMERS: Final = "You may not make an account any more."
# Long after anybody asks what became of it; the state of a consent serves for half an hour.
KEPT_DAYS: Final = 90


@dataclass(frozen=True)
class Granted:
    """What became of a wish. connection_id: of a connection that is to be synced now."""

    said: str
    connection_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True)
class Who:
    """Who connects; person_id None: on the server, by command."""

    by_name: str
    person_id: int | None = None


@dataclass(frozen=True)
class _Shop:
    """What is to be connected."""

    marketplace: str
    channel: Channel

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
class _Place:
    """The account that it is connected for."""

    account_id: int
    account: str
    shop: _Shop

    @property
    def of_region(self) -> dict[str, object]:
        """What its one connection is found by."""
        return {
            "account_id": self.account_id,
            "marketplace": self.shop.marketplace,
            "region": self.shop.channel.region,
        }


@dataclass(frozen=True)
class _Wish:
    """account_id None: of a newcomer, whose account is to be made."""

    account_id: int | None
    account: str
    shop: _Shop
    request_id: int
    wish: str
    sealed: str | None
    person_id: int
    by_name: str
    is_newcomers: bool = False

    @property
    def who(self) -> Who:
        return Who(self.by_name, self.person_id)

    @property
    def way(self) -> Way:
        return "own_key" if self.wish == "own_key" else "consent"


_FIND: Final = text("""
    select r.account_id, a.name as account, r.request_id, r.wish, r.sealed, r.person_id, r.by_name,
        m.code, m.marketplace, m.country, m.region, m.time_zone
    from connection_request r
    join account a on a.account_id = r.account_id
    join marketplace m on m.code = r.channel
    where r.account_id = :account_id and r.request_id = :request_id and r.state = 'waiting'
    for update of r
""")
_FIND_NEWCOMER: Final = text("""
    select r.account_id, r.account_name as account, r.request_id, r.wish, r.sealed, r.person_id,
        r.by_name, m.code, m.marketplace, m.country, m.region, m.time_zone
    from account_request r join marketplace m on m.code = r.channel
    where r.request_id = :request_id and r.state = 'waiting'
""")
_SETTLED: Final = """
    update {table} set state = :state, because = :because, settled_at = now(), sealed = null
    where {key} and state = 'waiting'
"""
_SETTLE: Final = text(
    fill(
        _SETTLED,
        table="connection_request",
        key="account_id = :account_id and request_id = :request_id",
    )
)
_SETTLE_NEWCOMER: Final = text(
    fill(_SETTLED, table="account_request", key="request_id = :request_id")
)
_IS_MADE: Final = text("""
    update account_request set account_id = :account_id
    where request_id = :request_id and account_id is null
""")
_OLD: Final = "delete from {table} where settled_at < now() - make_interval(days => :days)"
_TAKE_AWAY_OLD: Final = tuple(
    text(fill(_OLD, table=table)) for table in ("connection_request", "account_request")
)
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
        return self._tried(found)

    def grant_newcomer(self, request_id: int) -> Granted:
        """Connect a business that has no account yet, once. Raises UnreachableError likewise."""
        with self.database.syncing() as connection:
            found = _found_newcomer(connection, request_id)
        return self._tried(found)

    def _tried(self, found: _Wish | None) -> Granted:
        if found is None:
            return Granted("")
        try:
            return self._granted(found)
        except (
            UnconnectableError,
            KeyLostError,
            NoAnswerError,
            SealingError,
            ImportRefusedError,
        ) as refused:
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
        channel = Channel(made.code, made.country, made.region, made.time_zone)
        shop = _Shop(made.marketplace, channel)
        secrets = shop.connecting.secrets_of_key(typed, channel)
        place = _Place(target.account_id, account, shop)
        return self._kept(place, secrets, self._standing(shop, secrets), "own_key", who)

    def disconnect(self, account_id: int, connection_id: int, because: str) -> None:
        """End a connection and forget what opened it; what has landed stays."""
        with self.database.syncing() as connection:
            ended = Ended("disconnected", because)
            connections.end(connection, account_id, connection_id, ended)

    def _granted(self, wish: _Wish) -> Granted:
        if wish.wish == "disconnect":
            return self._disconnected(wish)
        if wish.is_newcomers:
            self._ask_for_right(wish)
        secrets = self._secrets(wish)
        # Tried out first: a connection that does not work is none, and makes no account.
        standing = self._standing(wish.shop, secrets)
        place = self._place(wish)
        connection_id = self._kept(place, secrets, standing, wish.way, wish.who)
        self._settle(wish, "done", None)
        said = f"Connected: {wish.shop.channel.code}."
        return Granted(said, connection_id, place.account_id)

    def _ask_for_right(self, wish: _Wish) -> None:
        """As of now: who asked may have been let go since. Raises UnconnectableError."""
        viewer = absent_viewer(self.database, wish.person_id)
        # Personas exist without sign-in only, and everybody else with it only.
        if viewer is None or viewer.person.is_local is self.chosen.signs_in:
            raise UnconnectableError(NO_NEWCOMERS)
        if not newcomers.may_bring(viewer):
            raise UnconnectableError(NO_NEWCOMERS)

    def _secrets(self, wish: _Wish) -> Secrets:
        told = seal_of(self.chosen).opened(wish.sealed or "")
        connecting, channel = wish.shop.connecting, wish.shop.channel
        if wish.way == "own_key":
            return connecting.secrets_of_key(told, channel)
        caller = connecting.caller_of(Unlimited())
        return connecting.secrets_of_consent(telling.consent_of(told), channel, caller)

    def _place(self, wish: _Wish) -> _Place:
        """The account, which a newcomer's wish makes: never one that is there already.

        A worker that died after it finds it again: that it is made stands with the wish.
        Raises UnconnectableError, ImportRefusedError.
        """
        account_id = wish.account_id
        if account_id is None:
            with self.database.loading() as connection:
                if not make_account(connection, wish.account):
                    raise UnconnectableError(NAME_TAKEN)
                target = find_or_make(connection, wish.account, wish.shop.channel.code)
                account_id = target.account_id
                about = {"account_id": account_id, "request_id": wish.request_id}
                connection.execute(_IS_MADE, about)
        return _Place(account_id, wish.account, wish.shop)

    def _disconnected(self, wish: _Wish) -> Granted:
        place = self._place(wish)
        with self.database.syncing() as connection:
            found = connection.execute(_OF_REGION, place.of_region).one_or_none()
        if found is not None:
            because = f"Disconnected by {wish.by_name}."
            self.disconnect(place.account_id, found.connection_id, because)
        self._settle(wish, "done", None)
        return Granted(f"Disconnected: {wish.shop.channel.code}.")

    @staticmethod
    def _standing(shop: _Shop, secrets: Secrets) -> Standing:
        caller = shop.connecting.caller_of(Unlimited())
        client = shop.connecting.client(secrets, shop.channel, caller, lambda _unknown: None)
        return client.standing()

    def _kept(self, place: _Place, secrets: Secrets, standing: Standing, way: Way, who: Who) -> int:
        self._refuse_another(place, standing)
        sealed = seal_of(self.chosen).closed(secrets)
        channel = place.shop.channel
        opened = Opened(
            place.shop.marketplace,
            channel.region,
            way,
            standing,
            sealed,
            who.by_name,
            who.person_id,
        )
        with self.database.syncing() as connection:
            connection_id = connections.connect(connection, place.account_id, opened)
            connected = connections.find(connection, place.account_id, connection_id)
        if connected is not None:
            channels.make(self.database, connected, {channel.country, *standing.countries})
        with self.database.syncing() as connection:
            connections.tell_channels(connection, place.account_id, connection_id)
        return connection_id

    def _refuse_another(self, place: _Place, standing: Standing) -> None:
        """Two sellers' rows in one account could never be told apart again.

        Raises UnconnectableError.
        """
        with self.database.syncing() as connection:
            before = connection.execute(_OF_REGION, place.of_region).one_or_none()
        if before and before.seller and standing.seller not in {"", before.seller}:
            raise UnconnectableError(ANOTHER_SELLER)

    def _settle(self, wish: _Wish, state: str, because: str | None) -> None:
        values = {
            "account_id": wish.account_id,
            "request_id": wish.request_id,
            "state": state,
            "because": because and because[:2000],
        }
        with self.database.syncing() as connection:
            connection.execute(_SETTLE_NEWCOMER if wish.is_newcomers else _SETTLE, values)


def _found(connection: Connection, account_id: int, request_id: int) -> _Wish | None:
    key = {"account_id": account_id, "request_id": request_id}
    row = connection.execute(_FIND, key).one_or_none()
    return _as_wish(row) if row else None


def _found_newcomer(connection: Connection, request_id: int) -> _Wish | None:
    row = connection.execute(_FIND_NEWCOMER, {"request_id": request_id}).one_or_none()
    return _as_wish(row, is_newcomers=True) if row else None


def _as_wish(row: Row[tuple[object, ...]], *, is_newcomers: bool = False) -> _Wish:
    channel = Channel(row.code, row.country, row.region, row.time_zone)
    return _Wish(
        row.account_id,
        row.account,
        _Shop(row.marketplace, channel),
        row.request_id,
        row.wish,
        row.sealed,
        row.person_id,
        row.by_name,
        is_newcomers,
    )


def take_away_old(connection: Connection) -> None:
    """What was settled long ago goes: who wished for what, and when."""
    for statement in _TAKE_AWAY_OLD:
        connection.execute(statement, {"days": KEPT_DAYS})
