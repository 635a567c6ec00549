"""Units of FBA orders whose price was refunded and which never came back.

The clock starts with the refund (Seller Central help G9N934L7Y4SFWPJ4). Which refund a returned
unit belongs to is told nowhere: returns are set against an order's refunds in the order of their
days. A partial refund asks for nothing back. A refund that the seller gave himself is never paid
(same page), and no report tells it apart.
"""

from services.marketplaces.amazon.rules.settlement import (
    ITEM,
    ORDER_LINES,
    REFUND_KEY,
    REFUNDED_AND_RETURNED,
    RETURN_ROWS,
)
from services.marketplaces.rules import Rule

SQL = f"""
with {REFUNDED_AND_RETURNED},
missing as (
    select weighed.*, greatest(units_upto - coalesce(returned.units, 0), 0)
        - greatest(units_upto - weighed.units - coalesce(returned.units, 0), 0) as missing
    from weighed
    left join returned on returned.order_id = weighed.order_id and returned.sku = weighed.sku
    where weighed.units > 0
)
select
    m.channel_id,
    {REFUND_KEY.replace("{event}", "m")} as event_key,
    m.sku,
    item.fnsku,
    item.asin as item_code,
    item.product_name as title,
    m.order_id,
    m.adjustment_id as reference,
    null as place,
    m.missing::integer as units,
    null::integer as resolved_units,
    null::date as known_until,
    m.day as event_on,
    false as event_on_approximate,
    m.currency,
    null::numeric as unit_amount,
    null as basis,
    '{{}}'::jsonb as basis_inputs,
    m.document_id,
    m.row_number
from missing m
{ITEM.replace("{event}", "m")}
where m.missing > 0
"""

RULE = Rule(
    subtype="refunded_not_returned",
    reads=("amazon_settlement",),
    sql=SQL,
    evidence_sql=f"with event as ({SQL}) {ORDER_LINES} union all {RETURN_ROWS}",
    subtracts="amazon_customer_returns",
    moment="after_order",
    payment_subtypes=("refunded_not_returned", "customer_service_issue"),
    match_by=("order",),
)
