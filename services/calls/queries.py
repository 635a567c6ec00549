"""The SQL of calls: the latest first."""

from typing import Any, Final

from sqlalchemy import Connection, text

from services.calls.answers import Call

_LOG: Final = text("""
    insert into client_call (account_id, held_on, person_id, by_name, note, entry)
    values (:account_id, :held_on, :person_id, :by_name, :note, :entry)
    on conflict (account_id, entry) do nothing
    returning call_id
""")
_LATELY: Final = text("""
    select count(*) from client_call
    where account_id = :account_id and person_id = :person_id
        and logged_at > now() - interval '1 day' and entry <> :entry
""")
_CALLS: Final = text("""
    select call_id, held_on, by_name, note, logged_at from client_call
    where account_id = :account_id
    order by held_on desc, call_id desc limit :size
""")


def insert(connection: Connection, values: dict[str, Any]) -> bool:
    """False where the same entry is logged already."""
    return connection.execute(_LOG, values).scalar_one_or_none() is not None


def logged_lately(connection: Connection, account_id: int, person_id: int, entry: str) -> int:
    """How many calls the person logged with this client within a day, this entry left aside."""
    values = {"account_id": account_id, "person_id": person_id, "entry": entry}
    return int(connection.execute(_LATELY, values).scalar_one())


def latest(connection: Connection, account_id: int, size: int) -> tuple[Call, ...]:
    rows = connection.execute(_CALLS, {"account_id": account_id, "size": size}).mappings()
    return tuple(Call(**row) for row in rows)
