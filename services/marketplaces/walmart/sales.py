"""What Walmart's reconciliation report says of sales: price and commission of each order line.

Source: reconciliation report v1; sale lines carry Product Price, Shipping, taxes and commission.
"""

from typing import Final

SALES: Final = """
select p.channel_id, p.customer_order_id as order_id, p.sku, min(p.gtin) as item_code,
    min(coalesce(p.posted_on, p.period_end)) as day,
    greatest(coalesce(sum(p.quantity) filter (where p.amount_type = 'Product Price'), 0), 1)
        as units,
    coalesce(sum(p.amount) filter (where p.amount_type in ('Product Price', 'Shipping')), 0)
        as price,
    coalesce(-sum(p.amount) filter (
        where p.amount_type in ('Commission on Product', 'Commission on Shipping')), 0) as fees,
    p.currency, min(p.document_id) as document_id,
    (array_agg(p.row_number order by p.document_id, p.row_number))[1] as row_number
from walmart_payment p
join channel on channel.account_id = p.account_id and channel.channel_id = p.channel_id
where p.account_id = :account_id and channel.marketplace = :marketplace
    and p.transaction_type = 'Sale' and p.customer_order_id is not null and p.sku is not null
group by p.channel_id, p.customer_order_id, p.sku, p.currency
"""
