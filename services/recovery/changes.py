"""Why a figure is another one today than it was: a dated record of what moved Unclaimed.

Unclaimed is what is open: U - F - P - N - X, that is units reported less found, paid, denied and
expired. So each movement of a discrepancy is told by which of these five moved. In money, a unit
counts as it stood before; what a new amount a unit makes of the units left open is "valued".
The parts add up to the movement exactly, in units and in money.

The calendar moves Unclaimed too, without any import. Each identification first writes down what
expired since the one before it, under what stood then, on the day after the last day. What has
expired since the last identification a reader takes from the sums (services.insights.changes).
So, per channel and currency, the sum of all movements up to a day is Unclaimed on that day.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from services.database.calendar import expired_units, unclaimed_units
from services.database.script import run_script
from services.database.sql import day_of, fill, today_of
from services.recovery import clock

# A clock that goes back stands still: no day is told twice.
_REMEMBER: Final = fill(
    """
drop table if exists change_clock, stood;
-- One row a channel: up to which day its movements are told (null: none yet), and its today.
create temp table change_clock on commit drop as
select c.channel_id, f.rolled_to, greatest(f.rolled_to,
    {today}) as today
from channel c
left join figure_clock f on f.account_id = c.account_id and f.channel_id = c.channel_id
where c.account_id = :account_id;
-- One row a discrepancy as it stood before, in a channel whose movements are told.
create temp table stood on commit drop as
select d.discrepancy_id, d.channel_id, d.type, d.subtype, d.currency, d.units, d.found_units,
    d.paid_cash_units + d.paid_inventory_units as paid_units, d.denied_units, d.in_progress_units,
    d.remaining_units, d.expires_on, d.unit_amount, d.basis, d.reversed
from discrepancy d
join change_clock k on k.channel_id = d.channel_id and k.rolled_to is not null
where d.account_id = :account_id;
analyze stood;
""",
    today=today_of("c"),
)

_ADD_UP: Final = """
on conflict (account_id, channel_id, changed_on, type, subtype, currency, cause) do update set
    discrepancies = figure_change.discrepancies + excluded.discrepancies,
    units = figure_change.units + excluded.units,
    amount = figure_change.amount + excluded.amount
"""

_ROLL: Final = fill(
    """
insert into figure_change (account_id, channel_id, changed_on, type, subtype, currency, cause,
    discrepancies, units, amount)
select :account_id, s.channel_id, s.expires_on + 1, s.type, s.subtype, s.currency, 'expired',
    count(*), -sum(s.remaining_units), coalesce(-sum(s.remaining_units * s.unit_amount), 0)
from stood s
join change_clock k on k.channel_id = s.channel_id
where s.remaining_units > 0 and s.expires_on >= k.rolled_to and s.expires_on < k.today
group by s.channel_id, s.expires_on, s.type, s.subtype, s.currency
{add_up};
update figure_clock f set rolled_to = k.today
from change_clock k
where f.account_id = :account_id and f.channel_id = k.channel_id and f.rolled_to < k.today;
""",
    add_up=_ADD_UP,
)

# The first time that a channel has anything: one sum, however many rows.
_BEGIN: Final = fill(
    """
insert into figure_change (account_id, channel_id, changed_on, type, subtype, currency, cause,
    discrepancies, units, amount)
select :account_id, channel_id, today, type, subtype, currency, 'new', count(*), sum(open),
    coalesce(sum(open * unit_amount), 0)
from (
    select d.channel_id, k.today, d.type, d.subtype, d.currency, d.unit_amount,
        {unclaimed} as open
    from discrepancy d
    join change_clock k on k.channel_id = d.channel_id and k.rolled_to is null
    where d.account_id = :account_id
) first
where open > 0
group by channel_id, today, type, subtype, currency
{add_up};
insert into figure_clock (account_id, channel_id, rolled_to, since)
select :account_id, k.channel_id, k.today, k.today
from change_clock k
where k.rolled_to is null and exists (
    select 1 from discrepancy d
    where d.account_id = :account_id and d.channel_id = k.channel_id);
""",
    add_up=_ADD_UP,
    unclaimed=unclaimed_units("d", "k.today"),
)

# Both sides of every discrepancy that is no longer what it was, by the calendar of one day.
_MOVED: Final = fill(
    """
