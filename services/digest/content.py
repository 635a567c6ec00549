"""What a summary says: figures of the accounts that the person may see at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.access.rights import Right
from services.access.viewer import Account, Viewer
from services.database.engine import Database
from services.digest.calendar import week_before
from services.digest.clients import Ranked, by_risk
from services.insights.answers import Channel, Figure
from services.insights.channels import channels
from services.insights.connections import Linked, linked
from services.insights.totals import Totals, currencies, summed, totals_by_subtype
from services.insights.week_past import WeekPast, week_past
from services.sync.applications import that_end_soon

# More than these nobody reads in a letter; how many were left out is said.
MOST_ACCOUNTS: Final = 20


@dataclass(frozen=True)
class InCurrency:
    """One account in one currency: what runs out from now on, what the week brought."""

    currency: str
    at_risk: Figure | None  # for account managers; None: not ranked
    now: Totals
    week: WeekPast

    @property
    def is_quiet(self) -> bool:
        """Nothing runs out soon, and nothing happened."""
        at_risk = self.at_risk or Figure()
        figures = (at_risk, self.now.within_30_days, self.week.expired, self.week.denied)
        amounts = (self.week.recovered, self.week.reversed)
        return all(one.is_nothing for one in figures) and not any(amounts)


@dataclass(frozen=True)
class OfAccount:
    """`amounts` has none where there are no reports yet, or no service: `unserved` says why."""

    account: Account
    amounts: tuple[InCurrency, ...]
    unserved: str = ""
    stale: tuple[Channel, ...] = ()  # whose reports have stopped
    ends: tuple[Linked, ...] = ()  # what opens them no longer, or will not within 30 days


@dataclass(frozen=True)
class Digest:
    """One person's summary of one week."""

    monday: date
    today: date
    accounts: tuple[OfAccount, ...]
    left_out: int
    are_clients: bool  # an account manager's, the most urgent first, as on Portfolio
    notices: tuple[str, ...] = ()  # for whoever serves all sellers: what ends for all of them

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


def digest_of(database: Database, viewer: Viewer, now: datetime) -> Digest:
    """Raises NotAllowedError for whoever sees no figures at all."""
    viewer.require(Right.SEE_RECOVERY)
    are_clients = viewer.may(Right.SEE_PORTFOLIO)
    ranked = _ranked(database, viewer, now, are_clients=are_clients)
    shown = ranked.accounts[:MOST_ACCOUNTS]
    monday = week_before(now)
    return Digest(
        monday,
        now.date(),
        tuple(_of_account(database, account, ranked, monday, now) for account in shown),
        len(ranked.accounts) - len(shown),
        are_clients,
        that_end_soon(now.date()) if viewer.may(Right.TRIAGE) else (),
    )


def _ranked(database: Database, viewer: Viewer, now: datetime, *, are_clients: bool) -> Ranked:
    if are_clients:
        return by_risk(database, viewer.accounts, now)
    return Ranked(viewer.accounts, {})


def _of_account(
    database: Database, account: Account, ranked: Ranked, monday: date, now: datetime
) -> OfAccount:
    number = account.account_id
    with database.reading(number) as connection:
        of_account = channels(connection, number, now)
        ends = tuple(
            one for one in linked(connection, number) if one.has_died or one.ends_soon(now.date())
        )
        told = {one.currency for one in of_account if one.supported and one.last_landed_at}
        amounts = [
            InCurrency(
                currency,
                ranked.at_risk.get((number, currency)),
                summed(totals_by_subtype(connection, number, currency, now)),
                week_past(connection, number, currency, monday),
            )
            for currency in currencies(connection, number)
            if currency in told
        ]
    stale = tuple(one for one in of_account if one.supported and one.stale)
    return OfAccount(account, tuple(amounts), _why_unserved(of_account), stale, ends)


def _why_unserved(of_account: Sequence[Channel]) -> str:
    """Where there is no service, figures of nought would say that there is nothing to recover."""
    if any(channel.supported for channel in of_account):
        return ""
    return " ".join(filter(None, (channel.unsupported_reason for channel in of_account)))
