"""How far a connection's syncing is: for whoever watches it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

_PROGRESS: Final = text("""
    select count(*) filter (where settled_at is null) as open,
        count(*) filter (where settled_at is not null) as settled,
        count(*) filter (where state = 'landed') as landed,
        count(*) filter (where state = 'not_told') as not_told,
        count(*) filter (where state = 'refused') as refused,
        coalesce(sum(rows_landed), 0) as rows_landed,
        coalesce(sum(rows_rejected), 0) as rows_rejected,
        min(due_at) filter (where settled_at is null) as next_at
    from sync_piece
    where account_id = :account_id and connection_id = :connection_id
        and (settled_at is null or settled_at >= :since)
""")
_UNANSWERED: Final = text("""
    select source, part, first_day, last_day, because from sync_piece
    where account_id = :account_id and connection_id = :connection_id
        and (state in ('not_told', 'refused') or state = 'landed' and because is not null)
        and settled_at >= :since
    order by source, part, last_day desc
""")


@dataclass(frozen=True)
class Progress:
    """Questions since a moment, by what became of them. next_at: when the next open one is due."""

    open: int
    settled: int
    landed: int
    not_told: int
    refused: int
    rows_landed: int
    rows_rejected: int
    next_at: datetime | None


def progress(
    connection: Connection, account_id: int, connection_id: int, since: datetime
) -> Progress:
    """Of one connection."""
    asked = {"account_id": account_id, "connection_id": connection_id, "since": since}
    row = connection.execute(_PROGRESS, asked).mappings().one()
    return Progress(
        **{
            **row,
            "rows_landed": int(row["rows_landed"]),
            "rows_rejected": int(row["rows_rejected"]),
        }
    )


def unanswered(
    connection: Connection, account_id: int, connection_id: int, since: datetime
) -> list[str]:
    """What came to nothing or tells only some of its days, a sentence each."""
    asked = {"account_id": account_id, "connection_id": connection_id, "since": since}
    return [
        f"{row.source}, {row.part}"
        + (f", {row.first_day} to {row.last_day}" if row.first_day else "")
        + f": {row.because}"
        for row in connection.execute(_UNANSWERED, asked)
    ]
