"""Found units that were given back to the seller: they explain no other loss.

Where money was taken back and the unit given, or a loss paid in goods, the loss is counted as paid
in goods, and the unit may stand in the ledger as a found row as well. No report joins the two: the
latest found unit of the item before it is taken for that one and set aside. It may be of another
loss all the same: what it could explain is held back (services.recovery.holding).
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import fill
from services.marketplaces.rules import Rule
from services.recovery.seats import SEATS

# How long after a unit was found its money is taken back, at most: weeks or months by sellers'
# accounts (carbon6.io, adbrew.io; checked 2026-10). Both spans are our assumption.
_TAKEN_BACK_WITHIN_DAYS: Final = 180
_PAID_IN_GOODS_WITHIN_DAYS: Final = 30

_SET_ASIDE: Final = fill(
    """
with given as (
    select r.channel_id, coalesce(nullif(r.fnsku, ''), r.item_code) as item_key,
        -- A report by months dates what was found to its last day.
        case when :by_month then (date_trunc('month', given_on) + interval '1 month - 1 day')::date
            else given_on end as day,
        r.reimbursement_key, r.units_inventory,
        case when r.is_reversal then :taken_back_within else :in_goods_within end as within
    from reimbursement r
    left join lateral (
        select p.approved_on from reimbursement p
        where r.is_reversal and p.account_id = r.account_id and p.channel_id = r.channel_id
            and not p.is_reversal
            and (p.reimbursement_key = r.original_key
                or r.original_key is null and p.approved_on <= r.approved_on
                    and p.subtype = r.subtype
                    and coalesce(p.fnsku, p.item_code) = coalesce(r.fnsku, r.item_code))
        order by p.approved_on desc limit 1
    ) paid on true
    cross join lateral (select greatest(r.approved_on, paid.approved_on) as given_on) given
    where r.account_id = :account_id and r.units_inventory > 0 and r.subtype = :subtype
        -- Of a payment that no report shows, the loss has nothing but its found row.
        and (not r.is_reversal or paid.approved_on is not null)
),
move as (
    select s.channel_id, s.item_key as key, s.day, 1 as step, s.remedy_id as id, unit
    from remedy s cross join generate_series(1, s.units_left) unit
    where s.kind = 'found' and s.subtype = :subtype and s.item_key is not null
    union all
    select channel_id, item_key, day, -1, row_number() over (order by day, reimbursement_key),
        unit
    from given cross join generate_series(1, units_inventory) unit
    where item_key is not null
),
{seats},
taken as (
    select s.remedy_id, count(*)::integer as units
    from pair
    join remedy s on s.remedy_id = pair.opened_id
    where pair.step = -1 and pair.opened_step = 1 and exists (
        select 1 from given g
        where g.channel_id = s.channel_id and g.item_key = s.item_key
            and g.day = pair.closed_day and g.day - s.day <= g.within)
    group by s.remedy_id
)
update remedy s set units = s.units - taken.units, units_left = s.units_left - taken.units,
    set_aside = taken.units
from taken where taken.remedy_id = s.remedy_id
""",
    seats=SEATS,
)


def set_aside_given_back(connection: Connection, account_id: int, rule: Rule) -> None:
    """Take found rows of `remedy` out of matching; set_aside says how many units of each."""
    if rule.found_sql is None:
        return
    values = {
        "account_id": account_id,
        "subtype": rule.subtype,
        "by_month": rule.found_by_month,
        "taken_back_within": _TAKEN_BACK_WITHIN_DAYS,
        "in_goods_within": _PAID_IN_GOODS_WITHIN_DAYS,
    }
    connection.execute(text(_SET_ASIDE), values)
