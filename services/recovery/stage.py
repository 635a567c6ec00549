"""A step of identification: what it reads, what it leaves for later ones, and why it is taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from services.database.tables import SHARED_TABLES
from services.marketplaces.tables import TENANT_TABLES

# Stands for the tables of a marketplace's reports and words: they are read by its own statements.
LANDED: Final = "landed"

_KEPT: Final = frozenset((LANDED, *TENANT_TABLES, *SHARED_TABLES))


class StageError(Exception):
    """The stages do not fit together: a mistake in the code."""


@dataclass(frozen=True)
class Stage:
    """One step. It runs in the caller's transaction, over one account.

    reads: the tables that it looks at. writes: those whose rows it changes, of what stood before
    it. leaves: temporary tables that later stages read; what a row of them is stands where they
    are made. What else a stage makes for itself is nobody else's.
    """

    run: Callable[[Connection, int], None]
    why: str
    reads: tuple[str, ...]
    writes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """That of the function that does it."""
        return self.run.__name__


def fitting(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages, in order. Raises StageError where one needs what none before it leaves."""
    known = _KEPT
    for stage in stages:
        unknown = {*stage.reads, *stage.writes} - known
        if unknown:
            raise StageError(f"{stage.name} needs {sorted(unknown)}, which no stage before leaves")
        known |= {*stage.leaves}
    return tuple(stages)


_MISSING: Final = text("""
select name from unnest(cast(:names as text[])) name
where to_regclass('pg_temp.' || quote_ident(name)) is null
order by name
""")


def take(stage: Stage, connection: Connection, account_id: int) -> None:
    """Run it. Raises StageError where it does not leave what it says."""
    stage.run(connection, account_id)
    if stage.leaves:
        missing = connection.execute(_MISSING, {"names": list(stage.leaves)}).scalars().all()
        if missing:
            raise StageError(f"{stage.name} has not left {missing}")
