"""What the marketplace paid and took back, payment by payment."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import Connection, text

from services.database.sql import fill
from services.insights import keyset
from services.insights.answers import Counted, Filters, Page, Payment
from services.insights.ask import ask, scope

Way = Literal["via_case", "automatic", "paid", "reversed"]


@dataclass(frozen=True)
class Wanted:
    """Which payments: of one month (its first day), by one way, from a day on; None: all."""

    month: date | None = None
    way: Way | None = None
    since: date | None = None


_PAYMENT: Final = """
c.code as channel, m.name as channel_name, r.reimbursement_key, r.external_id, r.case_id,
(
    select o.external_id from reimbursement o
    where o.account_id = r.account_id and o.channel_id = r.channel_id
        and o.reimbursement_key = r.original_key
) as original_id,
r.is_reversal, r.reason, r.type, r.subtype, r.sku, r.fnsku, r.title, {part}.units_cash,
{part}.units_inventory, {part}.amount, r.currency, r.approved_on
"""


def payment_of(part: str) -> str:
    """The columns of a payment `r`: of the whole, or of the share that is in this relation."""
    return fill(_PAYMENT, part=part)


# Without a join: the rows are then found by their days, and not channel by channel.
_WANTED: Final = """
from reimbursement r
where r.account_id = :account_id and r.currency = :currency
    and (cast(:month as date) is null or (r.approved_on >= cast(:month as date)
        and r.approved_on < cast(:month as date) + interval '1 month'))
    and case cast(:way as text)
        when 'via_case' then r.case_id is not null
        when 'automatic' then r.case_id is null
        when 'paid' then not r.is_reversal
        when 'reversed' then r.is_reversal
        else true
    end
    and (cast(:channel as text) is null or r.channel_id = (
        select channel_id from channel where account_id = :account_id and code = :channel))
    and (cast(:type as text) is null or r.type = :type or exists (
        select 1 from discrepancy_reimbursement l
        join discrepancy d on d.account_id = l.account_id and d.discrepancy_id = l.discrepancy_id
        where l.account_id = r.account_id and l.channel_id = r.channel_id
            and l.reimbursement_key = r.reimbursement_key and d.type = :type))
    and r.approved_on >= coalesce(cast(:since as date), '-infinity')
"""

_PAYMENTS: Final = keyset.listing(
    """
select {payment}
from (
    select r.* {wanted}
    -- Within the month at most: an index is entered where this condition says, and nowhere else.
    and (r.approved_on, r.reimbursement_key) {below} (
        least(cast(:at_approved_on as date), (cast(:month as date) + interval '1 month')::date),
        cast(:at_reimbursement_key as text))
    order by r.approved_on {falling}, r.reimbursement_key {falling}
    limit :size
) r
join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
join marketplace m on m.code = c.code
order by r.approved_on {falling}, r.reimbursement_key {falling}
""",
    Payment,
    {"approved_on": (keyset.day, "infinity"), "reimbursement_key": (keyset.plain, "")},
    payment=payment_of("r"),
    wanted=_WANTED,
)

_SUM: Final = text(
    fill(
        """
select count(*) as count, coalesce(sum(r.amount), 0) as known_amount, 0 as without_amount
{wanted}
""",
        wanted=_WANTED,
    )
)


def payments_list(account_id: int, filters: Filters, wanted: Wanted) -> keyset.Asked[Payment]:
    """Payments and reversals, the newest first, to be read by page or whole."""
    return keyset.Asked(_PAYMENTS, _values(account_id, filters, wanted))


def payments(
    connection: Connection,
    account_id: int,
    filters: Filters,
    wanted: Wanted,
    cursor: str | None = None,
) -> Page[Payment]:
    """Payments and reversals, the newest first.

    A payment stands under its own type and under the type of each event that it settles.
    """
    return payments_list(account_id, filters, wanted).page(connection, cursor)


def payments_sum(
    connection: Connection, account_id: int, filters: Filters, wanted: Wanted
) -> Counted:
    """What the whole list comes to; what was taken back is negative."""
    return ask(connection, _SUM, Counted, _values(account_id, filters, wanted))[0]


def payments_total(
    connection: Connection, account_id: int, filters: Filters, wanted: Wanted
) -> Counted:
    """The same, as far as it is counted while somebody waits."""
    return payments_list(account_id, filters, wanted).total(connection)


def _values(account_id: int, filters: Filters, wanted: Wanted) -> dict[str, Any]:
    return {**scope(account_id, filters), **vars(wanted)}


_OF_DISCREPANCY: Final = text(
    fill(
        """
select {payment}
from discrepancy_reimbursement l
join reimbursement r on r.account_id = l.account_id and r.channel_id = l.channel_id
    and r.reimbursement_key = l.reimbursement_key
join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
join marketplace m on m.code = c.code
where l.account_id = :account_id and l.discrepancy_id = :discrepancy_id
order by r.approved_on, r.reimbursement_key
""",
        payment=payment_of("l"),
    )
)


def payments_of(
    connection: Connection, account_id: int, discrepancy_id: int
) -> tuple[Payment, ...]:
    """What was paid for one discrepancy: the share of each payment that settles its units."""
    values = {"account_id": account_id, "discrepancy_id": discrepancy_id}
    return ask(connection, _OF_DISCREPANCY, Payment, values)
