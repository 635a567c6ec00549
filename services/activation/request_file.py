"""One request, whole: who asks for what, how far it is, and everything that happened to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from services.activation import queries
from services.activation.at_risk import AtRisk, at_risk_of
from services.activation.channels import ActivationChannel, channel_of
from services.activation.checks import Ticked, ticked
from services.activation.history import Kind
from services.activation.states import OPEN, RequestKey, Status

_REQUEST: Final = text("""
    select r.status, r.version, r.contact_name, r.email, r.phone, r.preferred_time, r.time_zone,
        r.start_with, r.message, r.requested_at, r.requested_by_name, r.taken_by, r.taken_by_name,
        r.first_answered_at, r.settled_at, a.name as account_name, c.code
    from activation_request r
    join account a on a.account_id = r.account_id
    join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
    where r.account_id = :account_id and r.request_id = :request_id
""")
_EARLIER: Final = text("""
    select e.request_id, e.status, e.requested_at
    from activation_request r
    join activation_request e on e.account_id = r.account_id and e.channel_id = r.channel_id
        and e.request_id < r.request_id
    where r.account_id = :account_id and r.request_id = :request_id
    order by e.request_id desc
""")


@dataclass(frozen=True)
class Event:
    """One line of the history."""

    event_id: int
    kind: Kind
    at: datetime
    note: str | None
    person_id: int | None
    by_name: str | None
    is_internal: bool


@dataclass(frozen=True)
class Earlier:
    """A request for the same channel that was settled before."""

    request_id: int
    status: Status
    requested_at: datetime


@dataclass(frozen=True)
class RequestFile:
    """What a support person needs to take the next step."""

    key: RequestKey
    account_name: str
    status: Status
    version: int
    contact_name: str
    email: str
    phone: str
    preferred_time: str
    time_zone: str
    start_with: tuple[str, ...]
    message: str
    requested_at: datetime
    requested_by_name: str | None
    taken_by: int | None
    taken_by_name: str | None
    first_answered_at: datetime | None
    settled_at: datetime | None
    channel: ActivationChannel
    checklist: tuple[Ticked, ...]
    history: tuple[Event, ...]
    at_risk: tuple[AtRisk, ...]
    earlier: tuple[Earlier, ...]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def unfinished(self) -> int:
        """How many items of the checklist keep the service from starting."""
        return sum(not each.is_settled for each in self.checklist)

    @property
    def missing(self) -> tuple[Ticked, ...]:
        return tuple(each for each in self.checklist if each.state == "missing")


def request_file(connection: Connection, key: RequestKey, now: datetime) -> RequestFile | None:
    """None where there is no such request in this account."""
    row = connection.execute(_REQUEST, vars(key)).mappings().one_or_none()
    channel = channel_of(connection, key.account_id, row["code"]) if row else None
    if row is None or channel is None:
        return None
    events = queries.events(connection, key.account_id, key.request_id)
    earlier = connection.execute(_EARLIER, vars(key)).mappings()
    carried = {name: row[name] for name in row if name not in ("code", "start_with")}
    return RequestFile(
        key=key,
        channel=channel,
        start_with=tuple(row["start_with"]),
        checklist=tuple(ticked(connection, key, channel.marketplace)),
        history=tuple(Event(**event) for event in events),
        at_risk=at_risk_of(connection, key, now),
        earlier=tuple(Earlier(**one) for one in earlier),
        **carried,
    )
