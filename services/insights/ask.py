"""How a question reaches the database: a constant statement, bound values, typed answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, TextClause

from services.insights.answers import Filters

Answer = TypeVar("Answer")


def ask(
    connection: Connection, statement: TextClause, answer: type[Answer], bound: Mapping[str, Any]
) -> tuple[Answer, ...]:
    """Each row as an `answer`, whose fields are the statement's columns."""
    return tuple(answer(**row) for row in connection.execute(statement, bound).mappings())


def scope(account_id: int, filters: Filters) -> dict[str, Any]:
    """The account, always, and what the page is narrowed to."""
    return {
        "account_id": account_id,
        "currency": filters.currency,
        "channel": filters.channel,
        "type": filters.type,
    }


def bound(account_id: int, now: datetime, filters: Filters) -> dict[str, Any]:
    """The same, at a moment: every channel counts its own day from it."""
    if now.tzinfo is None:
        raise ValueError("now needs a time zone: each channel's day is counted from it")
    return {**scope(account_id, filters), "now": now}
