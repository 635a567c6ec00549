"""Signed in with an OpenID Connect provider: whose sign-in it is, and whether it still holds.

What a person may do is read from the database each time a page is drawn, never from the claims:
the provider says who somebody is, and nothing else.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from services.access import queries
from services.access.address import AddressError, normal_address
from services.access.viewer import Person, Viewer
from services.database.engine import Database

# What makes one sign-in another than the last: the provider never gives all of these twice.
_TOKEN_CLAIMS: Final = ("iss", "sub", "iat", "nonce", "at_hash", "sid", "jti")
# OpenID Connect: 255 signs.
_LONGEST_NAME: Final = 1000
# A provider's clock may be a little ahead of ours.
_CLOCK_SKEW: Final = timedelta(minutes=5)

Claims = Mapping[str, Any]


class SignedOutError(PermissionError):
    """The sign-in was ended, or is older than sign-ins may be: sign in again."""


class StrangerError(PermissionError):
    """Signed in with the provider, and nobody has let this person in here."""


def signed_in_viewer(
    database: Database, claims: Claims, *, hours: int, trusts_addresses: bool
) -> Viewer:
    """The person of a sign-in with their accounts.

    `hours` is how long a sign-in may last. `trusts_addresses`: the provider vouches for each
    address although it does not say `email_verified`. Raises SignedOutError, StrangerError.
    """
    _refuse_old(claims, hours)
    with database.knowing_people() as connection:
        person = _known(connection, claims, trusts_addresses=trusts_addresses)
        _refuse_ended(connection, claims, person, hours)
        return Viewer(person, queries.accounts_of(connection, person))


def sign_out(database: Database, claims: Claims, *, everywhere: bool = False) -> None:
    """End this sign-in: in each tab, and for whoever holds a copy of its cookie.

    A stranger's too: whoever lets them in later lets in no copy. `everywhere` ends all the
    person's other ones as well; from a sign-in that was ended itself, nothing but itself.
    """
    hashed, issued = token_hash(claims), _issued(claims)
    with database.knowing_people() as connection:
        person = queries.person_of_subject(connection, *_name_at_provider(claims))
        was_ended = person and queries.is_ended(connection, hashed, person, issued=issued)
        queries.end(connection, hashed, person.person_id if person else None)
        if everywhere and person and not was_ended:
            queries.end_all(connection, person.person_id)


def token_hash(claims: Claims) -> str:
    """One sign-in at the provider, told from all others without keeping what it said."""
    told = [str(claims.get(name, "")) for name in _TOKEN_CLAIMS]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _refuse_old(claims: Claims, hours: int) -> None:
    issued = _issued(claims)
    age = datetime.now(UTC) - issued
    if not -_CLOCK_SKEW <= age < timedelta(hours=hours):
        raise SignedOutError(f"Signed in {issued:%Y-%m-%d %H:%M} UTC; at most {hours} h hold.")


def _issued(claims: Claims) -> datetime:
    said = claims.get("iat")
    try:
        if isinstance(said, int | float):
            return datetime.fromtimestamp(int(said), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise SignedOutError("The provider does not say when they signed in.")


def _name_at_provider(claims: Claims) -> tuple[str, str]:
    """Issuer and subject, which together are one person's and nobody else's for good."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not (_is_a_name(issuer) and _is_a_name(subject)):
        raise SignedOutError("The provider does not say who they are.")
    return str(issuer), str(subject)


def _is_a_name(said: object) -> bool:
    """What the database can keep, and find by an index."""
    plain = isinstance(said, str) and said.isprintable()
    return plain and 0 < len(str(said).encode()) <= _LONGEST_NAME


def _known(connection: Connection, claims: Claims, *, trusts_addresses: bool) -> Person:
    issuer, subject = _name_at_provider(claims)
    person = queries.person_of_subject(connection, issuer, subject)
    address = _own_address(claims, trusts_addresses=trusts_addresses)
    if person is None and address:
        issued = _issued(claims)
        if queries.is_over(connection, address, issued):
            raise SignedOutError("Every sign-in until then was ended.")
        queries.bind(connection, address, issuer, subject, issued=issued)
        person = queries.person_of_subject(connection, issuer, subject)
    if person is None:
        raise StrangerError("Nobody has let this person in.")
    return person


def _own_address(claims: Claims, *, trusts_addresses: bool) -> str | None:
    """The address that is proven to be theirs, as it is kept; None: there is none such."""
    if claims.get("email_verified", trusts_addresses) is not True:
        return None
    try:
        return normal_address(str(claims.get("email")))
    except AddressError:
        return None


def _refuse_ended(connection: Connection, claims: Claims, person: Person, hours: int) -> None:
    hashed = token_hash(claims)
    issued = _issued(claims)
    standing = queries.is_standing(connection, hashed, person, issued=issued, hours=hours)
    if standing is None:
        queries.begin(connection, hashed, person)
    elif not standing:
        raise SignedOutError("This sign-in was ended.")
