"""Exchange rates for one test: kept as the worker keeps what the bank has told, or as its file."""

from datetime import date
from decimal import Decimal

from services.database.engine import Database
from services.sync.rates import DayRate, keep


def bank_told(database: Database, day: date, **rates: str) -> None:
    """What a euro was on that day: `USD="1.25"`."""
    with database.syncing() as connection:
        keep(connection, [DayRate(day, name, Decimal(rate)) for name, rate in rates.items()])


_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
    ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">'
    "<gesmes:subject>Reference rates</gesmes:subject><Cube>"
)
_FOOT = "</Cube></gesmes:Envelope>"


def bank_file(*days: tuple[str, dict[str, str]]) -> bytes:
    """A file of the bank's: ("2026-11-27", {"USD": "1.0823"})."""
    told = _HEAD
    for day, rates in days:
        told += f'<Cube time="{day}">'
        told += "".join(f'<Cube currency="{one}" rate="{rate}"/>' for one, rate in rates.items())
        told += "</Cube>"
    return (told + _FOOT).encode()
