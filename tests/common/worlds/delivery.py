"""A request with its steps, each written in one transaction with its message."""

from dataclasses import dataclass

from sqlalchemy import text

from services.access.local import local_viewer
from services.access.rights import Role
from services.access.viewer import Viewer
from services.database.engine import Database
from services.delivery import outbox
from tests.common.worlds.activation import add_account, add_channel

SUPPORT = 3
INTERNAL = ("taken", "released", "checked", "noted")


@dataclass(frozen=True)
class Asked:
    """One request of one account, and the way to its next step."""

    database: Database
    account_id: int
    request_id: int

    def step(self, kind: str, note: str | None = None) -> int:
        """Support's own steps, and the seller's two, each by its own role."""
        seller = kind in ("requested", "answered")
        opened = (
            self.database.asking(self.account_id, 1)
            if seller
            else self.database.supporting(SUPPORT)
        )
        values = {
            "account_id": self.account_id,
            "request_id": self.request_id,
            "kind": kind,
            "note": note,
            "person_id": 1 if seller else SUPPORT,
            "is_internal": kind in INTERNAL,
        }
        with opened as connection:
            event_id = int(
                connection.execute(
                    text("""
                    insert into activation_event (account_id, request_id, kind, note, person_id,
                        by_name, is_internal)
                    values (:account_id, :request_id, :kind, :note, :person_id, 'Ada',
                        :is_internal)
                    returning event_id
                    """),
                    values,
                ).scalar_one()
            )
            outbox.defer(connection, self.account_id, self.request_id, event_id)
        return event_id


def asked(database: Database, name: str = "Northwind Kitchen") -> Asked:
    """A request without a step yet."""
    account_id = add_account(database, name)
    channel_id = add_channel(database, account_id)
    with database.owning() as connection:
        request_id = connection.execute(
            text("""
            insert into activation_request (account_id, channel_id, contact_name, email, phone,
                preferred_time, time_zone, start_with, message, consented_at)
            values (:account_id, :channel_id, 'Ada Byron', 'ada@northwind.example.com',
                '+12125550100', 'Any time', 'America/New_York', '{return,inventory}',
                'We lost two pallets in May.', now())
            returning request_id
            """),
            {"account_id": account_id, "channel_id": channel_id},
        ).scalar_one()
    return Asked(database, account_id, int(request_id))


def states(database: Database) -> list[tuple[str, int]]:
    """Each delivery's state and tries, in the order they were made."""
    with database.working() as connection:
        rows = connection.execute(text("select state, attempts from delivery order by delivery_id"))
        return [(row.state, row.attempts) for row in rows]


def as_if_it_were_time(database: Database) -> None:
    """What was put off is due now."""
    with database.working() as connection:
        connection.execute(
            text("update jobs.procrastinate_jobs set scheduled_at = now() where status = 'todo'")
        )


def support(database: Database) -> Viewer:
    return local_viewer(database, listens_on="127.0.0.1", asks_from=None, role=Role.SUPPORT)
