"""Lists over several accounts as files: an account manager's clients, the queue of support.

Each asks the very question that its page asks, so its figures are the page's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from sqlalchemy import Connection

from services.activation.queue import QueueView, Waiting, queue
from services.exports.lists import ROWS_A_QUESTION, every, lines
from services.exports.table import Line, Table
from services.insights.answers import Page
from services.insights.portfolio import Client, Portfolio, clients
from services.marketplaces.labels import channel_label
from wording.requests import STATUS_WORDS, title_of


@dataclass(frozen=True)
class Compared:
    """The view of the portfolio. Whose clients is not in it: that is settled at each request."""

    currency: str | None  # None: each client in its own
    today: date  # of whoever looks


def portfolio_table(connection: Connection, asked: Portfolio) -> Table:
    """Every client in each of its currencies, in the order of the page."""
    header = ("Client", "Currency", "At risk", "Units at risk", "Without amount at risk",
              "In 7 days", "Units in 7 days", "Without amount in 7 days",
              "In 30 days", "Units in 30 days", "Without amount in 30 days",
              "Recovered this month", "Recovered since last call", "Open cases", "Refused cases",
              "Channels", "Channels without reports", "Stale reports", "Last call",
              "Last call by")  # fmt: skip
    rows = every(lambda cursor: clients(connection, asked, cursor, ROWS_A_QUESTION))
    return Table("Portfolio", header, lines(rows, _client_line))


def queue_table(connection: Connection, person_id: int, view: QueueView, now: datetime) -> Table:
    """The requests in the order of the page, with what its table says, and nobody's address."""
    header = ("Days left", "Last day", "Account", "Marketplace", "Request", "Status", "Asked at",
              "First answer at", "Settled at", "With", "Units", "Units without amount", "At risk",
              "Currency")  # fmt: skip

    whole = replace(view, size=ROWS_A_QUESTION)

    def read(cursor: str | None) -> Page[Waiting]:
        found = queue(connection, person_id, whole, now, cursor)
        return Page(found.rows, found.following, found.preceding)

    title = title_of(settled=view.settled)
    return Table(title, header, lines(every(read), _request_line))


def _client_line(row: Client) -> Line:
    """Without a currency there is no report yet, and no figure."""
    return Line(
        (
            row.name,
            row.currency,
            *_figures(row),
            row.open_cases,
            row.refused_cases,
            row.channels,
            row.without_reports,
            ", ".join(map(channel_label, row.stale)),
            row.called_on,
            row.called_by,
        ),
        row.currency or "",
    )


def _figures(row: Client) -> Sequence[Decimal | int | None]:
    if row.currency is None:
        return (None,) * 11
    parts = (row.at_risk, row.within_7_days, row.within_30_days)
    told = [(one.amount, one.units, one.units_without_amount) for one in parts]
    return (*chain.from_iterable(told), row.recovered_this_month, row.recovered_since)


def _request_line(row: Waiting) -> Line:
    at_risk = row.at_risk
    return Line(
        (
            row.days_left,
            at_risk.expires_on,
            row.account_name,
            row.channel_name,
            row.request_id,
            STATUS_WORDS[row.status],
            row.requested_at,
            row.first_answered_at,
            row.settled_at,
            row.taken_by_name,
            at_risk.units,
            at_risk.units_without_amount,
            at_risk.amount,
            at_risk.currency,
        ),
        at_risk.currency,
    )
