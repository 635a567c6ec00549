"""Words that no published model of a marketplace has: kept, counted and shown."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, text

from services.marketplaces.asking import Unknown
from services.sync.lease import Lease
from services.sync.pieces import clean

_KEEP: Final = text("""
    insert into sync_unknown (account_id, connection_id, heard_in, said, times)
    values (:account_id, :connection_id, :heard_in, :said, :times)
    on conflict (account_id, connection_id, heard_in, said)
    do update set times = sync_unknown.times + :times, last_at = now()
""")


def keep(connection: Connection, lease: Lease, heard: Iterable[Unknown]) -> None:
    """Count what was heard."""
    rows = [
        {**lease.key, "heard_in": clean(one.where, 200), "said": clean(one.said), "times": times}
        for one, times in Counter(heard).items()
    ]
    if rows:
        connection.execute(_KEEP, rows)
