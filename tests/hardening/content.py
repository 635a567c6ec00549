"""What a database holds, in words that do not depend on when and in which order it came."""

import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from services.database.engine import Database
from services.marketplaces.tables import SECURED_TABLES

Content = dict[str, list[str]]  # by table: its rows, sorted

# What a number of ours stands for. Numbers are given in the order of arrival.
_STANDS_FOR: Final = {
    "account_id": "select account_id, name from account",
    "channel_id": "select channel_id, code from channel",
    "document_id": "select document_id, kind || ' ' || file_name || ' ' || checksum"
    " from report_document",
    "discrepancy_id": "select discrepancy_id, subtype || ' ' || event_key from discrepancy",
}
_NUMBERS_OF_DOCUMENTS: Final = "added_by"
_ONLY_A_NUMBER: Final = frozenset({"change_number"})


def raw(database: Database) -> Content:
    """Every row as it stands, numbers and clock times too."""
    with database.owning() as connection:
        return {
            table: list(
                connection.execute(text(f"select t::text from {table} t order by 1")).scalars()
            )
            for table in SECURED_TABLES
        }


def content(database: Database, since: datetime) -> Content:
    """Every row, with names in the place of our numbers, and `now` for any time since then."""
    with database.owning() as connection:
        names = {
            column: {row[0]: str(row[1]) for row in connection.execute(text(question))}
            for column, question in _STANDS_FOR.items()
        }
        return {
            table: sorted(
                _told(row, names, since)
                for row in connection.execute(text(f"select to_jsonb(t) from {table} t")).scalars()
            )
            for table in SECURED_TABLES
        }


def _told(row: dict[str, Any], names: dict[str, dict[int, str]], since: datetime) -> str:
    told = {
        column: _value(column, value, names, since)
        for column, value in row.items()
        if column not in _ONLY_A_NUMBER
    }
    return json.dumps(told, sort_keys=True)


def _value(column: str, value: Any, names: dict[str, dict[int, str]], since: datetime) -> Any:
    if column == _NUMBERS_OF_DOCUMENTS:
        return sorted(names["document_id"].get(one, f"document {one}") for one in value)
    if isinstance(value, int) and column in names:
        return names[column].get(value, f"{column} {value}")
    return "now" if _is_since(value, since) else value


def _is_since(value: Any, since: datetime) -> bool:
    if not isinstance(value, str) or "T" not in value:
        return False
    try:
        return datetime.fromisoformat(value) >= since
    except (ValueError, TypeError):  # a word with a T in it, or a moment without a zone
        return False


def difference(came: Content, right: Content) -> str:
    """The first table that differs and a row of it; empty where they are the same."""
    for table, rows in right.items():
        if came[table] != rows:
            missing = sorted(set(rows) - set(came[table]))[:1]
            beyond = sorted(set(came[table]) - set(rows))[:1]
            counts = f"{len(came[table])} rows, not {len(rows)}"
            return f"{table}: {counts}; missing {missing}; beyond {beyond}"
    return ""
