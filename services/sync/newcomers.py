"""Connecting a business that has no account here yet: what a person wishes for on a page.

The account is made by the worker, once the marketplace has said yes: a consent that never comes
leaves nothing behind. Until then the wish is the person's own, and nobody else's to see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from services.access.accounts import BadNameError, name_of_new
from services.access.rights import Right
from services.access.viewer import Viewer
from services.database.engine import Database
from services.insights.connections import Shop, shops
from services.jobs import lanes, later
from services.jobs.state import is_worked_on
from services.marketplaces.registry import MARKETPLACES
from services.sync.named import NEWCOMER
from services.sync.wishing import (
    Wanted,
    WishRefusedError,
    as_written_down,
    known_shop,
    refuse_too_many,
    sealed_key,
)

_ONE_AT_A_TIME: Final = text(
    "select pg_advisory_xact_lock(hashtextextended('account wish', :person_id))"
)
_STANDING: Final = text("""
    select count(*) filter (where state = 'waiting') as waiting,
        count(*) filter (where made_at > now() - interval '1 hour') as lately
    from account_request where person_id = :person_id
""")
_INSERT: Final = text("""
    insert into account_request (person_id, by_name, account_name, channel, wish, nonce, sealed)
    values (:person_id, :by_name, :account_name, :channel, :wish, :nonce, :sealed)
    returning request_id
""")
_NEWEST: Final = text("""
    select r.request_id, r.account_name, r.channel, m.marketplace, r.made_at, r.state, r.because,
        r.account_id
    from account_request r join marketplace m on m.code = r.channel
    where r.person_id = :person_id
    order by r.request_id desc limit 1
""")


@dataclass(frozen=True)
class Newcomer:
    """A business that its person wants connected. account_id: of its account, once it is made."""

    request_id: int
    account_name: str
    channel: str
    marketplace: str
    made_at: datetime
    state: str  # waiting, done or refused
    because: str | None
    account_id: int | None

    @property
    def waits(self) -> bool:
        return self.state == "waiting"


@dataclass(frozen=True)
class Standing:
    """A person's newest wish of this kind. is_worked_on: whether a worker is there."""

    newest: Newcomer | None
    is_worked_on: bool

    @property
    def waits(self) -> bool:
        return self.newest is not None and self.newest.waits


def may_bring(viewer: Viewer) -> bool:
    """Whether they may connect a business that has no account here."""
    return viewer.may(Right.CONNECT) and viewer.makes_accounts


def named(viewer: Viewer, typed: str) -> str:
    """What the new account will be called. Raises NotAllowedError, WishRefusedError."""
    viewer.require(Right.CONNECT)
    try:
        return name_of_new(viewer, typed)
    except BadNameError as bad:
        raise WishRefusedError(str(bad), "name") from None


def offered(database: Database, viewer: Viewer) -> tuple[Shop, ...]:
    """Every shop of the marketplaces that can be asked. Raises NotAllowedError."""
    viewer.require(Right.CONNECT)
    asked = [one.code for one in MARKETPLACES.values() if one.connecting]
    with database.of_person(viewer.person_id) as connection:
        return shops(connection, asked)


def wish_by_key(
    database: Database, viewer: Viewer, name: str, code: str, typed: Mapping[str, str]
) -> int:
    """Connect with what the seller typed; returns the wish's number.

    What is no key at all is said at once. Raises NotAllowedError, WishRefusedError.
    """
    account_name = named(viewer, name)
    with database.of_person(viewer.person_id) as connection:
        wanted = sealed_key(known_shop(connection, code), typed)
        return write_down(connection, viewer, account_name, code, wanted)


def write_down(
    connection: Connection, viewer: Viewer, account_name: str, code: str, wanted: Wanted
) -> int:
    """Keep the wish and have it granted, in one transaction; one at a time of a person.

    Raises WishRefusedError; IntegrityError where its nonce has served before.
    """
    connection.execute(_ONE_AT_A_TIME, {"person_id": viewer.person_id})
    standing = connection.execute(_STANDING, {"person_id": viewer.person_id}).one()
    refuse_too_many(standing.waiting, standing.lately)
    values = {"account_name": account_name, "channel": code, **as_written_down(viewer, wanted)}
    request_id = int(connection.execute(_INSERT, values).scalar_one())
    line = f"newcomer {request_id}"
    later.defer(connection, NEWCOMER, lane=lanes.SYNC, lock=line, request_id=request_id)
    return request_id


def standing(database: Database, viewer: Viewer) -> Standing:
    """What has become of the person's newest wish. Raises NotAllowedError."""
    viewer.require(Right.CONNECT)
    with database.of_person(viewer.person_id) as connection:
        row = connection.execute(_NEWEST, {"person_id": viewer.person_id}).mappings().one_or_none()
        return Standing(Newcomer(**row) if row else None, is_worked_on(connection))
