"""How Bazaar's payments read: each is for one SKU and one reason."""

from typing import Final

PAYMENTS: Final = """
select p.channel_id, p.payment_number as reimbursement_key, p.payment_number as external_id,
    null as case_id, null as original_key, false as is_reversal, p.reason,
    coalesce(cast(:type_of as jsonb) ->> means.subtype, 'unknown') as type,
    coalesce(means.subtype, 'unknown') as subtype,
    p.sku, null as fnsku, p.sku as item_code, null as title, null as order_id, null as reference,
    p.units as units_cash, 0 as units_inventory, p.amount, p.currency, p.paid_on as approved_on,
    p.document_id, p.row_number
from bazaar_payment p
join channel on channel.account_id = p.account_id and channel.channel_id = p.channel_id
left join payment_reason means on means.marketplace = channel.marketplace
    and means.reason = lower(regexp_replace(p.reason, '[^A-Za-z0-9]', '', 'g'))
where p.account_id = :account_id and channel.marketplace = :marketplace
"""

# No report of Bazaar's tells what a sale brought.
SALES: Final = """
select null::bigint as channel_id, null as order_id, null as sku, null as item_code,
    null::date as day, 0 as units, 0::numeric as price, 0::numeric as fees, null as currency,
    null::bigint as document_id, null::bigint as row_number
where false and :account_id > 0 and :marketplace <> ''
"""
