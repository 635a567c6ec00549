"""One run of a connection at a time, and the number that proves whose turn it is.

A worker that stands still for longer than it said has lost its turn: whoever comes next has a
higher number, and every write of the old one is refused.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

HELD_FOR: Final = timedelta(minutes=10)  # an import of a large account included


class OvertakenError(RuntimeError):
    """Another run has the connection now."""


@dataclass(frozen=True)
class Lease:
    """A turn."""

    account_id: int
    connection_id: int
    run: int

    @property
    def key(self) -> dict[str, object]:
        """What the statements bind."""
        return {"account_id": self.account_id, "connection_id": self.connection_id, "run": self.run}


_TAKE: Final = text("""
    update sync_state set run = run + 1, runs_until = now() + :held, began_at = now()
    where account_id = :account_id and connection_id = :connection_id
        and coalesce(runs_until <= now(), true)
    returning run
""")
_KEEP: Final = text("""
    update sync_state set runs_until = now() + :held
    where account_id = :account_id and connection_id = :connection_id and run = :run
        and runs_until is not null and exists (
            select 1 from marketplace_connection n
            where n.account_id = sync_state.account_id
                and n.connection_id = sync_state.connection_id and n.state = 'connected')
""")
_END: Final = text("""
    update sync_state set runs_until = null, ended_at = now(), next_at = :next_at,
        because = :because
    where account_id = :account_id and connection_id = :connection_id and run = :run
        and runs_until is not null
""")


def take(connection: Connection, account_id: int, connection_id: int) -> Lease | None:
    """The turn; None: another run has it."""
    key = {"account_id": account_id, "connection_id": connection_id, "held": HELD_FOR}
    run = connection.execute(_TAKE, key).scalar_one_or_none()
    return None if run is None else Lease(account_id, connection_id, int(run))


def keep(connection: Connection, lease: Lease) -> None:
    """Go on having it, while it is connected: in each transaction that writes what it has done.

    Raises OvertakenError.
    """
    if connection.execute(_KEEP, {**lease.key, "held": HELD_FOR}).rowcount == 0:
        raise OvertakenError


def end(connection: Connection, lease: Lease, next_at: datetime, because: str | None) -> None:
    """Give it back. because: what kept it from asking at all. Raises OvertakenError."""
    values = {**lease.key, "next_at": next_at, "because": because}
    if connection.execute(_END, values).rowcount == 0:
        raise OvertakenError
