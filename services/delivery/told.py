"""What support sees and does about deliveries: what was told, what is stuck, sending again."""

from dataclasses import dataclass
from typing import Final

from services.access.rights import Right
from services.access.viewer import Viewer
from services.database.engine import Database
from services.delivery import outbox, queries
from services.delivery.queries import Delivery
from services.jobs.state import QueueState, queue_state
from services.settings import settings

SHOWN: Final = 50


@dataclass(frozen=True)
class Told:
    """The messages asked for, and whether anybody is sending."""

    is_on: bool
    deliveries: tuple[Delivery, ...]
    queue: QueueState


def told(
    database: Database, viewer: Viewer, account_id: int | None, request_id: int | None
) -> Told:
    """The messages of one request; without one, those of all that have not arrived."""
    viewer.require(Right.TRIAGE)
    with database.triaging() as connection:
        found = queries.deliveries(connection, account_id, request_id, size=SHOWN)
        return Told(settings().help_desk_url is not None, found, queue_state(connection))


def resend(database: Database, viewer: Viewer, account_id: int, delivery_id: int) -> bool:
    """Put a dead message in line again, under its number. False: it is not dead any more."""
    viewer.require(Right.TRIAGE)
    with database.supporting(viewer.person_id) as connection:
        request_id = queries.revive(connection, account_id, delivery_id)
        if request_id is None:
            return False
        outbox.put_in_line(connection, account_id, request_id, delivery_id)
    return True
