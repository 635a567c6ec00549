"""Last days still to come, a line per day and channel: what a calendar shows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, text

from services.database.headline import headline, known_or_none
from services.database.sql import fill, today_of
from services.insights.answers import Filters
from services.insights.ask import ask, bound

_DEADLINES = text(
    fill(
        """
select t.expires_on as day, c.code as channel, m.name as channel_name, t.currency,
    sum(t.discrepancies_remaining) as items,
    sum({units}) as units,
    sum(t.amount_remaining) as known_amount,
    sum({unknown}) as units_without_amount
from open_total t
join channel c on c.account_id = t.account_id and c.channel_id = t.channel_id
join marketplace m on m.code = c.code
where t.account_id = :account_id
    and t.currency = :currency
    and (cast(:channel as text) is null or c.code = :channel)
    and (cast(:type as text) is null or t.type = :type)
    and t.units_remaining > 0
    and t.expires_on >= {today}
    and t.expires_on < 'infinity'
group by t.expires_on, c.code, m.name, t.currency
order by t.expires_on, c.code
""",
        units=headline("t.units_remaining", "t.subtype"),
        unknown=headline("t.units_remaining_without_amount", "t.subtype"),
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
