"""What one calendar week brought: recovered, taken back, refused, run out.

By the dates in the reports, in each channel's own calendar, like the months of the Overview.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, text

from services.database.headline import REMAINING, REMAINING_WITHOUT_AMOUNT, headline
from services.database.sql import fill
from services.insights.answers import Figure
from services.insights.totals import figure

_WEEK: Final = text(
    fill(
        """
select paid.gross, paid.reversed, ended.units as expired_units, ended.amount as expired_amount,
    ended.unknown as expired_unknown, refused.units as denied_units,
    refused.amount as denied_amount, refused.unknown as denied_unknown
from (
    select sum(gross) as gross, sum(reversed) as reversed from claimed_total
    where account_id = :account_id and currency = :currency
        and approved_on between :first and :last
) paid,
(
    select sum({remaining}) as units, sum(o.amount_remaining) as amount,
        sum({remaining_unknown}) as unknown
    from open_total o
    where o.account_id = :account_id and o.currency = :currency
        and o.expires_on between :first and :last
) ended,
(
    select sum({denied}) as units, sum(denied_units * unit_amount) as amount,
        sum({denied}) filter (where unit_amount is null) as unknown
    from discrepancy
    where account_id = :account_id and currency = :currency and denied_units > 0
        and denied_on between :first and :last
) refused
""",
        remaining=REMAINING,
        remaining_unknown=REMAINING_WITHOUT_AMOUNT,
        denied=headline("denied_units", "subtype"),
    )
)


@dataclass(frozen=True)
class WeekPast:
    """One week, Monday to Sunday, of one account in one currency."""

    recovered: Decimal  # gross
    reversed: Decimal  # positive
    expired: Figure  # whose last day fell in the week
    denied: Figure


def week_past(connection: Connection, account_id: int, currency: str, monday: date) -> WeekPast:
    """The week that began on that Monday; over once every channel's own Sunday is."""
    values = {"first": monday, "last": monday + timedelta(days=6)}
    bound = {**values, "account_id": account_id, "currency": currency}
    row = connection.execute(_WEEK, bound).mappings().one()
    return WeekPast(
        Decimal(row["gross"] or 0),
        Decimal(row["reversed"] or 0),
        figure(row, "expired"),
        figure(row, "denied"),
    )
