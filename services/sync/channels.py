"""The channels of a connection: one for each shop that the seller has in its region."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text

from services.database.engine import Database
from services.landing.target import find_or_make
from services.sync.connections import Connected

_MISSING: Final = text("""
    select m.code from marketplace m
    where m.marketplace = :marketplace and m.region = :region and m.supported
        and m.country = any(:countries)
        and not exists (
            select 1 from channel c where c.account_id = :account_id and c.code = m.code)
    order by m.code
""")


def make(database: Database, connected: Connected, countries: Iterable[str]) -> list[str]:
    """Make those that are not there yet; returns their codes."""
    asked = {
        "account_id": connected.account_id,
        "marketplace": connected.marketplace,
        "region": connected.region,
        "countries": sorted(countries),
    }
    with database.loading() as connection:
        missing = list(connection.execute(_MISSING, asked).scalars())
        for code in missing:
            find_or_make(connection, connected.account, code)
    return missing
