"""Turn explained units into paid, reversed and found, in units and in money.

Money follows units: a payment over several events is shared by cumulative rounding, so that the
shares add up to the payment to the cent. A reversal undoes the same units, in the same order, as
the payments it takes back (services.recovery.reversals).
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.marketplaces.currencies import WHOLE_CURRENCIES
from services.recovery.reversals import undo

_SHARES: Final = """
drop table if exists share;
-- One row a candidate and a payment for it: its units from_unit to to_unit of the payment, by
-- kind, and what of the payment's money falls to them, in the candidate's currency.
create temp table share on commit drop as
with part as (
    select e.candidate_id, s.reimbursement_key, s.channel_id, sum(e.units)::integer as units,
        sum(sum(e.units)) over (partition by s.channel_id, s.reimbursement_key
            order by min(c.event_on), e.candidate_id)::integer as upto
    from explained e
    join remedy s on s.remedy_id = e.remedy_id and s.kind = 'paid'
    join candidate c on c.candidate_id = e.candidate_id
    group by e.candidate_id, s.reimbursement_key, s.channel_id
),
paid as (
    select p.candidate_id, p.channel_id, p.reimbursement_key, p.reimbursement_key as original_key,
        p.upto - p.units as from_unit, p.upto as to_unit,
        -- Units are units; money of another currency is never added.
        case when r.currency = c.currency then r.amount else 0 end as amount,
        r.units_cash as cash, r.units_cash + r.units_inventory as total, r.case_id,
        case when r.currency = any(:whole) then 0 else 2 end as digits
    from part p
    join candidate c on c.candidate_id = p.candidate_id
    join reimbursement r on r.account_id = :account_id and r.channel_id = p.channel_id
        and r.reimbursement_key = p.reimbursement_key
)
select *,
    greatest(cash - max(to_unit) over (partition by channel_id, reimbursement_key), 0)
        as unexplained_cash,
    least(to_unit, cash) - least(from_unit, cash) as units_cash,
    (to_unit - from_unit) - (least(to_unit, cash) - least(from_unit, cash)) as units_inventory,
    case when cash > 0
        then round(amount * least(to_unit, cash) / cash, digits)
            - round(amount * least(from_unit, cash) / cash, digits)
        else round(amount * to_unit / total, digits)
            - round(amount * from_unit / total, digits)
    end as share
from paid;
"""

# Of a payment a reversal takes back first what explains no loss: whoever was paid for two, of which
# the marketplace still vouches for one, has lost the other's money, not this one's.
_REVERSALS: Final = """
drop table if exists reversal_share;
-- One row a candidate and a reversal that takes back what was paid for it: units and money below
-- nought, units given back in goods above it.
create temp table reversal_share on commit drop as
with placed as (
    select u.channel_id, u.reimbursement_key, u.original_key, u.from_unit as offset_units, u.units,
        -r.units_cash as whole_units, r.amount, r.units_inventory, r.currency,
        -- Nothing is taken back before it was paid, whatever a report's dates say.
        greatest(r.approved_on, original.approved_on) as approved_on, r.document_id, r.row_number,
        case when r.currency = any(:whole) then 0 else 2 end as digits,
        sum(u.units) over (partition by u.channel_id, u.original_key
            order by r.approved_on, u.reimbursement_key) as upto
    from undone u
    join reimbursement r on r.account_id = :account_id and r.channel_id = u.channel_id
        and r.reimbursement_key = u.reimbursement_key
    join reimbursement original on original.account_id = :account_id
        and original.channel_id = u.channel_id and original.reimbursement_key = u.original_key
),
overlap as (
    select s.candidate_id, s.channel_id, p.reimbursement_key, p.whole_units as units, p.digits,
        case when p.currency = c.currency then p.amount else 0 end as amount,
        p.units_inventory, p.approved_on, p.document_id, p.row_number, s.case_id,
        p.offset_units + greatest(s.first, p.upto - p.units) - (p.upto - p.units) as from_unit,
        p.offset_units + least(s.last, p.upto) - (p.upto - p.units) as to_unit
    from placed p
    join (
        select *, from_unit + unexplained_cash as first,
            least(to_unit, cash) + unexplained_cash as last
        from share
    ) s on s.channel_id = p.channel_id and s.original_key = p.original_key
    join candidate c on c.candidate_id = s.candidate_id
    where greatest(s.first, p.upto - p.units) < least(s.last, p.upto)
)
select candidate_id, channel_id, reimbursement_key, case_id, approved_on, document_id, row_number,
    from_unit - to_unit as units_cash,
    -- Units given back in goods come with the first units that the reversal undoes.
    greatest(least(to_unit, units_inventory) - least(from_unit, units_inventory), 0)
        as units_inventory,
    round(amount * to_unit / units, digits) - round(amount * from_unit / units, digits) as share
