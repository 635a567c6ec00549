"""Last days still to come, a line per day and channel: what a calendar shows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, text

from services.database.headline import REMAINING, REMAINING_WITHOUT_AMOUNT, known_or_none
from services.database.sql import fill, today_of
from services.insights.answers import Filters
from services.insights.ask import ask, bound

_DEADLINES = text(
    fill(
        """
select o.expires_on as day, c.code as channel, m.name as channel_name, o.currency,
    sum(o.discrepancies_remaining) as items,
    sum({units}) as units,
    sum(o.amount_remaining) as known_amount,
    sum({unknown}) as units_without_amount
from open_total o
join channel c on c.account_id = o.account_id and c.channel_id = o.channel_id
join marketplace m on m.code = c.code
where o.account_id = :account_id
    and o.currency = :currency
    and (cast(:channel as text) is null or c.code = :channel)
    and (cast(:type as text) is null or o.type = :type)
    and o.units_remaining > 0
    and o.expires_on >= {today}
    and o.expires_on < 'infinity'
group by o.expires_on, c.code, m.name, o.currency
order by o.expires_on, c.code
""",
        units=REMAINING,
        unknown=REMAINING_WITHOUT_AMOUNT,
        today=today_of("c"),
    )
)


@dataclass(frozen=True)
class Deadline:
    """What can be claimed on this day for the last time. Amounts are estimates."""

    day: date
    channel: str
    channel_name: str
    currency: str
    items: int
    units: int
    known_amount: Decimal
    units_without_amount: int

    @property
    def amount(self) -> Decimal | None:
        """None where there are units and the amount of none of them is known."""
        return known_or_none(self.units, self.known_amount, self.units_without_amount)


def deadlines(
    connection: Connection, account_id: int, filters: Filters, now: datetime
) -> tuple[Deadline, ...]:
    """Every last day from each channel's today on, soonest first."""
    return ask(connection, _DEADLINES, Deadline, bound(account_id, now, filters))
