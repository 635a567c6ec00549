"""What an account's reports and figures were before an import, kept so that it can be undone.

An import replaces rows of older documents, and figures follow from all of them: what it changed
cannot be told from what is there afterwards. So all that landing and identification write is copied
out before, in the import's own transaction, and put back as it was: to the row, to the cent.
Files of one account, for its last import alone, below DATA_DIRECTORY/before/<request>/.
"""

import gzip
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

from psycopg import sql
from pydantic import BaseModel
from sqlalchemy import Connection, text

from services.database.disk import no_room
from services.database.script import run_script
from services.database.sql import fill, listed
from services.database.tables import IDENTIFIED_TABLES
from services.landing.refusals import ImportRefusedError
from services.landing.staging import psycopg_connection
from services.marketplaces.registry import REPORT_TABLES
from services.recovery.identify import VERSION
from services.settings import settings

# All that landing and identification write, but for the channels: people refer to these.
PUT_BACK: Final = (*REPORT_TABLES, *IDENTIFIED_TABLES)
# An import is undone soon or never.
KEPT_SECONDS: Final = 7 * 24 * 3600
_LEVEL: Final = 1  # gzip's: as fast as the rows come
_BLOCK: Final = 1 << 20
_TOLD: Final = "told.json"


GONE: Final = "What stood before it is not kept any more."
NEWER_VERSION: Final = (
    "A newer version of this software has been installed since: it would read the reports of before"
    " in another way."
)
IN_USE: Final = (
    "It made a channel that is connected, or for which our service was asked since."
    " Have that request declined first; what is connected stays."
)


class NotUndoneError(Exception):
    """The import stays; the message says why."""


def kept_in(import_id: int) -> Path:
    """Where what stood before that import is kept."""
    return settings().data_directory / "before" / str(int(import_id))


def forget(import_id: int) -> None:
    """It cannot be undone any more."""
    shutil.rmtree(kept_in(import_id), ignore_errors=True)


def sweep() -> None:
    """What was kept long enough goes: it is a copy of somebody's figures."""
    long_ago = time.time() - KEPT_SECONDS
    for kept in (settings().data_directory / "before").glob("*"):
        with suppress(FileNotFoundError):
            if kept.stat().st_mtime < long_ago:
                shutil.rmtree(kept, ignore_errors=True)


class _Told(BaseModel):
    """Beside the copied rows: how they were written, and what stood in rows that are not copied.

    channels: when each was synced last, by its number; came_at: the moment of the import.
    """

    columns: dict[str, list[str]]
    version: int
    identified_with: int
    came_at: datetime
    channels: dict[int, datetime | None]


# Keeping -----------------------------------------------------------------------------------

# Without what the database computes itself.
_COLUMNS: Final = text("""
    select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relname = any (:tables)
        and a.attgenerated = ''
    group by c.relname
""")
_CHANNELS: Final = text("""
    select channel_id, last_synced_at from channel where account_id = :account_id
""")
_IDENTIFIED: Final = text("""
    select coalesce(max(identified_with), 0), now() from account where account_id = :account_id
""")


def keep(connection: Connection, account_id: int | None, import_id: int) -> None:
    """Copy out all that the account's next import may change. Its lock is held by the caller.

    account_id None: the account is yet to be made, and has nothing.
    Raises ImportRefusedError where the disk has no room for it: what cannot be undone is not begun.
    """
    forget(import_id)  # of a worker that died on the way
    folder = kept_in(import_id)
    try:
        folder.mkdir(mode=0o700, parents=True)
        _keep(connection, account_id, folder)
    except OSError as error:
        forget(import_id)
        said = f"What stands now cannot be kept beside: {error.strerror}."
        raise ImportRefusedError(no_room(error, folder) or said) from error


def _keep(connection: Connection, account_id: int | None, folder: Path) -> None:
    columns = _columns(connection)
    for table in PUT_BACK:
        _copy_out(connection, table, columns[table], account_id, folder)
    channels = connection.execute(_CHANNELS, {"account_id": account_id}).all()
    identified, came_at = connection.execute(_IDENTIFIED, {"account_id": account_id}).one()
    told = _Told(
        columns=columns,
        version=VERSION,
        identified_with=identified,
        came_at=came_at,
        channels={one.channel_id: one.last_synced_at for one in channels},
    )
    (folder / _TOLD).write_text(told.model_dump_json(), "utf-8")


def _columns(connection: Connection) -> dict[str, list[str]]:
    found = connection.execute(_COLUMNS, {"tables": list(PUT_BACK)})
    return {row.table: row.columns for row in found}


def _copy_out(
    connection: Connection, table: str, columns: list[str], account_id: int | None, folder: Path
) -> None:
    statement = sql.SQL(
        "copy (select {} from {} where account_id = {}) to stdout (format binary)"
    ).format(_names(columns), sql.Identifier(table), sql.Literal(account_id))
    with (
        gzip.open(folder / f"{table}.gz", "wb", _LEVEL) as file,
        psycopg_connection(connection).cursor().copy(statement) as copy,
    ):
        for block in copy:
            file.write(block)


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


