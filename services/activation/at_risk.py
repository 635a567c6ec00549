"""What is at risk on a channel: ready to claim today, and when the first of it goes.

The same sums, and the same day, as the seller's own pages read.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, text

from services.activation.states import OPEN, RequestKey
from services.database.calendar import AT_RISK
from services.database.headline import REMAINING, REMAINING_WITHOUT_AMOUNT, known_or_none
from services.database.sql import fill, today_of

# Of a channel `h` with its own today; one row, whatever it holds.
READY_OF_A_CHANNEL: Final = fill(
    """
    select coalesce(sum({units}) filter (where o.currency = h.currency), 0) as units,
        coalesce(sum(o.amount_remaining) filter (where o.currency = h.currency), 0)
            as known_amount,
        coalesce(sum({unknown}) filter (where o.currency = h.currency), 0)
            as units_without_amount,
        coalesce(bool_or(o.currency <> h.currency and o.units_remaining > 0), false)
            as has_other_currencies,
        min(o.expires_on) filter (
            where o.discrepancies_remaining > 0 and o.expires_on < 'infinity') as expires_on
    from open_total o
    where o.account_id = h.account_id and o.channel_id = h.channel_id and {at_risk}
""",
    units=REMAINING,
    unknown=REMAINING_WITHOUT_AMOUNT,
    at_risk=AT_RISK,
)
_SUMS: Final = fill(
    """
    select o.currency, sum({units}) as units, sum(o.amount_remaining) as known_amount,
        sum({unknown}) as units_without_amount,
        min(o.expires_on) filter (
            where o.discrepancies_remaining > 0 and o.expires_on < 'infinity') as expires_on
    from here h
    join open_total o on o.account_id = h.account_id and o.channel_id = h.channel_id
        and {at_risk}
    group by o.currency having sum(o.units_remaining) > 0
    order by sum(o.amount_remaining) desc, o.currency
""",
    units=REMAINING,
    unknown=REMAINING_WITHOUT_AMOUNT,
    at_risk=AT_RISK,
)
_OF_A_REQUEST: Final = text(
    fill(
        """
    with here as (
        select c.account_id, c.channel_id,
            {today} as today
        from activation_request r
        join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
        where r.account_id = :account_id and r.request_id = :request_id
    )
    {sums}
""",
        sums=_SUMS,
        today=today_of("c"),
    )
)
_OF_THE_QUEUE: Final = text(
    fill(
        """
    with here as (
        select c.account_id, c.channel_id,
            {today} as today
        from activation_request r
        join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
        where r.status = any (:open)
    )
    {sums}
""",
        sums=_SUMS,
        today=today_of("c"),
    )
)


@dataclass(frozen=True)
class AtRisk:
    """Ready to claim, in one currency; `expires_on` None: no last day is known."""

    currency: str
    units: int
    known_amount: Decimal
    units_without_amount: int
    expires_on: date | None

    @property
    def amount(self) -> Decimal | None:
        """None where there are units and the amount of none of them is known."""
        return known_or_none(self.units, self.known_amount, self.units_without_amount)


def at_risk_of(connection: Connection, key: RequestKey, now: datetime) -> tuple[AtRisk, ...]:
    """What waits on the request's channel: one line a currency, never added up."""
    rows = connection.execute(_OF_A_REQUEST, {**vars(key), "now": now}).mappings()
    return tuple(AtRisk(**row) for row in rows)


def at_risk_in_queue(connection: Connection, now: datetime) -> tuple[AtRisk, ...]:
    """What waits on the channels of all open requests."""
    rows = connection.execute(_OF_THE_QUEUE, {"open": [*OPEN], "now": now}).mappings()
    return tuple(AtRisk(**row) for row in rows)
