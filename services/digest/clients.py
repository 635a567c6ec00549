"""Which clients come first in an account manager's summary: by money at risk, as on Portfolio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, text

from services.access.viewer import Account
from services.database.engine import Database
from services.insights.portfolio import Portfolio, clients, currencies_of_all

# Clients have different currencies: a rate orders them here, and no sum of two is ever shown.
_RATES: Final = text("""
    select distinct on (from_currency) from_currency, rate from exchange_rate
    where to_currency = 'USD' order by from_currency, rate_on desc
""")


@dataclass(frozen=True)
class Ranked:
    """The accounts, most at risk first, and what is at risk: by account and currency."""

    accounts: tuple[Account, ...]
    at_risk: Mapping[tuple[int, str], Decimal]


def by_risk(database: Database, accounts: Sequence[Account], now: datetime) -> Ranked:
    """Those of whom nothing is at risk stay at the end, as they stood."""
    numbers = tuple(account.account_id for account in accounts)
    with database.comparing(numbers) as connection:
        at_risk = _at_risk(connection, numbers, now)
        rates = {row.from_currency: row.rate for row in connection.execute(_RATES)}
    weight = dict.fromkeys(numbers, Decimal(0))
    for (account_id, currency), amount in at_risk.items():
        weight[account_id] += amount * rates.get(currency, 1)
    ordered = sorted(accounts, key=lambda account: -weight[account.account_id])
    return Ranked(tuple(ordered), at_risk)


def _at_risk(
    connection: Connection, numbers: tuple[int, ...], now: datetime
) -> dict[tuple[int, str], Decimal]:
    """Of each currency the first page of Portfolio, which is more than a letter shows."""
    return {
        (client.account_id, currency): client.at_risk
        for currency in currencies_of_all(connection, numbers)
        for client in clients(connection, Portfolio(numbers, currency, now)).rows
    }
