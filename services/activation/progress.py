"""How far a channel's request has come, in the words that the seller reads."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping

from services.activation import queries

StepState = Literal["done", "current", "ahead", "declined"]
_CARRIED: Final = (
    "request_id",
    "status",
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
    """One station of a request; its day is the day in the seller's own time zone."""

    label: str
    state: StepState
    on: date | None = None


@dataclass(frozen=True)
class Progress:
    """A channel's newest request and its way through support."""

    request_id: int
    status: str
    steps: tuple[Step, ...]
    question: str | None  # the latest, while it waits for an answer
    declined_because: str | None
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
        return self.status in queries.OPEN_STATUSES


def progress(connection: Connection, account_id: int, channel_code: str) -> Progress | None:
    """The newest request of a channel; None where nobody has asked yet."""
    row = queries.latest_request(connection, account_id, channel_code)
    if row is None:
        return None
    history = _History(row, queries.events(connection, account_id, row["request_id"]))
    return Progress(
        steps=history.steps(),
        question=history.question(),
        declined_because=history.note("declined") if row["status"] == "declined" else None,
        start_with=tuple(row["start_with"]),
        **{name: row[name] for name in _CARRIED},
    )


class _History:
    """A request's events read from its end: the last of a kind counts."""

    def __init__(self, request: RowMapping, events: list[RowMapping]) -> None:
        self.status: str = request["status"]
        self.zone = ZoneInfo(request["time_zone"])
        self.requested_at: datetime = request["requested_at"]
        self.last = {event["kind"]: event for event in events}

    def day(self, kind: str) -> date | None:
        event = self.last.get(kind)
        return event["at"].astimezone(self.zone).date() if event else None

    def note(self, kind: str) -> str | None:
        event = self.last.get(kind)
        return event["note"] if event else None

    def question(self) -> str | None:
        return self.note("asked") if self.status == "need_info" else None

    def steps(self) -> tuple[Step, ...]:
        requested = Step("Requested", "done", self.requested_at.astimezone(self.zone).date())
        return (requested, self._checked(), *self._waiting(), self._end())

    def _checked(self) -> Step:
        if self.status == "new":
            return Step("Being checked", "current")
        return Step("Being checked", "done", self.day("ready") or self.day("asked"))

    def _waiting(self) -> tuple[Step, ...]:
        if self.status == "need_info":
            return (Step("Waiting for you", "current", self.day("asked")),)
        if "asked" in self.last:
            return (Step("Waiting for you", "done", self.day("answered")),)
        return ()

    def _end(self) -> Step:
        if self.status == "declined":
            return Step("Declined", "declined", self.day("declined"))
        if self.status == "active":
            return Step("Active", "done", self.day("activated"))
        return Step("Active", "current" if self.status == "ready" else "ahead")
