"""What amounts of several currencies come to in one, and at which rates of which day."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any, Final

from sqlalchemy import Connection, text

from services.database.conversion import OLDEST_DAYS, RATED, RATES, converted_sum
from services.database.sql import fill
from services.insights.answers import Figure
from services.marketplaces.currencies import decimals_of
from wording.rates import BANK

EURO: Final = "EUR"


@dataclass(frozen=True)
class Rates:
    """What one of each currency is in `into`, at the rates of one day. None is made up."""

    into: str
    day: date | None  # of the rates; None: there are none
    of_one: Mapping[str, Decimal]  # that of `into` itself is 1
    known: tuple[str, ...]  # asked for, and told of on that day
    missing: tuple[str, ...]  # asked for, and not told of
    newest: date | None = None  # without a day: of the newest rates that there are of any currency

    @property
    def bound(self) -> dict[str, Any]:
        told = [{"currency": name, "rate": str(rate)} for name, rate in self.of_one.items()]
        return {
            "rates": json.dumps(told),
            "into": self.into,
            "decimals": decimals_of(self.into),
        }

    @property
    def converts(self) -> bool:
        """Whether any other currency can be put into this one."""
        return len(self.of_one) > 1

    def is_too_old(self, today: date) -> bool:
        """Whether there are rates, all of them from so long ago that they are none."""
        return self.newest is not None and (today - self.newest).days > OLDEST_DAYS


_RATES: Final = text(RATES)
_NEWEST: Final = text("""
    select max(rate_on) from exchange_rate where source = :source and rate_on <= :today
""")


def rates_of(connection: Connection, currencies: Sequence[str], into: str, today: date) -> Rates:
    """One day for all of them: the latest, up to this day, on which the bank told of each."""
    wanted = {*currencies, into}
    asked = {"currencies": [*wanted], "into": into, "today": today, "source": BANK}
    rows = connection.execute(_RATES, asked).all()
    told = {row.currency: row.rate for row in rows if row.currency in wanted}
    return Rates(
        into,
        rows[0].rate_on if rows else None,
        {name: rate for name, rate in told.items() if rate} | {into: Decimal(1)},
        tuple(told),
        tuple(sorted(wanted - told.keys() - {EURO})),
        None if rows else connection.execute(_NEWEST, asked).scalar_one(),
    )


_CONVERTED: Final = text(
    fill(
        """
with {rated},
told as (
    select part, currency, sum(amount) as amount
    from jsonb_to_recordset(cast(:amounts as jsonb))
        as told (part text, currency text, amount numeric)
    group by part, currency
)
select t.part, {converted} as amount
from told t left join rated r on r.currency = t.currency
group by t.part
""",
        rated=RATED,
        converted=converted_sum("t.amount", "t.currency", "r"),
    )
)


def converted(
    connection: Connection, rates: Rates, parts: Mapping[str, Iterable[tuple[str, Decimal]]]
) -> dict[str, Decimal | None]:
    """Each part, told as amounts with their currencies, in the one currency of the rates.

    None where an amount in it is of a currency without a rate.
    """
    amounts = [
        {"part": part, "currency": currency, "amount": str(amount)}
        for part, told in parts.items()
        for currency, amount in told
    ]
    rows = connection.execute(_CONVERTED, {**rates.bound, "amounts": json.dumps(amounts)})
    return dict.fromkeys(parts, Decimal(0)) | {row.part: row.amount for row in rows}


def converted_figures(
    connection: Connection, rates: Rates, parts: Mapping[str, Sequence[tuple[str, Figure]]]
) -> dict[str, Figure | None]:
    """The same of figures: their units are counted, and those without an amount stay so."""
    known = {
        part: [(currency, figure.known_amount) for currency, figure in told]
        for part, told in parts.items()
    }
    amounts = converted(connection, rates, known)
    return {part: _with_units(amounts[part], told) for part, told in parts.items()}


def _with_units(amount: Decimal | None, told: Iterable[tuple[str, Figure]]) -> Figure | None:
    whole = reduce(add, (figure for _, figure in told), Figure())
    if amount is None:
        return None
    return Figure(whole.units, amount, whole.units_without_amount)
