"""Login with Amazon: what opens the API for an hour.

Source: developer-docs.amazon.com/sp-api, "Connecting to the Selling Partner API", "Website
authorization workflow" (step 4) and "Grantless operations".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from time import monotonic
from typing import Final, NoReturn

import requests

from services.marketplaces.amazon.client.answers import object_of, text_of
from services.marketplaces.amazon.client.operations import TOKEN
from services.marketplaces.amazon.settings import AmazonSettings
from services.transport.calling import Caller
from services.transport.refusals import ConnectionEndedError, KeyRefusedError, RefusedError

# A token that ends while a question is under way helps nobody.
_ENDS_EARLY_SECONDS: Final = 60
_REVOKED: Final = "Amazon says that the seller has taken the consent back."
_SCOPE_OF_ROTATION: Final = "sellingpartnerapi::client_credential:rotation"


@dataclass
class Tokens:
    """The access tokens of this process, each until a minute before it ends.

    By a digest of what they were got with; in memory only.
    """

    _kept: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def find(self, key: str) -> str | None:
        """The token that still opens; None where there is none."""
        with self._lock:
            token, ends = self._kept.get(key, ("", 0.0))
        return token if monotonic() < ends else None

    def keep(self, key: str, token: str, seconds: float) -> None:
        """Keep a token that has just been given, and forget those that have ended."""
        now = monotonic()
        with self._lock:
            self._kept = {one: kept for one, kept in self._kept.items() if kept[1] > now}
            self._kept[key] = (token, now + seconds - _ENDS_EARLY_SECONDS)

    def forget(self, key: str, refused: str) -> None:
        """A token was refused. Another run may have a newer one already: that stays."""
        with self._lock:
            if self._kept.get(key, ("",))[0] == refused:
                del self._kept[key]


@dataclass(frozen=True)
class Login:
    """Our application at Login with Amazon."""

    settings: AmazonSettings
    caller: Caller
    tokens: Tokens

    def access_token(self, refresh_token: str, refused: str = "") -> str:
        """What opens a seller's data, from memory where it is there; `refused` no longer does.

        Raises ConnectionEndedError, KeyRefusedError and what a caller raises.
        """
        key = sha256(f"{self.settings.amazon_client_id} {refresh_token}".encode()).hexdigest()
        if refused:
            self.tokens.forget(key, refused)
        kept = self.tokens.find(key)
        if kept is not None:
            return kept
        told = self._granted({"grant_type": "refresh_token", "refresh_token": refresh_token})
        token = text_of(told, "access_token", TOKEN.name)
        self.tokens.keep(key, token, _seconds(told))
        return token

    def refresh_token(self, code: str, answer_to: str) -> str:
        """What lasts, for the code that came back from the consent page. Raises as above."""
        asked = {"grant_type": "authorization_code", "code": code}
        told = self._granted(asked | ({"redirect_uri": answer_to} if answer_to else {}))
        return text_of(told, "refresh_token", TOKEN.name)

    def rotation_token(self) -> str:
        """What lets our application change its own secret; no seller has a part in it."""
        told = self._granted({"grant_type": "client_credentials", "scope": _SCOPE_OF_ROTATION})
        return text_of(told, "access_token", TOKEN.name)

    def _granted(self, asked: Mapping[str, str]) -> Mapping[str, object]:
        ours = {
            "client_id": self.settings.amazon_client_id,
            "client_secret": self.settings.amazon_client_secret.get_secret_value(),
        }
        address = str(self.settings.amazon_token_address)
        request = requests.Request("POST", address, data={**asked, **ours})
        try:
            return object_of(self.caller.ask(TOKEN, request), TOKEN.name)
        except RefusedError as refused:
            _say(refused)


def _seconds(told: Mapping[str, object]) -> float:
    """How long it holds; without a word for no longer than it takes to use it."""
    seconds = told.get("expires_in")
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def _say(refused: RefusedError) -> NoReturn:
    """Whose the trouble is: Login with Amazon says it by OAuth's own words (RFC 6749, 5.2)."""
    match refused.code:
        case "invalid_grant":
            raise ConnectionEndedError(_REVOKED, "revoked") from None
        case "invalid_client" | "unauthorized_client":
            said = "Amazon refuses our application's id or its secret."
            raise KeyRefusedError(said, refused.status, refused.code) from None
    raise refused
