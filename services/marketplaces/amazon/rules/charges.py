"""What the two fee rules share: a fee as charged for one order item, beside the fee preview.

One charge, one claim (Amazon help on fee reimbursements): order, SKU and order item. The preview
says what Amazon expects to charge per unit today, so only charges of the 90 days up to the day it
was landed are judged: older ones may have been under another table of fees. A fee that was given
back, in part or whole, is not judged. Amounts without tax.
Source: settlement report V2 (ItemFees), FBA fee preview report.
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.rules import Rule, Shared, Subtracted

# A fee that is given back stands in a later settlement.
SUBTRACTED: Final = (Subtracted("amazon_settlement", ("orders",)),)

# As settlements call them.
FULFILMENT: Final = "FBAPerUnitFulfillmentFee"
COMMISSION: Final = "Commission"

# Days before the preview that it still speaks for: our assumption, the length of the claim window.
JUDGED_DAYS: Final = 90

# One row per order item (channel, order, SKU, order item code, currency) and fee, amounts positive
# and for all its units.
_CHARGE: Final = """
select s.channel_id, s.order_id, s.sku, s.order_item_code, s.currency, fee.name as fee,
    min({posted_on}) filter (where s.amount_description = fee.name) as day,
    -sum(s.amount) filter (where s.amount_type = 'ItemFees'
        and s.amount_description = fee.name) as charged,
    sum(s.quantity) filter (where s.amount_type = 'ItemPrice'
        and s.amount_description = 'Principal') as units,
    sum(s.amount) filter (where s.amount_type = 'ItemPrice'
        and s.amount_description = 'Principal') as principal,
    sum(s.amount) filter (where s.amount_type in ('ItemPrice', 'Promotion')
        and s.amount_description not ilike '%tax%') as price,
    (array_agg(s.document_id order by s.document_id, s.row_number)
        filter (where s.amount_description = fee.name))[1] as document_id,
    (array_agg(s.row_number order by s.document_id, s.row_number)
        filter (where s.amount_description = fee.name))[1] as row_number
from amazon_settlement_line s
join channel on channel.account_id = s.account_id and channel.channel_id = s.channel_id
cross join (values ('{fulfilment}'), ('{commission}')) fee(name)
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
group by s.channel_id, s.order_id, s.sku, s.order_item_code, s.currency, fee.name
"""

# One row of the preview each, for the channel of the country that it speaks of.
_PREVIEW: Final = """
select p.*, {landed_on} as landed_on, document.file_name,
    concat_ws(' x ', p.longest_side, p.median_side, p.shortest_side)
        || coalesce(' ' || p.unit_of_dimension, '')
        || coalesce(', ' || p.item_weight || ' ' || p.unit_of_weight, '') as measures,
    coalesce(p.sales_price, p.your_price) as price
from amazon_fee_preview p
join channel on channel.account_id = p.account_id and channel.channel_id = p.channel_id
join marketplace entry on entry.code = channel.code
join report_document document
    on document.account_id = p.account_id and document.document_id = p.document_id
where p.account_id = :account_id
    and channel.marketplace = :marketplace
    -- Rows of a country without a channel of its own lie with the channel imported for.
    and (upper(p.store) = entry.country or upper(p.store) = any(entry.country_aliases))
"""

# One row per charge that can be judged, with what the preview says of its item. Per unit.
_JUDGED: Final = """
select charge.channel_id, charge.order_id, charge.sku, charge.order_item_code,
    concat_ws('|', charge.order_id, charge.sku, charge.order_item_code) as event_key,
    charge.currency, charge.fee, charge.day, charge.units, charge.document_id, charge.row_number,
    charge.charged / charge.units as charged, expected.amount as expected,
    charge.principal / charge.units as principal, charge.price / charge.units as paid,
    preview.fnsku, preview.asin, preview.product_name, preview.product_group, preview.size_tier,
    preview.measures, preview.price, preview.file_name, preview.landed_on,
    preview.document_id as preview_document, preview.row_number as preview_row
from amazon_charge charge
join amazon_expected preview on preview.channel_id = charge.channel_id
    and preview.sku = charge.sku and preview.currency = charge.currency
    and charge.day between preview.landed_on - {days} and preview.landed_on
cross join lateral (
    select case charge.fee when '{fulfilment}' then preview.expected_fulfilment_fee
        when '{commission}' then preview.estimated_referral_fee end as amount
) expected
where charge.units > 0 and charge.charged > 0 and expected.amount > 0
    and not exists (
        select 1 from amazon_settlement_line s
        where s.account_id = :account_id and s.transaction_type = 'Refund'
            and s.amount_type = 'ItemFees' and s.amount_description = charge.fee
            and s.order_id = charge.order_id and s.sku = charge.sku)
"""

_CHARGED: Final = Shared(
    "amazon_charge",
    fill(
        _CHARGE,
        posted_on=day_of("s.posted_at"),
        fulfilment=FULFILMENT,
        commission=COMMISSION,
        days=str(JUDGED_DAYS + 2),
    ),
)
_EXPECTED: Final = Shared("amazon_expected", fill(_PREVIEW, landed_on=day_of("document.landed_at")))
_JUDGED_CHARGES: Final = Shared(
    "amazon_judged_charge",
    fill(_JUDGED, days=str(JUDGED_DAYS), fulfilment=FULFILMENT, commission=COMMISSION),
    after=(_CHARGED, _EXPECTED),
)

_EVENT: Final = """
select
    j.channel_id,
    j.event_key,
    j.sku,
    j.fnsku,
    j.asin as item_code,
    j.product_name as title,
    j.order_id,
    j.order_item_code as reference,
    j.units::integer as units,
    j.day as event_on,
    j.currency,
    j.charged - j.expected as unit_amount,
    'fee_difference' as basis,
    jsonb_strip_nulls(jsonb_build_object('charged', round(j.charged, 4)::text,
        'expected', j.expected::text, {inputs},
        'fee_preview_of', j.landed_on::text)) as basis_inputs,
    j.document_id,
    j.row_number
from amazon_judged_charge j
where j.fee = '{fee}' and j.charged - j.expected > {tolerance} and {condition}
"""

# The row of the fee preview.
_EVIDENCE: Final = """
select j.channel_id, j.event_key, 'expected' as role, j.landed_on as day, 0 as units,
    j.preview_document as document_id, j.preview_row as row_number
from amazon_judged_charge j
join event on event.channel_id = j.channel_id and event.event_key = j.event_key
where j.fee = '{fee}'
"""


def charged_above(  # noqa: PLR0913  each is named where it is given
    subtype: str, fee: str, *, told: str, tolerance: str, inputs: str, condition: str = "true"
) -> Rule:
    """The rule of charges of `fee` above what the preview expects, per unit, by more than this."""
    return Rule(
        subtype=subtype,
        told=told,
        reads=("amazon_fee_preview",),
        shares=(_JUDGED_CHARGES,),
        sql=fill(_EVENT, fee=fee, tolerance=tolerance, inputs=inputs, condition=condition),
        evidence_sql=fill(_EVIDENCE, fee=fee),
        moment="after_order",
        payment_subtypes=(subtype, "fee_correction"),
        match_by=("order", "item"),
        subtracts=SUBTRACTED,
    )
