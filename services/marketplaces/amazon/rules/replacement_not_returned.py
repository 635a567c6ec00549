"""Replacements that Amazon sent for free while the first unit did not come back.

A returned unit of the order stands for a refund first; only what refunds have not used up stands
for a replacement. The clock starts on the day the replacement was shipped.
Source: FBA replacements report attributes; Seller Central help G9N934L7Y4SFWPJ4 (refund or
replacement date).
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.amazon.rules.settlement import (
    ARRIVAL,
    HISTORY,
    ORDER_AND_RETURNS,
    item_of,
)
from services.marketplaces.rules import Rule, Shared, Subtracted

# Each replacement (document and row), with the first day of its order.
_SENT: Final = """
select r.*, {shipped_on} as day, channel.currency, ordered.day as ordered_on
from amazon_replacement r
join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
left join (
    select s.order_id, min({posted_on}) as day
    from amazon_settlement_line s
    join channel on channel.account_id = s.account_id and channel.channel_id = s.channel_id
    where s.account_id = :account_id and s.transaction_type = 'Order'
        and s.order_id in (
            select original_order_id from amazon_replacement where account_id = :account_id)
    group by s.order_id
) ordered on ordered.order_id = r.original_order_id
where r.account_id = :account_id and channel.marketplace = :marketplace and r.quantity > 0
"""

# Replacements sent (rank 1) and returns left over for them (rank 0) of an order's item, in the
# order of their days, one row each. sent_before: how many units were sent and not back by then.
_EXCHANGE: Final = """
with spare as (
    -- Of the returns the latest are left over: what refunds have not used up.
    select order_id, sku, day, document_id, row_number,
        least(returned, left_over - (later - returned))::integer as units
    from (
        select history.*, sum(returned) over (partition by order_id, sku
                order by day desc, document_id desc, row_number desc) as later,
            -sum(change) over (partition by order_id, sku) as left_over
        from amazon_history history
    ) returned
    where rank = 0 and left_over > later - returned
)
select *, sum(change) over upto - change as sent_before,
    min(channel_id) over (partition by order_id, sku) as sent_channel
from (
    select original_order_id as order_id, sku, day, 1 as rank, quantity as change,
        replacement_order_id, line_ordinal, channel_id, document_id, row_number
    from amazon_sent
    union all
    select order_id, sku, day, 0, -units, null, null, null, document_id, row_number from spare
) step
window upto as (partition by order_id, sku
    order by day, rank, replacement_order_id, line_ordinal, document_id, row_number)
"""

_SENT_OUT: Final = Shared(
    "amazon_sent",
    fill(_SENT, shipped_on=day_of("r.shipped_at"), posted_on=day_of("s.posted_at")),
)
_EXCHANGED: Final = Shared("amazon_exchange", _EXCHANGE, after=(HISTORY, _SENT_OUT))

_EVENTS: Final = """
with missing as (
    select sent.*,
        sent.quantity - least(sent.quantity, greatest(-exchange.sent_before, 0)) as missing
    from amazon_exchange exchange
    join amazon_sent sent on sent.document_id = exchange.document_id
        and sent.row_number = exchange.row_number
    where exchange.rank = 1
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
    m.fulfillment_center as location,
    m.missing::integer as units,
    m.day as event_on,
    m.currency,
    m.document_id,
    m.row_number,
    m.ordered_on,
    m.original_order_id in (select order_id from amazon_arrival where is_stray) as has_stray
from missing m
{item}
where m.missing > 0
"""

# What came back after its replacement had been sent was missing until then.
_FOUND: Final = """
select sent_channel as channel_id, order_id || '|' || sku as item,
    least(-change, greatest(sent_before, 0))::integer as units, day, document_id, row_number
from amazon_exchange
where rank = 0 and sent_before > 0 and sent_channel is not null
"""

RULE = Rule(
    subtype="replacement_not_returned",
    told=(
        "The replacements report shows a second unit sent out, and the customer returns report"
        " shows no first unit coming back for that order."
    ),
    reads=("amazon_replacements",),
    shares=(ARRIVAL, _SENT_OUT, _EXCHANGED),
    sql=fill(_EVENTS, item=item_of("m")),
    evidence_sql=ORDER_AND_RETURNS,
    found_sql=_FOUND,
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
