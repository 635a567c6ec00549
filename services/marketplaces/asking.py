"""What a marketplace brings to connecting and syncing: what it is asked for, and by whom.

Each marketplace's folder holds one `Connecting` and a `Client`; `services.sync` decides when, keeps
what was asked and lands what came. Nothing here knows a database.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from services.transport.calling import Caller
from services.transport.limits import Limits

Days = tuple[date, date]  # first and last, both inclusive, the channel's days
# What opens a seller's data: sealed as soon as it is there, never shown, never in a message.
Secrets = Mapping[str, str]


@dataclass(frozen=True)
class Channel:
    """A channel as the marketplace is asked about it."""

    code: str
    country: str
    region: str
    time_zone: str


@dataclass(frozen=True)
class Source:
    """One thing that a marketplace is asked for again and again.

    name: unique within the marketplace; kinds: of the report formats that its files land as.
    per: whether each channel is asked, or the region once.
    how: `report` is ordered, waited for and fetched; `listed` is only made by the marketplace, to
    be found and fetched; `pages` are read at once; `awaited` is asked of what our own reports do
    not tell alone; `cases` and `standing` are no reports.
    every: how long what has been fetched is fresh. With days: piece is the longest span asked at
    once, again how far back the marketplace still changes what it said, history how far it
    remembers, settles_after how late a day is complete. Without: a snapshot of now.
    by_month: what it tells sums up calendar months, so that a piece is as many of them as it holds.
    told_by: the scope or role that it needs, in the marketplace's word.
    awaits: of `awaited`, the SELECT of what is asked for, as `Awaited`; it binds :account_id,
    :marketplace and :region.
    """

    name: str
    kinds: tuple[str, ...]
    per: Literal["channel", "region"]
    how: Literal["report", "listed", "pages", "awaited", "cases", "standing"]
    every: timedelta
    piece: timedelta | None = None
    again: timedelta = timedelta(0)
    history: timedelta = timedelta(days=548)
    settles_after: timedelta = timedelta(0)
    by_month: bool = False
    told_by: str = ""
    awaits: str = ""

    @property
    def has_days(self) -> bool:
        """Whether it is asked for days; else it is a snapshot of now."""
        return self.piece is not None


@dataclass(frozen=True)
class Awaited:
    """A shipment whose arrival no report tells. day: about when it was made or arrived, by what is
    known; time_zone: of its channel. The others: of its parcels, what was told before.
    """

    shipment_id: str
    name: str
    day: date
    time_zone: str
    parcels: int = 0
    delivered_parcels: int = 0
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Asking:
    """One question: a source, the channel it is asked for, its days, or what is awaited."""

    source: Source
    channel: Channel
    days: Days | None
    awaited: tuple[Awaited, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """A member, status or word that no published model has: kept and counted, never a stop."""

    where: str  # operation and member, e.g. "getReport processingStatus"
    said: str  # the marketplace's word, at most 100 characters; no value of a person's


Notice = Callable[[Unknown], None]


# What an ordered report has come to.


@dataclass(frozen=True)
class Working:
    """Not done yet. state: the marketplace's own word."""

    state: str


@dataclass(frozen=True)
class Ready:
    """It can be fetched by `document`. days: those that it was made for, where it is told."""

    document: str
    days: Days | None = None


@dataclass(frozen=True)
class NotTold:
    """The marketplace gave none: unknown, which is never nothing. because: in a sentence."""

    state: str
    because: str


State = Working | Ready | NotTold


@dataclass(frozen=True)
class Found:
    """A report that the marketplace has already: `report_id` to follow, `state` as it is now."""

    report_id: str
    made_at: datetime
    state: State
    days: Days | None = None


@dataclass(frozen=True)
class Fetched:
    """A file that was written: which kind it lands as is recognised from its content.

    days: those that it speaks for, quiet ones too; None: its rows' own.
    """

    path: Path
    name: str  # as people see it: source, days, number
    days: Days | None


@dataclass(frozen=True)
class TheirCase:
    """A case as the marketplace itself keeps it: no subject, no message, no address.

    state: one of ours; said: the marketplace's own word.
    """

    case_id: str
    state: Literal["waits_for_marketplace", "waits_for_you", "resolved", "moved", "unknown"]
    said: str
    created_at: datetime | None
    updated_at: datetime | None
    resolved_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """What a connection may do, and until when.

    countries: whose shops the seller has; empty where the marketplace does not say.
    scopes: what was granted, in the marketplace's words; None where it does not say.
    """

    seller: str = ""
    countries: frozenset[str] = frozenset()
    scopes: tuple[str, ...] | None = None
    consent_until: date | None = None
    refresh_until: date | None = None


class Client(Protocol):
    """One seller's connection. Every method may raise services.transport.refusals.NoAnswerError."""

    def standing(self) -> Standing:
        """What the connection may do; the first question after connecting."""

    def found(self, source: Source, channel: Channel, since: datetime) -> Iterable[Found]:
        """Reports of the source for this channel, of any days, that were made or ordered since."""

    def order(self, asking: Asking) -> str:
        """Order the report; returns its id."""

    def state(self, asking: Asking, report_id: str) -> State:
        """What has become of an ordered report."""

    def fetch(self, asking: Asking, document: str, into: Path) -> Iterator[Fetched]:
        """Write its files into the folder, as they come; what is read at once has no document."""

    def cases(self, since: datetime | None) -> Iterator[TheirCase]:
        """The cases that have changed since, where the marketplace tells them; else none."""


@dataclass(frozen=True)
class OwnKey:
    """A field of a seller's own key: what it is called by us and there, whether it is hidden."""

    name: str
    label: str
    help: str
    is_secret: bool


@dataclass(frozen=True)
class Consent:
    """What came back from the marketplace's consent page, as it was in the address.

    answer_to: our own address, as the page was told it: it is asked for again at the exchange.
    """

    told: Mapping[str, str]
    answer_to: str = ""


@dataclass(frozen=True)
class OwnSecret:
    """What opens our own application there. ends_on: the last day; None: nobody has said it.

    said_by: the setting that says when it was made.
    """

    ends_on: date | None
    said_by: str


class UnconnectableError(Exception):
    """It cannot be connected so; the message says why and what to do."""


class Connecting(Protocol):
    """How a marketplace is connected."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """What it is asked for, the most telling first."""

    @property
    def own_key(self) -> tuple[OwnKey, ...]:
        """The fields of a seller's own key; empty where there is no such way."""

    def why_no_consent(self) -> str:
        """Why its consent page cannot be used here: which settings are missing; else ''."""

    def own_secret(self) -> OwnSecret | None:
        """Of our application; None: none is set up here, or what opens it does not end."""

    def why_not(self, channel: Channel) -> str:
        """Why a channel cannot be connected at all, in a sentence; else ''."""

    def consent_address(self, channel: Channel, state: str, answer_to: str) -> str:
        """The consent page's address; `answer_to` is ours, to which it leads back."""

    def secrets_of_consent(self, consent: Consent, channel: Channel, caller: Caller) -> Secrets:
        """Exchange what came back for what lasts. Raises UnconnectableError, NoAnswerError."""

    def secrets_of_key(self, typed: Mapping[str, str], channel: Channel) -> Secrets:
        """What was typed, checked for its form. Raises UnconnectableError."""

    def caller_of(self, limits: Limits) -> Caller:
        """A caller that introduces itself and reads limits as this marketplace wants it."""

    def client(self, secrets: Secrets, channel: Channel, caller: Caller, notice: Notice) -> Client:
        """Who asks for this seller."""
