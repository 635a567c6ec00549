"""What the return rules share: refunds as settlements tell them, orders, and what came back.

Source: settlement report V2 (real rows; formats of the report in docs/rules-amazon.md): a refund
is transaction-type Refund with negative ItemPrice lines; fulfillment-id AFN says that Amazon
fulfilled the order. Orders and returns are joined by order and SKU alone: an order id is unique
over all of Amazon's marketplaces.
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.rules import Shared

# One row per refund of an order's item (order, SKU, adjustment, moment, channel and currency),
# positive amounts. Taxes are not the seller's money.
_REFUND: Final = """
select s.channel_id, s.order_id, s.sku, s.adjustment_id, s.posted_at, s.currency,
    {posted_on} as day,
    coalesce(-sum(s.amount) filter (where s.amount_description = 'Principal'), 0) as principal,
    coalesce(-sum(s.amount) filter (where s.amount_description not ilike '%tax'), 0) as price,
    (array_agg(s.document_id order by s.amount_description <> 'Principal', s.document_id,
        s.row_number))[1] as document_id,
    (array_agg(s.row_number order by s.amount_description <> 'Principal', s.document_id,
        s.row_number))[1] as row_number
from amazon_settlement_line s
join channel on channel.account_id = s.account_id and channel.channel_id = s.channel_id
where s.account_id = :account_id
    and channel.marketplace = :marketplace
    and s.transaction_type = 'Refund'
    and s.fulfillment_id = 'AFN'
    and s.amount_type = 'ItemPrice'
    and s.order_id is not null
    and s.sku is not null
group by s.channel_id, s.order_id, s.sku, s.adjustment_id, s.posted_at, s.currency,
    channel.time_zone
"""

# One row per refunded item of an order (order, SKU): what the order's own lines say of it.
_ORDERED: Final = """
select s.order_id, s.sku, min({posted_on}) as day,
    sum(s.quantity) filter (where s.amount_description = 'Principal') as units,
    sum(s.amount) filter (where s.amount_description = 'Principal') as principal,
    sum(s.amount) filter (where s.amount_description not ilike '%tax') as price
from amazon_settlement_line s
join channel on channel.account_id = s.account_id and channel.channel_id = s.channel_id
where s.account_id = :account_id
    and s.transaction_type = 'Order'
    and s.amount_type = 'ItemPrice'
    and exists (select 1 from amazon_refund refund where refund.order_id = s.order_id
        and refund.sku = s.sku)
group by s.order_id, s.sku
"""

# Each refund with its units: how many the refunds so far are worth, whole units, never more than
# were ordered. A hundredth of a unit is allowed for the rounding of several units' price. Without
# the order's own line nobody can say what one unit cost: then the first refund is for one unit.
_WEIGHED: Final = """
with worth as (
    select refund.*, ordered.day as ordered_on,
        case when ordered.units > 0 and ordered.principal > 0
            then greatest(least(ordered.units, floor(0.01 + ordered.units / ordered.principal
                * sum(refund.principal) over in_order)), 0)
            else least(count(*) filter (where refund.principal > 0) over in_order, 1)
        end::integer as units_upto
    from amazon_refund refund
    left join amazon_ordered ordered on ordered.order_id = refund.order_id
        and ordered.sku = refund.sku
    window in_order as (partition by refund.order_id, refund.sku
        order by refund.posted_at, refund.adjustment_id, refund.channel_id)
)
select worth.*, greatest(0, units_upto - coalesce(max(units_upto) over earlier, 0)) as units
from worth
window earlier as (partition by order_id, sku order by posted_at, adjustment_id, channel_id
    rows between unbounded preceding and 1 preceding)
"""

# Each item of an order (order, SKU) that some report knows.
_KNOWN_ITEM: Final = """
select order_id, sku from amazon_refund
union
select original_order_id, sku from amazon_replacement where account_id = :account_id
union
select s.order_id, s.sku from amazon_settlement_line s
where s.account_id = :account_id and s.transaction_type = 'Order' and s.sku is not null
    and s.order_id in (
        select r.order_id from amazon_customer_return r where r.account_id = :account_id)