# What stood when the import was done -------------------------------------------------------

# Any document that came, went or was read again since changes this; so does a channel, and a report
# that a sync has found to have landed already.
_MARK: Final = text("""
    select md5(
        coalesce((select string_agg(d::text, '|' order by document_id)
            from report_document d where account_id = :account_id), '') || '#' ||
        coalesce((select string_agg(channel_id::text, '|' order by channel_id)
            from channel where account_id = :account_id), '') || '#' ||
        coalesce((select max(settled_at)::text
            from sync_piece where account_id = :account_id and state = 'landed'), ''))
""")


def mark_of(connection: Connection, account_id: int) -> str:
    """What an import can be undone from: the same mark as when it was done."""
    return str(connection.execute(_MARK, {"account_id": account_id}).scalar_one())


# Putting back ------------------------------------------------------------------------------

_KEYS: Final = text("""
    select k.conrelid::regclass::text as here, k.confrelid::regclass::text as there
    from pg_constraint k
    where k.contype = 'f' and k.conrelid <> k.confrelid
        and k.conrelid::regclass::text = any (:tables)
        and k.confrelid::regclass::text = any (:tables)
""")
_EMPTY: Final = "delete from {table} where account_id = :account_id"
_PUT_BACK: Final = """
insert into {table} ({columns}) overriding system value select {columns} from kept_row;
drop table kept_row
"""
_KEPT_ROW: Final = """
create temp table kept_row on commit drop as select {columns} from {table} with no data
"""
_ASKED_FOR: Final = text("""
    select exists (
        select 1 from activation_request
        where account_id = :account_id and channel_id <> all (cast(:channels as bigint[])))
    or exists (
        select 1 from channel
        where account_id = :account_id and channel_id <> all (cast(:channels as bigint[]))
            and connection_state <> 'files')
""")
_NO_CHANNEL: Final = text("""
    delete from channel
    where account_id = :account_id and channel_id <> all (cast(:channels as bigint[]))
""")
_SYNCED: Final = text("""
    update channel set last_synced_at = :synced
    where account_id = :account_id and channel_id = :channel_id and last_synced_at = :came_at
""")
_AS_IDENTIFIED: Final = text("""
    update account set identified_with = :identified_with where account_id = :account_id
""")


def put_back(connection: Connection, account_id: int, import_id: int) -> None:
    """Everything as it was before that import. Its account's lock is held by the caller.

    Raises NotUndoneError.
    """
    told = _told(connection, import_id)
    there = {"account_id": account_id, "channels": list(told.channels)}
    if connection.execute(_ASKED_FOR, there).scalar_one():
        raise NotUndoneError(IN_USE)
    order = _children_first(connection)
    for table in order:
        connection.execute(text(emptying(table)), {"account_id": account_id})
    connection.execute(_NO_CHANNEL, there)
    for table in reversed(order):
        _copy_in(connection, table, told.columns[table], kept_in(import_id))
    for channel_id, synced in told.channels.items():
        values = {"account_id": account_id, "channel_id": channel_id, "synced": synced}
        connection.execute(_SYNCED, {**values, "came_at": told.came_at})
    identified = {"account_id": account_id, "identified_with": told.identified_with}
    connection.execute(_AS_IDENTIFIED, identified)


def _told(connection: Connection, import_id: int) -> _Told:
    try:
        told = _Told.model_validate_json((kept_in(import_id) / _TOLD).read_text("utf-8"))
    except FileNotFoundError as gone:
        raise NotUndoneError(GONE) from gone
    if told.version != VERSION or told.columns != _columns(connection):
        raise NotUndoneError(NEWER_VERSION)
    return told


def _children_first(connection: Connection) -> list[str]:
    """The tables, each before those that it refers to."""
    refers: dict[str, set[str]] = {table: set() for table in PUT_BACK}
    for here, there in connection.execute(_KEYS, {"tables": list(PUT_BACK)}):
        refers[there].add(here)
    return [*TopologicalSorter(refers).static_order()]


def emptying(table: str) -> str:
    """The statement that takes all of an account's rows out of a table."""
    return fill(_EMPTY, table=table)


def making_room(table: str, columns: Iterable[str]) -> str:
    """The statement that makes a table for rows on their way back: COPY goes past no policy."""
    return fill(_KEPT_ROW, table=table, columns=listed(columns))


def putting_back(table: str, columns: Iterable[str]) -> str:
    """The statements that take them from there."""
    return fill(_PUT_BACK, table=table, columns=listed(columns))


def _copy_in(connection: Connection, table: str, columns: list[str], folder: Path) -> None:
    connection.execute(text(making_room(table, columns)))
    statement = sql.SQL("copy kept_row from stdin (format binary)")
    with (
        gzip.open(folder / f"{table}.gz") as file,
        psycopg_connection(connection).cursor().copy(statement) as copy,
    ):
        while block := file.read(_BLOCK):
            copy.write(block)
    run_script(connection, putting_back(table, columns), {})
