"""Whether what is stored adds up: units and money of every account, and the sums that pages read.

Every question is asked of all accounts at once, or of an account as a whole; each reads its tables
once, whatever is found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, text

from services.database.calendar import unclaimed_units
from services.database.sql import fill
from services.marketplaces.registry import FORMAT_OF, RECOVERIES
from services.recovery.sums import differing_sums


@dataclass(frozen=True)
class Broken:
    """An equation that does not hold for one account, channel and currency."""

    account: str
    channel: str
    currency: str
    equation: str  # in words, both sides
    one: Decimal
    other: Decimal


# Every unit of a discrepancy is found, paid, open or lost: what it is called against what the sums
# and the payments linked to it make of it.
_UNITS: Final = """
select d.account_id, d.channel_id, d.currency, sum(d.units) as one, 0 as other
from discrepancy d group by 1, 2, 3
union all
select account_id, channel_id, currency, 0,
    sum(units_found + units_in_progress + units_denied + units_remaining)
from open_total group by 1, 2, 3
union all
select d.account_id, d.channel_id, d.currency, 0, sum(l.units_cash + l.units_inventory)
from discrepancy_reimbursement l
join discrepancy d on d.account_id = l.account_id and d.discrepancy_id = l.discrepancy_id
group by 1, 2, 3
"""

_PAID: Final = """
select d.account_id, d.channel_id, d.currency, sum(d.claimed_gross - d.reversed) as one, 0 as other
from discrepancy d group by 1, 2, 3
union all
select d.account_id, d.channel_id, d.currency, 0, sum(l.amount)
from discrepancy_reimbursement l
join discrepancy d on d.account_id = l.account_id and d.discrepancy_id = l.discrepancy_id
group by 1, 2, 3
"""

_CLAIMED: Final = """
select account_id, channel_id, currency, sum(amount) as one, 0 as other
from reimbursement group by 1, 2, 3
union all
select account_id, channel_id, currency, 0, sum(gross - reversed)
from claimed_total group by 1, 2, 3
"""

_CLAIMED_UNITS: Final = """
select account_id, channel_id, currency, sum(units_cash + units_inventory) as one, 0 as other
from reimbursement group by 1, 2, 3
union all
select account_id, channel_id, currency, 0, sum(units_cash + units_inventory)
from claimed_total group by 1, 2, 3
"""

# A region's report names no marketplace: only the account's channels of the currency together are
# what it says.
_REPORTED_OF_A_KIND: Final = """
select account_id, cast(null as bigint) as channel_id, currency, sum({amount}) as one, 0 as other
from {table} group by 1, 2, 3
union all
select r.account_id, cast(null as bigint), r.currency, 0, sum(r.amount)
from reimbursement r
join report_document d on d.account_id = r.account_id and d.document_id = r.document_id
where d.kind = '{kind}' group by 1, 2, 3
"""
_REPORTED: Final = " union all ".join(
    fill(
        _REPORTED_OF_A_KIND,
        amount=room.payments_amount,
        table=FORMAT_OF[room.payments_kind].table,
        kind=room.payments_kind,
    )
    for room in RECOVERIES
    if room.payments_amount
)

# By the calendar of the day up to which the movements are told.
_MOVED: Final = fill(
    """
select d.account_id, d.channel_id, d.currency, sum({unclaimed}) as one, 0 as other
from discrepancy d
join figure_clock f on f.account_id = d.account_id and f.channel_id = d.channel_id
group by 1, 2, 3
union all
select account_id, channel_id, currency, 0, sum(units) from figure_change group by 1, 2, 3
""",
    unclaimed=unclaimed_units("d", "f.rolled_to"),
)

_MOVED_MONEY: Final = fill(
    """
select d.account_id, d.channel_id, d.currency,
    sum(({unclaimed}) * coalesce(d.unit_amount, 0)) as one, 0 as other
from discrepancy d
join figure_clock f on f.account_id = d.account_id and f.channel_id = d.channel_id
group by 1, 2, 3
union all
select account_id, channel_id, currency, 0, sum(amount) from figure_change group by 1, 2, 3
""",
    unclaimed=unclaimed_units("d", "f.rolled_to"),
)

EQUATIONS: Final = {
    "units of discrepancies = found + paid + in progress + denied + remaining": _UNITS,
    "paid less taken back of discrepancies = the payments linked to them": _PAID,
    "money of payments = claimed": _CLAIMED,
    "units of payments = units claimed": _CLAIMED_UNITS,
    "money of the reimbursements report = money of its payments": _REPORTED,
    "units unclaimed = what moved them": _MOVED,
    "money unclaimed = what moved it": _MOVED_MONEY,
}

# No identification rewrites what once moved a figure.
OF_HISTORY: Final = frozenset(
    name for name, parts in EQUATIONS.items() if parts in {_MOVED, _MOVED_MONEY}
)

_COMPARE: Final = """
select a.name, coalesce(c.code, 'all channels'), part.currency, sum(part.one), sum(part.other)
from ({parts}) part
join account a on a.account_id = part.account_id
left join channel c on c.account_id = part.account_id and c.channel_id = part.channel_id
group by a.account_id, a.name, c.code, part.currency
having sum(part.one) <> sum(part.other)
order by a.name, c.code, part.currency
"""


def comparing(parts: str) -> str:
    """The statement that tells where the two sides of an equation differ."""
    return fill(_COMPARE, parts=parts)


def broken_equations(connection: Connection) -> Iterator[Broken]:
    """Where units or money have been lost or counted twice, of all accounts."""
    for equation, parts in EQUATIONS.items():
        for row in connection.execute(text(comparing(parts))):
            account, channel, currency, one, other = row
            yield Broken(account, channel, currency, equation, Decimal(one), Decimal(other))


@dataclass(frozen=True)
class Stale:
    """Rows of a kept sum that are not what they sum."""

    account: str
    table: str
    channel: str
    currency: str
    rows: int


def stale_sums(connection: Connection) -> Iterator[Stale]:
    """Where a sum that pages read is another one than its rows make. Writes temporary tables."""
    accounts = connection.execute(text("select account_id, name from account order by name")).all()
    for account_id, name in accounts:
        for table, channel, currency, rows in differing_sums(connection, account_id):
            yield Stale(name, table, channel, currency, rows)