"""

# Each row of the list of returns, in any disposition: what came back broken came back. A return
# without a SKU is of the order's only item. is_stray: it names none of its order's items, or no
# item at all: it may be of any of them.
_ARRIVAL: Final = """
with only_item as (
    select order_id, min(sku) as sku from amazon_known_item
    group by order_id having count(distinct sku) = 1
),
arrival as (
    select r.order_id, coalesce(nullif(r.sku, ''), only_item.sku) as sku,
        {returned_on} as day, r.quantity, r.document_id, r.row_number
    from amazon_customer_return r
    join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
    left join only_item on only_item.order_id = r.order_id
    where r.account_id = :account_id and r.quantity > 0
)
select arrival.*, known.sku is null as is_stray
from arrival
left join amazon_known_item known on known.order_id = arrival.order_id and known.sku = arrival.sku
"""

# Refunds and returns of an order's item in the order of their days, one row each; of one day, the
# return first (rank 0). `before` is how many units were refunded and not back: below nought, as
# many came back before their refund.
_HISTORY: Final = """
with step as (
    select order_id, sku, day, 1 as rank, units as change, units as refunded, 0 as returned,
        posted_at, adjustment_id, channel_id, document_id, row_number
    from amazon_weighed where units > 0
    union all
    select order_id, sku, day, 0, -quantity, 0, quantity, null, null, null, document_id, row_number
    from amazon_arrival
)
select *, sum(change) over upto - change as before,
    min(channel_id) over (partition by order_id, sku) as refund_channel
from step
window upto as (partition by order_id, sku
    order by day, rank, posted_at, adjustment_id, channel_id, document_id, row_number)
"""

REFUND: Final = Shared("amazon_refund", fill(_REFUND, posted_on=day_of("s.posted_at")))
ORDERED: Final = Shared(
    "amazon_ordered", fill(_ORDERED, posted_on=day_of("s.posted_at")), after=(REFUND,)
)
WEIGHED: Final = Shared("amazon_weighed", _WEIGHED, after=(REFUND, ORDERED))
_KNOWN: Final = Shared("amazon_known_item", _KNOWN_ITEM, after=(REFUND,))
ARRIVAL: Final = Shared(
    "amazon_arrival", fill(_ARRIVAL, returned_on=day_of("r.returned_at")), after=(_KNOWN,)
)
HISTORY: Final = Shared("amazon_history", _HISTORY, after=(WEIGHED, ARRIVAL))

# Names that a settlement does not tell, from the newest list of the stock.
_ITEM: Final = """
left join lateral (
    select nullif(i.fnsku, '') as fnsku, i.asin, i.product_name
    from amazon_inventory i
    where i.account_id = :account_id and i.channel_id = {event}.channel_id
        and i.sku = {event}.sku
    order by i.store limit 1
) item on true
"""


def item_of(event: str) -> str:
    """The join that names the item of this relation's rows."""
    return fill(_ITEM, event=event)


# The order's own lines and the returns, as evidence for `event`.
_ORDER_LINES: Final = """
select event.channel_id, event.event_key, 'ordered' as role, {posted_on} as day,
    coalesce(s.quantity, 0) as units, s.document_id, s.row_number
from event
join amazon_settlement_line s on s.account_id = :account_id and s.order_id = event.order_id
    and s.sku = event.sku
join channel on channel.account_id = s.account_id and channel.channel_id = s.channel_id
where s.transaction_type = 'Order' and s.amount_type = 'ItemPrice'
    and s.amount_description = 'Principal'
"""

_RETURN_ROWS: Final = """
select event.channel_id, event.event_key, 'returned' as role, {returned_on} as day,
    r.quantity as units, r.document_id, r.row_number
from event
join amazon_customer_return r on r.account_id = :account_id and r.order_id = event.order_id
    and r.sku in (event.sku, '')
join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
where r.quantity > 0
"""

_REFUND_LINES: Final = """
select event.channel_id, event.event_key, 'refunded' as role, {posted_on} as day,
    0 as units, s.document_id, s.row_number
from event
join amazon_settlement_line s on s.account_id = :account_id and s.order_id = event.order_id
    and s.sku = event.sku
join channel on channel.account_id = s.account_id and channel.channel_id = s.channel_id
where s.transaction_type = 'Refund' and s.amount_type = 'ItemPrice'
    and s.amount_description not ilike '%tax'
    and (s.document_id, s.row_number) <> (event.document_id, event.row_number)
"""

_BOTH: Final = "{one} union all {other}"
_ORDER: Final = fill(_ORDER_LINES, posted_on=day_of("s.posted_at"))
REFUND_LINES: Final = fill(_REFUND_LINES, posted_on=day_of("s.posted_at"))
ORDER_AND_REFUNDS: Final = fill(_BOTH, one=_ORDER, other=REFUND_LINES)
ORDER_AND_RETURNS: Final = fill(
    _BOTH, one=_ORDER, other=fill(_RETURN_ROWS, returned_on=day_of("r.returned_at"))
)
