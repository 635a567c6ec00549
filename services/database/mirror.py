"""Bring a table to what a temporary table says, writing only what differs."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import fill, listed

_COLUMNS: Final = "select * from {source} limit 0"

_REMOVE: Final = """
delete from {table} ours where account_id = :account_id
    and not exists (select 1 from {source} theirs where {same})
"""

_SAME: Final = "theirs.{name} = ours.{name}"

_WRITE: Final = """
insert into {table} as ours ({columns}) select {columns} from {source} order by {key}
on conflict ({key}) do update set {takes}
where ({stood}) is distinct from ({comes})
"""


def mirror(
    connection: Connection, *, source: str, table: str, key: Sequence[str], account_id: int
) -> None:
    """Make the account's rows of `table` those of `source`, whose columns name the table's.

    Rows gone from the source are deleted, new ones inserted, differing ones updated; an equal row
    is not touched, so that doing it again writes nothing. `key` is a unique key of the table.
    """
    columns = list(connection.execute(text(fill(_COLUMNS, source=source))).keys())
    connection.execute(text(removing(source, table, key)), {"account_id": account_id})
    connection.execute(text(writing(source, table, key, columns)))


def removing(source: str, table: str, key: Sequence[str]) -> str:
    """The statement that removes what is gone from the source."""
    return fill(
        _REMOVE,
        source=source,
        table=table,
        same=" and ".join(fill(_SAME, name=name) for name in key),
    )


def writing(source: str, table: str, key: Sequence[str], columns: Sequence[str]) -> str:
    """The statement that writes what is new or differs."""
    rest = [name for name in columns if name not in key]
    return fill(
        _WRITE,
        source=source,
        table=table,
        columns=listed(columns),
        key=listed(key),
        takes=listed(rest, "{name} = excluded.{name}"),
        stood=listed(rest, "ours.{name}"),
        comes=listed(rest, "excluded.{name}"),
    )
