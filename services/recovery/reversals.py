"""Which payment each reversal undoes, unit by unit.

A reversal that names its payment by id undoes the lines of that id for the item. One that names an
order or a shipment undoes a payment for that; if none is for it, one that names none. Any other
undoes the latest payments before it for the same item and kind. What exceeds a payment goes on to
the next. Nothing is taken back before it was paid, whatever a report's dates say.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import fill
from services.recovery.seats import SEATS

_TABLES: Final = """
drop table if exists payment_left, reversal_left, undone;
-- One row a payment in cash, with the units that no reversal has undone yet.
create temp table payment_left on commit drop as
select row_number() over (order by channel_id, approved_on, reimbursement_key) as id, channel_id,
    reimbursement_key, approved_on as day, units_cash as units, units_cash as units_left,
    external_id || '|' || subtype || '|' || coalesce(nullif(fnsku, ''), item_code, '') as id_key,
    subtype || '|' || coalesce(nullif(fnsku, ''), item_code) as item_key,
    coalesce(reference, order_id) as name
from reimbursement
where account_id = :account_id and not is_reversal and units_cash > 0;
-- One row a reversal, with the units that it still has to undo; is_bare: it names no payment.
create temp table reversal_left on commit drop as
select row_number() over (order by r.channel_id, r.approved_on, r.reimbursement_key) as id,
    r.channel_id, r.reimbursement_key, greatest(r.approved_on, original.day) as day,
    -r.units_cash as units, -r.units_cash as units_left, original.id_key,
    r.original_key is null as is_bare,
    r.subtype || '|' || coalesce(nullif(r.fnsku, ''), r.item_code) as item_key,
    coalesce(r.reference, r.order_id) as name
from reimbursement r
left join payment_left original on original.channel_id = r.channel_id
    and original.reimbursement_key = r.original_key
where r.account_id = :account_id and r.is_reversal and r.units_cash < 0;
-- One row a reversal and a payment that it undoes, from its unit from_unit on.
create temp table undone (
    channel_id bigint not null, reimbursement_key text not null, original_key text not null,
    from_unit integer not null, units integer not null
) on commit drop;
analyze payment_left; analyze reversal_left;
"""


@dataclass(frozen=True)
class Pass:
    """Which payments which reversals may undo: those of one key. Expressions over their rows."""

    key: str
    payments: str = "true"
    reversals: str = "true"


PASSES: Final = (
    Pass("id_key", reversals="not is_bare"),
    Pass("item_key || '|' || name", reversals="is_bare"),
    Pass(
        "item_key",
        payments="name is null",
        reversals="is_bare and name is not null and units_left = units",
    ),
    Pass("item_key", reversals="is_bare and name is null"),
)

_UNDO: Final = """
with move as (
    select channel_id, {key} as key, day, 1 as step, id, unit
    from payment_left cross join generate_series(1, units_left) unit
    where {key} is not null and {payments}
    union all
    select channel_id, {key}, day, -1, id, unit
    from reversal_left cross join generate_series(1, units_left) unit
    where {key} is not null and {reversals}
),
{seats},
taken as (
    select closed_id, opened_id, count(*)::integer as units from pair
    where step = -1 and opened_step = 1 group by closed_id, opened_id
)
insert into undone (channel_id, reimbursement_key, original_key, from_unit, units)
select r.channel_id, r.reimbursement_key, p.reimbursement_key,
    r.units - r.units_left - taken.units
        + sum(taken.units) over (partition by r.id order by p.day desc, p.id desc),
    taken.units
from taken
join reversal_left r on r.id = taken.closed_id
join payment_left p on p.id = taken.opened_id;
update payment_left p set units_left = p.units - used.units
from (select channel_id, original_key, sum(units) as units from undone group by 1, 2) used
where used.channel_id = p.channel_id and used.original_key = p.reimbursement_key;
update reversal_left r set units_left = r.units - used.units
from (select channel_id, reimbursement_key, sum(units) as units from undone group by 1, 2) used
where used.channel_id = r.channel_id and used.reimbursement_key = r.reimbursement_key;
"""


def undone_by(one: Pass) -> str:
    """The statements of one pass."""
    return fill(_UNDO, key=one.key, payments=one.payments, reversals=one.reversals, seats=SEATS)


def undo(connection: Connection, account_id: int) -> None:
    """Leaves `undone`: whose units each reversal takes back, from its unit `from_unit` on."""
    run_script(connection, _TABLES, {"account_id": account_id})
    for one in PASSES:
        run_script(connection, undone_by(one), {})
    connection.execute(text("analyze undone"))
