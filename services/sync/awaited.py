"""What is asked for because our own reports do not tell it."""

from sqlalchemy import text

from services.database.engine import Database
from services.marketplaces.asking import Awaited, Source
from services.sync.connections import Connected


def awaited(database: Database, connected: Connected, source: Source) -> tuple[Awaited, ...]:
    """What a source of this connection is asked for now; it reads what has landed."""
    asked = {
        "account_id": connected.account_id,
        "marketplace": connected.marketplace,
        "region": connected.region,
    }
    with database.loading() as connection:
        found = connection.execute(text(source.awaits), asked)
        return tuple(Awaited(**row._mapping) for row in found)
