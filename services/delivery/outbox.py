"""What the help desk is to be told, written in the transaction of the step that it tells of."""

from typing import Final

from sqlalchemy import Connection, text

from services.jobs import lanes, later
from services.settings import settings

DELIVER: Final = "delivery:deliver"
# What is ticked off and noted on the way is the queue's own work.
TOLD: Final = (
    "requested",
    "taken",
    "released",
    "asked",
    "answered",
    "ready",
    "activated",
    "declined",
)

# The message's number comes of the event's: told again, it is the same message.
_WRITE: Final = text("""
    insert into delivery (account_id, request_id, event_id, message_id)
    select e.account_id, e.request_id, e.event_id, format('msg_%s_%s', e.account_id, e.event_id)
    from activation_event e
    where e.account_id = :account_id and e.request_id = :request_id and e.event_id = :event_id
        and e.kind = any (:told)
    returning delivery_id
""")


def defer(connection: Connection, account_id: int, request_id: int, event_id: int) -> None:
    """Have the help desk told of a step. Without a help desk, nothing: the queue alone serves."""
    if settings().help_desk_url is None:
        return
    values = {"account_id": account_id, "request_id": request_id, "event_id": event_id}
    written = connection.execute(_WRITE, {**values, "told": list(TOLD)})
    delivery_id = written.scalar_one_or_none()
    if delivery_id is not None:
        put_in_line(connection, account_id, request_id, delivery_id)


def put_in_line(connection: Connection, account_id: int, request_id: int, delivery_id: int) -> None:
    """Behind the request's earlier messages: the help desk hears its story in order."""
    later.defer(
        connection,
        DELIVER,
        lane=lanes.HELP_DESK,
        lock=f"request {account_id} {request_id}",
        account_id=account_id,
        delivery_id=delivery_id,
    )
