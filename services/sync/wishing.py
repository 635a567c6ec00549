"""What a person wishes on a page: a marketplace connected, or disconnected. The worker grants it.

A page opens no secret and keeps none: what came back from a consent page, or was typed, is sealed
here and written down with the wish, which nobody but the worker can read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from uuid import uuid4

from sqlalchemy import Connection, text

from services.access.rights import Right
from services.access.viewer import Account, Viewer
from services.database.engine import Database
from services.insights.connections import Shop, linked, shop
from services.jobs import lanes, later
from services.marketplaces.asking import OwnKey, UnconnectableError
from services.marketplaces.registry import connecting_of
from services.settings import settings
from services.sync.named import WISH
from services.sync.sealing import SealingError, seal_of

Kind = Literal["consent", "own_key", "disconnect"]

# Of an account, or a newcomer: more is a broken browser, or somebody who guesses.
WISHES_AN_HOUR: Final = 12
LONGEST_FIELD: Final = 4000  # of what is typed or comes back, each
LONGEST_SEALED: Final = 20_000  # as the table keeps it

FILES_ONLY: Final = "This marketplace's reports come as files only."
NOT_SET_UP: Final = (
    "Connecting is not set up here yet: whoever runs this sets SEALING_KEYS, as docs/connecting.md"
    " says."
)
WAITS: Final = "The last wish is still being worked on. Please wait for it."
TOO_MANY: Final = f"{WISHES_AN_HOUR} wishes were sent within an hour. Try again later."
SAMPLE: Final = (
    "This account holds sample data, which is invented: connect an account of your own instead."
)
NO_SUCH: Final = "There is no such channel."
NOT_CONNECTED: Final = "This channel is not connected."
TOO_LONG: Final = "That is longer than any key is."

_ONE_AT_A_TIME: Final = text("select pg_advisory_xact_lock(hashtextextended('wish', :account_id))")
_STANDING: Final = text("""
    select count(*) filter (where state = 'waiting' and channel = :channel) as waiting,
        count(*) filter (where made_at > now() - interval '1 hour') as lately
    from connection_request where account_id = :account_id
""")
_INSERT: Final = text("""
    insert into connection_request (account_id, channel, wish, nonce, sealed, person_id, by_name)
    values (:account_id, :channel, :wish, :nonce, :sealed, :person_id, :by_name)
    returning request_id
