"""Customers who got back more than they had paid for an order line.

All refund lines of one purchase order and item against its sale lines: price and shipping without
tax, with Walmart's own correction of excess refunds. Only where the sale was landed, WFS shipped
the order, and no refund of it was begun by the seller or made under a keep-it rule: those cannot
be disputed. One cent is allowed for rounding. The clock is the day on which the sum passed what
was paid, the earliest day the dispute window can have opened.
Source: reconciliation report v1 (transaction descriptions and amount types); "Dispute standards".
"""

from typing import Final

from services.marketplaces.rules import Rule, Shared, Subtracted

# One row of the payments report each: what was charged or given back of an order's item.
_LINE: Final = """
select p.channel_id, p.purchase_order_id, lower(p.sku) as item, p.sku, p.gtin, p.item_name,
    p.customer_order_id, p.transaction_type, p.amount_type, p.description, p.amount,
    p.quantity, p.fulfilment_type, coalesce(p.posted_on, p.period_end) as day,
    channel.currency, p.document_id, p.row_number
from walmart_payment p
join channel on channel.account_id = p.account_id and channel.channel_id = p.channel_id
where p.account_id = :account_id
    and channel.marketplace = :marketplace
    and channel.country = 'US'
    and p.purchase_order_id is not null
    and p.sku is not null
    and p.transaction_type in ('Sale', 'Refund')
    and p.amount_type in ('Product Price', 'Shipping', 'ExcessRefundAdjustment')
"""

# One row per order's item (channel and event_key) of which more was given back than was charged.
_EXCESS: Final = """
with charged as (
    select channel_id, purchase_order_id, item, sum(amount) as amount, min(day) as sold_on,
        bool_or(fulfilment_type ilike '%walmart%') as shipped_by_walmart
    from walmart_price_line where transaction_type = 'Sale'
    group by channel_id, purchase_order_id, item
),
refund as (
    select line.*, charged.amount as charged, charged.sold_on, -sum(line.amount) over (
        partition by line.channel_id, line.purchase_order_id, line.item
        order by line.day, line.document_id, line.row_number) as so_far
    from walmart_price_line line
    join charged on charged.channel_id = line.channel_id and charged.item = line.item
        and charged.purchase_order_id = line.purchase_order_id
    where line.transaction_type = 'Refund' and charged.amount > 0 and charged.shipped_by_walmart
)
select channel_id, purchase_order_id, item, currency, charged,
    concat_ws('|', purchase_order_id, item) as event_key,
    -sum(amount) as refunded,
    min(sku) as sku, max(gtin) as gtin, max(item_name) as title,
    max(customer_order_id) as order_id, min(sold_on) - 30 as sold_from,
    min(day) filter (where so_far > charged + 0.01) as event_on,
    (array_agg(document_id order by so_far <= charged + 0.01, day, document_id, row_number))[1]
        as document_id,
    (array_agg(row_number order by so_far <= charged + 0.01, day, document_id, row_number))[1]
        as row_number
from refund
group by channel_id, purchase_order_id, item, currency, charged
having -sum(amount) > charged + 0.01
    and not bool_or(description in ('Keep-it refund', 'Seller Initiated Returns'))
"""

_LINES: Final = Shared("walmart_price_line", _LINE)
_EXCESSES: Final = Shared("walmart_excess", _EXCESS, after=(_LINES,))

_EVENTS: Final = """
select
    e.channel_id,
    e.event_key,
    e.sku,
    e.gtin as item_code,
    e.title,
    e.order_id,
    e.purchase_order_id as reference,
    1 as units,
    e.event_on,
    true as event_on_approximate,
    e.currency,
    e.refunded - e.charged as unit_amount,
    'refund_difference' as basis,
    jsonb_build_object('refunded', e.refunded::text, 'charged', e.charged::text) as basis_inputs,
    e.document_id,
    e.row_number,
    e.sold_from
from walmart_excess e
"""

_EVIDENCE: Final = """
select e.channel_id, e.event_key,
    case l.transaction_type when 'Sale' then 'charged' else 'refunded' end as role,
    l.day, coalesce(abs(l.quantity), 0) as units, l.document_id, l.row_number
from walmart_excess e
join walmart_price_line l on l.channel_id = e.channel_id
    and l.purchase_order_id = e.purchase_order_id and l.item = e.item
"""

RULE = Rule(
    subtype="refunded_more",
    told="The reconciliation report refunds more for the order line than its sale had brought.",
    reads=("walmart_payments",),
    shares=(_LINES, _EXCESSES),
    sql=_EVENTS,
    evidence_sql=_EVIDENCE,
    payment_subtypes=("refunded_more", "general_adjustment", "unknown"),
    match_by=("reference", "order"),
    # An order is shipped in parts within weeks: a sale line may stand before the first one known.
    subtracts=(Subtracted("walmart_payments", ("orders", "skus"), until="event"),),
    needs_from="sold_from",
    moment="after_order",
    exact_by="No report tells on which day Walmart's window for a dispute opens.",
)
