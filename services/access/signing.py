"""What leaves the app and comes back, such as a file's address, carries our signature.

One key for all processes of an installation: COOKIE_SECRET, else derived from the database's own.
"""

import hashlib
import hmac
from typing import Any, Final, Literal

from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from services.database.engine import Database, DatabaseUnavailableError
from services.settings import Settings

# What is signed for one purpose holds for no other.
Purpose = Literal["file", "calendar", "drop", "consent"]

_OPTIONS: Final[dict[str, Any]] = {
    "key_derivation": "hmac",
    "digest_method": staticmethod(hashlib.sha256),
}


def short_lived(database: Database, chosen: Settings, purpose: Purpose) -> URLSafeTimedSerializer:
    """For what says when it was signed, and may be asked how old it is."""
    return URLSafeTimedSerializer(
        _key(database, chosen), salt=_salt(purpose), signer_kwargs=_OPTIONS
    )


def lasting(database: Database, chosen: Settings, purpose: Purpose) -> URLSafeSerializer:
    """For what holds until a right ends; the same words always give the same signature."""
    return URLSafeSerializer(_key(database, chosen), salt=_salt(purpose), signer_kwargs=_OPTIONS)


def _salt(purpose: Purpose) -> bytes:
    return f"reimbursement.{purpose}".encode()


def _key(database: Database, chosen: Settings) -> bytes:
    if chosen.cookie_secret:
        return chosen.cookie_secret.get_secret_value().encode()
    password = database.urls.owner.password
    if not password:
        raise DatabaseUnavailableError(
            "Files cannot be signed: set COOKIE_SECRET to at least 32 characters."
        )
    return hmac.new(str(password).encode(), b"signing", hashlib.sha256).digest()
