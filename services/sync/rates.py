"""Exchange rates of the European Central Bank: each with its day, never more than it published.

https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates: what a euro
was in each currency, once a working day at about 16:00 in Frankfurt; the bank says that they are
for information, and so are figures converted with them here.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from defusedxml.ElementTree import ParseError, iterparse
from procrastinate import JobContext
from sqlalchemy import Connection, text

from services.database.conversion import OLDEST_DAYS
from services.database.engine import Database
from services.delivery.back_off import BackOff
from services.jobs import lanes
from services.jobs.app import app, database_of
from services.settings import Settings, settings
from services.transport.calling import Caller, Manners
from services.transport.limits import Unlimited
from services.transport.refusals import NoAnswerError, NotUnderstoodError
from wording.days import plain_date
from wording.numbers import counted
from wording.rates import BANK

_DAILY: Final = "eurofxref-daily.xml"
_NINETY_DAYS: Final = "eurofxref-hist-90d.xml"
_ALL: Final = "eurofxref-hist.xml"
_CUBE: Final = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
# Claims are older than eighteen months nowhere; payments of before are told in their own currency.
_KEPT: Final = timedelta(days=3 * 366)
_OF_NINETY: Final = timedelta(days=85)
# The bank publishes at about 16:00 in Frankfurt; asked a few times, so that a bad hour costs none.
_HOURS: Final = frozenset({6, 15, 16, 18})  # of UTC
_SATURDAY: Final = 5
_MOST_BYTES: Final = 64 << 20
_MANNERS: Final = Manners(named="Reimbursement/1 (Language=Python)")


@dataclass(frozen=True)
class DayRate:
    """What one euro was on a day."""

    day: date
    currency: str
    rate: Decimal


def read(path: Path) -> Iterator[DayRate]:
    """The rates of a file of the bank's, in its order. Raises NotUnderstoodError.

    As the bank publishes it: Cube time="2026-11-27" around Cube currency="USD" rate="1.0823".
    """
    found = False
    try:
        for _, element in iterparse(str(path), events=["end"], forbid_dtd=True):
            if element.tag != _CUBE or "time" not in element.attrib:
                continue
            day = date.fromisoformat(element.attrib["time"])
            for each in element:
                found = True
                yield _rate(day, each.attrib["currency"], each.attrib["rate"])
            element.clear()
    except (ParseError, ValueError, KeyError, InvalidOperation) as error:
        raise NotUnderstoodError(f"The rates cannot be read: {error}") from error
    if not found:
        raise NotUnderstoodError("The file holds no rates.")


def _rate(day: date, currency: str, said: str) -> DayRate:
    rate = Decimal(said)
    if not (currency.isalpha() and len(currency) == 3 and rate.is_finite() and rate > 0):
        raise ValueError(f"{currency} {said}")
    return DayRate(day, currency.upper(), rate)


_NEWEST: Final = text("""
    select max(rate_on) from exchange_rate where source = :source
""")
_KEEP: Final = text("""
    insert into exchange_rate (rate_on, from_currency, to_currency, rate, source)
    select rate_on, 'EUR', to_currency, rate, :source
    from jsonb_to_recordset(cast(:rates as jsonb))
        as told (rate_on date, to_currency text, rate numeric)
    on conflict (rate_on, from_currency, to_currency) do update
        set rate = excluded.rate, source = excluded.source
        where exchange_rate.rate <> excluded.rate
""")


def newest_day(database: Database) -> date | None:
    """Of which day the newest rates are."""
    with database.syncing() as connection:
        newest: date | None = connection.execute(_NEWEST, {"source": BANK}).scalar_one()
    return newest


def refresh(database: Database, chosen: Settings, today: date) -> int:
    """Fetch what is missing, and keep it; returns how many rates came.

    Raises NoAnswerError.
    """
    newest = newest_day(database)
    caller = Caller(Unlimited(), _MANNERS)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rates.xml"
            address = urljoin(str(chosen.exchange_rates_url), _file_for(newest, today))
            caller.download(address, path, most_bytes=_MOST_BYTES)
            return load(database, path, today)
    finally:
        caller.close()


def load(database: Database, path: Path, today: date) -> int:
    """Keep the rates of a file of the bank's that are young enough; returns how many those are.

    Raises NotUnderstoodError.
    """
    rates = [one for one in read(path) if one.day > today - _KEPT]
    if not rates:
        raise NotUnderstoodError("All rates of the file are older than three years.")
    with database.syncing() as connection:
        keep(connection, rates)
    return len(rates)


def _file_for(newest: date | None, today: date) -> str:
    """The smallest of the bank's files that has what is missing."""
    if newest is None or today - newest > _OF_NINETY:
        return _ALL
    return _DAILY if today - newest <= timedelta(days=1) else _NINETY_DAYS


def keep(connection: Connection, rates: list[DayRate]) -> None:
    """Store them; a rate that the bank corrected is corrected."""
    told = [
        {"rate_on": str(one.day), "to_currency": one.currency, "rate": str(one.rate)}
        for one in rates
    ]
    connection.execute(_KEEP, {"rates": json.dumps(told), "source": BANK})


def is_due(newest: date | None, moment: datetime) -> bool:
    """Whether the bank is to be asked: every hour while there are no rates to convert with."""
    today = moment.date()
    if newest is None or (today - newest).days > OLDEST_DAYS:
        return True
    working_day = today - timedelta(days=max(0, today.weekday() - _SATURDAY + 1))
    return newest < working_day and moment.hour in _HOURS


def told(database: Database, count: int) -> str:
    """`European Central Bank: 93 exchange rates read, the newest of 27 Nov 2026.`"""
    newest = newest_day(database)
    said = f"{BANK}: {counted(count, 'exchange rate', 'exchange rates')} read"
    return f"{said}, the newest of {plain_date(newest)}." if newest else f"{said}."


@app.periodic(cron="20 * * * *")
@app.task(name="sync:rates", queueing_lock="sync:rates", retry=BackOff(), pass_context=True,
          queue=lanes.SYNC)  # fmt: skip
def fetch_rates(context: JobContext, timestamp: int) -> str:  # noqa: ARG001
    """Wherever a worker is, connected marketplaces or none. What has no answer waits an hour."""
    return fetch_due(database_of(context), settings(), datetime.now(UTC))


def fetch_due(database: Database, chosen: Settings, moment: datetime) -> str:
    """What was done, in a sentence; nothing where nothing is due, or nobody wants it."""
    if not (chosen.fetch_exchange_rates and is_due(newest_day(database), moment)):
        return ""
    try:
        return told(database, refresh(database, chosen, moment.date()))
    except NoAnswerError as error:
        return f"No exchange rates of the {BANK} yet: {error}"
