"""Replacements that Amazon sent for free while the first unit did not come back.

A returned unit of the order stands for a refund first; only what refunds have not used up stands
for a replacement. The clock starts on the day the replacement was shipped.
Source: FBA replacements report attributes; Seller Central help G9N934L7Y4SFWPJ4 (refund or
replacement date).
"""

from typing import Final

from services.marketplaces.amazon.rules.settlement import (
    ITEM,
    ORDER_LINES,
    REFUNDED_AND_RETURNED,
    RETURN_ROWS,
)
from services.marketplaces.rules import Rule, Subtracted

_EXCHANGE: Final = f"""
with {REFUNDED_AND_RETURNED},
spare as (
    -- Of the returns the latest are left over: what refunds have not used up.
    select order_id, sku, day, document_id, row_number,
        least(returned, left_over - (later - returned))::integer as units
    from (
        select story.*, sum(returned) over (partition by order_id, sku
                order by day desc, document_id desc, row_number desc) as later,
            -sum(change) over (partition by order_id, sku) as left_over
        from story
    ) returned
    where place = 0 and left_over > later - returned
),
sent as (
    select r.*, (r.shipped_at at time zone channel.time_zone)::date as day, channel.currency,
        ordered.day as ordered_on
    from amazon_replacement r
    join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
    left join (
        select s.order_id, min((s.posted_at at time zone channel.time_zone)::date) as day
        from amazon_settlement_line s
        join channel on channel.account_id = s.account_id and channel.channel_id = s.channel_id
        where s.account_id = :account_id and s.transaction_type = 'Order'
            and s.order_id in (
                select original_order_id from amazon_replacement where account_id = :account_id)
        group by s.order_id
    ) ordered on ordered.order_id = r.original_order_id
    where r.account_id = :account_id and channel.marketplace = :marketplace and r.quantity > 0
),
exchange as (
    select *, sum(change) over upto - change as sent_before,
        min(channel_id) over (partition by order_id, sku) as sent_channel
    from (
        select original_order_id as order_id, sku, day, 1 as place, quantity as change,
            replacement_order_id, line_ordinal, channel_id, document_id, row_number
        from sent
        union all
        select order_id, sku, day, 0, -units, null, null, null, document_id, row_number from spare
    ) step
    window upto as (partition by order_id, sku
        order by day, place, replacement_order_id, line_ordinal, document_id, row_number)
)
"""

SQL = f"""
{_EXCHANGE},
missing as (
    select sent.*,
        sent.quantity - least(sent.quantity, greatest(-exchange.sent_before, 0)) as missing
    from exchange
    join sent on sent.document_id = exchange.document_id and sent.row_number = exchange.row_number
    where exchange.place = 1
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
    m.row_number,
    m.ordered_on,
    m.original_order_id in (select order_id from stray) as has_stray
from missing m
{ITEM.replace("{event}", "m")}
where m.missing > 0
"""

# What came back after its replacement had been sent was missing until then.
FOUND = f"""
{_EXCHANGE}
select sent_channel as channel_id, order_id || '|' || sku as item,
    least(-change, greatest(sent_before, 0))::integer as units, day, document_id, row_number
from exchange
where place = 0 and sent_before > 0 and sent_channel is not null
"""

RULE = Rule(
    subtype="replacement_not_returned",
    reads=("amazon_replacements",),
    sql=SQL,
    evidence_sql=f"{ORDER_LINES} union all {RETURN_ROWS}",
    found_sql=FOUND,
    found_by="order",
    subtracts=(
        Subtracted("amazon_customer_returns", ("orders", "skus", "fnskus"), until="opening"),
        Subtracted("amazon_settlement", ("orders", "skus"), until="never"),
    ),
    # The first unit may come back before the second is sent, not before it was ordered.
    needs_from="coalesce(ordered_on, event_on)",
    own_doubt="""case when has_stray then 'stray_return'
        when ordered_on is null then 'order_unknown' end""",
    doubt_ends_with="amazon_settlement",
    moment="after_order",
    payment_subtypes=(
        "replacement_not_returned",
        "refunded_not_returned",
        "customer_service_issue",
    ),
    match_by=("order",),
)
