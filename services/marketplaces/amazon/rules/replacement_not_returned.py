"""Replacements that Amazon sent for free while the first unit did not come back.

A returned unit of the order stands for a refund first; only what refunds have not used up stands
for a replacement. The clock starts on the day the replacement was shipped.
Source: FBA replacements report attributes; Seller Central help G9N934L7Y4SFWPJ4 (refund or
replacement date).
"""

from services.marketplaces.amazon.rules.settlement import (
    ITEM,
    ORDER_LINES,
    REFUNDED_AND_RETURNED,
    RETURN_ROWS,
)
from services.marketplaces.rules import Rule

SQL = f"""
with {REFUNDED_AND_RETURNED},
spare as (
    select returned.order_id, returned.sku,
        returned.units - coalesce(refunded.units, 0) as units
    from returned
    left join (
        select order_id, sku, sum(units) as units from weighed group by order_id, sku
    ) refunded on refunded.order_id = returned.order_id and refunded.sku = returned.sku
),
sent as (
    select r.*, (r.shipped_at at time zone channel.time_zone)::date as day, channel.currency,
        sum(r.quantity) over (partition by r.original_order_id, r.sku
            order by r.shipped_at, r.replacement_order_id, r.line_ordinal, r.channel_id) as upto
    from amazon_replacement r
    join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
    where r.account_id = :account_id and channel.marketplace = :marketplace and r.quantity > 0
),
missing as (
    select sent.*, greatest(upto - greatest(coalesce(spare.units, 0), 0), 0)
        - greatest(upto - sent.quantity - greatest(coalesce(spare.units, 0), 0), 0) as missing
    from sent
    left join spare on spare.order_id = sent.original_order_id and spare.sku = sent.sku
)
select
    m.channel_id,
    concat_ws('|', m.replacement_order_id, m.original_order_id, m.sku, m.line_ordinal)
        as event_key,
    m.sku,
    item.fnsku,
    coalesce(m.asin, item.asin) as item_code,
    item.product_name as title,
    m.original_order_id as order_id,
    m.replacement_order_id as reference,
    m.fulfillment_center as place,
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
    subtype="replacement_not_returned",
    reads=("amazon_replacements",),
    sql=SQL,
    evidence_sql=f"with event as ({SQL}) {ORDER_LINES} union all {RETURN_ROWS}",
    subtracts="amazon_customer_returns",
    moment="after_order",
    payment_subtypes=(
        "replacement_not_returned",
        "refunded_not_returned",
        "customer_service_issue",
    ),
    match_by=("order",),
)
