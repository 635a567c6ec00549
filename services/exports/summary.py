"""The one page to send after a call: what it says. How it looks: services.exports.page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from services.access.rights import Right
from services.access.viewer import Viewer
from services.calls.answers import CountedFrom
from services.database.engine import Database
from services.insights.answers import Case, CaseStatus, Channel, Filters, Month
from services.insights.cases import Search, case_statuses, cases
from services.insights.channels import channels
from services.insights.expiring import Open, View, expiring
from services.insights.since import USUAL_DAYS, Since, since
from services.insights.totals import Totals, kept, monthly, summed, totals_by_subtype
from services.marketplaces.labels import channel_label
from wording.labels import ALL_MARKETPLACES, ALL_TYPES, in_a_sentence
from wording.subtypes import type_label

EXPIRING_ROWS: Final = 8
CASE_ROWS: Final = 6
_LETTER_COUNTRIES: Final = frozenset({"US", "CA", "MX"})


@dataclass(frozen=True)
class Summary:
    """Everything on the page, read in one snapshot."""

    account: str
    is_sample: bool
    filters: Filters
    narrowed: str  # the filters in words
    now: datetime
    totals: Totals
    months: tuple[Month, ...]
    changed: Since
    counted: CountedFrom
    next_to_expire: tuple[Open, ...]
    statuses: tuple[CaseStatus, ...]
    newest_cases: tuple[Case, ...]
    channels: tuple[Channel, ...]

    @property
    def currency(self) -> str:
        return self.filters.currency

    @property
    def is_letter(self) -> bool:
        """North America prints on Letter, everybody else on A4."""
        countries = {one.country for one in self.channels}
        return bool(countries) and countries <= _LETTER_COUNTRIES


@dataclass(frozen=True)
class Sent:
    """Whose page it is, narrowed to what, and from where an account manager counts."""

    account_id: int
    filters: Filters
    since: CountedFrom | None = None  # None: the last thirty days, as for everybody else


def read_summary(viewer: Viewer, database: Database, sent: Sent, now: datetime) -> Summary:
    """Raises NotAllowedError."""
    viewer.require(Right.SEE_RECOVERY)
    account = viewer.require_account(sent.account_id)
    account_id, filters = sent.account_id, sent.filters
    with database.reading(account_id) as connection:
        of_account = channels(connection, account_id, now)
        told = sent.since if viewer.may(Right.LOG_CALLS) else None
        counted = told or CountedFrom(_usual_day(of_account, filters, now))
        asked = (connection, account_id, filters)
        totals = totals_by_subtype(connection, account_id, filters.currency, now)
        return Summary(
            account=account.name,
            is_sample=account.is_sample,
            filters=filters,
            narrowed=_narrowed(of_account, filters),
            now=now,
            totals=summed(kept(totals, filters)),
            months=monthly(*asked, now),
            changed=since(*asked, now, counted.day),
            counted=counted,
            next_to_expire=expiring(*asked, now, View(size=EXPIRING_ROWS)).rows,
            statuses=case_statuses(*asked, Search()),
            newest_cases=_newest(connection, account_id, filters, counted.day),
            channels=_shown(of_account, filters),
        )


def _usual_day(of_account: tuple[Channel, ...], filters: Filters, now: datetime) -> date:
    today = max((one.today for one in _shown(of_account, filters)), default=now.date())
    return today - timedelta(days=USUAL_DAYS)


def _shown(of_account: tuple[Channel, ...], filters: Filters) -> tuple[Channel, ...]:
    return tuple(
        one
        for one in of_account
        if one.currency == filters.currency and filters.channel in (None, one.code)
    )


def _narrowed(of_account: tuple[Channel, ...], filters: Filters) -> str:
    names = {one.code: one.name for one in of_account}
    code = filters.channel
    channel = names.get(code, channel_label(code)) if code else ALL_MARKETPLACES
    kind = type_label(filters.type) if filters.type else in_a_sentence(ALL_TYPES)
    return f"{channel}, {kind}, in {filters.currency}"


def _newest(
    connection: Connection, account_id: int, filters: Filters, first: date
) -> tuple[Case, ...]:
    """Those that moved since that day first filed last; without any, those filed last."""
    for search in (Search(since=first), Search()):
        found = cases(connection, account_id, filters, search).rows[:CASE_ROWS]
        if found:
            return found
    return ()
