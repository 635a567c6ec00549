"""Lists over several accounts as files: an account manager's clients, the queue of support.

Each asks the very question that its page asks, so its figures are the page's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from services.activation.queue import QueueView, Waiting, every_waiting
from services.exports.lists import MOST_ROWS, every, table_of
from services.exports.table import Table
from services.insights.answers import Figure
from services.insights.columns import (
    CURRENCY,
    DAYS_LEFT,
    LAST_DAY,
    STATUS,
    UNITS,
    WHERE,
    Cell,
    Columns,
    Heading,
)
from services.insights.portfolio import Client, Portfolio, clients_list
from services.marketplaces.labels import channel_label
from wording.requests import STATUS_WORDS, title_of


@dataclass(frozen=True)
class Compared:
    """The view of the portfolio. Whose clients is not in it: that is settled at each request."""

    currency: str | None  # None: each client in its own
    today: date  # of whoever looks


_REQUESTS: Final[Columns[Waiting]] = (
    (DAYS_LEFT, lambda row: row.days_left),
    (LAST_DAY, lambda row: row.at_risk.expires_on),
    (Heading("Account", 28), lambda row: row.account_name),
    (WHERE, lambda row: row.channel_name),
    (Heading("Request"), lambda row: row.request_id),
    (STATUS, lambda row: STATUS_WORDS[row.status]),
    (Heading("Asked at", 22), lambda row: row.requested_at),
    (Heading("First answer at", 22), lambda row: row.first_answered_at),
    (Heading("Settled at", 22), lambda row: row.settled_at),
    (Heading("With", 20), lambda row: row.taken_by_name),
    (UNITS, lambda row: row.at_risk.units),
    (Heading("Units without amount"), lambda row: row.at_risk.units_without_amount),
    (Heading("At risk"), lambda row: row.at_risk.amount),
    (CURRENCY, lambda row: row.at_risk.currency),
)


def _figure(of: Callable[[Client], Figure], words: str, in_words: str) -> Columns[Client]:
    """Its amount, its units and those without an amount."""
    return (
        (Heading(words), _told(lambda row: of(row).amount)),
        (Heading(f"Units {in_words}"), _told(lambda row: of(row).units)),
        (Heading(f"Without amount {in_words}"), _told(lambda row: of(row).units_without_amount)),
    )


def _told(value: Callable[[Client], Cell]) -> Callable[[Client], Cell]:
    """Without a currency there is no report yet, and no figure."""
    return lambda row: None if row.currency is None else value(row)


_CLIENTS: Final[Columns[Client]] = (
    (Heading("Client", 28), lambda row: row.name),
    (CURRENCY, lambda row: row.currency),
    *_figure(lambda row: row.at_risk, "At risk", "at risk"),
    *_figure(lambda row: row.within_7_days, "In 7 days", "in 7 days"),
    *_figure(lambda row: row.within_30_days, "In 30 days", "in 30 days"),
    (Heading("Recovered this month"), _told(lambda row: row.recovered_this_month)),
    (Heading("Recovered since last call"), _told(lambda row: row.recovered_since)),
    (Heading("Open cases"), lambda row: row.open_cases),
    (Heading("Refused cases"), lambda row: row.refused_cases),
    (Heading("Channels"), lambda row: row.channels),
    (Heading("Channels without reports"), lambda row: row.without_reports),
    (Heading("Stale reports", 30), lambda row: ", ".join(map(channel_label, row.stale))),
    (Heading("Last call"), lambda row: row.called_on),
    (Heading("Last call by", 20), lambda row: row.called_by),
)


def portfolio_table(connection: Connection, asked: Portfolio) -> Table:
    """Every client in each of its currencies, in the order of the page."""
    rows = every(connection, clients_list(asked))
    return table_of("Portfolio", _CLIENTS, rows, lambda row: row.currency or "")


def queue_table(connection: Connection, person_id: int, view: QueueView, now: datetime) -> Table:
    """The requests in the order of the page, with what its table says, and nobody's address."""
    rows = every_waiting(connection, person_id, replace(view, size=MOST_ROWS), now)
    title = title_of(settled=view.settled)
    return table_of(title, _REQUESTS, rows, lambda row: row.at_risk.currency)
