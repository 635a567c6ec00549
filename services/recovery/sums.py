"""The sums that pages read, rewritten in the transaction that changes what they sum.

Nothing in them depends on today: what the calendar moves is kept by opens_on and expires_on. But
for one: what was lost and is not any more is known of the month of the identification alone.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection, text

from services.database.calendar import free_units, has_free_units
from services.database.headline import headline
from services.database.mirror import mirror
from services.database.script import run_script
from services.database.sql import fill, listed
from services.marketplaces.registry import RECOVERIES
from services.recovery import clock
from services.recovery.lost import gather_unlost

# Held units stand under a day on which their window never opens: the day after the last, so that
# they go from future to expired; without a last day, the end of the calendar.
_OPEN: Final = fill(
    """
select account_id, coalesce(expires_on, 'infinity'::date) as expires_on, channel_id, type, subtype,
    currency, part.opens_on,
    sum(part.one) as discrepancies,
    sum(case when part.units > 0 then part.one else 0 end) as discrepancies_remaining,
    sum(found_units * part.one) as units_found,
    sum(in_progress_units * part.one) as units_in_progress,
    sum(denied_units * part.one) as units_denied,
    sum(part.units) as units_remaining,
    coalesce(sum(part.units) filter (where unit_amount is null), 0)
        as units_remaining_without_amount,
    coalesce(sum(in_progress_units * part.one * unit_amount), 0) as amount_in_progress,
    coalesce(sum(denied_units * part.one * unit_amount), 0) as amount_denied,
    coalesce(sum(part.units * unit_amount), 0) as amount_remaining,
    sum(case when part.units > 0 and event_on_approximate then part.one else 0 end)
        as discrepancies_approximate
from discrepancy
cross join lateral (
    -- A discrepancy is counted once, with its free part where it has one.
    select coalesce(opens_on, '-infinity'::date) as opens_on, {free} as units, 1 as one
    where held_units = 0 or {has_free}
    union all
    select coalesce(expires_on + 1, '9999-12-31'::date), held_units,
        case when {has_free} then 0 else 1 end
    where held_units > 0
) part
where account_id = :account_id
group by 1, 2, 3, 4, 5, 6, 7
""",
    free=free_units("discrepancy"),
    has_free=has_free_units("discrepancy"),
)

# What is held back, by what would release it. A unit that was paid too low is one that was lost,
# and counts there: here it brings its money alone.
_HELD: Final = fill(
    """
select account_id, channel_id, type, currency, coalesce(expires_on, 'infinity'::date) as expires_on,
    held_because as because, coalesce(awaits_kind, '') as kind,
    coalesce(covered_until, '-infinity'::date) as covered_until, count(*) as discrepancies,
    sum({units}) as units,
    coalesce(sum({units}) filter (where unit_amount is null), 0)
        as units_without_amount,
    coalesce(sum(held_units * unit_amount), 0) as amount
from discrepancy where account_id = :account_id and held_units > 0
group by 1, 2, 3, 4, 5, 6, 7, 8
""",
    units=headline("held_units", "subtype"),
)

# Each fact falls in a month of its own: the event, the denial, the day after the last, the payment.
_MONTH: Final = """
select account_id, channel_id, type, subtype, currency, month,
    sum(discrepancies) as discrepancies,
    sum(units_new) as units_new,
    sum(units_new * unknown) as units_new_without_amount,
    sum(units_new * worth) as amount_new,
    sum(units_in_progress) as units_in_progress,
    sum(units_in_progress * unknown) as units_in_progress_without_amount,
    sum(units_in_progress * worth) as amount_in_progress,
    sum(units_denied) as units_denied,
    sum(units_denied * unknown) as units_denied_without_amount,
    sum(units_denied * worth) as amount_denied,
    sum(units_ending) as units_ending,
    sum(units_ending * unknown) as units_ending_without_amount,
    sum(units_ending * worth) as amount_ending,
    sum(units_unlost) as units_unlost,
    sum(units_unlost_without_amount) as units_unlost_without_amount,
    sum(amount_unlost) as amount_unlost,
    sum(units_cash) as units_cash,
    sum(units_inventory) as units_inventory,
    sum(gross_via_case) as gross_via_case,
    sum(gross_automatic) as gross_automatic,
    sum(reversed_via_case) as reversed_via_case,
    sum(reversed_automatic) as reversed_automatic
