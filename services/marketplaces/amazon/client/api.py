"""One question to the Selling Partner API, with what opens it, and its answer as JSON."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

import requests

from services import VERSION
from services.marketplaces.amazon.client.answers import Told, object_of
from services.marketplaces.amazon.client.token import Login
from services.marketplaces.amazon.settings import AmazonSettings
from services.transport.calling import Caller, Manners
from services.transport.limits import Operation
from services.transport.refusals import ConnectionEndedError, RefusedError

# Amazon's and Login with Amazon's own words for a refusal: what else stands in its place is no code
# and may be anything. Sources: developer-docs.amazon.com/sp-api, "SP-API errors"; RFC 6749, 5.2.
_CODES: Final = frozenset(
    {
        "AccessDenied",
        "Forbidden",
        "InternalFailure",
        "InvalidInput",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "NotFound",
        "QuotaExceeded",
        "ServiceUnavailable",
        "Unauthorized",
        "UnsupportedMediaType",
        "RequestTooLarge",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
# As Amazon wants it: developer-docs.amazon.com/sp-api, "Include a User-Agent header in all
# requests". A program names itself: Amazon's policy on agents, 2026-03-04.
_NAMED: Final = f"Reimbursement/{VERSION} (Language=Python/{platform.python_version()})"

_EXPIRED: Final = "The seller's consent held for 365 days, which are over."


def manners(settings: AmazonSettings) -> Manners:
    """How Amazon is spoken to."""
    return Manners(
        named=_NAMED,
        per_second="x-amzn-ratelimit-limit",
        code_of=_code_of,
        connect=settings.amazon_connect_seconds,
        read=settings.amazon_read_seconds,
        download=settings.amazon_download_seconds,
    )


def _code_of(answer: requests.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    errors = told.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else {}
    said = told.get("error") or (first.get("code") if isinstance(first, dict) else "")
    return said if isinstance(said, str) and said in _CODES else ""


@dataclass(frozen=True)
class Api:
    """What one seller allows, in one region, until a day. address: of the region's API."""

    login: Login
    caller: Caller
    address: str
    refresh_token: str = field(repr=False)
    consent_until: date | None = None

    def get(self, operation: Operation, path: str, query: Mapping[str, str] | None = None) -> Told:
        """Ask; the JSON object that is answered. Raises what a caller raises."""
        request = requests.Request("GET", f"{self.address}{path}", params=query)
        return object_of(self._answer(operation, request), operation.name)

    def post(self, operation: Operation, path: str, body: Mapping[str, object]) -> Told:
        """The same, with a body."""
        request = requests.Request("POST", f"{self.address}{path}", json=body)
        return object_of(self._answer(operation, request), operation.name)

    def _answer(self, operation: Operation, request: requests.Request) -> requests.Response:
        """A refusal may be about the token, which Amazon says by 403 too: once, a fresh one."""
        token = self._token()
        try:
            return self.caller.ask(operation, opened(request, token))
        except RefusedError as refused:
            if not refused.is_about_the_token:
                raise
        return self.caller.ask(operation, opened(request, self._token(refused=token)))

    def _token(self, refused: str = "") -> str:
        """Amazon says of a consent that it is over, not why: its last day tells."""
        try:
            return self.login.access_token(self.refresh_token, refused)
        except ConnectionEndedError:
            if self.consent_until is None or datetime.now(UTC).date() <= self.consent_until:
                raise
        raise ConnectionEndedError(_EXPIRED, "expired")


def opened(request: requests.Request, token: str) -> requests.Request:
    """The request with what opens the API."""
    request.headers = {"accept": "application/json", "x-amz-access-token": token}
    return request
