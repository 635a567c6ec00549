"""Where a run keeps what it does, step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.database.engine import Database
from services.marketplaces.asking import Unknown
from services.sync import lease as leases
from services.sync import unknown
from services.sync.connections import Connected
from services.sync.lease import Lease
from services.sync.pieces import Pieces


@dataclass
class Kept:
    """Where a run keeps what it does: each transaction holds its turn, and counts what was heard
    that nobody knows.
    """

    database: Database
    connected: Connected
    lease: Lease
    heard: list[Unknown] = field(default_factory=list)

    @contextmanager
    def writing(self) -> Iterator[Pieces]:
        """A transaction. Raises OvertakenError."""
        with self.database.syncing() as connection:
            leases.keep(connection, self.lease)
            unknown.keep(connection, self.lease, self.heard)
            self.heard.clear()
            yield Pieces(connection, self.lease)
