"""How far a channel's request has come, in the words that the seller reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, RowMapping

from services.activation import queries
from services.activation.states import OPEN, Status

StepState = Literal["done", "current", "ahead", "declined"]
_NEWS_DAYS: Final = 30
_CARRIED: Final = (
    "request_id",
    "status",
    "taken_by_name",
    "contact_name",
    "email",
    "phone",
    "preferred_time",
    "time_zone",
    "message",
    "requested_at",
)


@dataclass(frozen=True)
class Step:
    """One station of a request, and when it was reached."""

    label: str
    state: StepState
    at: datetime | None = None


@dataclass(frozen=True)
class Said:
    """Something that the service team asked or that the seller answered."""

    event_id: int
    words: str
    by_name: str
    at: datetime
    is_answer: bool


@dataclass(frozen=True)
class Progress:
    """A channel's newest request and its way through support."""

    request_id: int
    status: Status
    steps: tuple[Step, ...]
    conversation: tuple[Said, ...]
    declined_because: str | None
    taken_by_name: str | None
    contact_name: str
    email: str
    phone: str
    preferred_time: str
    time_zone: str
    start_with: tuple[str, ...]
    message: str
    requested_at: datetime

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def questions(self) -> tuple[Said, ...]:
        """What waits for an answer: everything asked since the last one, the latest last."""
        if self.status != "need_info":
            return ()
        answers = [said.event_id for said in self.conversation if said.is_answer]
        last = max(answers, default=0)
        return tuple(said for said in self.conversation if said.event_id > last)


def progress(connection: Connection, account_id: int, channel_code: str) -> Progress | None:
    """The newest request of a channel; None where nobody has asked yet."""
    row = queries.latest_request(connection, account_id, channel_code)
    if row is None:
        return None
    history = _History(row, queries.events(connection, account_id, row["request_id"]))
    return Progress(
        steps=history.steps(),
        conversation=history.conversation(),
        declined_because=history.note("declined") if row["status"] == "declined" else None,
        start_with=tuple(row["start_with"]),
        **{name: row[name] for name in _CARRIED},
    )


@dataclass(frozen=True)
class News:
    """A channel whose request waits for the seller's answer (need_info), or was declined."""

    status: Status
    code: str
    name: str
    marketplace: str
    currency: str


def news(connection: Connection, account_id: int, now: datetime) -> tuple[News, ...]:
    """What the seller has to be told of, questions first; a refusal is news for a month."""
    return tuple(News(**row) for row in queries.news(connection, account_id, now, _NEWS_DAYS))


class _History:
    """A request's events read from its end: the last of a kind counts."""

    def __init__(self, request: RowMapping, events: list[RowMapping]) -> None:
        self.status: Status = request["status"]
        self.requested_at: datetime = request["requested_at"]
        self.events = events
        self.last = {event["kind"]: event for event in events}

    def at(self, kind: str) -> datetime | None:
        event = self.last.get(kind)
        return event["at"] if event else None

    def note(self, kind: str) -> str | None:
        event = self.last.get(kind)
        return event["note"] if event else None

    def conversation(self) -> tuple[Said, ...]:
        return tuple(
            Said(
                one["event_id"],
                one["note"] or "",
                one["by_name"] or "",
                one["at"],
                one["kind"] == "answered",
            )
            for one in self.events
            if one["kind"] in ("asked", "answered")
        )

    def steps(self) -> tuple[Step, ...]:
        requested = Step("Requested", "done", self.requested_at)
        return (requested, self._checked(), *self._waiting(), *self._ready(), self._end())

    def _checked(self) -> Step:
        if self.status == "new":
            return Step("Being checked", "current")
        return Step("Being checked", "done", self.at("asked") or self.at("ready"))

    def _waiting(self) -> tuple[Step, ...]:
        if self.status == "need_info":
            return (Step("Waiting for you", "current", self.at("asked")),)
        if self.status == "answered":
            answered = Step("You answered", "done", self.at("answered"))
            return (answered, Step("Being checked again", "current"))
        if "answered" in self.last:
            return (Step("You answered", "done", self.at("answered")),)
        return ()

    def _ready(self) -> tuple[Step, ...]:
        if self.status in ("ready", "active"):
            return (Step("Everything is there", "done", self.at("ready")),)
        return ()

    def _end(self) -> Step:
        if self.status == "declined":
            return Step("Declined", "declined", self.at("declined"))
        if self.status == "active":
            return Step("Active", "done", self.at("activated"))
        return Step("Active", "current" if self.status == "ready" else "ahead")
