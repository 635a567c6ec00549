"""Units that Walmart's WFS inventory reconciliation reports as lost, net of those found.

The report is monthly: the day of a loss is known only to the period, so the period's first day
stands for it and is marked approximate. No window is published for losses inside the warehouse.
Source: WFS inventory reconciliation report (get-inventory-reconciliation-data-for-wfs-item).
"""

from services.marketplaces.rules import Rule

SQL = """
select
    w.channel_id,
    concat_ws('|', w.period_start, w.period_end, w.gtin, w.fulfillment_center) as event_key,
    w.sku,
    null as fnsku,
    w.gtin as item_code,
    w.product_name as title,
    null as order_id,
    null as reference,
    w.fulfillment_center as place,
    -w.lost as units,
    null::integer as resolved_units,
    null::date as known_until,
    w.period_start as event_on,
    true as event_on_approximate,
    channel.currency,
    null::numeric as unit_amount,
    null as basis,
    '{}'::jsonb as basis_inputs,
    w.document_id,
    w.row_number
from walmart_inventory_reconciliation w
join channel on channel.account_id = w.account_id and channel.channel_id = w.channel_id
where w.account_id = :account_id and channel.marketplace = :marketplace and w.lost < 0
"""

FOUND = """
select w.channel_id, w.gtin as item, w.found as units, w.period_end as day,
    w.document_id, w.row_number
from walmart_inventory_reconciliation w
join channel on channel.account_id = w.account_id and channel.channel_id = w.channel_id
where w.account_id = :account_id and channel.marketplace = :marketplace and w.found > 0
"""

RULE = Rule(
    subtype="lost_in_warehouse",
    sql=SQL,
    found_sql=FOUND,
    payment_subtypes=("lost_in_warehouse",),
    match_by=("item",),
)
