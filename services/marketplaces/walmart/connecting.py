"""How a seller's Walmart account is connected: by the consent page, or by a key of his own.

Sources: https://developer.walmart.com/us-marketplace/docs/oauth-20-authorization, log-in-and-
authorize-app-scope, transfer-authorization-and-refresh-token, get-an-access-token. Keys that a
provider got by delegated access end on 30 April 2027, so that none is asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

import requests

from services.marketplaces.asking import (
    Channel,
    Client,
    Consent,
    Notice,
    OwnKey,
    OwnSecret,
    Secrets,
    Source,
    UnconnectableError,
)
from services.marketplaces.walmart.client.client import WalmartClient
from services.marketplaces.walmart.client.token import AccessToken, Key, exchange
from services.marketplaces.walmart.settings import walmart_settings
from services.marketplaces.walmart.sources import SOURCES
from services.marketplaces.walmart.words import entries
from services.transport.calling import Caller, Manners
from services.transport.limits import Limits
from services.transport.refusals import ConnectionEndedError

# "Refresh Token: 1 year (365 days)" (get-an-access-token).
_REFRESH_LASTS: Final = timedelta(days=365)
_HIDDEN: Final = re.compile(r"[!-~]{8,512}")
_SELLER: Final = re.compile(r"[0-9]{1,20}")
# Walmart's own codes end with the system that refused; the others are OAuth's.
_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]*\.[A-Z][A-Z0-9_]*")
_OAUTH: Final = frozenset(
    {
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
_KEY_PAGE: Final = "developer.walmart.com, under My Account, API Key Management"


@dataclass(frozen=True)
class WalmartConnecting:
    """The two ways; secrets of a consent have a refresh_token, those of a key a client_secret."""

    sources: tuple[Source, ...] = SOURCES
    own_key: tuple[OwnKey, ...] = (
        OwnKey("client_id", "Client ID", f"Of the production key: {_KEY_PAGE}.", is_secret=False),
        OwnKey("client_secret", "Client Secret", "It stands beside the client ID.", is_secret=True),
    )

    def why_no_consent(self) -> str:
        """Which settings of our app are missing; else ''."""
        if walmart_settings().has_app:
            return ""
        return (
            "WALMART_CLIENT_ID and WALMART_CLIENT_SECRET are not set: sellers connect with keys"
            " of their own until our app is registered with Walmart."
        )

    def own_secret(self) -> OwnSecret | None:
        """No page of Walmart's says that an app's secret ends."""
        return None

    def why_not(self, channel: Channel) -> str:
        """Why a channel cannot be connected: outside the United States; else ''."""
        found = (one for one in entries("marketplaces.json") if one["code"] == channel.code)
        return str(next(found)["unsupported_reason"] or "")

    def consent_address(self, channel: Channel, state: str, answer_to: str) -> str:
        """The page on which the seller allows our app; it leads back with a code and his id."""
        del channel
        chosen = walmart_settings()
        query = {
            "responseType": "code",
            "clientId": chosen.walmart_client_id,
            "redirectUri": answer_to,
            "clientType": "seller",
            "nonce": uuid4().hex,
            "state": state,
        }
        return f"{str(chosen.walmart_consent_address).rstrip('/')}?{urlencode(query)}"

    def secrets_of_consent(self, consent: Consent, channel: Channel, caller: Caller) -> Secrets:
        """Exchange the code. Raises UnconnectableError, NoAnswerError."""
        self._refuse(channel)
        code, seller = consent.told.get("code", ""), consent.told.get("sellerId", "")
        if not code or not _SELLER.fullmatch(seller):
            raise UnconnectableError(
                "Walmart did not say that you have allowed it. Connect again, and allow it there."
            )
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": consent.answer_to}
        try:
            refresh = exchange(caller, _key_of_app(), form, seller).get("refresh_token")
        except ConnectionEndedError:
            refresh = None  # a code serves once, and for minutes
        if not isinstance(refresh, str) or not refresh:
            raise UnconnectableError("Walmart gave no lasting access. Connect again.")
        today = datetime.now(UTC).date()
        return {"refresh_token": refresh, "seller": seller, "granted_on": today.isoformat()}

    def secrets_of_key(self, typed: Mapping[str, str], channel: Channel) -> Secrets:
        """The key, checked for its form. Raises UnconnectableError."""
        self._refuse(channel)
        key = {field.name: typed.get(field.name, "").strip() for field in self.own_key}
        for field in self.own_key:
            if not _HIDDEN.fullmatch(key[field.name]):
                raise UnconnectableError(
                    f"{field.label} is not one: copy it whole from {_KEY_PAGE}."
                )
        return key

    def caller_of(self, limits: Limits) -> Caller:
        """A caller that reads Walmart's waits and codes."""
        chosen = walmart_settings()
        manners = Manners(
            named="reimbursement",
            again=("x-next-replenishment-time", "retry-after"),
            code_of=code_of,
            connect=chosen.walmart_connect_seconds,
            read=chosen.walmart_read_seconds,
            download=chosen.walmart_download_seconds,
        )
        return Caller(limits, manners)

    def client(self, secrets: Secrets, channel: Channel, caller: Caller, notice: Notice) -> Client:
        """Who asks for this seller."""
        del channel
        refresh = secrets.get("refresh_token")
        if refresh is None:
            key = Key(secrets["client_id"], secrets["client_secret"])
            token = AccessToken(caller, key, {"grant_type": "client_credentials"})
            return WalmartClient(caller, token, notice)
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        until = date.fromisoformat(secrets["granted_on"]) + _REFRESH_LASTS
        token = AccessToken(caller, _key_of_app(), form, secrets["seller"], until)
        return WalmartClient(caller, token, notice)

    def _refuse(self, channel: Channel) -> None:
        if why := self.why_not(channel):
            raise UnconnectableError(why)


def _key_of_app() -> Key:
    chosen = walmart_settings()
    return Key(chosen.walmart_client_id, chosen.walmart_client_secret.get_secret_value())


def code_of(answer: requests.Response) -> str:
    """Walmart's code in a refusal; '' where it is none: its texts may name a person or a token."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    return next((code for code in _codes(told) if _CODE.fullmatch(code) or code in _OAUTH), "")


def _codes(told: object) -> list[str]:
    """What stands as a code: {"error": [{"code"}]}, {"errors": {"error": …}}, {"error": "…"}."""
    if isinstance(told, str):
        return [told[:100]]
    if isinstance(told, list):
        return [code for one in told for code in _codes(one)]
    if isinstance(told, dict):
        return [code for name in ("errors", "error", "code") for code in _codes(told.get(name))]
    return []


CONNECTING: Final = WalmartConnecting()
