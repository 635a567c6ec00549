"""Who may ask the fake: keys, consents and the tokens that they were given."""

import time
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

LASTS: Final = 900


@dataclass
class Access:
    """A seller's own key, our app's key, and what sellers have allowed it.

    lasts: seconds of an access token.
    """

    keys: dict[str, str] = field(default_factory=lambda: {"seller-key-0001": "seller-secret-0001"})
    app: tuple[str, str] = ("app-client-0001", "app-secret-0001")
    seller: str = "10001234567"
    lasts: int = LASTS
    scopes: dict[str, str] = field(
        default_factory=lambda: {
            "reports": "view_only",
            "returns": "view_only",
            "item": "no_access",
            "orders": "no_access",
        }
    )
    codes: dict[str, str] = field(default_factory=dict)  # redirect address by code
    refresh: set[str] = field(default_factory=set)
    tokens: dict[str, float] = field(default_factory=dict)  # when each ends
    given: list[str] = field(default_factory=list)  # every secret that was handed out

    def code_for(self, redirect: str) -> str:
        """The seller has allowed our app: a code that serves once."""
        code = self._secret("code")
        self.codes[code] = redirect
        return code

    def token(
        self, client: tuple[str, str], form: dict[str, str], seller: str
    ) -> dict[str, object] | str:
        """What the form is worth: a token, or OAuth's word for what is wrong with it."""
        grant = form["grant_type"]
        if grant == "client_credentials":
            known = self.keys.get(client[0]) == client[1]
            return self._told() if known else "invalid_client"
        if client != self.app:
            return "invalid_client"
        if seller != self.seller:
            return "invalid_grant"
        if grant == "refresh_token":
            return self._told() if form.get("refresh_token") in self.refresh else "invalid_grant"
        redirect = self.codes.pop(form.get("code", ""), None)
        if redirect is None or redirect != form.get("redirect_uri"):
            return "invalid_grant"
        refresh = self._secret("refresh")
        self.refresh.add(refresh)
        return {**self._told(), "refresh_token": refresh}

    def is_good(self, token: str) -> bool:
        """Whether it has been given out and has not ended."""
        return self.tokens.get(token, 0) > time.monotonic()

    def end_tokens(self) -> None:
        """Every token has ended."""
        self.tokens.clear()

    def revoke(self) -> None:
        """Nobody may ask any more."""
        self.end_tokens()
        self.keys.clear()
        self.refresh.clear()

    def _told(self) -> dict[str, object]:
        token = self._secret("access")
        self.tokens[token] = time.monotonic() + self.lasts
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts}

    def _secret(self, kind: str) -> str:
        secret = f"{kind}-{uuid4().hex}"
        self.given.append(secret)
        return secret
