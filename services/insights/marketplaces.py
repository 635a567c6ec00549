"""One marketplace's own page: its buckets by subtype, and when its claims may be filed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from services.insights.answers import ClaimWindow
from services.insights.ask import ask
from services.insights.totals import SubtypeTotals, currencies, totals_by_subtype

_CLAIM_WINDOWS: Final = text("""
select subtype, countries, anchor, opens_after_days, closes_after, closes_unit, valid_from,
    valid_to, source, checked_on, confidence, note
from claim_window
where marketplace = :marketplace and countries && cast(:countries as text[])
order by subtype, countries, valid_to desc nulls first, valid_from desc nulls last, claim_window_id
""")


def currencies_of(connection: Connection, account_id: int, marketplace: str) -> tuple[str, ...]:
    """The marketplace's currencies, the one with most money first."""
    return currencies(connection, account_id, marketplace)


def by_subtype(
    connection: Connection, account_id: int, marketplace: str, currency: str, now: datetime
) -> tuple[SubtypeTotals, ...]:
    """The marketplace's buckets, by channel and subtype, in one currency."""
    rows = totals_by_subtype(connection, account_id, currency, now)
    return tuple(row for row in rows if row.marketplace == marketplace)


def claim_windows(
    connection: Connection, marketplace: str, countries: Iterable[str]
) -> tuple[ClaimWindow, ...]:
    """Every window that some source names for these countries; the ones in force come first."""
    values = {"marketplace": marketplace, "countries": list(countries)}
    return ask(connection, _CLAIM_WINDOWS, ClaimWindow, values)
