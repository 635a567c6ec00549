"""The access token: fetched with a seller's own key, or with what he allowed our app.

It lives for a quarter of an hour and in memory only. Source: Walmart's model of POST /v3/token and
https://developer.walmart.com/us-marketplace/docs/get-an-access-token.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import uuid4

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from services.marketplaces.walmart.client.operations import TOKEN
from services.marketplaces.walmart.settings import walmart_settings
from services.transport.calling import Caller
from services.transport.refusals import (
    ConnectionEndedError,
    KeyRefusedError,
    NoAnswerError,
    NotUnderstoodError,
    RefusedError,
)

# A token that ends on the way is refused: it is let go a minute before.
_BEFORE_ITS_END: Final = 60
_UNAUTHORIZED: Final = 401
_GRANT_REFUSED: Final = "invalid_grant"
_CLIENT_REFUSED: Final = frozenset({"invalid_client", "unauthorized_client"})


@dataclass(frozen=True)
class Key:
    """A client id and its secret, of a seller or of our app; its text shows neither."""

    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return "Key(…)"


CALL_HEADERS: Final = {
    "accept": "application/json",
    "accept-encoding": "identity",
    "WM_SVC.NAME": "Walmart Marketplace",
    "WM_MARKET": "us",
}


class Correlated(AuthBase):
    """Says what is new in each call, also in one that is tried again: `requests` asks for it then.

    key: by which the token itself is asked for.
    """

    def __init__(self, key: Key | None = None) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["WM_QOS.CORRELATION_ID"] = str(uuid4())
        if self._key is None:
            return request
        basic = HTTPBasicAuth(self._key.client_id, self._key.client_secret)
        said: requests.PreparedRequest = basic(request)
        return said


def exchange(caller: Caller, key: Key, form: Mapping[str, str], seller: str = "") -> dict[str, Any]:
    """What Walmart answers to the form: a token. seller: who allowed our app.

    Raises ConnectionEndedError, KeyRefusedError and what `Caller.ask` raises.
    """
    request = requests.Request(
        "POST",
        f"{walmart_settings().api_address}/v3/token",
        data=form,
        auth=Correlated(key),
        headers=CALL_HEADERS | ({"WM_PARTNER.ID": seller} if seller else {}),
    )
    try:
        answer = caller.ask(TOKEN, request)
    except RefusedError as refusal:
        raise _why(refusal, form["grant_type"]) from None
    return _told(answer)


def _why(refusal: RefusedError, grant: str) -> NoAnswerError:
    is_refused = refusal.status == _UNAUTHORIZED or refusal.code in _CLIENT_REFUSED
    if grant == "client_credentials" and is_refused:
        return ConnectionEndedError("Walmart refuses the seller's key.", "revoked")
    if is_refused:
        return KeyRefusedError(
            "Walmart refuses our app's client id and secret.", refusal.status, refusal.code
        )
    if refusal.code == _GRANT_REFUSED:
        said = "Walmart does not take the seller's consent any more."
        return ConnectionEndedError(said, "revoked")
    return refusal  # of the question, not of who asks it


def _told(answer: requests.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        raise NotUnderstoodError("tokenAPI: the answer is no JSON.") from None
    if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
        raise NotUnderstoodError("tokenAPI: access_token is missing.")
    return told


class AccessToken:
    """The token of one connection, fetched anew before its end or where it was refused.

    seller: who allowed our app, until: the last day on which he does; of his own key '' and None.
    """

    def __init__(
        self,
        caller: Caller,
        key: Key,
        form: Mapping[str, str],
        seller: str = "",
        until: date | None = None,
    ) -> None:
        self.seller = seller
        self.until = until
        self._caller = caller
        self._key = key
        self._form = form
        self._token = ""
        self._ends = 0.0

    def current(self) -> str:
        """The token. Raises what `exchange` raises."""
        if not self._token or time.monotonic() > self._ends:
            told = self._exchanged()
            self._token = told["access_token"]
            self._ends = time.monotonic() + _lasts(told.get("expires_in")) - _BEFORE_ITS_END
        return self._token

    def _exchanged(self) -> dict[str, Any]:
        try:
            return exchange(self._caller, self._key, self._form, self.seller)
        except ConnectionEndedError:
            if self.until is None or datetime.now(UTC).date() <= self.until:
                raise
        raise ConnectionEndedError("The seller's consent was for a year, which is over.", "expired")

    def let_go(self) -> None:
        """It was refused: the next call has a fresh one."""
        self._token = ""


def _lasts(said: object) -> float:
    """Seconds; of a token that does not say, none: it serves for one call."""
    return float(said) if isinstance(said, int | float) else 0.0