drop table if exists moved, movement;
-- One row a discrepancy that is not what it was, before and now.
create temp table moved on commit drop as
select now.discrepancy_id, k.channel_id, k.today, now.type, now.subtype, now.currency,
    was.type as was_type, was.currency as was_currency,
    was.discrepancy_id is null as is_new,
    now.units, was.units as was_units, now.found_units, was.found_units as was_found,
    now.paid_cash_units + now.paid_inventory_units as paid_units, was.paid_units as was_paid,
    now.denied_units, was.denied_units as was_denied,
    {expired} as expired,
    {was_expired} as was_expired,
    {open} as open,
    {was_open} as was_open,
    now.expires_on, was.expires_on as was_expires_on, now.unit_amount,
    was.unit_amount as was_unit_amount, now.basis, was.basis as was_basis,
    now.reversed > was.reversed as is_taken_back
from discrepancy now
join change_clock k on k.channel_id = now.channel_id and k.rolled_to is not null
left join stood was on was.discrepancy_id = now.discrepancy_id
where now.account_id = :account_id
    and (was.discrepancy_id is null
        or (now.type, now.currency, now.units, now.found_units,
            now.paid_cash_units + now.paid_inventory_units, now.denied_units,
            now.in_progress_units, now.expires_on, now.unit_amount)
        is distinct from
        (was.type, was.currency, was.units, was.found_units, was.paid_units, was.denied_units,
            was.in_progress_units, was.expires_on, was.unit_amount));
""",
    expired=expired_units("now", "k.today"),
    was_expired=expired_units("was", "k.today"),
    open=unclaimed_units("now", "k.today"),
    was_open=unclaimed_units("was", "k.today"),
)

# Units that go from one closed end to another (paid after their window had passed, found where a
# payment was counted before) move nothing: only what goes the way of the whole movement is told,
# in a fixed order, up to the movement.
_PARTS: Final = """
-- One row a discrepancy and a cause that moved it: units and the amount a unit, before and after.
create temp table movement on commit drop as
with part as (
    select m.*, open - was_open as net, p.number, p.cause, p.step
    from moved m
    cross join lateral (values
        (1, 'corrected', units - was_units),
        (2, case when found_units > was_found then 'found' else 'corrected' end,
            was_found - found_units),
        (3, case when paid_units > was_paid then 'paid'
            when is_taken_back then 'reversed' else 'rematched' end, was_paid - paid_units),
        (4, case when denied_units > was_denied then 'denied' else 'reopened' end,
            was_denied - denied_units),
        (5, case when expires_on is distinct from was_expires_on then 'window'
            when expired > was_expired then 'expired' else 'reopened' end, was_expired - expired)
    ) p (number, cause, step)
    where not is_new and (m.type, m.currency) = (was_type, was_currency)
        and sign(p.step) = sign(open - was_open)
),
upto as (
    select *, sum(abs(step)) over (partition by discrepancy_id order by number) as upto from part
),
told as (
    select *, sign(net) * (least(upto, abs(net)) - least(upto - abs(step), abs(net))) as moves,
        was_open + sign(net) * least(upto, abs(net)) as reached
    from upto
)
select discrepancy_id, channel_id, today, type, subtype, currency, number, cause,
    (reached - moves)::integer as units_before, reached::integer as units_after,
    was_unit_amount as each_before, was_unit_amount as each_after,
    case when cause = 'window' then jsonb_build_object('from', was_expires_on, 'to', expires_on)
        else '{}'::jsonb end as detail
from told where moves <> 0
union all
select discrepancy_id, channel_id, today, type, subtype, currency, 6, 'valued', open, open,
    was_unit_amount, unit_amount,
    jsonb_build_object('from', was_unit_amount::text, 'to', unit_amount::text,
        'from_basis', was_basis, 'to_basis', basis)
from moved
where not is_new and (type, currency) = (was_type, was_currency) and open > 0
    and unit_amount is distinct from was_unit_amount
union all
-- Told under another type or currency from now on: it leaves the one and enters the other.
select discrepancy_id, channel_id, today, was_type, subtype, was_currency, 1, 'corrected',
    was_open, 0, was_unit_amount, was_unit_amount, '{}'
from moved
where not is_new and (type, currency) <> (was_type, was_currency) and was_open > 0
union all
select discrepancy_id, channel_id, today, type, subtype, currency, 2,
    case when is_new then 'new' else 'corrected' end, 0, open, unit_amount, unit_amount, '{}'
from moved
where (is_new or (type, currency) <> (was_type, was_currency)) and open > 0;
"""

_WRITE: Final = fill(
    """
insert into discrepancy_change (account_id, discrepancy_id, changed_at, cause, units_before,
    units_after, amount_before, amount_after, detail)
select :account_id, discrepancy_id, :now, cause, units_before, units_after,
    units_before * each_before, units_after * each_after, detail
from movement order by discrepancy_id, number;
insert into figure_change (account_id, channel_id, changed_on, type, subtype, currency, cause,
    discrepancies, units, amount)
