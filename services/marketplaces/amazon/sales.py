"""What Amazon's settlements say of sales: price and fees of each order's item, without tax.

Source: settlement report V2; order lines carry ItemPrice (Principal, Shipping, GiftWrap, and taxes
apart) and ItemFees (negative).
"""

from typing import Final

from services.database.sql import day_of, fill

SALES: Final = fill(
    """
select s.channel_id, s.order_id, s.sku, null as item_code,
    min({posted_day}) as day,
    greatest(coalesce(sum(s.quantity) filter (where s.amount_type = 'ItemPrice'
        and s.amount_description = 'Principal'), 0), 1) as units,
    coalesce(sum(s.amount) filter (where s.amount_type = 'ItemPrice'
        and s.amount_description in ('Principal', 'Shipping', 'GiftWrap')), 0) as price,
    coalesce(-sum(s.amount) filter (where s.amount_type = 'ItemFees'), 0) as fees,
    s.currency, min(s.document_id) as document_id,
    (array_agg(s.row_number order by s.document_id, s.row_number))[1] as row_number
from amazon_settlement_line s
join channel on channel.account_id = s.account_id and channel.channel_id = s.channel_id
where s.account_id = :account_id and channel.marketplace = :marketplace
    and s.transaction_type = 'Order' and s.order_id is not null and s.sku is not null
group by s.channel_id, s.order_id, s.sku, s.currency
""",
    posted_day=day_of("s.posted_at"),
)
