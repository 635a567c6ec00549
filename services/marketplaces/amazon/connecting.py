"""How a seller's Amazon account is connected: by consent, or by a token that the seller made.

Source: developer-docs.amazon.com/sp-api, "Website authorization workflow", "Authorization errors"
(version=beta of a draft) and "Self-authorization". A consent is for one region.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from services.marketplaces.amazon.client.api import Api, manners
from services.marketplaces.amazon.client.client import AmazonClient
from services.marketplaces.amazon.client.standing import consent_until
from services.marketplaces.amazon.client.token import Login, Tokens
from services.marketplaces.amazon.settings import amazon_settings
from services.marketplaces.amazon.shops import SELLER_CENTRAL, SHOPS
from services.marketplaces.amazon.sources import SOURCES
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
from services.transport.calling import Caller
from services.transport.limits import Limits
from services.transport.refusals import ConnectionEndedError

_SECRET_HOLDS: Final = timedelta(days=180)
_CONSENT_PATH: Final = "/apps/authorize/consent"
_REFRESH_TOKEN: Final = re.compile(r"Atzr\|\S{1,2048}")
_CODE_OVER: Final = (
    "Amazon does not know what it sent back: it holds for five minutes, and once. Start again."
)
_OWN_KEY: Final = OwnKey(
    "refresh_token",
    "Refresh token",
    "Where the application is the seller's own: Seller Central, Apps and Services, Develop Apps,"
    " Authorize app. It begins with Atzr|.",
    is_secret=True,
)


@dataclass(frozen=True)
class AmazonConnecting:
    """services.marketplaces.asking.Connecting"""

    sources: tuple[Source, ...] = SOURCES
    own_key: tuple[OwnKey, ...] = (_OWN_KEY,)
    tokens: Tokens = field(default_factory=Tokens, repr=False)

    def why_no_consent(self) -> str:
        """Which settings of our application are missing; else ''."""
        missing = amazon_settings().missing
        return f"Amazon needs {', '.join(missing)}." if missing else ""

    def own_secret(self) -> OwnSecret | None:
        """It is to be changed every 180 days: "Rotating your app's LWA credentials"."""
        ours = amazon_settings()
        if not ours.amazon_client_secret.get_secret_value():
            return None
        made_on = ours.amazon_client_secret_made_on
        return OwnSecret(made_on and made_on + _SECRET_HOLDS, "AMAZON_CLIENT_SECRET_MADE_ON")

    def why_not(self, channel: Channel) -> str:
        """Only a shop that is not known here cannot be connected."""
        return "" if channel.code in SHOPS else f"No shop of Amazon's is known as {channel.code}."

    def consent_address(self, channel: Channel, state: str, answer_to: str) -> str:
        """Seller Central's page of the channel's country."""
        ours = amazon_settings()
        page = ours.amazon_consent_address or f"{SELLER_CENTRAL[channel.country]}{_CONSENT_PATH}"
        asked = {
            "application_id": ours.amazon_application_id,
            "state": state,
            "redirect_uri": answer_to,
            **({"version": "beta"} if ours.amazon_application_is_draft else {}),
        }
        return f"{page}?{urlencode(asked)}"

    def secrets_of_consent(
        self,
        consent: Consent,
        channel: Channel,  # noqa: ARG002 - one way for all of Amazon
        caller: Caller,
    ) -> Secrets:
        """The code holds for five minutes; what it is exchanged for lasts."""
        code = consent.told.get("spapi_oauth_code", "")
        if not code:
            raise UnconnectableError(
                "Amazon sent no code back: the seller did not consent. Start again."
            )
        try:
            refresh_token = self._login(caller).refresh_token(code, consent.answer_to)
        except ConnectionEndedError:
            raise UnconnectableError(_CODE_OVER) from None
        return {
            "refresh_token": refresh_token,
            "seller": consent.told.get("selling_partner_id", ""),
            "consented_on": f"{datetime.now(UTC).date()}",
        }

    def secrets_of_key(
        self,
        typed: Mapping[str, str],
        channel: Channel,  # noqa: ARG002
    ) -> Secrets:
        """A token of the seller's own making, as a form gave it."""
        token = typed.get("refresh_token", "").strip()
        if not _REFRESH_TOKEN.fullmatch(token):
            raise UnconnectableError(
                "A refresh token of Amazon's begins with Atzr| and has no space."
            )
        return {"refresh_token": token, "consented_on": f"{datetime.now(UTC).date()}"}

    def caller_of(self, limits: Limits) -> Caller:
        """Introduces itself as Amazon wants it."""
        return Caller(limits, manners(amazon_settings()))

    def client(self, secrets: Secrets, channel: Channel, caller: Caller, notice: Notice) -> Client:
        """Who asks for this seller, in the channel's region."""
        api = Api(
            self._login(caller),
            caller,
            amazon_settings().api_address(channel.region),
            secrets["refresh_token"],
            consent_until(secrets),
        )
        return AmazonClient(api, secrets, notice)

    def _login(self, caller: Caller) -> Login:
        return Login(amazon_settings(), caller, self.tokens)


CONNECTING: Final = AmazonConnecting()
