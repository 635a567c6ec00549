"""What the two fee rules share: a fee as charged for one order item, beside the fee preview.

One charge, one claim (Amazon help on fee reimbursements): order, SKU and order item. The preview
says what Amazon expects to charge per unit today, so only charges of the 90 days up to the day it
was landed are judged: older ones may have been under another table of fees. A fee that was given
back, in part or whole, is not judged. Amounts without tax.
Source: settlement report V2 (ItemFees), FBA fee preview report.
"""

from typing import Final

from services.marketplaces.rules import Subtracted

# A fee that is given back stands in a later settlement.
SUBTRACTED: Final = (Subtracted("amazon_settlement", ("orders",)),)

_CHARGE: Final = """
charge as (
    select s.channel_id, s.order_id, s.sku, s.order_item_code, s.currency,
        min((s.posted_at at time zone channel.time_zone)::date)
            filter (where s.amount_description = '{fee}') as day,
        -sum(s.amount) filter (where s.amount_type = 'ItemFees'
            and s.amount_description = '{fee}') as charged,
        sum(s.quantity) filter (where s.amount_type = 'ItemPrice'
            and s.amount_description = 'Principal') as units,
        sum(s.amount) filter (where s.amount_type = 'ItemPrice'
            and s.amount_description = 'Principal') as principal,
        sum(s.amount) filter (where s.amount_type in ('ItemPrice', 'Promotion')
            and s.amount_description not ilike '%tax%') as price,
        (array_agg(s.document_id order by s.document_id, s.row_number)
            filter (where s.amount_description = '{fee}'))[1] as document_id,
        (array_agg(s.row_number order by s.document_id, s.row_number)
            filter (where s.amount_description = '{fee}'))[1] as row_number
    from amazon_settlement_line s
    join channel on channel.account_id = s.account_id and channel.channel_id = s.channel_id
    where s.account_id = :account_id
        and channel.marketplace = :marketplace
        and s.transaction_type = 'Order'
        and s.fulfillment_id = 'AFN'
        and s.order_id is not null
        and s.sku is not null
        and s.amount_type in ('ItemPrice', 'ItemFees', 'Promotion')
        -- Nothing older can be judged: years of sales need not be summed up.
        and s.posted_at > (select min(p.landed_at) from report_document p
            where p.account_id = :account_id and p.kind = 'amazon_fee_preview')
            - interval '{days} days'
    group by s.channel_id, s.order_id, s.sku, s.order_item_code, s.currency
),
given_back as (
    select distinct s.order_id, s.sku
    from amazon_settlement_line s
    where s.account_id = :account_id and s.transaction_type = 'Refund'
        and s.amount_type = 'ItemFees' and s.amount_description = '{fee}'
)
"""

_PREVIEW: Final = """
preview as (
    select p.*, (document.landed_at at time zone channel.time_zone)::date as landed_on,
        document.file_name,
        concat_ws(' x ', p.longest_side, p.median_side, p.shortest_side)
            || coalesce(' ' || p.unit_of_dimension, '')
            || coalesce(', ' || p.item_weight || ' ' || p.unit_of_weight, '') as measures,
        coalesce(p.sales_price, p.your_price) as price
    from amazon_fee_preview p
    join channel on channel.account_id = p.account_id and channel.channel_id = p.channel_id
    join marketplace place on place.code = channel.code
    join report_document document
        on document.account_id = p.account_id and document.document_id = p.document_id
    where p.account_id = :account_id
        and channel.marketplace = :marketplace
        -- Rows of a country without a channel of its own lie with the channel imported for.
        and (upper(p.store) = place.country or upper(p.store) = any(place.country_aliases))
)
"""

# Days before the preview that it still speaks for: our assumption, the length of the claim window.
JUDGED_DAYS: Final = 90

_JUDGED: Final = f"""
with {_CHARGE}, {_PREVIEW},
judged as (
    select charge.channel_id, charge.order_id, charge.sku, charge.order_item_code,
        charge.currency, charge.day, charge.units, charge.document_id, charge.row_number,
        charge.charged / charge.units as charged, preview.{{expected}} as expected,
        preview.fnsku, preview.asin, preview.product_name, preview.product_group, preview.size_tier,
        preview.measures, preview.price, preview.file_name, preview.landed_on,
        preview.document_id as preview_document, preview.row_number as preview_row
    from charge
    join preview on preview.channel_id = charge.channel_id and preview.sku = charge.sku
        and preview.currency = charge.currency
        and charge.day between preview.landed_on - {JUDGED_DAYS} and preview.landed_on
    where charge.units > 0 and charge.charged > 0 and preview.{{expected}} > 0
        and {{condition}}
        and not exists (select 1 from given_back where given_back.order_id = charge.order_id
            and given_back.sku = charge.sku)
)
"""

_EVENT: Final = """
select
    j.channel_id,
    concat_ws('|', j.order_id, j.sku, j.order_item_code) as event_key,
    j.sku,
    j.fnsku,
    j.asin as item_code,
    j.product_name as title,
    j.order_id,
    j.order_item_code as reference,
    null as place,
    j.units::integer as units,
    null::integer as resolved_units,
    null::date as known_until,
    j.day as event_on,
    false as event_on_approximate,
    j.currency,
    j.charged - j.expected as unit_amount,
    'fee_difference' as basis,
    jsonb_strip_nulls(jsonb_build_object('charged', round(j.charged, 4)::text,
        'expected', j.expected::text, {inputs},
        'fee_preview_of', j.landed_on::text)) as basis_inputs,
    j.document_id,
    j.row_number,
    j.preview_document,
    j.preview_row,
    j.landed_on
from judged j
where j.charged - j.expected > {tolerance}
"""


def charged_above(fee: str, expected: str, *, condition: str, tolerance: str, inputs: str) -> str:
    """The SELECT of charges of `fee` above the preview's column `expected`, per unit."""
    judged = _JUDGED.replace("{fee}", fee).replace("{expected}", expected)
    judged = judged.replace("{days}", str(JUDGED_DAYS + 2))
    event = _EVENT.replace("{inputs}", inputs).replace("{tolerance}", tolerance)
    return judged.replace("{condition}", condition) + event


def evidence(events: str) -> str:
    """The row of the fee preview, for the events of this SELECT."""
    return f"""
select channel_id, event_key, 'expected' as role, landed_on as day, 0 as units,
    preview_document as document_id, preview_row as row_number
from ({events}) event
"""
