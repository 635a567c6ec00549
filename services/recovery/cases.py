"""Which case of our team covers which event, and how many of its units.

A case speaks of its events by reference: FNSKU, SKU, item, order, shipment. It must have been
filed after the event and inside the window; a later case supersedes an earlier one.
"""

from sqlalchemy import Connection, text

from services.database.script import run_script

_COVERING = """
drop table if exists covering;
create temp table covering on commit drop as
select c.candidate_id, c.channel_id, k.case_id, k.status, k.opened_on, k.closed_on, k.units,
    row_number() over (partition by c.candidate_id order by k.opened_on desc, k.case_id) as place
from reimbursement_case k
join candidate c on c.channel_id = k.channel_id
    and c.type = k.type
    and c.subtype = coalesce(k.subtype, c.subtype)
    and c.event_on <= k.opened_on
    -- Of an approximate event the last day shown is the earliest it can be: our team may know more.
    and (c.expires_on is null or c.event_on_approximate or k.opened_on <= c.expires_on)
    and array_remove(array[c.fnsku, c.sku, c.item_code, c.order_id, c.reference, c.place], null)
        && k.reference_ids
where k.account_id = :account_id;
analyze covering;
"""

_LINK = """
update candidate c set
    case_id = covering.case_id, case_key = covering.case_id || '|' || c.item_key,
    case_status = covering.status,
    case_opened_on = covering.opened_on, case_closed_on = covering.closed_on,
    case_limit = covering.units
from covering where covering.candidate_id = c.candidate_id and covering.place = 1
"""

# What an earlier case was about: the units not explained by the day it was closed, else until the
# next was opened. For pictures of the days on which it was the one that covered the event.
_EARLIER = """
drop table if exists earlier_case;
create temp table earlier_case on commit drop as
with until as (
    select *, coalesce(closed_on, lead(opened_on) over (partition by candidate_id
        order by opened_on, case_id desc), opened_on) as day
    from covering
),
asked as (
    select u.candidate_id, u.channel_id, u.case_id, u.units as most, c.event_on,
        greatest(c.units - coalesce(sum(e.units) filter (where s.day <= u.day), 0), 0) as wanted
    from until u
    join candidate c on c.candidate_id = u.candidate_id
    left join explained e on e.candidate_id = u.candidate_id
    left join settlement s on s.settlement_id = e.settlement_id
    where u.place > 1
    group by u.candidate_id, u.channel_id, u.case_id, u.units, c.event_on, c.units
),
shared as (
    select *, sum(wanted) over (partition by channel_id, case_id
        order by event_on, candidate_id rows between unbounded preceding and current row) as so_far
    from asked
)
select candidate_id, channel_id, case_id,
    greatest(0, least(wanted, coalesce(most, so_far) - (so_far - wanted)))::integer as units
from shared;
"""

# A case of 11 units over events of 16 and 4, of which 5 were found: 11 of the first, none of
# the second. What was found, or paid without the case, was not what the case asked for.
_SHARE = """
with asked as (
    select candidate_id, case_limit, case_id, channel_id,
        greatest(units - found_units - (paid_cash + paid_inventory - paid_by_case), 0) as wanted,
        sum(greatest(units - found_units - (paid_cash + paid_inventory - paid_by_case), 0)) over (
            partition by channel_id, case_id order by event_on, candidate_id
            rows between unbounded preceding and current row) as so_far
    from candidate where case_id is not null
)
update candidate c set case_units =
    greatest(0, least(asked.wanted,
        coalesce(asked.case_limit, asked.so_far) - (asked.so_far - asked.wanted)))
from asked where asked.candidate_id = c.candidate_id
"""


# What the case holds of the units that are neither found nor paid.
_HELD = """least(c.units - c.found_units - c.paid_cash - c.paid_inventory,
    greatest(c.case_units - greatest(c.paid_by_case, 0), 0))"""
_DIVIDE = f"""
update candidate c set
    in_progress_units = case when c.case_status in ('open', 'fully_reimbursed')
        or (c.case_status = 'partially_reimbursed' and c.case_closed_on is null)
        then {_HELD} else 0 end,
    denied_units = case when c.case_status = 'not_eligible'
        or (c.case_status = 'partially_reimbursed' and c.case_closed_on is not null)
        then {_HELD} else 0 end
where c.case_id is not null
"""


def link_cases(connection: Connection, account_id: int) -> None:
    """Give each candidate the case that covers it, the one filed last. Leaves `covering`."""
    run_script(connection, _COVERING, {"account_id": account_id})
    connection.execute(text(_LINK))


def share_case_units(connection: Connection) -> None:
    """Share each case's units over its candidates, oldest first, and say what they are.

    After matching. Leaves `earlier_case`: the shares of the cases that a later one superseded.
    """
    run_script(connection, _EARLIER, {})
    connection.execute(text(_SHARE))
    connection.execute(text(_DIVIDE))
