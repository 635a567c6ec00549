"""Which channel each row of Amazon's reimbursements report belongs to.

The report repeats a whole region's rows for every marketplace and names none (selling-partner-
api-docs issue 1385). Among the account's channels of the row's region and currency, the first of
these grounds decides; a channel of another currency is never taken:

1. its order, where settlements, returns, replacements or removals know it;
2. the loss that it pays for: each unit paid closes the latest open loss of its item and kind
   before it, as in services.recovery.matching, but over all channels at once; units found again in
   a channel have closed that channel's losses first;
3. the latest loss of its item before it, of the payment's own kind first: in the ledger, in an
   inbound shipment, in a removal;
4. the only channel in whose ledger or inventory the item is known;
5. the fixed order of marketplaces.json (currency_rank): a choice.

An item is known by its FNSKU, else by its SKU. What is equally near goes by the fixed order, never
by which channel or file came first. Most accounts have one channel of each currency: nothing is
asked for them. A row of a currency that no channel has stays where it landed.
"""

from typing import Final

from services.database.sql import day_of, fill

_KEY: Final = """concat_ws('|', {r}.region, {r}.reimbursement_id, {r}.sku, {r}.fnsku, {r}.reason,
        {r}.condition, {r}.line_ordinal)"""


def key_of(row: str) -> str:
    """The identity of a row of the report, as text."""
    return fill(_KEY, r=row)


# asked: the rows that several channels could have, with the word for the loss they pay for.
_ASKED: Final = fill(
    """
home as (
    select channel.channel_id, channel.region, channel.currency, channel.time_zone,
        row_number() over (partition by channel.region, channel.currency
            order by entry.currency_rank, channel.code) as rank,
        count(*) over (partition by channel.region, channel.currency) as homes
    from channel join marketplace entry on entry.code = channel.code
    where channel.account_id = :account_id and channel.marketplace = :marketplace
),
several as (select * from home where homes > 1),
asked as (
    select {own_key} as payment, r.region, r.currency, nullif(r.order_id, '') as order_id,
        nullif(r.fnsku, '') as fnsku, nullif(r.sku, '') as sku, r.approved_at,
        {approved_day} as day,
        r.quantity_cash + r.quantity_inventory as units,
        coalesce(means.is_reversal, false) as is_reversal,
        case means.subtype when 'lost_in_warehouse' then 'lost'
            when 'damaged_in_warehouse' then 'damaged' when 'inbound_shortage' then 'inbound'
            when 'inbound_damaged' then 'inbound' when 'removal_lost' then 'removal' end as kind
    from amazon_reimbursement r
    join several first on first.region = r.region and first.currency = r.currency
        and first.rank = 1
    left join payment_reason means
        on means.marketplace = 'amazon'
        and means.reason = lower(regexp_replace(r.reason, '[^A-Za-z0-9]', '', 'g'))
    where r.account_id = :account_id
),
""",
    own_key=key_of("r"),
    approved_day=day_of("r.approved_at", "first"),
)

_BY_ORDER: Final = """
wanted as (select distinct order_id from asked where order_id is not null),
mention as (
    select s.order_id, s.channel_id, 1 as number from amazon_settlement_line s
    where s.account_id = :account_id
    union all
    select r.order_id, r.channel_id, 2 from amazon_customer_return r
    where r.account_id = :account_id
    union all
    select p.order_id, r.channel_id, 3 from amazon_replacement r
    cross join lateral (values (r.original_order_id), (r.replacement_order_id)) p (order_id)
    where r.account_id = :account_id
    union all
    select o.order_id, o.channel_id, 4 from amazon_removal_order o
    where o.account_id = :account_id
    union all
    select s.order_id, s.channel_id, 5 from amazon_removal_shipment s
    where s.account_id = :account_id
),
by_order as (
    select distinct on (m.order_id, several.region, several.currency)
        m.order_id, several.region, several.currency, several.channel_id
    from mention m
    join wanted on wanted.order_id = m.order_id
    join several on several.channel_id = m.channel_id
    order by m.order_id, several.region, several.currency, m.number, several.rank
),
open_question as (
    select a.* from asked a
    left join by_order own on own.order_id = a.order_id and own.region = a.region
        and own.currency = a.currency
    where own.channel_id is null
),
"""