""")


class WishRefusedError(ValueError):
    """It was not written down; the message says why and what to do.

    why: the same as a word for an address (`wording/connecting.py`).
    """

    def __init__(self, said: str, why: str = "impossible") -> None:
        super().__init__(said)
        self.why = why


@dataclass(frozen=True)
class Ways:
    """How a shop can be connected. why_not: why in no way; no_consent: why not by consent."""

    why_not: str = ""
    no_consent: str = ""
    own_key: tuple[OwnKey, ...] = ()

    @property
    def by_consent(self) -> bool:
        return not self.why_not and not self.no_consent


def ways_of(one: Shop) -> Ways:
    """How it can be connected here, as things are set up."""
    connecting = connecting_of(one.marketplace)
    if connecting is None:
        return Ways(FILES_ONLY)
    if because := connecting.why_not(one.channel) or _unsupported(one):
        return Ways(because)
    try:
        seal_of(settings())
    except SealingError:
        return Ways(NOT_SET_UP)
    no_consent = connecting.why_no_consent()
    if no_consent and not connecting.own_key:
        return Ways(no_consent)
    return Ways("", no_consent, connecting.own_key)


def _unsupported(one: Shop) -> str:
    return "" if one.supported else one.unsupported_reason or FILES_ONLY


def wish_own_key(
    database: Database, viewer: Viewer, account_id: int, code: str, typed: Mapping[str, str]
) -> int:
    """Connect with what the seller typed; returns the wish's number.

    What is no key at all is said at once. Raises NotAllowedError, WishRefusedError.
    """
    require_own(viewer, account_id)
    with database.asking(account_id, viewer.person_id) as connection:
        one = known_shop(connection, code)
        return write_down(connection, viewer, account_id, code, sealed_key(one, typed))


def wish_disconnected(database: Database, viewer: Viewer, account_id: int, code: str) -> int:
    """End the connection that the channel belongs to; returns the wish's number.

    Raises NotAllowedError, WishRefusedError.
    """
    require_own(viewer, account_id)
    with database.asking(account_id, viewer.person_id) as connection:
        one = known_shop(connection, code)
        here = (one.marketplace, one.region)
        found = linked(connection, account_id)
        if not any((each.marketplace, each.region) == here for each in found):
            raise WishRefusedError(NOT_CONNECTED)
        return write_down(connection, viewer, account_id, code, Wanted("disconnect"))


def may_connect(viewer: Viewer, account: Account) -> bool:
    """Figures that are invented stay apart from those that are not."""
    return viewer.may(Right.CONNECT) and not account.is_sample


def require_own(viewer: Viewer, account_id: int) -> None:
    """Raises NotAllowedError, and WishRefusedError for an account of sample data."""
    viewer.require(Right.CONNECT)
    if viewer.require_account(account_id).is_sample:
        raise WishRefusedError(SAMPLE)


@dataclass(frozen=True)
class Wanted:
    """What is written down. nonce: of a consent that of its state, so that it serves once."""

    kind: Kind
    sealed: str | None = None
    nonce: str = ""


def known_shop(connection: Connection, code: str) -> Shop:
    """Raises WishRefusedError."""
    found = shop(connection, code)
    if found is None:
        raise WishRefusedError(NO_SUCH)
    return found


def write_down(
    connection: Connection, viewer: Viewer, account_id: int, code: str, wanted: Wanted
) -> int:
    """Keep the wish and have it granted, in one transaction; one at a time of an account.

    Raises WishRefusedError; IntegrityError where its nonce has served before.
    """
    about = {"account_id": account_id, "channel": code}
    connection.execute(_ONE_AT_A_TIME, {"account_id": account_id})
    standing = connection.execute(_STANDING, about).one()
    refuse_too_many(standing.waiting, standing.lately)
    values = {**about, **as_written_down(viewer, wanted)}
    request_id = int(connection.execute(_INSERT, values).scalar_one())
    line = f"wish {account_id} {request_id}"
    later.defer(
        connection,
        WISH,
        lane=lanes.SYNC,
        lock=line,
        account_id=account_id,
        request_id=request_id,
    )
    return request_id


def refuse_too_many(waiting: int, lately: int) -> None:
    """Raises WishRefusedError where one waits, or many were sent within the hour."""
    if waiting:
        raise WishRefusedError(WAITS, "waiting")
    if lately >= WISHES_AN_HOUR:
        raise WishRefusedError(TOO_MANY, "often")


def as_written_down(viewer: Viewer, wanted: Wanted) -> dict[str, object]:
    """What a wish says of itself and of whose it is. Raises WishRefusedError."""
    if wanted.sealed is not None and len(wanted.sealed) > LONGEST_SEALED:
        raise WishRefusedError(TOO_LONG)
    return {
        "wish": wanted.kind,
        "nonce": wanted.nonce or uuid4().hex,
        "sealed": wanted.sealed,
        "person_id": viewer.person_id,
        "by_name": viewer.person.name[:120],
    }


def sealed_key(one: Shop, typed: Mapping[str, str]) -> Wanted:
    """The wish to connect with what the seller typed. Raises WishRefusedError."""
    told = _as_it_must_be(one, ways_of(one), typed)
    return Wanted("own_key", seal_of(settings()).closed(told))


def _as_it_must_be(one: Shop, ways: Ways, typed: Mapping[str, str]) -> dict[str, str]:
    """The fields of the marketplace's own key and no other, checked for their form."""
    connecting = connecting_of(one.marketplace)
    if ways.why_not or connecting is None or not ways.own_key:
        raise WishRefusedError(ways.why_not or FILES_ONLY)
    told = {field.name: typed.get(field.name, "").strip() for field in ways.own_key}
    if any(len(value) > LONGEST_FIELD for value in told.values()):
        raise WishRefusedError(TOO_LONG)
    try:
        connecting.secrets_of_key(told, one.channel)
    except UnconnectableError as refused:
        raise WishRefusedError(str(refused)) from None
    return told
