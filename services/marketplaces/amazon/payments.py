"""How Amazon's reimbursements report reads as payments and reversals.

Source: FBA reimbursements report attributes. case-id is filled only for requested
reimbursements. A reversal names what it undoes by id; one id can hold several items, so the
item is part of the link.

The report repeats a whole region's rows for every marketplace (selling-partner-api-docs issue
1385), so it is landed once a region, keyed over the region. A row's channel is the one in which
its order is known from settlements, returns or replacements; without such an order, the account's
only channel with the row's currency, as landed. A reversal stays with what it undoes.
"""

from typing import Final

_ORDER_CHANNELS: Final = """
wanted as (
    select distinct order_id, region from amazon_reimbursement
    where account_id = :account_id and order_id <> ''
),
order_channel as (
    select distinct on (known.order_id, channel.region)
        known.order_id, channel.region, known.channel_id
    from (
        select s.order_id, s.channel_id, 1 as place from amazon_settlement_line s
        where s.account_id = :account_id and exists (
            select 1 from wanted where wanted.order_id = s.order_id)
        union all
        select r.order_id, r.channel_id, 2 from amazon_customer_return r
        where r.account_id = :account_id and exists (
            select 1 from wanted where wanted.order_id = r.order_id)
        union all
        select p.order_id, r.channel_id, 3 from amazon_replacement r
        cross join lateral (values (r.original_order_id), (r.replacement_order_id)) p (order_id)
        where r.account_id = :account_id and exists (
            select 1 from wanted where wanted.order_id = p.order_id)
    ) known
    join channel on channel.account_id = :account_id and channel.channel_id = known.channel_id
    order by known.order_id, channel.region, known.place, known.channel_id
)
"""

PAYMENTS: Final = f"""
with {_ORDER_CHANNELS}
select
    channel.channel_id,
    concat_ws('|', r.region, r.reimbursement_id, r.sku, r.fnsku, r.reason, r.condition,
        r.line_ordinal) as reimbursement_key,
    r.reimbursement_id as external_id,
    nullif(r.case_id, '') as case_id,
    original.reimbursement_key as original_key,
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
    (r.approved_at at time zone channel.time_zone)::date as approved_on,
    r.document_id,
    r.row_number
from amazon_reimbursement r
left join payment_reason means
    on means.marketplace = 'amazon'
    and means.reason = lower(regexp_replace(r.reason, '[^A-Za-z0-9]', '', 'g'))
left join payment_reason original_means
    on means.is_reversal and original_means.marketplace = 'amazon'
    and original_means.reason
        = lower(regexp_replace(r.original_reimbursement_type, '[^A-Za-z0-9]', '', 'g'))
left join lateral (
    select concat_ws('|', o.region, o.reimbursement_id, o.sku, o.fnsku, o.reason, o.condition,
        o.line_ordinal) as reimbursement_key, o.order_id, o.channel_id
    from amazon_reimbursement o
    where means.is_reversal
        and o.account_id = r.account_id
        and o.region = r.region
        and o.reimbursement_id = r.original_reimbursement_id
        and o.sku = r.sku
        and o.fnsku = r.fnsku
        and o.amount_total >= 0
    order by o.reason, o.condition, o.line_ordinal
    limit 1
) original on true
left join order_channel own on own.region = r.region
    and own.order_id = case when original.channel_id is null then r.order_id
        else original.order_id end
join channel on channel.account_id = r.account_id
    and channel.channel_id = coalesce(own.channel_id, original.channel_id, r.channel_id)
where r.account_id = :account_id and channel.marketplace = :marketplace
"""
