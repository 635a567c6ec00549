"""The SQL of delivery: the message that waits, what came of it, and what support sees of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, text

from services.delivery.webhook import Outcome

State = Literal["waiting", "delivered", "dead"]


@dataclass(frozen=True)
class Waiting:
    """A message that has not arrived yet, with the step and the request that it tells of."""

    account_id: int
    delivery_id: int
    message_id: str
    request_id: int
    event_id: int
    kind: str
    at: datetime
    by_name: str | None
    note: str | None
    is_internal: bool
    account_name: str
    is_sample: bool
    channel: str
    channel_name: str
    status: str
    requested_at: datetime
    contact_name: str
    email: str
    phone: str
    preferred_time: str
    time_zone: str
    start_with: list[str]
    message: str


@dataclass(frozen=True)
class Delivery:
    """What support sees of a message."""

    account_id: int
    delivery_id: int
    account_name: str
    request_id: int
    kind: str  # of the step
    at: datetime
    state: State
    attempts: int
    last_attempt_at: datetime | None
    next_attempt_at: datetime | None
    last_problem: str | None
    delivered_at: datetime | None


_WAITING: Final = text("""
    select d.account_id, d.delivery_id, d.message_id, d.request_id, d.event_id, e.kind, e.at,
        e.by_name, e.note, e.is_internal, a.name as account_name, a.is_sample, c.code as channel,
        m.name as channel_name, r.status, r.requested_at, r.contact_name, r.email, r.phone,
        r.preferred_time, r.time_zone, r.start_with, r.message
    from delivery d
    join activation_event e on e.account_id = d.account_id and e.request_id = d.request_id
        and e.event_id = d.event_id
    join activation_request r on r.account_id = d.account_id and r.request_id = d.request_id
    join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
    join marketplace m on m.code = c.code
    join account a on a.account_id = d.account_id
    where d.account_id = :account_id and d.delivery_id = :delivery_id and d.state = 'waiting'
""")

_NOTE: Final = text("""
    update delivery set attempts = attempts + 1, last_attempt_at = now(),
        state = :state, last_problem = nullif(:problem, ''),
        next_attempt_at = cast(:again as timestamptz),
        delivered_at = case when :state = 'delivered' then now() end
    where account_id = :account_id and delivery_id = :delivery_id and state = 'waiting'
""")

_RESEND: Final = text("""
    update delivery set state = 'waiting', next_attempt_at = null
    where account_id = :account_id and delivery_id = :delivery_id and state = 'dead'
    returning request_id
""")

_DELIVERIES: Final = text("""
    select d.account_id, d.delivery_id, a.name as account_name, d.request_id, e.kind, e.at,
        d.state, d.attempts, d.last_attempt_at, d.next_attempt_at, d.last_problem, d.delivered_at
    from delivery d
    join activation_event e on e.account_id = d.account_id and e.request_id = d.request_id
        and e.event_id = d.event_id
    join account a on a.account_id = d.account_id
    where (cast(:account_id as bigint) is null or d.account_id = :account_id)
        and (cast(:request_id as bigint) is null or d.request_id = :request_id)
        and (cast(:request_id as bigint) is not null or d.state <> 'delivered')
    order by d.state <> 'dead', d.delivery_id desc
    limit :size
""")

_DEAD: Final = text("select count(*) from delivery where state = 'dead'")


def waiting(connection: Connection, account_id: int, delivery_id: int) -> Waiting | None:
    """None: it has arrived, or was given up, since it was put in line."""
    values = {"account_id": account_id, "delivery_id": delivery_id}
    row = connection.execute(_WAITING, values).mappings().one_or_none()
    return Waiting(**row) if row else None


def note(
    connection: Connection, message: Waiting, outcome: Outcome, again: datetime | None
) -> None:
    """What came of a try. Without a next one, what has not arrived is dead."""
    arrived = outcome.state == "delivered"
    state = "delivered" if arrived else "waiting" if again else "dead"
    values = {"state": state, "problem": outcome.problem, "again": again}
    key = {"account_id": message.account_id, "delivery_id": message.delivery_id}
    connection.execute(_NOTE, {**values, **key})


def revive(connection: Connection, account_id: int, delivery_id: int) -> int | None:
    """A dead message waits again; returns its request. None: it is not dead any more."""
    values = {"account_id": account_id, "delivery_id": delivery_id}
    return connection.execute(_RESEND, values).scalar_one_or_none()


def deliveries(
    connection: Connection, account_id: int | None, request_id: int | None, *, size: int
) -> tuple[Delivery, ...]:
    """A request's messages; without one, those of all that have not arrived. Dead ones first."""
    values = {"account_id": account_id, "request_id": request_id, "size": size}
    rows = connection.execute(_DELIVERIES, values).mappings()
    return tuple(Delivery(**row) for row in rows)


def dead(connection: Connection) -> int:
    return int(connection.execute(_DEAD).scalar_one())