select :account_id, channel_id, today, type, subtype, currency, cause,
    count(distinct discrepancy_id), sum(units_after - units_before),
    sum(coalesce(units_after * each_after, 0) - coalesce(units_before * each_before, 0))
from (
    select discrepancy_id, channel_id, today, type, subtype, currency, cause, units_before,
        units_after, each_before, each_after
    from movement
    union all
    select s.discrepancy_id, s.channel_id, k.today, s.type, s.subtype, s.currency, 'gone',
        {unclaimed}, 0, s.unit_amount, s.unit_amount
    from stood s
    join change_clock k on k.channel_id = s.channel_id
    where {unclaimed} > 0
        and not exists (
            select 1 from discrepancy d
            where d.account_id = :account_id and d.discrepancy_id = s.discrepancy_id)
) every
group by channel_id, today, type, subtype, currency, cause
{add_up};
""",
    add_up=_ADD_UP,
    unclaimed=unclaimed_units("s", "k.today"),
)


# What a clock years ahead wrote down lies on days that have not come: it is taken back, and what
# then is missing of Unclaimed is told as corrected today. A channel that is known only since then
# begins anew, and so does one that began under a clock years behind, if nothing but its beginning
# and the calendar has been told of it.
_SET_RIGHT: Final = fill(
    """
drop table if exists misled;
-- One row a channel of which days were told that have not come yet.
create temp table misled on commit drop as
select f.channel_id, here.today, f.since > here.today or f.since = any (
        select {read_on}
        from unnest(cast(:behind as timestamptz[])) read_at)
    and not exists (
        select 1 from figure_change told
        where told.account_id = f.account_id and told.channel_id = f.channel_id
            and told.cause not in ('new', 'expired')) as begins_anew
from figure_clock f
join channel c on c.account_id = f.account_id and c.channel_id = f.channel_id
cross join lateral (
    select {today} as today) here
where f.account_id = :account_id;
delete from misled m using figure_clock f
where f.account_id = :account_id and f.channel_id = m.channel_id and not m.begins_anew
    and f.rolled_to <= m.today + 1;
delete from figure_change f using misled m
where f.account_id = :account_id and f.channel_id = m.channel_id
    and (m.begins_anew or f.changed_on > m.today);
delete from figure_clock f using misled m
where f.account_id = :account_id and f.channel_id = m.channel_id and m.begins_anew;
update figure_clock f set rolled_to = m.today
from misled m where f.account_id = :account_id and f.channel_id = m.channel_id;
insert into figure_change (account_id, channel_id, changed_on, type, subtype, currency, cause,
    discrepancies, units, amount)
select :account_id, channel_id, today, type, subtype, currency, 'corrected', 0, sum(units),
    sum(amount)
from (
    select m.channel_id, m.today, d.type, d.subtype, d.currency, one.units,
        one.units * coalesce(d.unit_amount, 0) as amount
    from misled m
    join discrepancy d on d.account_id = :account_id and d.channel_id = m.channel_id
    cross join lateral (
        select {unclaimed} as units) one
    where not m.begins_anew
    union all
    select m.channel_id, m.today, f.type, f.subtype, f.currency, -f.units, -f.amount
    from misled m
    join figure_change f on f.account_id = :account_id and f.channel_id = m.channel_id
    where not m.begins_anew
) part
group by channel_id, today, type, subtype, currency
having sum(units) <> 0 or sum(amount) <> 0
{add_up};
update discrepancy_change set changed_at = :now
where account_id = :account_id and changed_at > cast(:now as timestamptz) + interval '1 day';
""",
    today=today_of("c"),
    read_on=day_of("cast(read_at as timestamptz)", "c"),
    unclaimed=unclaimed_units("d", "m.today"),
    add_up=_ADD_UP,
)


def set_right(connection: Connection, account_id: int, behind: Sequence[datetime]) -> None:
    """Take back what an import wrote down under a wrong clock, now that the clock is right.

    behind: the moments at which files were read that this one shows to have been too early. Called
    where a person has brought a file again that was read by such a clock; before remember().
    """
    values = {"account_id": account_id, "now": clock.now(), "behind": list(behind)}
    run_script(connection, _SET_RIGHT, values)


def remember(connection: Connection, account_id: int) -> None:
    """Before anything is stored: keep what stands, and write down what has expired of it."""
    values = {"account_id": account_id, "now": clock.now()}
    run_script(connection, _REMEMBER, values)
    run_script(connection, _ROLL, values)


def record_changes(connection: Connection, account_id: int) -> None:
    """After everything is stored: write down what moved, and by what. Nothing moved, no row."""
    values = {"account_id": account_id, "now": clock.now()}
    for script in (_MOVED, _PARTS, _WRITE, _BEGIN):
        run_script(connection, script, values)