from (
    select d.account_id, d.channel_id, d.type, d.subtype, d.currency, fact.month,
        coalesce(d.unit_amount, 0) as worth, (d.unit_amount is null)::integer as unknown,
        fact.discrepancies, fact.units_new, fact.units_in_progress, fact.units_denied,
        fact.units_ending, 0 as units_unlost, 0 as units_unlost_without_amount,
        0 as amount_unlost, 0 as units_cash, 0 as units_inventory, 0 as gross_via_case,
        0 as gross_automatic, 0 as reversed_via_case, 0 as reversed_automatic
    from discrepancy d
    cross join lateral (values
        (date_trunc('month', d.event_on)::date, 1, d.units - d.found_units,
            d.in_progress_units, 0, 0),
        (date_trunc('month', d.denied_on)::date, 0, 0, 0, d.denied_units, 0),
        (date_trunc('month', d.expires_on + 1)::date, 0, 0, 0, 0, d.remaining_units)
    ) fact (month, discrepancies, units_new, units_in_progress, units_denied, units_ending)
    where d.account_id = :account_id and fact.month is not null
    union all
    select account_id, channel_id, type, subtype, currency, date_trunc('month', approved_on)::date,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, units_cash, units_inventory,
        case when via_case then gross else 0 end, case when via_case then 0 else gross end,
        case when via_case then reversed else 0 end, case when via_case then 0 else reversed end
    from claimed_total where account_id = :account_id
    union all
    select :account_id, channel_id, type, subtype, currency, month, 0, 0, 0, 0, 0, 0, 0,
        units, unknown, amount, 0, 0, 0, 0, 0, 0
    from unlost
) part
group by 1, 2, 3, 4, 5, 6
"""

# Copied first, one plain scan each: temporary tables can be given statistics at once, which the
# tables just written have not, and without them the join below is planned for a handful of rows.
_COPIES: Final = """
drop table if exists payment, settled, settled_for;
-- As reimbursement; as discrepancy_reimbursement; and one row a discrepancy.
create temp table payment on commit drop as
select r.channel_id, r.reimbursement_key, r.type, r.subtype, r.currency, r.approved_on, r.case_id,
    r.is_reversal, r.units_cash, r.units_inventory, r.amount
from reimbursement r where r.account_id = :account_id;
create temp table settled on commit drop as
select l.channel_id, l.reimbursement_key, l.discrepancy_id, l.units_cash, l.units_inventory,
    l.amount
from discrepancy_reimbursement l where l.account_id = :account_id;
create temp table settled_for on commit drop as
select d.discrepancy_id, d.type, d.subtype, channel.marketplace, k.opened_on as case_opened_on
from discrepancy d
join channel on channel.account_id = d.account_id and channel.channel_id = d.channel_id
left join reimbursement_case k on k.account_id = d.account_id
    and k.channel_id = d.channel_id and k.case_id = d.case_id
where d.account_id = :account_id;
analyze payment;
analyze settled;
analyze settled_for;
"""

# A payment stands under the discrepancies it settles, its rest under its own subtype.
_CLAIMED: Final = """
select cast(:account_id as bigint) as account_id, channel_id, type, subtype, currency,
    approved_on, via_case,
    sum(units_cash) as units_cash, sum(units_inventory) as units_inventory,
    coalesce(sum(amount) filter (where not is_reversal), 0) as gross,
    coalesce(-sum(amount) filter (where is_reversal), 0) as reversed
