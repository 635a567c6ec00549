"""Commission above the published rate for the item's contract category and price.

One charge, one claim: a sale's commission on one purchase order line. The base is the price with
shipping and without tax. Only categories whose rate is known for the day are judged: an unknown
rate is no discrepancy. Two cents are allowed for Walmart's own rounding of portions.
Source: Walmart referral fee schedule (data file, dated); dispute window from settlement.
"""

from services.marketplaces.rules import Rule

SQL = """
with line as (
    select
        p.account_id,
        p.channel_id,
        p.purchase_order_id,
        p.purchase_order_line,
        p.sku,
        p.period_end,
        min(p.posted_on) as posted_on,
        min(p.contract_category) as category,
        max(p.gtin) as gtin,
        max(p.item_name) as title,
        max(p.customer_order_id) as order_id,
        sum(p.amount) filter (where p.amount_type in ('Product Price', 'Shipping')) as base,
        -sum(p.amount) filter (
            where p.amount_type in ('Commission on Product', 'Commission on Shipping')) as charged,
        min(p.document_id) filter (where p.amount_type = 'Commission on Product') as document_id,
        min(p.row_number) filter (where p.amount_type = 'Commission on Product') as row_number,
        max(p.commission_rate) as stated_rate
    from walmart_payment p
    join channel on channel.account_id = p.account_id and channel.channel_id = p.channel_id
    where p.account_id = :account_id
        and channel.marketplace = :marketplace
        and p.transaction_type = 'Sale'
        and p.purchase_order_id is not null
        and p.sku is not null
    group by p.account_id, p.channel_id, p.purchase_order_id, p.purchase_order_line, p.sku,
        p.period_end
),
judged as (
    select
        line.*,
        rate.schedule,
        rate.source,
        (
            select round(sum(
                case rate.kind
                    when 'marginal_portion' then
                        greatest(least(line.base, coalesce(tier.up_to, line.base)) - tier.above, 0)
                    else case when line.base > tier.above
                        and line.base <= coalesce(tier.up_to, line.base)
                        then line.base else 0 end
                end * tier.rate), 2)
            from (
                select
                    (step ->> 'rate')::numeric as rate,
                    (step ->> 'up_to')::numeric as up_to,
                    coalesce(lag((step ->> 'up_to')::numeric) over (order by place), 0) as above
                from jsonb_array_elements(rate.tiers) with ordinality as steps(step, place)
            ) tier
        ) as published
    from line
    join referral_rate rate on rate.category = line.category
        and coalesce(rate.valid_from, '-infinity') <= line.posted_on
        and coalesce(rate.valid_to, 'infinity') >= line.posted_on
    where line.base > 0 and line.charged > 0 and line.document_id is not null
)
select
    judged.channel_id,
    concat_ws('|', judged.period_end, judged.purchase_order_id, judged.purchase_order_line,
        judged.sku) as event_key,
    judged.sku,
    null as fnsku,
    judged.gtin as item_code,
    judged.title,
    judged.order_id,
    judged.purchase_order_id as reference,
    null as place,
    1 as units,
    null::integer as resolved_units,
    null::date as known_until,
    judged.period_end as event_on,
    false as event_on_approximate,
    channel.currency,
    judged.charged - judged.published as unit_amount,
    'fee_difference' as basis,
    jsonb_build_object('charged', judged.charged::text, 'published', judged.published::text,
        'price', judged.base::text, 'category', judged.category, 'schedule', judged.schedule,
        'source', judged.source) as basis_inputs,
    judged.document_id,
    judged.row_number
from judged
join channel on channel.account_id = judged.account_id and channel.channel_id = judged.channel_id
where judged.charged - judged.published > 0.02
"""

RULE = Rule(
    subtype="referral_fee",
    sql=SQL,
    # A dispute that was won names the order and the item, not what it was about.
    payment_subtypes=("referral_fee", "fee_correction", "general_adjustment"),
    match_by=("reference",),
)
