"""Units that Walmart's WFS inventory reconciliation reports as lost, net of those found.

The report is monthly: the day of a loss is known only to the period, so the period's first day
stands for it and is marked approximate. A month that was fetched before it was over is replaced by
the whole month when that is landed, and its loss stays one event: the key is without the period's
end. No window is published for losses inside the warehouse.
Source: WFS inventory reconciliation report (get-inventory-reconciliation-data-for-wfs-item).
"""

from typing import Final

from services.database.sql import fill
from services.marketplaces.rules import Rule, Subtracted

_ROWS: Final = """
from walmart_inventory_reconciliation w
join channel on channel.account_id = w.account_id and channel.channel_id = w.channel_id
where w.account_id = :account_id
    and channel.marketplace = :marketplace
    and channel.country = 'US'
"""

_EVENTS: Final = """
select
    w.channel_id,
    concat_ws('|', w.period_start, w.gtin, w.fulfillment_center) as event_key,
    w.sku,
    w.gtin as item_code,
    w.product_name as title,
    w.fulfillment_center as location,
    -w.lost as units,
    w.period_start as event_on,
    true as event_on_approximate,
    channel.currency,
    w.document_id,
    w.row_number
{rows}
    and w.lost < 0
"""

_FOUND: Final = """
select w.channel_id, w.gtin as item, w.found as units, w.period_end as day,
    w.document_id, w.row_number
{rows}
    and w.found > 0
"""

RULE = Rule(
    subtype="lost_in_warehouse",
    told=(
        "Walmart's monthly stock reconciliation counts units as lost. What it finds again is"
        " taken away from that. The report names the month only, so its first day is taken."
    ),
    reads=("walmart_inventory_reconciliation",),
    sql=fill(_EVENTS, rows=_ROWS),
    found_sql=fill(_FOUND, rows=_ROWS),
    found_by_month=True,
    payment_subtypes=("lost_in_warehouse",),
    match_by=("item",),
    # Units found later stand in a later reconciliation.
    subtracts=(Subtracted("walmart_inventory_reconciliation", ("items", "skus")),),
    sister_subtypes=("damaged_in_warehouse",),
)
