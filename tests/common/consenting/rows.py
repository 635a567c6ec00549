"""Connections and what was asked of them, as the worker would leave them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from tests.common.worlds.insights import NOW, World, in_days

_SETTLED = ("landed", "not_told", "refused")


def connection_row(world: World, **changed: object) -> int:
    """A connection of Amazon's North America, made ten days ago by Ann."""
    given = {
        "account_id": world.account_id,
        "marketplace": "amazon",
        "region": "NA",
        "way": "consent",
        "connected_at": NOW - timedelta(days=10),
        "connected_by_name": "Ann",
    }
    number = int(put(world, "marketplace_connection", "connection_id", **{**given, **changed}))
    ran = NOW - timedelta(hours=1)
    about = {"account_id": world.account_id, "connection_id": number}
    put(world, "sync_state", "connection_id", **about, began_at=ran, ended_at=ran)
    return number


def piece_row(
    world: World, connection_id: int, position: int, state: str, **changed: object
) -> int:
    """One question: thirty days, the newest at position 0."""
    given = {
        "account_id": world.account_id,
        "connection_id": connection_id,
        "source": "returns",
        "part": "amazon-us",
        "channel": "amazon-us",
        "first_day": in_days(-30 * position - 30),
        "last_day": in_days(-30 * position - 1),
        "state": state,
        "asked_at": NOW - timedelta(hours=2),
        "settled_at": NOW - timedelta(hours=1) if state in _SETTLED else None,
        "due_at": NOW + timedelta(minutes=20),
    }
    return int(put(world, "sync_piece", "piece_id", **{**given, **changed}))


def put(world: World, table: str, answer: str, **values: object) -> Any:
    """Any row that the worker writes."""
    names, bound = ", ".join(values), ", ".join(f":{name}" for name in values)
    statement = f"insert into {table} ({names}) values ({bound}) returning {answer}"
    with world.database.syncing() as connection:
        return connection.execute(text(statement), values).scalar_one()
