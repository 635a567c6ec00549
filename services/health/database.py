"""Whether the database has room for its processes, and is what the migrations make of one."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import text

from services.database.engine import Database
from services.database.schema import schema, wanted
from services.database.turns import LEAST_IN_ALL, SET_ASIDE, budget, fits
from services.finding import Finding

_NAMED: Final = 3
_OPEN: Final = text("select count(*) from pg_stat_activity where backend_type = 'client backend'")


def connections(database: Database, processes: int) -> Finding:
    """Whether all processes together stay within what the server allows."""
    allowed = database.server_allows()
    with database.owning() as connection:
        are_open = int(connection.execute(_OPEN).scalar_one())
    needed = LEAST_IN_ALL * processes + SET_ASIDE
    says = (
        f"{allowed} allowed, {budget(allowed, processes)} for each of {processes} processes, "
        f"{are_open} open"
    )
    mend = f"Set max_connections to {needed + 3} or more, or lower DATABASE_PROCESSES."
    well = fits(allowed, processes)
    return Finding("connections", well, says, "" if well else mend)


def schema_as_migrated(database: Database) -> Finding:
    """Whether somebody has changed by hand what the migrations made."""
    with database.owning() as connection:
        found = schema(connection)
    said = [*_listed("missing", wanted() - found), *_listed("unknown", found - wanted())]
    mend = "Undo what was changed by hand, or restore a backup: docs/operating.md." if said else ""
    return Finding("schema", not said, "; ".join(said) or "as the migrations make it", mend)


def _listed(what: str, things: Collection[str]) -> list[str]:
    if not things:
        return []
    named = ", ".join(sorted(things)[:_NAMED])
    more = f" and {len(things) - _NAMED} more" if len(things) > _NAMED else ""
    return [f"{what}: {named}{more}"]
