"""Commission above the published rate for the item's contract category and price.

One charge, one claim: a sale's commission on one purchase order line. The price is per unit, with
shipping and without tax, and decides the tier. Judged only where everything is known: the number
of units, and the rate of that category on that day for that kind of item; an unknown rate is no
discrepancy. A line of which anything was refunded is not judged, because the refund gives the
commission back. What Walmart charges less (Commission Saving) needs no rule: only too much is one.
Two cents, and one for each further unit, are allowed for Walmart's own rounding.
Source: Walmart referral fee schedule (data file, dated, United States); dispute window from
settlement.
"""

from typing import Final

from services.marketplaces.rules import Rule, Shared

# One row per line that was charged too much (channel and event_key), in money of the channel.
_OVERCHARGED: Final = """
with line as (
    select
        p.channel_id,
        p.purchase_order_id,
        p.purchase_order_line,
        p.sku,
        p.period_end,
        channel.currency,
        min(p.posted_on) as posted_on,
        min(p.contract_category) as category,
        min(p.product_type) as product_type,
        max(p.gtin) as gtin,
        max(p.item_name) as title,
        max(p.customer_order_id) as order_id,
        sum(p.quantity) filter (where p.amount_type = 'Product Price') as units,
        sum(p.amount) filter (where p.amount_type in ('Product Price', 'Shipping')) as paid,
        -sum(p.amount) filter (
            where p.amount_type in ('Commission on Product', 'Commission on Shipping')) as charged,
        min(p.document_id) filter (where p.amount_type = 'Commission on Product') as document_id,
        min(p.row_number) filter (where p.amount_type = 'Commission on Product') as row_number,
        max(p.commission_rate) as stated_rate
    from walmart_payment p
    join channel on channel.account_id = p.account_id and channel.channel_id = p.channel_id
    where p.account_id = :account_id
        and channel.marketplace = :marketplace
        and channel.country = 'US'
        and p.transaction_type = 'Sale'
        and p.purchase_order_id is not null
        and p.sku is not null
    group by p.channel_id, p.purchase_order_id, p.purchase_order_line, p.sku, p.period_end,
        channel.currency
),
refunded as (
    select distinct channel_id, purchase_order_id, lower(sku) as item
    from walmart_payment
    where account_id = :account_id and transaction_type = 'Refund'
),
priced as (
    select line.*, line.paid / line.units as price
    from line
    where line.paid > 0 and line.charged > 0 and line.units > 0 and line.document_id is not null
        and not exists (
            select 1 from refunded
            where refunded.channel_id = line.channel_id
                and refunded.purchase_order_id = line.purchase_order_id
                and refunded.item = lower(line.sku))
),
judged as (
    select
        priced.*,
        rate.schedule,
        rate.source,
        (
            select round(priced.units * sum(
                case rate.kind
                    when 'marginal_portion' then greatest(
                        least(priced.price, coalesce(tier.up_to, priced.price)) - tier.above, 0)
                    else case when priced.price > tier.above
                        and priced.price <= coalesce(tier.up_to, priced.price)
                        then priced.price else 0 end
                end * tier.rate), 2)
            from (
                select
                    (step ->> 'rate')::numeric as rate,
                    (step ->> 'up_to')::numeric as up_to,
                    coalesce(lag((step ->> 'up_to')::numeric) over (order by number), 0) as above
                from jsonb_array_elements(rate.tiers) with ordinality as steps(step, number)
            ) tier
        ) as published
    from priced
    join referral_rate rate on rate.category = priced.category
        and coalesce(rate.valid_from, '-infinity') <= priced.posted_on
        and coalesce(rate.valid_to, 'infinity') >= priced.posted_on
        and not exists (
            select 1 from unnest(rate.except_product_types) as other(kind)
            where lower(other.kind) = lower(priced.product_type))
)
select *, concat_ws('|', period_end, purchase_order_id, purchase_order_line, sku) as event_key
from judged
where charged - published > 0.01 + 0.01 * units
"""

_OVERCHARGES: Final = Shared("walmart_overcharge", _OVERCHARGED)

_EVENTS: Final = """
select
    o.channel_id,
    o.event_key,
    o.sku,
    o.gtin as item_code,
    o.title,
    o.order_id,
    o.purchase_order_id as reference,
    1 as units,
    o.period_end as event_on,
    o.currency,
    o.charged - o.published as unit_amount,
    'fee_difference' as basis,
    jsonb_strip_nulls(jsonb_build_object('charged', o.charged::text,
        'published', o.published::text, 'price', round(o.price, 2)::text, 'units', o.units,
        'category', o.category, 'stated_per_cent', o.stated_rate::text, 'schedule', o.schedule,
        'source', o.source)) as basis_inputs,
    o.document_id,
    o.row_number
from walmart_overcharge o
"""

_EVIDENCE: Final = """
select o.channel_id, o.event_key,
    case when p.amount_type in ('Product Price', 'Shipping') then 'ordered' else 'charged' end
        as role,
    coalesce(p.posted_on, p.period_end) as day, 0 as units, p.document_id, p.row_number
from walmart_overcharge o
join walmart_payment p on p.account_id = :account_id and p.channel_id = o.channel_id
    and p.purchase_order_id = o.purchase_order_id and p.sku = o.sku
    and p.purchase_order_line is not distinct from o.purchase_order_line
    and p.period_end = o.period_end and p.transaction_type = 'Sale'
where p.amount_type in (
        'Product Price', 'Shipping', 'Commission on Product', 'Commission on Shipping')
    and (p.document_id, p.row_number) <> (o.document_id, o.row_number)
"""

RULE = Rule(
    subtype="referral_fee",
    told=(
        "The commission charged on the sale is above the published rate for the category and"
        " the price."
    ),
    reads=("walmart_payments",),
    shares=(_OVERCHARGES,),
    sql=_EVENTS,
    evidence_sql=_EVIDENCE,
    # A dispute that was won names the order and the item, not what it was about.
    payment_subtypes=("referral_fee", "fee_correction", "general_adjustment"),
    match_by=("reference",),
)
