"""The lists that can be taken away, by name: what each is asked with, and what it then holds."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from services.access.rights import Right
from services.access.viewer import Viewer
from services.activation.queue import QueueView
from services.database.engine import Database
from services.exports import across, lists
from services.exports.across import Compared
from services.exports.table import Table
from services.insights.answers import Filters
from services.insights.cases import Search
from services.insights.expiring import HORIZONS, View
from services.insights.parts import PartView
from services.insights.payments import Wanted
from services.insights.portfolio import Portfolio
from wording.buckets import AT_RISK, PAYMENTS, STATES
from wording.cases import CASE_STATUSES, WAITS_FOR_YOU
from wording.cases import KINDS as CASE_KINDS
from wording.days import month_and_year, plain_date
from wording.notices import ESTIMATES
from wording.orders import EXPIRING, PORTFOLIO, QUEUE
from wording.rates import rates_in_columns
from wording.requests import STATUS_WORDS as REQUEST_STATUSES

Facts = list[tuple[str, str]]
# A snapshot of these accounts' rows, by a role of the database that may read them.
Door = Callable[[Database, tuple[int, ...]], AbstractContextManager[Connection]]

# Nobody waits at a page for a file: its questions may take longer than a page's.
_FILE_SECONDS: Final = 30


@dataclass(frozen=True)
class Asking:
    """A question on its way to the database."""

    connection: Connection
    viewer: Viewer
    accounts: tuple[int, ...]
    filters: Filters
    now: datetime
    view: Any  # of the kind's own type

    @property
    def account_id(self) -> int:
        """Of a list of one account."""
        (account_id,) = self.accounts
        return account_id


def _reading(database: Database, accounts: tuple[int, ...]) -> AbstractContextManager[Connection]:
    (account_id,) = accounts
    return database.reading(account_id, seconds=_FILE_SECONDS)


def _comparing(database: Database, accounts: tuple[int, ...]) -> AbstractContextManager[Connection]:
    return database.comparing(accounts, seconds=_FILE_SECONDS)


def _triaging(database: Database, _: tuple[int, ...]) -> AbstractContextManager[Connection]:
    return database.triaging(seconds=_FILE_SECONDS)


@dataclass(frozen=True)
class Kind:
    """One list: the type of its view, its table, its view in words, and who may read it how."""

    view: type[Any]
    table: Callable[[Asking], Table]
    facts: Callable[[Any], Facts]
    right: Right = Right.SEE_RECOVERY
    door: Door = _reading


@dataclass(frozen=True)
class Whole:
    """The view of a list that has no parts."""


def _open(asked: Asking) -> Table:
    return lists.expiring_table(
        asked.connection, asked.account_id, asked.filters, asked.now, asked.view
    )


def _part(asked: Asking) -> Table:
    return lists.part_table(
        asked.connection, asked.account_id, asked.filters, asked.now, asked.view
    )


def _payments(asked: Asking) -> Table:
    return lists.payments_table(asked.connection, asked.account_id, asked.filters, asked.view)


def _movements(asked: Asking) -> Table:
    return lists.movements_table(asked.connection, asked.account_id, asked.filters, asked.now)


def _cases(asked: Asking) -> Table:
    return lists.cases_table(asked.connection, asked.account_id, asked.filters, asked.view)


def _rejected(asked: Asking) -> Table:
    return lists.rejected_table(asked.connection, asked.account_id)


def _portfolio(asked: Asking) -> Table:
    compared = Portfolio(asked.accounts, asked.view.currency, asked.now, asked.view.today)
    return across.portfolio_table(asked.connection, compared, asked.view.into)


def _queue(asked: Asking) -> Table:
    return across.queue_table(asked.connection, asked.viewer.person_id, asked.view, asked.now)


def _open_facts(view: View) -> Facts:
    told = {
        "Expires in": HORIZONS.get(view.within or "", ""),
        "Week of": plain_date(view.week) if view.week else "",
        "State": STATES[view.state] if view.state else "",
        "Order": EXPIRING[view.order].said,
    }
    return [(name, words) for name, words in told.items() if words]


def _part_facts(view: PartView) -> Facts:
    return _since(view.since)


def _payment_facts(wanted: Wanted) -> Facts:
    month = [("Month", month_and_year(wanted.month))] if wanted.month else []
    way = [("Payments", PAYMENTS[wanted.way])] if wanted.way else []
    return [*month, *way, *_since(wanted.since)]


def _since(first: date | None) -> Facts:
    return [("Since", plain_date(first))] if first else []


def _case_facts(search: Search) -> Facts:
    told = {
        "Cases": CASE_KINDS["reimbursed"] if search.kind == "reimbursed" else "",
        "Status": CASE_STATUSES[search.status] if search.status else "",
        "Search": search.text,
        "Only": WAITS_FOR_YOU if search.waits else "",
    }
    return [*((name, words) for name, words in told.items() if words), *_since(search.since)]


def _portfolio_facts(view: Compared) -> Facts:
    converted = [("Converted", rates_in_columns(view.into))] if view.into else []
    own = ("Currency", view.currency or "Each client's own")
    return [own, *converted, ("Order", PORTFOLIO), ESTIMATES]


def _queue_facts(view: QueueView) -> Facts:
    told = {
        "Marketplace": (view.marketplace or "").capitalize(),
        "Whose": {"mine": "Taken by this person", "nobody's": "Not taken"}.get(view.whose, ""),
        "Status": REQUEST_STATUSES[view.status] if view.status else "",
        "Asked": f"{view.older_than} days ago or earlier" if view.older_than else "",
        "Search": view.text,
        "Order": QUEUE["settled" if view.settled else view.order].said,
    }
    at_risk = ("At risk", AT_RISK)
    return [*((name, words) for name, words in told.items() if words), at_risk, ESTIMATES]


def _nothing(_view: object) -> Facts:
    return []


# Lists of one account, for whoever may see it.
KINDS: Final[Mapping[str, Kind]] = {
    "expiring": Kind(View, _open, _open_facts),
    "part": Kind(PartView, _part, _part_facts),
    "payments": Kind(Wanted, _payments, _payment_facts),
    "movements": Kind(Whole, _movements, _nothing),
    "cases": Kind(Search, _cases, _case_facts),
    "rejected": Kind(Whole, _rejected, _nothing),
}

# Lists over several accounts, for those whose work they are. Which accounts is settled anew at
# each request: they are never part of the question.
ACROSS: Final[Mapping[str, Kind]] = {
    "portfolio": Kind(Compared, _portfolio, _portfolio_facts, Right.SEE_PORTFOLIO, _comparing),
    "queue": Kind(QueueView, _queue, _queue_facts, Right.TRIAGE, _triaging),
}
