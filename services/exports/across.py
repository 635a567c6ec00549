"""Lists over several accounts as files: an account manager's clients, the queue of support.

Each asks the very question that its page asks, so its figures are the page's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Final

from sqlalchemy import Connection

from services.activation.queue import QueueView, Waiting, every_waiting
from services.exports.lists import MOST_ROWS, every, table_of
from services.exports.table import Converted, FileCell, FileColumns, Rate, Table
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
from services.insights.conversion import Rates, converted, rates_of
from services.insights.portfolio import Client, Portfolio, clients_list, currencies_of_all
from services.marketplaces.labels import channel_label
from wording.rates import BANK
from wording.requests import STATUS_WORDS, title_of


@dataclass(frozen=True)
class Compared:
    """The view of the portfolio. Whose clients is not in it: that is settled at each request."""

    currency: str | None  # None: each client in its own
    today: date  # of whoever looks
    into: str | None = None  # what each client's own amounts are converted into, beside them


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


CONVERTED_AT_ONCE: Final = 1_000
# What is converted of a client, and what of it; what is unknown stays so.
_CONVERTED: Final[Mapping[str, Callable[[Client], Decimal | None]]] = {
    "At risk": lambda row: row.at_risk.amount,
    "In 7 days": lambda row: row.within_7_days.amount,
    "In 30 days": lambda row: row.within_30_days.amount,
    "Recovered this month": lambda row: row.recovered_this_month,
    "Recovered since last call": lambda row: row.recovered_since,
}


@dataclass(frozen=True)
class _Beside:
    """A client in one of its currencies, and what its amounts are in another."""

    client: Client
    rate: Decimal | None  # None: there is none
    converted: Mapping[str, Decimal | None]


def portfolio_table(connection: Connection, asked: Portfolio, into: str | None = None) -> Table:
    """Every client in each of its currencies; `into`: with its amounts in this one beside them."""
    rows = every(connection, clients_list(asked))
    if into is None:
        return table_of("Portfolio", _CLIENTS, rows, lambda row: row.currency or "")
    rates = rates_of(connection, currencies_of_all(connection, asked), into, asked.today)
    beside = _all_beside(connection, rates, rows)
    return table_of("Portfolio", _columns(rates), beside, lambda row: row.client.currency or "")


def _all_beside(connection: Connection, rates: Rates, rows: Iterator[Client]) -> Iterator[_Beside]:
    while some := tuple(islice(rows, CONVERTED_AT_ONCE)):
        yield from _beside(connection, rates, some)


def _beside(connection: Connection, rates: Rates, rows: Sequence[Client]) -> tuple[_Beside, ...]:
    """All of these rows in one question."""
    told = {
        (number, name): (row.currency, amount)
        for number, row in enumerate(rows)
        for name, of in _CONVERTED.items()
        if row.currency and (amount := of(row)) is not None
    }
    amounts = converted(
        connection, rates, {f"{at} {name}": [each] for (at, name), each in told.items()}
    )
    return tuple(
        _Beside(
            row,
            rates.of_one.get(row.currency or ""),
            {name: amounts.get(f"{number} {name}") for name in _CONVERTED},
        )
        for number, row in enumerate(rows)
    )


def _columns(rates: Rates) -> FileColumns[_Beside]:
    """Each own amount stays; rate, day and converted amounts have columns of their own."""
    own = [(heading, partial(_of_client, value)) for heading, value in _CLIENTS]
    return (
        *own,
        (Heading(f"Rate into {rates.into}"), lambda row: Rate(row.rate) if row.rate else None),
        (Heading(f"Rate of the {BANK} of"), lambda row: rates.day if row.rate else None),
        *(
            (Heading(f"{name} in {rates.into}"), partial(_converted, name, rates.into))
            for name in _CONVERTED
        ),
    )


def _of_client(value: Callable[[Client], Cell], row: _Beside) -> Cell:
    return value(row.client)


def _converted(name: str, into: str, row: _Beside) -> FileCell:
    amount = row.converted[name]
    return None if amount is None else Converted(amount, into)


def queue_table(connection: Connection, person_id: int, view: QueueView, now: datetime) -> Table:
    """The requests in the order of the page, with what its table says, and nobody's address."""
    rows = every_waiting(connection, person_id, replace(view, size=MOST_ROWS), now)
    title = title_of(settled=view.settled)
    return table_of(title, _REQUESTS, rows, lambda row: row.at_risk.currency)
