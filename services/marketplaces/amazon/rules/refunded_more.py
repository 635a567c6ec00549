"""Orders whose customer was refunded more than the order's own lines had charged.

Prices without tax: item, shipping, gift wrap and what Amazon adds as goodwill. Judged only where
the order's own lines are landed. Discounts stand apart in the report and are left out on both
sides. The clock starts with the refund that went beyond the charge.
Source: settlement report V2; window as for refunds (Seller Central help G9N934L7Y4SFWPJ4).
"""

from typing import Final

from services.database.sql import fill
from services.marketplaces.amazon.rules.settlement import (
    ORDER_AND_REFUNDS,
    ORDERED,
    REFUND,
    item_of,
)
from services.marketplaces.rules import Rule, Subtracted

_EVENTS: Final = """
with running as (
    select refund.*, ordered.price as charged, ordered.day - 30 as ordered_from,
        sum(refund.price) over item as refunded,
        sum(refund.price) over (item order by refund.posted_at, refund.adjustment_id,
            refund.channel_id) as refunded_upto
    from amazon_refund refund
    join amazon_ordered ordered on ordered.order_id = refund.order_id and ordered.sku = refund.sku
    window item as (partition by refund.order_id, refund.sku)
),
beyond as (
    select distinct on (order_id, sku) * from running
    where charged is not null and refunded > charged + 0.01 and refunded_upto > charged + 0.01
    order by order_id, sku, posted_at, adjustment_id, channel_id
)
select
    b.channel_id,
    concat_ws('|', b.order_id, b.sku) as event_key,
    b.sku,
    item.fnsku,
    item.asin as item_code,
    item.product_name as title,
    b.order_id,
    b.adjustment_id as reference,
    1 as units,
    b.day as event_on,
    b.currency,
    b.refunded - b.charged as unit_amount,
    'refund_difference' as basis,
    jsonb_build_object('refunded', b.refunded::text, 'charged', b.charged::text) as basis_inputs,
    b.document_id,
    b.row_number,
    b.ordered_from
from beyond b
{item}
"""

RULE = Rule(
    subtype="refunded_more",
    told="The settlement refunds more for the item than the order's own lines had charged.",
    reads=("amazon_settlement",),
    shares=(REFUND, ORDERED),
    sql=fill(_EVENTS, item=item_of("b")),
    evidence_sql=ORDER_AND_REFUNDS,
    moment="after_order",
    payment_subtypes=("refunded_more", "customer_service_issue"),
    match_by=("order",),
    # An order is shipped in parts within weeks: a line may stand before the first one known.
    subtracts=(Subtracted("amazon_settlement", ("orders", "skus"), until="event"),),
    needs_from="ordered_from",
)
