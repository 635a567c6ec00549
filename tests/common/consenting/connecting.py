"""How the product connects that marketplace: a whole `Connecting`, in the place of Amazon's."""

# ruff: noqa: ARG002 - a `Connecting` is handed more than this small one needs

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import requests

from services.marketplaces.asking import (
    Asking,
    Channel,
    Client,
    Consent,
    Fetched,
    Found,
    Notice,
    OwnKey,
    OwnSecret,
    Ready,
    Secrets,
    Source,
    Standing,
    State,
    TheirCase,
    UnconnectableError,
    Unknown,
)
from services.marketplaces.registry import MARKETPLACES
from services.transport.calling import Caller, Manners
from services.transport.limits import Limits, Operation
from services.transport.refusals import ConnectionEndedError, RefusedError

_DAY: Final = timedelta(days=1)
RETURNS: Final = Source(
    "returns",
    ("amazon_customer_returns",),
    "channel",
    "report",
    every=timedelta(hours=4),
    piece=30 * _DAY,
    again=30 * _DAY,
    history=90 * _DAY,
    settles_after=_DAY,
    told_by="returns",
)
_ANY: Final = Operation("any", 1000, 1000)


@dataclass(frozen=True)
class LoopbackConnecting:
    """services.marketplaces.asking.Connecting. missing: which setting is, as an operator reads."""

    address: str
    missing: str = ""
    sources: tuple[Source, ...] = (RETURNS,)
    own_key: tuple[OwnKey, ...] = (
        OwnKey("client_id", "Client ID", "It stands in your settings there.", is_secret=False),
        OwnKey("client_secret", "Client secret", "Beside it.", is_secret=True),
    )

    def why_no_consent(self) -> str:
        return self.missing

    def own_secret(self) -> OwnSecret | None:
        return None

    def why_not(self, channel: Channel) -> str:
        return "No shop of Mexico's is connected." if channel.country == "MX" else ""

    def consent_address(self, channel: Channel, state: str, answer_to: str) -> str:
        asked = {"state": state, "answer_to": answer_to, "country": channel.country}
        return f"{self.address}/consent?{urlencode(asked)}"

    def secrets_of_consent(self, consent: Consent, channel: Channel, caller: Caller) -> Secrets:
        if not consent.told.get("code"):
            raise UnconnectableError("No code came back: allow it there.")
        form = {"code": consent.told["code"], "answer_to": consent.answer_to}
        asked = requests.Request("POST", f"{self.address}/token", data=form)
        try:
            told = caller.ask(_ANY, asked).json()
        except RefusedError:
            raise UnconnectableError("The code does not hold any more: connect again.") from None
        return {"token": told["refresh_token"]}

    def secrets_of_key(self, typed: Mapping[str, str], channel: Channel) -> Secrets:
        if len(typed.get("client_secret", "")) < 8 or not typed.get("client_id"):
            raise UnconnectableError("The client secret is not one: copy it whole.")
        return {"token": typed["client_secret"]}

    def caller_of(self, limits: Limits) -> Caller:
        return Caller(limits, Manners("tests"))

    def client(self, secrets: Secrets, channel: Channel, caller: Caller, notice: Notice) -> Client:
        return _Asks(self.address, secrets["token"], caller, notice)


@dataclass(frozen=True)
class _Asks:
    """The client: every report is ready at once."""

    address: str
    token: str
    caller: Caller
    notice: Notice

    def _get(self, path: str, **query: str) -> requests.Response:
        headers = {"authorization": f"Bearer {self.token}"}
        asked = requests.Request("GET", f"{self.address}{path}", params=query, headers=headers)
        try:
            return self.caller.ask(_ANY, asked)
        except RefusedError:
            raise ConnectionEndedError("The seller has taken it back.", "revoked") from None

    def standing(self) -> Standing:
        told = self._get("/standing").json()
        return Standing(
            told["seller"],
            frozenset(told["countries"]),
            tuple(told["scopes"]),
            consent_until=date.fromisoformat(told["until"]),
        )

    def found(self, source: Source, channel: Channel, since: datetime) -> Iterable[Found]:
        return ()

    def order(self, asking: Asking) -> str:
        self.notice(Unknown("order status", "QUEUED_TWICE"))
        return f"R-{asking.channel.code}-{asking.days and asking.days[0]}"

    def state(self, asking: Asking, report_id: str) -> State:
        return Ready(report_id)

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        assert asking.days is not None
        first, last = asking.days
        answer = self._get("/returns", first=f"{first}", last=f"{last}")
        path = into / f"returns {first} to {last}.txt"
        path.write_bytes(answer.content)
        yield Fetched(path, path.name, asking.days)

    def cases(self, since: datetime | None) -> Iterator[TheirCase]:
        yield from ()


def register(address: str, missing: str = "") -> None:
    """In this process, Amazon is that marketplace; a test puts it back (`MARKETPLACES`)."""
    known = MARKETPLACES["amazon"]
    MARKETPLACES["amazon"] = replace(known, connecting=LoopbackConnecting(address, missing))
