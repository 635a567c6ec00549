"""Where an import belongs: the account and channel it names, made where they are new."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

from services.landing.homes import MISSING, take_country, take_home
from services.landing.refusals import ImportRefusedError
from services.marketplaces.contract import Known, ReportFormat
from services.marketplaces.registry import FORMATS
from services.naming import LONGEST_NAME, why_no_name
from services.recovery import clock
from services.recovery.identify import LOCK_ACCOUNT
from wording.days import moment

Days = tuple[date, date]  # first and last, both inclusive

_APART: Final = timedelta(days=1)
MADE: Final = "It holds payments in {currency}: the channel {code} was made for them."


@dataclass(frozen=True)
class Channel:
    """The channel that the import names."""

    channel_id: int
    code: str
    marketplace: str
    country: str
    region: str
    time_zone: str
    is_new: bool


@dataclass(frozen=True)
class Order:
    """How a marketplace was asked for a report: for which days, and when. None: not known."""

    days: Days | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Target:
    """Whose import this is."""

    account_id: int
    account: str
    channel: Channel | None
    words: Mapping[Known, frozenset[str]]  # of lists that only the database knows
    came_at: datetime  # of all its files: nothing tells which of them is older
    asked: Days | None = None  # the days that a person asked the marketplace for
    made_at: datetime | None = (
        None  # not before then the marketplace made the report; None: not told
    )
    asked_by_day: bool = True  # and whether a report that speaks by day was asked for just these

    @property
    def time_zone(self) -> str:
        """The zone in which moments become days."""
        return self.channel.time_zone if self.channel else "UTC"


_ACCOUNT = """
insert into account (name) values (:name) on conflict (name) do nothing
"""

_CHANNEL = """
insert into channel (account_id, code, marketplace, country, region, currency, time_zone)
select :account_id, code, marketplace, country, region, currency, time_zone
from marketplace where code = :code
on conflict (account_id, code) do nothing
"""

_FIND_CHANNEL = """
select channel_id, code, marketplace, country, region, time_zone
from channel where account_id = :account_id and code = :code
"""


# Later than whatever came before, whatever the clock says: it may have been put back.
_CAME_AT: Final = """
select greatest(now(), max(seen_at) + interval '1 microsecond')
from report_document where account_id = :account_id
"""


def find_or_make(connection: Connection, account: str, channel: str | None) -> Target:
    """The target of an import, locked against other imports of the account until it commits.

    Raises ImportRefusedError for a channel that no marketplace has, and where a clock is wrong.
    """
    _check_clocks(connection)
    account_id = _account(connection, account)
    connection.execute(text(LOCK_ACCOUNT), {"account_id": account_id})
    made = _channel(connection, account_id, channel) if channel else None
    if made and made.is_new:
        _rehome(connection, account_id, made)
    came_at = connection.execute(text(_CAME_AT), {"account_id": account_id}).scalar_one()
    return Target(account_id, account, made, known_words(connection, account_id), came_at)


def _check_clocks(connection: Connection) -> None:
    """A file read by a wrong clock would be told apart wrongly from newer ones, for years."""
    there = connection.execute(text("select now()")).scalar_one()
    here = clock.of_this_machine()
    clocks = f"this machine's clock says {moment(here)}, the database's {moment(there)}"
    if abs(here - there) > _APART:
        raise ImportRefusedError(
            f"Nothing was imported: {clocks}. Set the one that is wrong, and import again."
        )
    if there < clock.EARLIEST:
        raise ImportRefusedError(
            f"Nothing was imported: {clocks}, which is before this software was made."
            " Set the clock, and import again."
        )


def make_account(connection: Connection, name: str) -> bool:
    """Make the account of that name; False: there is one already. Raises ImportRefusedError."""
    if reason := why_no_name(name, LONGEST_NAME):
        raise ImportRefusedError(f"No account can be called that. {reason}")
    return connection.execute(text(_ACCOUNT), {"name": name}).rowcount == 1


def _account(connection: Connection, name: str) -> int:
    make_account(connection, name)
    found = connection.execute(
        text("select account_id from account where name = :name"), {"name": name}
    )
    return int(found.scalar_one())


def _channel(connection: Connection, account_id: int, code: str) -> Channel:
    if reason := why_no_name(code, LONGEST_NAME):
        raise ImportRefusedError(f"No channel is called that. {reason}")
    values = {"account_id": account_id, "code": code}
    is_new = connection.execute(text(_CHANNEL), values).rowcount == 1
    found = connection.execute(text(_FIND_CHANNEL), values).one_or_none()
    if found is None:
        codes = connection.execute(text("select code from marketplace order by code")).scalars()
        raise ImportRefusedError(f"There is no channel “{code}”. Channels: {', '.join(codes)}.")
    return Channel(**found._mapping, is_new=is_new)


def known_words(connection: Connection, account_id: int) -> dict[Known, frozenset[str]]:
    """The words of lists that only the database knows: the account's channels, the currencies."""
    channels = connection.execute(
        text("select code from channel where account_id = :account_id"), {"account_id": account_id}
    )
    currencies = connection.execute(text("select distinct currency from marketplace"))
    return {"channel": frozenset(channels.scalars()), "currency": frozenset(currencies.scalars())}


def make_of_currencies(connection: Connection, target: Target, report: ReportFormat) -> list[str]:
    """Make the channels that staged rows of other currencies belong to; what a person should know.

    A region's report names no marketplace, only currencies: money in Canadian dollars never stands
    under the United States, and it makes no difference which channel was imported first. A currency
    that no marketplace of the region has makes none.
    """
    if report.channel_by != "currency" or target.channel is None:
        return []
    values = {
        "account_id": target.account_id,
        "marketplace": target.channel.marketplace,
        "region": target.channel.region,
    }
    missing = connection.execute(text(MISSING), values).all()
    for _, code in missing:
        _rehome(connection, target.account_id, _channel(connection, target.account_id, code))
    return [MADE.format(currency=currency, code=code) for currency, code in missing]


def _rehome(connection: Connection, account_id: int, channel: Channel) -> None:
    values = {
        "account_id": account_id,
        "channel_id": channel.channel_id,
        "country": channel.country,
        "marketplace": channel.marketplace,
        "region": channel.region,
    }
    for report in FORMATS:
        if statement := taking(report, channel):
            connection.execute(text(statement), values)


def taking(report: ReportFormat, channel: Channel) -> str | None:
    """The statement that gives a new channel its rows of this format; None: they stay."""
    if report.marketplace != channel.marketplace or report.channel_by == "import":
        return None
    if report.channel_by == "country":
        return take_country(report)
    return take_home(report)
