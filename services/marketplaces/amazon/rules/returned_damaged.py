"""Returns that arrived damaged by the carrier or by Amazon, not by the customer.

The window starts with the refund, whose day is in no report landed yet: the day of the return
stands in for it and is marked approximate. A refund is given when the return is handed over or
received, so the true day can be some days earlier.
Source: Seller Central help G9N934L7Y4SFWPJ4; dispositions: FBA customer returns attributes.
"""

from services.marketplaces.rules import Rule

SQL = """
select
    r.channel_id,
    concat_ws('|', r.order_id, r.sku, r.fnsku, r.license_plate_number, r.line_ordinal) as event_key,
    r.sku,
    r.fnsku,
    r.asin as item_code,
    r.product_name as title,
    r.order_id,
    nullif(r.license_plate_number, '') as reference,
    r.fulfillment_center as place,
    r.quantity as units,
    null::integer as resolved_units,
    null::date as known_until,
    (r.returned_at at time zone channel.time_zone)::date as event_on,
    true as event_on_approximate,
    channel.currency,
    null::numeric as unit_amount,
    null as basis,
    '{}'::jsonb as basis_inputs,
    r.document_id,
    r.row_number
from amazon_customer_return r
join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
where r.account_id = :account_id
    and channel.marketplace = :marketplace
    and r.quantity > 0
    and upper(r.disposition) in ('CARRIER_DAMAGED', 'DAMAGED', 'WAREHOUSE_DAMAGED')
"""

RULE = Rule(
    subtype="returned_damaged",
    sql=SQL,
    # Amazon pays all returns under the one reason CustomerReturn.
    payment_subtypes=("returned_damaged", "refunded_not_returned", "customer_service_issue"),
    match_by=("order",),
)