_LOSSES: Final = fill(
    """
adjustment as (
    select several.region, several.currency, several.channel_id, several.rank, e.fnsku, e.msku,
        reason.counts_as, e.day, abs(e.quantity) as units, e.event_key
    from amazon_ledger_event e
    join several on several.channel_id = e.channel_id
    join ledger_reason reason on reason.code = e.reason
    where e.account_id = :account_id and e.event_type = 'Adjustments'
        and ((e.quantity < 0 and reason.counts_as in ('lost', 'damaged'))
            or (e.quantity > 0 and reason.counts_as = 'found'))
),
loss as (
    select region, currency, channel_id, rank, fnsku, msku as sku, counts_as as kind, day
    from adjustment where counts_as <> 'found'
    union all
    select several.region, several.currency, several.channel_id, several.rank, i.fnsku, i.sku,
        'inbound', arrived.day
    from amazon_inbound_item i
    join several on several.channel_id = i.channel_id
    left join (
        select reference_id, min(day) as day from amazon_ledger_event
        where account_id = :account_id and event_type = 'Receipts' and quantity > 0
        group by reference_id
    ) arrived on arrived.reference_id = i.shipment_id
    where i.account_id = :account_id and i.quantity_shipped > i.quantity_received
    union all
    select several.region, several.currency, several.channel_id, several.rank, e.fnsku, e.msku,
        'inbound', e.day
    from amazon_ledger_event e
    join several on several.channel_id = e.channel_id
    where e.account_id = :account_id and e.event_type = 'Receipts' and e.quantity > 0
        and upper(e.disposition) in ('CARRIER_DAMAGED', 'WAREHOUSE_DAMAGED')
    union all
    select several.region, several.currency, several.channel_id, several.rank, s.fnsku, s.sku,
        'removal', {shipped_day}
    from amazon_removal_shipment s
    join several on several.channel_id = s.channel_id
    where s.account_id = :account_id
),
""",
    shipped_day=day_of("s.shipped_at", "several"),
)

# Units that go open a seat, units that come close the one opened last; with window functions, as
# services.recovery.matching does it. `moves` has the columns of `part` and day, step (1 or -1),
# rank, id, unit; what `name` holds is each closing unit beside the unit that it closes.
_SEATS: Final = """
{name}_height as (
    select *, sum(step) over in_order as height from ({moves}) move
    window in_order as (partition by {part} order by day, step desc, rank desc, id, unit
        rows between unbounded preceding and current row)
),
{name}_lowest as (
    select *, least(0, min(height) over in_order) as lowest from {name}_height
    window in_order as (partition by {part} order by day, step desc, rank desc, id, unit
        rows between unbounded preceding and current row)
),
{name}_seat as (
    select *, height - lowest + case when step = 1 then 0 else 1 end as seat,
        lag(lowest, 1, 0::bigint) over in_order as lowest_before
    from {name}_lowest
    window in_order as (partition by {part} order by day, step desc, rank desc, id, unit)
),
{name} as (
    select * from (
        select {part}, step, id as closed_id, lag(step) over seats as opened_step,
            lag(id) over seats as opened_id, lag(unit) over seats as opened_unit,
            lag(rank) over seats as opened_rank
        from {name}_seat where step = 1 or lowest = lowest_before
        window seats as (partition by {part}, seat
            order by day, step desc, rank desc, id, unit)
    ) pair where step = -1 and opened_step = 1
),
"""


_GONE: Final = """
item as (
    select distinct fnsku from open_question
    where fnsku is not null and kind in ('lost', 'damaged') and units > 0 and not is_reversal
),
gone as (
    select a.region, a.currency, a.channel_id, a.rank, a.fnsku, a.counts_as as kind, a.day,
        case a.counts_as when 'found' then -1 else 1 end as step, a.event_key as id, unit
    from adjustment a
    join item on item.fnsku = a.fnsku
    cross join lateral generate_series(1, a.units) unit
),
"""

_FOUND_AGAIN: Final = fill(
    _SEATS,
    name="found_again",
    part="channel_id, fnsku",
    moves="select * from gone where kind in ('lost', 'found')",
)

