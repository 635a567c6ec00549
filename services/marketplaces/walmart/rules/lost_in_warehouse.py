"""Units that Walmart's WFS inventory reconciliation reports as lost, net of those found.

The report is monthly: the day of a loss is known only to the period, so the period's first day
stands for it and is marked approximate. Where the inventory log tells of as many units of the item
lost at that centre within the period, the first of its days is the day of the loss. A month that
was fetched before it was over is replaced by the whole month when that is landed; its loss stays
one event: the key is without the period's end. No window is published for losses inside the
warehouse.
Source: WFS inventory reconciliation report (get-inventory-reconciliation-data-for-wfs-item);
inventory log (WFS_INVENTORY_LOG).
"""

from typing import Final

from services.database.sql import fill
from services.marketplaces.rules import Rule, Subtracted
from services.marketplaces.walmart.rules.log import ADJUSTED

_ROWS: Final = """
from walmart_inventory_reconciliation w
join channel on channel.account_id = w.account_id and channel.channel_id = w.channel_id
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
    coalesce(told.day, w.period_start) as event_on,
    told.day is null as event_on_approximate,
    channel.currency,
    w.document_id,
    w.row_number
{rows}
{told}
where w.account_id = :account_id
    and channel.marketplace = :marketplace
    and channel.country = 'US'
    and w.lost < 0
"""

# Fewer units in the log than in the month: its day may be another loss's.
_TOLD: Final = """
left join lateral (
    select min(a.day) as day from walmart_adjusted a
    where a.channel_id = w.channel_id and a.gtin = w.gtin
        and a.fulfillment_center is not distinct from w.fulfillment_center
        and a.counts_as = 'lost' and a.changed_units < 0
        and a.day between w.period_start and w.period_end
    having sum(-a.changed_units) >= -w.lost
) told on true
"""

_EVIDENCE: Final = """
select event.channel_id, event.event_key, 'event' as role, a.day, -a.changed_units as units,
    a.document_id, a.row_number
from event
join walmart_inventory_reconciliation w on w.account_id = :account_id
    and w.document_id = event.document_id and w.row_number = event.row_number
join walmart_adjusted a on a.channel_id = event.channel_id and a.gtin = w.gtin
    and a.fulfillment_center is not distinct from w.fulfillment_center
where a.counts_as = 'lost' and a.changed_units < 0
    and a.day between w.period_start and w.period_end
"""

_FOUND: Final = """
select w.channel_id, w.gtin as item, w.found as units, w.period_end as day,
    w.document_id, w.row_number
{rows}
where w.account_id = :account_id
    and channel.marketplace = :marketplace
    and channel.country = 'US'
    and w.found > 0
"""

RULE = Rule(
    subtype="lost_in_warehouse",
    told=(
        "Walmart's monthly stock reconciliation counts units as lost. What it finds again is"
        " taken away from that. The report names the month only, so its first day is taken, unless"
        " the inventory log tells the day."
    ),
    reads=("walmart_inventory_reconciliation",),
    sql=fill(_EVENTS, rows=_ROWS, told=_TOLD),
    shares=(ADJUSTED,),
    evidence_sql=_EVIDENCE,
    found_sql=fill(_FOUND, rows=_ROWS),
    found_by_month=True,
    payment_subtypes=("lost_in_warehouse",),
    match_by=("item",),
    # Units found later stand in a later reconciliation.
    subtracts=(Subtracted("walmart_inventory_reconciliation", ("items", "skus")),),
    sister_subtypes=("damaged_in_warehouse",),
    exact_by=("The WFS inventory log would tell: a connection asks for it, or load it as a file."),
)
