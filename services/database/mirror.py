"""Bring a table to what a temporary table says, writing only what differs."""

from collections.abc import Sequence

from sqlalchemy import Connection, text


def mirror(
    connection: Connection, *, source: str, table: str, key: Sequence[str], account_id: int
) -> None:
    """Make the account's rows of `table` those of `source`, whose columns name the table's.

    Rows gone from the source are deleted, new ones inserted, differing ones updated; an equal row
    is not touched, so that doing it again writes nothing. `key` is a unique key of the table.
    """
    columns = list(connection.execute(text(f"select * from {source} limit 0")).keys())
    rest = [name for name in columns if name not in key]
    same = " and ".join(f"{source}.{name} = {table}.{name}" for name in key)
    connection.execute(
        text(
            f"delete from {table} where account_id = :account_id"
            f" and not exists (select 1 from {source} where {same})"
        ),
        {"account_id": account_id},
    )
    connection.execute(
        text(
            f"insert into {table} ({', '.join(columns)}) select {', '.join(columns)} from {source}"
            f" order by {', '.join(key)} on conflict ({', '.join(key)}) do update set"
            f" {', '.join(f'{name} = excluded.{name}' for name in rest)}"
            f" where ({', '.join(f'{table}.{name}' for name in rest)}) is distinct from"
            f" ({', '.join(f'excluded.{name}' for name in rest)})"
        )
    )