from (
    select r.channel_id, c.type, c.subtype, r.currency, r.approved_on,
        -- A report that never names cases says nothing by not naming one: there, what our case
        -- covers and was paid after it was filed came by the case.
        r.case_id is not null
            or (c.marketplace = any(:names_no_case)
                and coalesce(r.approved_on >= c.case_opened_on, false))
            as via_case,
        r.is_reversal, l.units_cash, l.units_inventory, l.amount
    from payment r
    join settled l on l.channel_id = r.channel_id and l.reimbursement_key = r.reimbursement_key
    join settled_for c on c.discrepancy_id = l.discrepancy_id
    union all
    select r.channel_id, r.type, r.subtype, r.currency, r.approved_on,
        r.case_id is not null, r.is_reversal,
        r.units_cash - coalesce(used.units_cash, 0),
        r.units_inventory - coalesce(used.units_inventory, 0), r.amount - coalesce(used.amount, 0)
    from payment r
    left join (
        select channel_id, reimbursement_key, sum(units_cash) as units_cash,
            sum(units_inventory) as units_inventory, sum(amount) as amount
        from settled group by channel_id, reimbursement_key
    ) used on used.channel_id = r.channel_id and used.reimbursement_key = r.reimbursement_key
    where (r.units_cash, r.units_inventory, r.amount) is distinct from
        (coalesce(used.units_cash, 0), coalesce(used.units_inventory, 0),
            coalesce(used.amount, 0))
) part
group by 1, 2, 3, 4, 5, 6, 7
"""

_GROUP: Final = ("account_id", "channel_id", "type", "subtype", "currency")
SUMS: Final = {
    "open_total": (_OPEN, (*_GROUP, "opens_on", "expires_on")),
    "held_total": (
        _HELD,
        (
            "account_id",
            "channel_id",
            "type",
            "currency",
            "expires_on",
            "because",
            "kind",
            "covered_until",
        ),
    ),
    "claimed_total": (_CLAIMED, (*_GROUP, "approved_on", "via_case")),
    "month_total": (_MONTH, (*_GROUP, "month")),  # after claimed_total, which it sums
}


_DIFFERING: Final = """
select '{table}', c.code, part.currency, count(*) from (
    (select {columns} from fresh except all select {columns} from {table}
        where account_id = :account_id)
    union all
    (select {columns} from {table} where account_id = :account_id
        except all select {columns} from fresh)
) part
join channel c on c.account_id = :account_id and c.channel_id = part.channel_id
group by c.code, part.currency order by c.code, part.currency
"""


def differing(table: str, columns: Iterable[str]) -> str:
    """The statement that counts the rows of a kept sum that are not what they sum."""
    return fill(_DIFFERING, columns=listed(columns), table=table)


def differing_sums(connection: Connection, account_id: int) -> Iterator[tuple[str, str, str, int]]:
    """Table, channel, currency and number of rows of kept sums that are not what they sum."""
    for table, _ in _fresh_sums(connection, account_id):
        columns = connection.execute(text("select * from fresh limit 0")).keys()
        asked = text(differing(table, columns))
        for row in connection.execute(asked, {"account_id": account_id}):
            yield str(row[0]), str(row[1]), str(row[2]), int(row[3])


def rewrite_sums(connection: Connection, account_id: int) -> None:
    """Replace the account's sums where they differ from what they sum."""
    for table, key in _fresh_sums(connection, account_id):
        mirror(connection, source="fresh", table=table, key=key, account_id=account_id)


_FRESH: Final = """
drop table if exists fresh;
-- As the table of sums that it will be.
create temp table fresh on commit drop as {query};
"""


def fresh(query: str) -> str:
    """The statements that make `fresh` of what a sum should be."""
    return fill(_FRESH, query=query)


def _fresh_sums(connection: Connection, account_id: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each table of sums with its key, while `fresh` holds what its rows should be."""
    silent = [room.marketplace for room in RECOVERIES if not room.payments_name_cases]
    values = {"account_id": account_id, "names_no_case": silent}
    run_script(connection, _COPIES, values)
    gather_unlost(connection, account_id, clock.now())
    for table, (query, key) in SUMS.items():
        run_script(connection, fresh(query), values)
        yield table, key
