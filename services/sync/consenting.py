"""To a marketplace's consent page and back: what leaves is signed, and serves once.

The state that goes with a seller is bound to the person, the account (or the name of one that is to
be made), the channel and the browser session that it was made for. Whoever comes back with another
one, or a second time, changes nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from itsdangerous import BadData
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.exc import IntegrityError

from services.access import signing
from services.access.rights import Right
from services.access.viewer import NotAllowedError, Viewer
from services.database.engine import Database
from services.insights.connections import Shop
from services.marketplaces.asking import Consent
from services.marketplaces.registry import connecting_of
from services.settings import settings
from services.sync import newcomers
from services.sync.sealing import seal_of
from services.sync.telling import packed
from services.sync.wishing import (
    LONGEST_FIELD,
    Wanted,
    WishRefusedError,
    known_shop,
    require_own,
    ways_of,
    write_down,
)

LEAVES: Final = "/connecting"  # our own address that leads to the consent page
RETURNS: Final = "/connected"  # and the one that the consent page leads back to
# Long enough to sign in over there with a code from a phone; what it brings back serves once.
HOLDS: Final = timedelta(minutes=30)
STATE: Final = "state"
_ERROR: Final = "error"  # RFC 6749, 4.1.2.1: the seller did not allow it
_MOST_TOLD: Final = 20
_LONGEST_NAME: Final = 100
_NONCES: Final = frozenset({"connection_request_account_id_nonce_key", "account_request_nonce_key"})


class _State(BaseModel):
    """What travels to the marketplace and back, signed. account 0: one that is to be made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: int
    account: int
    name: str = ""  # of the account that is to be made
    channel: str
    nonce: str
    session: str


@dataclass(frozen=True)
class CameBack:
    """Where to go on. why: what is to be said there, as a word for an address; '': it is stored.

    account_id None: it has no page yet; is_newcomer False: whoever came back has none either, that
    it could be said on.
    """

    why: str = ""
    account_id: int | None = None
    marketplace: str = ""
    is_newcomer: bool = False


def consent_link(viewer: Viewer, account_id: int, code: str) -> str:
    """Our own address that leads to the consent page."""
    return _link(viewer, account=str(account_id), channel=code)


def newcomers_link(viewer: Viewer, name: str, code: str) -> str:
    """The same for a business that has no account yet; its account will have this name."""
    return _link(viewer, name=name, channel=code)


def _link(viewer: Viewer, **asked: str) -> str:
    if viewer.person.is_local:  # nobody signs in: the address says as whom to ask
        asked["as"] = next(iter(viewer.person.roles)).value
    return f"{LEAVES}?{urlencode(asked)}"


@dataclass(frozen=True)
class Browser:
    """Where somebody looks from. session: what tells their sign-in in this browser from any other;
    answer_to: our address that the consent page is to lead back to.
    """

    session: str
    answer_to: str

    @property
    def digest(self) -> str:
        """Of the session: the marketplace reads the state."""
        return hashlib.sha256(self.session.encode()).hexdigest()


def leave(database: Database, viewer: Viewer, account_id: int, code: str, browser: Browser) -> str:
    """The consent page's address for this person, account, channel and browser session.

    Raises NotAllowedError, WishRefusedError.
    """
    require_own(viewer, account_id)
    return _left(database, _begun(viewer, browser, account=account_id, channel=code), browser)


def leave_as_newcomer(
    database: Database, viewer: Viewer, name: str, code: str, browser: Browser
) -> str:
    """The same for a business that has no account yet.

    Raises NotAllowedError, WishRefusedError.
    """
    said = newcomers.named(viewer, name)
    begun = _begun(viewer, browser, account=0, name=said, channel=code)
    return _left(database, begun, browser)


def _begun(viewer: Viewer, browser: Browser, **what: Any) -> _State:
    nonce = secrets.token_urlsafe(24)
    return _State(person=viewer.person_id, nonce=nonce, session=browser.digest, **what)


def _left(database: Database, state: _State, browser: Browser) -> str:
    with database.of_person(state.person) as connection:
        one = known_shop(connection, state.channel)
    ways = ways_of(one)
    connecting = connecting_of(one.marketplace)
    if connecting is None or not ways.by_consent:
        raise WishRefusedError(ways.why_not or ways.no_consent)
    signed = signing.short_lived(database, settings(), "consent").dumps(
        state.model_dump(mode="json")
    )
    return connecting.consent_address(one.channel, str(signed), browser.answer_to)


def come_back(
    database: Database, viewer: Viewer, browser: Browser, told: Mapping[str, str]
) -> CameBack:
    """Write down what came back, if it is what this very browser was sent for. NotAllowedError."""
    viewer.require(Right.CONNECT)
    found = _read(database, told.get(STATE, ""))
    if found is None:
        return CameBack("unknown")
    state, signed_at = found
    if state.person != viewer.person_id:
        return CameBack("somebody")
    if state.account:
        require_own(viewer, state.account)
    elif not newcomers.may_bring(viewer):
        raise NotAllowedError(f"{viewer.person.name} makes no account.")
    with database.of_person(viewer.person_id) as connection:
        one = known_shop(connection, state.channel)
    why = _wrong(state, signed_at, browser, told)
    if not why:
        consent = Consent({name: told[name] for name in told if name != STATE}, browser.answer_to)
        why = _written_down(database, viewer, state, one, consent)
    is_newcomer = not state.account
    return CameBack(why, state.account or None, one.marketplace, is_newcomer)


def _read(database: Database, token: str) -> tuple[_State, datetime] | None:
    """What we signed, and when; None: it was changed, or was never ours."""
    signer = signing.short_lived(database, settings(), "consent")
    try:
        loaded, signed_at = signer.loads(token, return_timestamp=True)
        return _State.model_validate(loaded), signed_at
    except (BadData, ValidationError):
        return None


def _wrong(state: _State, signed_at: datetime, browser: Browser, told: Mapping[str, str]) -> str:
    if not hmac.compare_digest(state.session, browser.digest):
        return "elsewhere"
    if datetime.now(UTC) - signed_at > HOLDS:
        return "expired"
    if told.get(_ERROR):
        return "refused"
    fits = all(len(name) <= _LONGEST_NAME and len(told[name]) <= LONGEST_FIELD for name in told)
    return "" if fits and 1 < len(told) <= _MOST_TOLD else "unknown"


def _written_down(
    database: Database, viewer: Viewer, state: _State, one: Shop, consent: Consent
) -> str:
    if because := ways_of(one).why_not:
        raise WishRefusedError(because)
    sealed = seal_of(settings()).closed(packed(consent))
    wanted = Wanted("consent", sealed, state.nonce)
    try:
        if state.account:
            with database.asking(state.account, viewer.person_id) as connection:
                write_down(connection, viewer, state.account, state.channel, wanted)
        else:
            name = newcomers.named(viewer, state.name)
            with database.of_person(viewer.person_id) as connection:
                newcomers.write_down(connection, viewer, name, state.channel, wanted)
    except WishRefusedError as refused:
        return refused.why
    except IntegrityError as error:
        if not _has_served(error):
            raise
        return "used"
    return ""


def _has_served(error: IntegrityError) -> bool:
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None) in _NONCES
