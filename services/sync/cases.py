"""Cases as the marketplace itself keeps them, beside our own record: no subject, no message."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from services.marketplaces.asking import TheirCase
from services.sync.lease import Lease
from services.sync.pieces import clean

_UNTIL: Final = text("""
    select max(updated_at) from marketplace_case
    where account_id = :account_id and connection_id = :connection_id
""")
_KEEP: Final = text("""
    insert into marketplace_case (account_id, connection_id, case_id, state, said, created_at,
        updated_at, resolved_at)
    values (:account_id, :connection_id, :case_id, :state, :said, :created_at, :updated_at,
        :resolved_at)
    on conflict (account_id, connection_id, case_id) do update set state = :state, said = :said,
        created_at = :created_at, updated_at = :updated_at, resolved_at = :resolved_at,
        seen_at = now()
    where coalesce(marketplace_case.updated_at <= cast(:updated_at as timestamptz), true)
""")


def changed_until(connection: Connection, lease: Lease) -> datetime | None:
    """The newest change that is known; None: none is."""
    found: datetime | None = connection.execute(_UNTIL, lease.key).scalar_one()
    return found


def keep(connection: Connection, lease: Lease, told: Iterable[TheirCase]) -> None:
    """Keep what each case says now; an older saying never replaces a newer one."""
    rows = [
        {**lease.key, **vars(one), "case_id": clean(one.case_id), "said": clean(one.said)}
        for one in told
    ]
    if rows:
        connection.execute(_KEEP, rows)
