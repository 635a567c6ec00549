"""Temporary tables that a document passes through on its way in: no row-level security, no index.

COPY into a table under row-level security is refused by PostgreSQL, so rows are copied here and
land from here by one set-based statement. The tables end with the transaction at the latest.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl
import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import fill, listed
from services.landing.read.lines import ROW
from services.landing.rows.parse import Batch
from services.marketplaces.contract import Column

_COPY_BLOCK: Final = 256 << 10
_TABLES: Final = (
    "staged",
    "staged_fault",
    "staged_listed",
    "staged_country",
    "staged_summary",
    "staged_row",
    "staged_span",
    "staged_reach",
    "staged_day",
    "staged_event",
    "staged_held",
    "staged_more",
    "staged_kept",
    "staged_added",
    "staged_item",
    "staged_pair",
)


_CLEAR: Final = fill("drop table if exists {tables}", tables=listed(_TABLES))

# `staged`: one row a row of the file, by its line, its cells read. `staged_fault`: one row a cell
# that could not be read, or that a check refuses; its row does not land.
_STAGED: Final = """
create temp table staged ({row} bigint, {fields}) on commit drop;
create temp table staged_fault ({row} bigint, field text, expected text, found text)
    on commit drop;
"""


def clear(connection: Connection) -> None:
    """Drop what the document before left behind."""
    connection.execute(text(_CLEAR))


def staged_as(columns: Sequence[Column]) -> str:
    """The statements that make room for rows of these columns."""
    fields = [f"{column.field} {column.reading.postgres}" for column in columns]
    return fill(_STAGED, row=ROW, fields=listed(fields))


def stage(connection: Connection, columns: Sequence[Column], batches: Iterable[Batch]) -> None:
    """Copy a document's typed rows into `staged` and its faults into `staged_fault`."""
    clear(connection)
    run_script(connection, staged_as(columns), {})
    for batch in batches:
        _copy(connection, "staged", batch.values)
        _copy(connection, "staged_fault", _storable(batch.faults))
    connection.execute(text("analyze staged"))


def _storable(faults: pl.DataFrame) -> pl.DataFrame:
    # PostgreSQL's text holds every letter but NUL: it is shown by its picture.
    return faults.with_columns(pl.col("found").str.replace_all("\0", "␀", literal=True))


def _copy(connection: Connection, table: str, rows: pl.DataFrame) -> None:
    """COPY in blocks. polars writes an empty text as "" and nothing as null, as COPY reads it."""
    if rows.is_empty():
        return
    buffer = io.BytesIO()
    rows.write_csv(buffer, include_header=False)
    statement = sql.SQL("copy {} ({}) from stdin with (format csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    )
    view = buffer.getbuffer()
    with psycopg_connection(connection).cursor().copy(statement) as copy:
        for start in range(0, len(view), _COPY_BLOCK):
            copy.write(view[start : start + _COPY_BLOCK])


def psycopg_connection(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    """The driver's connection below SQLAlchemy's, for COPY."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("landing needs psycopg: it loads by COPY")
    return raw
