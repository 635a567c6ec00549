"""Units of FBA orders whose price was refunded and which never came back.

The clock starts with the refund (Seller Central help G9N934L7Y4SFWPJ4). Which refund a returned
unit belongs to is told nowhere: a return takes up the latest refund before it, else the next one
after it, so that what stays missing has the earlier deadline. A partial refund asks for nothing
back; without the order's own lines nobody can tell it from a whole one. A refund that the seller
gave himself is never paid (same page), and no report tells it apart.
"""

from typing import Final

from services.database.sql import fill
from services.marketplaces.amazon.rules.settlement import (
    ARRIVAL,
    HISTORY,
    ORDER_AND_RETURNS,
    WEIGHED,
    item_of,
)
from services.marketplaces.rules import Rule, Subtracted

_EVENTS: Final = """
with missing as (
    select weighed.*, weighed.units - least(weighed.units, greatest(-history.before, 0)) as missing
    from amazon_history history
    join amazon_weighed weighed on weighed.document_id = history.document_id
        and weighed.row_number = history.row_number
    where history.rank = 1
)
select
    m.channel_id,
    concat_ws('|', m.order_id, m.sku, m.adjustment_id,
        to_char(m.posted_at at time zone 'UTC', 'YYYYMMDDHH24MISS')) as event_key,
    m.sku,
    item.fnsku,
    item.asin as item_code,
    item.product_name as title,
    m.order_id,
    m.adjustment_id as reference,
    m.missing::integer as units,
    m.day as event_on,
    m.currency,
    m.document_id,
    m.row_number,
    m.ordered_on,
    m.order_id in (select order_id from amazon_arrival where is_stray) as has_stray
from missing m
{item}
where m.missing > 0
"""

# What came back after its refund was missing until then.
_FOUND: Final = """
select refund_channel as channel_id, order_id || '|' || sku as item,
    least(returned, greatest(before, 0))::integer as units, day, document_id, row_number
from amazon_history
where rank = 0 and before > 0 and refund_channel is not null
"""

RULE = Rule(
    subtype="refunded_not_returned",
    told=(
        "The settlement shows that the customer was refunded, and the customer returns report,"
        " where it covers the time, shows no unit coming back for that order."
    ),
    reads=("amazon_settlement",),
    shares=(WEIGHED, ARRIVAL, HISTORY),
    sql=fill(_EVENTS, item=item_of("m")),
    evidence_sql=ORDER_AND_RETURNS,
    found_sql=_FOUND,
    found_by="order",
    subtracts=(
        Subtracted("amazon_customer_returns", ("orders", "skus", "fnskus"), until="opening"),
        Subtracted("amazon_settlement", ("orders", "skus"), until="never"),
    ),
    # A unit may come back before its refund, not before it was ordered.
    needs_from="coalesce(ordered_on, event_on)",
    own_doubt="""case when has_stray then 'stray_return'
        when ordered_on is null then 'order_unknown' end""",
    doubt_ends_with="amazon_settlement",
    moment="after_order",
    payment_subtypes=("refunded_not_returned", "customer_service_issue"),
    match_by=("order",),
)