from overlap;
"""

_SUM: Final = """
with money as (
    select candidate_id, units_cash, units_inventory, share from share
    union all
    select candidate_id, units_cash, units_inventory, share from reversal_share
),
total as (
    select candidate_id, sum(units_cash) as cash, sum(units_inventory) as inventory,
        coalesce(sum(share) filter (where share > 0), 0) as gross,
        coalesce(-sum(share) filter (where share < 0), 0) as reversed
    from money group by candidate_id
)
update candidate c set paid_cash = total.cash, paid_inventory = total.inventory,
    claimed_gross = total.gross, reversed = total.reversed
from total where total.candidate_id = c.candidate_id
"""

# Found later than paid is not paid twice: money taken back for a unit that is there again opens
# nothing. A ledger says so where it still calls the unit reconciled; elsewhere a found row
# (of the item, or of the order) says so that no other loss has used. Either counts as found from
# the day of the reversal on.
_THERE_AGAIN: Final = """
drop table if exists there_again;
-- One row a candidate and the report row that says that a unit is there again, from that day on.
create temp table there_again on commit drop as
with reopened as (
    select r.candidate_id, r.approved_on as day, r.document_id, r.row_number,
        -(r.units_cash + r.units_inventory) as units,
        -sum(r.units_cash + r.units_inventory) over (partition by r.candidate_id
            order by r.approved_on, r.reimbursement_key) as upto
    from reversal_share r where r.units_cash + r.units_inventory < 0
),
-- What was paid of the units that a ledger calls reconciled; a case may have paid others.
reconciled as (
    select e.candidate_id, sum(e.units) as units
    from explained e
    join remedy s on s.remedy_id = e.remedy_id and s.kind = 'paid'
    where e.pool = 'resolved_left' group by e.candidate_id
),
unsaid as (
    select c.candidate_id, c.channel_id, c.subtype, own.key, c.event_on, max(o.day) as day,
        sum(o.units) as units,
        sum(sum(o.units)) over (partition by c.channel_id, c.subtype, own.key
            order by c.event_on, c.candidate_id) as upto
    from reopened o join candidate c on c.candidate_id = o.candidate_id
    cross join lateral (values (c.item_key), (c.order_key)) own(key)
    where c.known_until is null and own.key is not null
    group by c.candidate_id, c.channel_id, c.subtype, own.key, c.event_on
),
unused as (
    select channel_id, subtype, coalesce(item_key, order_key) as key, day, document_id, row_number,
        units_left as units,
        sum(units_left) over (partition by channel_id, subtype, coalesce(item_key, order_key)
            order by day, remedy_id) as upto
    from remedy where kind = 'found' and units_left > 0
)
select o.candidate_id, o.day, o.document_id, o.row_number,
    least(o.units, reconciled.units - (o.upto - o.units))::integer as units
from reopened o join candidate c on c.candidate_id = o.candidate_id
join reconciled on reconciled.candidate_id = o.candidate_id
where o.day <= c.known_until and reconciled.units > o.upto - o.units
union all
select u.candidate_id, greatest(u.day, f.day), f.document_id, f.row_number,
    (least(u.upto, f.upto) - greatest(u.upto - u.units, f.upto - f.units))::integer
from unsaid u
join unused f on f.channel_id = u.channel_id and f.subtype = u.subtype
    and f.key = u.key and f.day >= u.event_on
    and least(u.upto, f.upto) > greatest(u.upto - u.units, f.upto - f.units);
"""

_FOUND: Final = """
with back as (
    select candidate_id, sum(units) as units from (
        select e.candidate_id, e.units from explained e
        join remedy s on s.remedy_id = e.remedy_id and s.kind = 'found'
        union all
        select candidate_id, units from there_again
    ) found group by candidate_id
)
update candidate c set found_units = c.resolved_left + coalesce(back.units, 0),
    -- Nobody says by which row: by the day for which the file speaks, at the latest.
    undated_units = c.resolved_left
from candidate same left join back on back.candidate_id = same.candidate_id
where same.candidate_id = c.candidate_id and (c.resolved_left > 0 or back.units > 0)
"""


def settle(connection: Connection, account_id: int) -> None:
    """Fill paid, reversed and found of every candidate.

    Leaves the tables share, reversal_share and there_again for what is stored of them.
    """
    values = {"account_id": account_id, "whole": WHOLE_CURRENCIES}
    run_script(connection, _SHARES, values)
    undo(connection, account_id)
    run_script(connection, _REVERSALS, values)
    run_script(connection, _THERE_AGAIN, values)
    connection.execute(text(_SUM))
    connection.execute(text(_FOUND))
