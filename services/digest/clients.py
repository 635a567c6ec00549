"""Which clients come first in an account manager's summary: in the order of Portfolio."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.access.viewer import Account
from services.database.engine import Database
from services.insights.answers import Figure
from services.insights.portfolio import Client, Portfolio, clients, currencies_of_all

# Of each currency so many clients are asked for, which is more than a letter shows.
_MOST: Final = 100


@dataclass(frozen=True)
class Ranked:
    """The accounts, the most urgent first, and what is at risk: by account and currency."""

    accounts: tuple[Account, ...]
    at_risk: Mapping[tuple[int, str], Figure]


def by_risk(database: Database, accounts: Sequence[Account], now: datetime) -> Ranked:
    """The first of each currency, then the second of each: no two currencies are compared.

    Those of whom nothing is at risk stay at the end, as they stood.
    """
    rows = _rows(database, tuple(account.account_id for account in accounts), now)
    rank = _ranks(rows)
    ordered = sorted(accounts, key=lambda account: rank.get(account.account_id, len(rows)))
    at_risk = {(row.account_id, row.currency): row.at_risk for row in rows if row.currency}
    return Ranked(tuple(ordered), at_risk)


def _rows(database: Database, numbers: tuple[int, ...], now: datetime) -> list[Client]:
    whole = Portfolio(numbers, None, now, now.date())
    with database.comparing(numbers) as connection:
        wanted = [
            replace(whole, currency=currency) for currency in currencies_of_all(connection, whole)
        ]
        return [row for one in wanted for row in clients(connection, one, size=_MOST).rows]


def _ranks(rows: Sequence[Client]) -> dict[int, int]:
    """Of each account the best rank that it has in a currency."""
    rank: dict[int, int] = {}
    before: Counter[str | None] = Counter()
    for row in rows:
        if row.priority:
            rank[row.account_id] = min(rank.get(row.account_id, len(rows)), before[row.currency])
        before[row.currency] += 1
    return rank