_PAID_FOR: Final = fill(
    _SEATS,
    name="paid_for",
    part="region, currency, fnsku, kind",
    moves="""
        select g.region, g.currency, g.fnsku, g.kind, g.day, g.step, g.rank,
            g.rank || '|' || g.id as id, g.unit
        from gone g
        left join found_again f on g.kind = 'lost' and f.channel_id = g.channel_id
            and f.fnsku = g.fnsku and f.opened_id = g.id and f.opened_unit = g.unit
        where g.step = 1 and f.opened_id is null
        union all
        select q.region, q.currency, q.fnsku, q.kind, q.day, -1, 0, q.payment, unit
        from open_question q cross join lateral generate_series(1, q.units) unit
        where q.fnsku is not null and q.kind in ('lost', 'damaged') and not q.is_reversal
    """,
)

_BY_LOSS: Final = fill(
    """
by_units as (
    select distinct on (closed_id) closed_id as payment, region, currency, opened_rank as rank
    from paid_for
    group by closed_id, region, currency, opened_rank
    order by closed_id, count(*) desc, opened_rank
),
unpaired as (
    select q.* from open_question q
    left join by_units on by_units.payment = q.payment
    where by_units.payment is null
),
name as (
    select payment, region, currency, kind, approved_at, 1 as number, fnsku as code
    from unpaired where fnsku is not null
    union all
    select payment, region, currency, kind, approved_at, 2, sku
    from unpaired where sku is not null
),
named_loss as (
    select region, currency, channel_id, rank, kind, day, 1 as number, fnsku as code from loss
    where fnsku is not null
    union all
    select region, currency, channel_id, rank, kind, day, 2, sku from loss where sku is not null
),
by_loss as (
    select distinct on (n.payment) n.payment, l.channel_id
    from name n
    join named_loss l on l.region = n.region and l.currency = n.currency and l.number = n.number
        and l.code = n.code
    join several on several.channel_id = l.channel_id
    where l.day is null or l.day <= {approved_day}
    order by n.payment, l.kind is not distinct from n.kind desc, n.number, l.day desc nulls last,
        l.rank
),
""",
    approved_day=day_of("n.approved_at", "several"),
)

_BY_COUNTRY: Final = """
held as (
    select several.region, several.currency, several.channel_id, at.fnsku, at.sku
    from (
        select distinct channel_id, fnsku, msku as sku from amazon_ledger_event
        where account_id = :account_id
        union
        select channel_id, fnsku, msku from amazon_ledger_summary where account_id = :account_id
        union
        select channel_id, fnsku, sku from amazon_inventory where account_id = :account_id
    ) at join several on several.channel_id = at.channel_id
),
named_item as (
    select region, currency, channel_id, 1 as number, fnsku as code from held
    union all
    select region, currency, channel_id, 2, sku from held
),
by_country as (
    select distinct on (payment) payment, channel_id
    from (
        select n.payment, n.number, min(i.channel_id) as channel_id,
            count(distinct i.channel_id) as channels
        from name n
        join named_item i on i.region = n.region and i.currency = n.currency
            and i.number = n.number and i.code = n.code
        left join by_loss on by_loss.payment = n.payment
        where by_loss.payment is null
        group by n.payment, n.number
    ) known where channels = 1
    order by payment, number
),
"""

_PLACED: Final = fill(
    """
placed as (
    select r.document_id, r.row_number, coalesce(own.channel_id, unit.channel_id,
        by_loss.channel_id, by_country.channel_id, first.channel_id, r.channel_id) as channel_id
    from amazon_reimbursement r
    left join home first on first.region = r.region and first.currency = r.currency
        and first.rank = 1
    left join by_order own on own.order_id = r.order_id and own.region = r.region
        and own.currency = r.currency
    left join by_units on by_units.payment = {own_key}
    left join several unit on unit.region = by_units.region
        and unit.currency = by_units.currency and unit.rank = by_units.rank
    left join by_loss on by_loss.payment = {own_key}
    left join by_country on by_country.payment = {own_key}
    where r.account_id = :account_id
)
""",
    own_key=key_of("r"),
)

# The CTEs that end in `placed`: document_id, row_number and channel_id of every row.
PLACED: Final = fill(
    "{asked} {by_order} {losses} {gone} {found_again} {paid_for} {by_loss} {by_country} {placed}",
    asked=_ASKED,
    by_order=_BY_ORDER,
    losses=_LOSSES,
    gone=_GONE,
    found_again=_FOUND_AGAIN,
    paid_for=_PAID_FOR,
    by_loss=_BY_LOSS,
    by_country=_BY_COUNTRY,
    placed=_PLACED,
)
