"""What was lost when the month began, and is not any more.

Lost grows by what expired and was denied this month. It also shrinks: what was lost is paid or
found after all, a denial is taken back, an average of past payments falls. Pages say by how much
Lost has grown this month, so that is kept too: `unlost` of a month is Lost at the end of the month
before (services.insights.as_of) less what counts today as lost before this month.

Only what something touched this month can differ: it alone is looked at. This month is that of
the identification: until the next one, what is kept stays right, whatever day it has become.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from services.database.calendar import expired_units
from services.database.script import run_script
from services.database.sql import fill, today_of
from services.insights.as_of import LOST_BEFORE_THIS_MONTH, When, bound_as_of

# As far as the channel's days were told (services.recovery.changes); before its first, today.
_THIS_MONTH: Final = fill(
    """
drop table if exists this_month;
-- One row a channel: the first day of the month that it is in.
create temp table this_month on commit drop as
select c.channel_id, date_trunc('month', coalesce(f.rolled_to,
    {today}))::date as first
from channel c
left join figure_clock f on f.account_id = c.account_id and f.channel_id = c.channel_id
where c.account_id = :account_id;
""",
    today=today_of("c"),
)

# Paid, taken back or found this month; covered by any case of ours, whose steps and shares move; or
# worth an average of past payments of which one came this month.
_TOUCHED: Final = """
drop table if exists touched;
-- One row a discrepancy that may have been lost and is not any more.
create temp table touched on commit drop as
select l.discrepancy_id
from discrepancy_reimbursement l
join reimbursement r on r.account_id = l.account_id and r.channel_id = l.channel_id
    and r.reimbursement_key = l.reimbursement_key
join this_month month on month.channel_id = l.channel_id
where l.account_id = :account_id and r.approved_on >= month.first
union
select v.discrepancy_id
from discrepancy_evidence v
join discrepancy d on d.account_id = v.account_id and d.discrepancy_id = v.discrepancy_id
join this_month month on month.channel_id = d.channel_id
where v.account_id = :account_id and v.role = 'found' and v.day >= month.first
union
select d.discrepancy_id
from discrepancy d
join this_month month on month.channel_id = d.channel_id
where d.account_id = :account_id and d.undated_on >= month.first and d.undated_units > 0
union
select k.discrepancy_id from discrepancy_case k where k.account_id = :account_id
union
select d.discrepancy_id
from discrepancy d
join (
    select distinct r.channel_id, r.sku, r.currency, r.pool
    from reimbursement r
    join this_month month on month.channel_id = r.channel_id
    where r.account_id = :account_id and r.approved_on >= month.first and r.pool is not null
) paid on paid.channel_id = d.channel_id and paid.sku = d.sku and paid.currency = d.currency
    and paid.pool = d.basis_inputs ->> 'pool'
where d.account_id = :account_id and d.basis in ('past_payments', 'unknown');
analyze touched;
"""

_UNLOST: Final = fill(
    """
drop table if exists unlost;
-- One row a channel, type, subtype and currency of which something is not lost any more.
create temp table unlost on commit drop as
with was as ({lost_before}),
counts as (
    select d.channel_id, d.type, d.subtype, d.currency, sum(part.units) as units,
        coalesce(sum(part.units) filter (where d.unit_amount is null), 0) as unknown,
        coalesce(sum(part.units * d.unit_amount), 0) as amount
    from discrepancy d
    join touched on touched.discrepancy_id = d.discrepancy_id
    join this_month month on month.channel_id = d.channel_id
    cross join lateral (
        -- What expires on a day is lost from the day after it on.
        select {expired}
            + case when d.denied_on < month.first then d.denied_units else 0 end as units
    ) part
    where d.account_id = :account_id and part.units > 0
    group by d.channel_id, d.type, d.subtype, d.currency
)
select channel_id, type, subtype, currency, month.first as month,
    coalesce(was.units, 0) - coalesce(counts.units, 0) as units,
    coalesce(was.unknown, 0) - coalesce(counts.unknown, 0) as unknown,
    coalesce(was.amount, 0) - coalesce(counts.amount, 0) as amount
from was full join counts using (channel_id, type, subtype, currency)
join this_month month using (channel_id)
where (was.units, was.unknown, was.amount)
    is distinct from (counts.units, counts.unknown, counts.amount);
""",
    lost_before=LOST_BEFORE_THIS_MONTH,
    expired=expired_units("d", "month.first - 1"),
)


def gather_unlost(connection: Connection, account_id: int, now: datetime) -> None:
    """Leaves `unlost`, by the months of the channels' last identification. After storing.

    now: for channels that were never identified.
    """
    values = bound_as_of(account_id, When(now))
    run_script(connection, _THIS_MONTH, values)
    run_script(connection, _TOUCHED, values)
    run_script(connection, _UNLOST, values)
