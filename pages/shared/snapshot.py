"""One page, one snapshot: everything a page shows is read in one transaction, at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from pages.shared import clock
from pages.shared.trouble import waiting_for_the_database
from pages.shared.viewer import SignedIn
from services.access.viewer import Account, Viewer
from services.database.start import database


@dataclass(frozen=True)
class Snapshot:
    """What the questions of a page are asked with."""

    connection: Connection
    account: Account
    now: datetime
    viewer: Viewer

    @property
    def account_id(self) -> int:
        return self.account.account_id


@contextmanager
def snapshot(viewer: SignedIn) -> Iterator[Snapshot]:
    """The account's rows as they are now; while the database is away, the page waits for it."""
    with (
        waiting_for_the_database(),
        database().reading(viewer.account.account_id) as connection,
    ):
        yield Snapshot(connection, viewer.account, clock.now(), viewer.viewer)
