"""Login with Amazon: codes become refresh tokens, refresh tokens become access tokens."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

CLIENT_ID: Final = "amzn1.application-oa2-client.fake"
CLIENT_SECRET: Final = "amzn1.oa2-cs.v1.fake-secret"
APPLICATION_ID: Final = "amzn1.sp.solution.fake"
SELLER: Final = "A1FAKESELLER"
# What is there from the start; consent makes others.
REFRESH_TOKEN: Final = "Atzr|fake-refresh-token"
ROTATION: Final = "sellingpartnerapi::client_credential:rotation"


@dataclass
class Login:
    """Who may ask. holds_seconds: an access token."""

    client_secret: str = CLIENT_SECRET
    holds_seconds: int = 3600
    refresh_tokens: set[str] = field(default_factory=lambda: {REFRESH_TOKEN})
    codes: dict[str, str] = field(default_factory=dict)  # by code, the address it was sent to
    given: list[str] = field(default_factory=list)  # every token ever, so that a test can look
    _access: dict[str, float] = field(default_factory=dict)

    def consent(self, answer_to: str) -> str:
        """The seller consents: the code that goes back."""
        code = f"fake-code-{secrets.token_hex(8)}"
        self.codes[code] = answer_to
        self.given.append(code)
        return code

    def revoke(self) -> None:
        """The seller takes every consent back; what was given for an hour holds until then."""
        self.refresh_tokens.clear()

    def expire(self) -> None:
        """Every access token ends now."""
        self._access.clear()

    def opens(self, token: str) -> bool:
        """Whether the access token holds."""
        return self._access.get(token, 0.0) > monotonic()

    def grant(self, form: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        """The answer to a question for a token: its status and body, as OAuth says them."""
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != self.client_secret:
            return _refused(401, "invalid_client", "Client authentication failed")
        match form.get("grant_type"):
            case "refresh_token" if form.get("refresh_token") in self.refresh_tokens:
                return self._granted(form["refresh_token"])
            case "authorization_code" if self._sent_to(form) == form.get("redirect_uri", ""):
                return self._granted(self._lasting())
            case "client_credentials" if form.get("scope") == ROTATION:
                return self._granted(None)
            case "refresh_token" | "authorization_code":
                said = f"The request has an invalid grant parameter : {form['grant_type']}"
                return _refused(400, "invalid_grant", said)
        return _refused(400, "unsupported_grant_type", "Unknown grant")

    def _sent_to(self, form: Mapping[str, str]) -> str | None:
        """A code serves once."""
        return self.codes.pop(form.get("code", ""), None)

    def _lasting(self) -> str:
        token = f"Atzr|fake-{secrets.token_hex(16)}"
        self.refresh_tokens.add(token)
        return token

    def _granted(self, refresh_token: str | None) -> tuple[int, dict[str, object]]:
        token = f"Atza|fake-{secrets.token_hex(16)}"
        self._access[token] = monotonic() + self.holds_seconds
        self.given += [token, *([refresh_token] if refresh_token else [])]
        told: dict[str, object] = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self.holds_seconds,
        }
        return 200, told | ({"refresh_token": refresh_token} if refresh_token else {})


def _refused(status: int, code: str, said: str) -> tuple[int, dict[str, object]]:
    return status, {"error": code, "error_description": said}
