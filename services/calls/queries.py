"""The SQL of calls: the latest first."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, text

from services.calls.answers import Call
from services.database.sql import day_of, fill

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
# A call is held on the reader's day. East of the marketplace that has begun earlier: what came
# after the call may be of the marketplace's day before.
COUNTED_FROM: Final = fill(
    """least(k.held_on, (
    select min({logged_day})
    from channel c where c.account_id = k.account_id))""",
    logged_day=day_of("k.logged_at", "c"),
)
_SHOWN: Final = fill(
    """k.call_id, k.held_on, k.person_id, k.by_name, k.note, k.logged_at, k.undone_at,
    {counted_from} as counted_from""",
    counted_from=COUNTED_FROM,
)
_CALLS: Final = text(
    fill(
        """
    select {shown} from client_call k
    where account_id = :account_id
    order by held_on desc, call_id desc limit :size
""",
        shown=_SHOWN,
    )
)
# Several calls of one day count as one: the one that was logged last speaks for it.
_BEFORE: Final = text(
    fill(
        """
    select distinct on (held_on) {shown} from client_call k
    where account_id = :account_id and held_on < :today and undone_at is null
    order by held_on desc, call_id desc limit :size
""",
        shown=_SHOWN,
    )
)
_UNDO: Final = text("""
    update client_call set undone_at = now()
    where account_id = :account_id and call_id = :call_id and person_id = :person_id
        and undone_at is null
""")


def insert(connection: Connection, values: dict[str, Any]) -> bool:
    """False where the same entry is logged already."""
    return connection.execute(_LOG, values).scalar_one_or_none() is not None


def logged_lately(connection: Connection, account_id: int, person_id: int, entry: str) -> int:
    """How many calls the person logged with this client within a day, this entry left aside."""
    values = {"account_id": account_id, "person_id": person_id, "entry": entry}
    return int(connection.execute(_LATELY, values).scalar_one())


def undo(connection: Connection, account_id: int, call_id: int, person_id: int) -> bool:
    """False where the person logged no such call, or has undone it already."""
    values = {"account_id": account_id, "call_id": call_id, "person_id": person_id}
    return connection.execute(_UNDO, values).rowcount == 1


def latest(connection: Connection, account_id: int, size: int) -> tuple[Call, ...]:
    """Those that were undone are among them."""
    rows = connection.execute(_CALLS, {"account_id": account_id, "size": size}).mappings()
    return tuple(Call(**row) for row in rows)


def before(connection: Connection, account_id: int, today: date, size: int) -> tuple[Call, ...]:
    values = {"account_id": account_id, "today": today, "size": size}
    return tuple(Call(**row) for row in connection.execute(_BEFORE, values).mappings())
