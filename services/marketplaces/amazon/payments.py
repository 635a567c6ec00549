"""How Amazon's reimbursements report reads as payments and reversals.

Source: FBA reimbursements report attributes. case-id is filled only for requested
reimbursements. A reversal names what it undoes by id; one id can hold several items, so the
item is part of the link.

The report repeats a whole region's rows for every marketplace, so it is landed once a region, keyed
over the region; services.marketplaces.amazon.payment_channels says which channel a row belongs to.
A reversal stays with what it undoes; one that names a payment that is not loaded undoes no other.
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.amazon.payment_channels import PLACED, key_of

PAYMENTS: Final = fill(
    """
with {placed}
select
    channel.channel_id,
    {own_key} as reimbursement_key,
    r.reimbursement_id as external_id,
    nullif(r.case_id, '') as case_id,
    coalesce(original.reimbursement_key,
        -- Not loaded: a key that no payment has.
        case when means.is_reversal then 'id|' || nullif(r.original_reimbursement_id, '') end)
        as original_key,
    coalesce(means.is_reversal, false) as is_reversal,
    r.reason,
    coalesce(cast(:type_of as jsonb)
        ->> coalesce(original_means.subtype, means.subtype), 'unknown') as type,
    coalesce(original_means.subtype, means.subtype, 'unknown') as subtype,
    r.sku,
    r.fnsku,
    r.asin as item_code,
    r.product_name as title,
    nullif(r.order_id, '') as order_id,
    null as reference,
    r.quantity_cash as units_cash,
    r.quantity_inventory as units_inventory,
    r.amount_total as amount,
    r.currency,
    {approved_day} as approved_on,
    r.document_id,
    r.row_number
from amazon_reimbursement r
left join payment_reason means
    on means.marketplace = 'amazon'
    and means.reason = lower(regexp_replace(r.reason, '[^A-Za-z0-9]', '', 'g'))
left join lateral (
    select {original_key} as reimbursement_key, o.reason, o.document_id, o.row_number
    from amazon_reimbursement o
    where means.is_reversal
        and o.account_id = r.account_id
        and o.region = r.region
        and o.reimbursement_id = r.original_reimbursement_id
        and (o.sku = r.sku or '' in (o.sku, r.sku))
        and (o.fnsku = r.fnsku or '' in (o.fnsku, r.fnsku))
        and o.currency = r.currency
        and o.amount_total >= 0
    order by (o.sku, o.fnsku) = (r.sku, r.fnsku) desc,
        o.reason = r.original_reimbursement_type desc, o.reason, o.condition, o.line_ordinal
    limit 1
) original on true
left join payment_reason original_means
    on means.is_reversal and original_means.marketplace = 'amazon'
    and original_means.reason = lower(regexp_replace(
        coalesce(nullif(r.original_reimbursement_type, ''), original.reason),
        '[^A-Za-z0-9]', '', 'g'))
join placed on placed.document_id = coalesce(original.document_id, r.document_id)
    and placed.row_number = coalesce(original.row_number, r.row_number)
join channel on channel.account_id = r.account_id and channel.channel_id = placed.channel_id
where r.account_id = :account_id and channel.marketplace = :marketplace
""",
    placed=PLACED,
    own_key=key_of("r"),
    original_key=key_of("o"),
    approved_day=day_of("r.approved_at"),
)
