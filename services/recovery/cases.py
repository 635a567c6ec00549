"""Which case of our team covers which event, and how many of its units.

A case speaks of its events by reference: FNSKU, SKU, item, order, shipment. It must have been
filed after the event and inside the window. A later case comes before an earlier one; what it does
not ask for stays with that.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.case_units import of_case
from services.database.script import run_script
from services.database.sql import day_of, fill
from services.recovery.candidates import OPEN_UNITS
from wording.cases import CASE_STATUSES

_COVERING: Final = fill(
    """
drop table if exists covering;
-- One row a case and an event that it covers (candidate_id, case_id), with the case's state, its
-- units, and its place among those of the event: the one filed last is 1.
create temp table covering on commit drop as
-- The day of the step that brought a case its present status; several notes on it are one step.
with stepped as (
    select e.channel_id, e.case_id, e.status, {at_day} as day,
        row_number() over latest_first as rank,
        lag(e.status) over (partition by e.channel_id, e.case_id
            order by e.at, e.event_number) as before
    from case_event e
    join channel on channel.account_id = e.account_id and channel.channel_id = e.channel_id
    where e.account_id = :account_id and e.status = any(:case_statuses)
    window latest_first as (partition by e.channel_id, e.case_id
        order by e.at desc, e.event_number desc)
),
brought as (
    select distinct on (s.channel_id, s.case_id) s.channel_id, s.case_id, s.day
    from stepped s
    join stepped last on last.channel_id = s.channel_id and last.case_id = s.case_id
        and last.rank = 1
    join reimbursement_case k on k.account_id = :account_id and k.channel_id = s.channel_id
        and k.case_id = s.case_id and k.status = last.status
    where s.status = last.status and s.before is distinct from s.status
    order by s.channel_id, s.case_id, s.rank
)
select c.candidate_id, c.channel_id, k.case_id, k.status, k.opened_on, k.closed_on, k.units,
    -- A payment of a part refuses the rest once the case is closed, not before.
    case when k.status = 'partially_reimbursed' then greatest(k.opened_on, b.day, k.closed_on)
        else greatest(k.opened_on, coalesce(b.day, k.closed_on)) end as decided_on,
    row_number() over (partition by c.candidate_id order by k.opened_on desc, k.case_id) as rank
from reimbursement_case k
join candidate c on c.channel_id = k.channel_id
    and c.type = k.type
    and c.subtype = coalesce(k.subtype, c.subtype)
    and c.event_on <= k.opened_on
    -- Of an approximate event the last day shown is the earliest it can be: our team may know more.
    and (c.expires_on is null or c.event_on_approximate or k.opened_on <= c.expires_on)
    and array_remove(array[c.fnsku, c.sku, c.item_code, c.order_id, c.reference, c.location], null)
        && k.reference_ids
left join brought b on b.channel_id = k.channel_id and b.case_id = k.case_id
where k.account_id = :account_id;
analyze covering;
""",
    at_day=day_of("e.at"),
)

_LINK: Final = """
update candidate c set case_id = covering.case_id
from covering where covering.candidate_id = c.candidate_id and covering.rank = 1
"""

_NAME: Final = """
update candidate c set case_key = covering.case_id || '|' || c.item_key
from covering
where covering.candidate_id = c.candidate_id and covering.rank = :rank
    and c.subtype = :subtype and c.marketplace = :marketplace
"""

_DIVIDE: Final = fill(
    """
with money as (
    select candidate_id, case_id, units_cash + units_inventory as units from share
    where case_id is not null
    union all
    select candidate_id, case_id, units_cash + units_inventory from reversal_share
    where case_id is not null
),
paid as (select candidate_id, case_id, sum(units) as units from money group by 1, 2),
wanted as (
    select v.candidate_id, v.channel_id, v.case_id, v.status, v.closed_on is not null as closed,
        v.units as most, v.rank, v.decided_on, c.event_on,
        greatest(coalesce(paid.units, 0), 0) as paid,
        greatest({open} + coalesce(paid.units, 0), 0) as wanted, {open} as open_units
    from covering v
    join candidate c on c.candidate_id = v.candidate_id
    left join paid on paid.candidate_id = v.candidate_id and paid.case_id = v.case_id
),
{of_case},
said as (
    select candidate_id, max(asked) filter (where rank = 1) as case_units,
        coalesce(sum(held) filter (where outcome = 'in_progress'), 0) as in_progress,
        coalesce(sum(held) filter (where outcome = 'denied'), 0) as denied,
        coalesce(sum(held) filter (where outcome = 'closed'), 0) as closed,
        max(decided_on) filter (where outcome = 'denied' and held > 0) as denied_on
    from of_case group by candidate_id
)
update candidate c set case_units = said.case_units, in_progress_units = said.in_progress,
    denied_units = said.denied, closed_case_units = said.closed, denied_on = said.denied_on
from said where said.candidate_id = c.candidate_id
""",
    open=OPEN_UNITS,
    of_case=of_case("candidate_id"),
)


def link_cases(connection: Connection, account_id: int) -> None:
    """Give each candidate the case that covers it, the one filed last. Leaves `covering`."""
    values = {"account_id": account_id, "case_statuses": list(CASE_STATUSES)}
    run_script(connection, _COVERING, values)
    connection.execute(text(_LINK))


def name_case(connection: Connection, marketplace: str, subtype: str, rank: int) -> None:
    """Let a rule's candidates be known by the case filed last (rank 1), by the one before (2)."""
    values = {"marketplace": marketplace, "subtype": subtype, "rank": rank}
    connection.execute(text(_NAME), values)


def share_case_units(connection: Connection, _account_id: int) -> None:
    """Share each case's units over its candidates, and say what they are. After settling."""
    connection.execute(text(_DIVIDE))
