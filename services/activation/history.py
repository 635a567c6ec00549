"""The history of a request: each step is one line, written once and never changed."""

from typing import Final, Literal

from sqlalchemy import Connection, text

from services.access.viewer import Viewer
from services.activation.states import RequestKey
from services.delivery import outbox

Kind = Literal[
    "requested",
    "taken",
    "released",
    "checked",
    "noted",
    "asked",
    "answered",
    "ready",
    "activated",
    "declined",
]
# The service team's own work. Row-level security keeps these from sellers.
INTERNAL: Final[frozenset[Kind]] = frozenset({"taken", "released", "checked", "noted"})

_INSERT: Final = text("""
    insert into activation_event (account_id, request_id, kind, note, person_id, by_name,
        is_internal)
    values (:account_id, :request_id, :kind, :note, :person_id, :by_name, :is_internal)
    returning event_id
""")


def record_event(
    connection: Connection, key: RequestKey, kind: Kind, viewer: Viewer, note: str | None = None
) -> int:
    """Who did what, in the transaction of the step itself; returns the event's number.

    The help desk is told by a job of the same transaction: both are there, or neither is.
    """
    values = {
        "account_id": key.account_id,
        "request_id": key.request_id,
        "kind": kind,
        "note": note,
        "person_id": viewer.person_id,
        "by_name": viewer.person.name,
        "is_internal": kind in INTERNAL,
    }
    event_id = int(connection.execute(_INSERT, values).scalar_one())
    outbox.defer(connection, key.account_id, key.request_id, event_id)
    return event_id
