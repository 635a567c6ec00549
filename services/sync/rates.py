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

from services.database.engine import Database
from services.delivery.back_off import BackOff
from services.jobs import lanes
from services.jobs.app import app, database_of
from services.settings import Settings, settings
from services.transport.calling import Caller, Manners
from services.transport.limits import Unlimited
from services.transport.refusals import NotUnderstoodError

SOURCE: Final = "European Central Bank"
_DAILY: Final = "eurofxref-daily.xml"
_NINETY_DAYS: Final = "eurofxref-hist-90d.xml"
_ALL: Final = "eurofxref-hist.xml"
_CUBE: Final = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
# Claims are older than eighteen months nowhere; payments of before are told in their own currency.
_KEPT: Final = timedelta(days=3 * 366)
_OF_NINETY: Final = timedelta(days=85)
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


def refresh(database: Database, chosen: Settings, today: date) -> int:
    """Fetch what is missing, and keep it; returns how many rates came.

    Raises NoAnswerError.
    """
    with database.syncing() as connection:
        newest = connection.execute(_NEWEST, {"source": SOURCE}).scalar_one()
    caller = Caller(Unlimited(), _MANNERS)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rates.xml"
            address = urljoin(str(chosen.exchange_rates_url), _file_for(newest, today))
            caller.download(address, path, most_bytes=_MOST_BYTES)
            rates = [one for one in read(path) if one.day > today - _KEPT]
    finally:
        caller.close()
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
    connection.execute(_KEEP, {"rates": json.dumps(told), "source": SOURCE})


# The bank publishes at about 16:00 in Frankfurt; asked a few times, so that a bad hour costs none.
@app.periodic(cron="20 6,15,16,18 * * *")
@app.task(name="sync:rates", queueing_lock="sync:rates", retry=BackOff(), pass_context=True,
          queue=lanes.SYNC)  # fmt: skip
def fetch_rates(context: JobContext, timestamp: int) -> str:  # noqa: ARG001
    """Once they are there, the same file is not fetched again that day."""
    today = datetime.now(UTC).date()
    count = refresh(database_of(context), settings(), today)
    return f"Exchange rates of the {SOURCE}: {count} read."
