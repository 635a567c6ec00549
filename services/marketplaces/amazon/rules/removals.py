"""What the two removal rules share: what was shipped, and what our removal receipts say arrived.

No Amazon report tells what arrived of a removal. The file `removal_receipts` (the seller's or our
team's own record: order, tracking number, SKU, units received and damaged) does, and a shipment
of which no receipt speaks is claimed nowhere.
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.rules import Shared

# One row per parcel and SKU of which a receipt speaks (channel, order, tracking number, SKU),
# whatever the condition the units were in.
_ARRIVED: Final = """
with shipment as (
    select s.channel_id, s.order_id, s.tracking_number, s.sku, min(s.fnsku) as fnsku,
        sum(s.shipped_quantity) as shipped, min(s.carrier) as carrier, min(s.shipped_at) as sent_at,
        (array_agg(s.document_id order by s.document_id, s.row_number))[1] as document_id,
        (array_agg(s.row_number order by s.document_id, s.row_number))[1] as row_number
    from amazon_removal_shipment s
    where s.account_id = :account_id
    group by s.channel_id, s.order_id, s.tracking_number, s.sku
)
select shipment.*, channel.currency, {sent_on} as sent_on,
    r.received_on, r.received_units, r.damaged_units,
    r.document_id as receipt_document, r.row_number as receipt_row
from shipment
join channel on channel.account_id = :account_id and channel.channel_id = shipment.channel_id
join removal_receipt r on r.account_id = :account_id and r.order_id = shipment.order_id
    and r.tracking_number = shipment.tracking_number and r.sku = shipment.sku
where channel.marketplace = :marketplace
"""

ARRIVED: Final = Shared(
    "amazon_removal_arrived", fill(_ARRIVED, sent_on=day_of("shipment.sent_at"))
)

_EVENT: Final = """
select
    a.channel_id,
    concat_ws('|', a.order_id, a.tracking_number, a.sku) as event_key,
    a.sku,
    a.fnsku,
    item.asin as item_code,
    item.product_name as title,
    a.order_id,
    a.tracking_number as reference,
    a.carrier as location,
    ({units})::integer as units,
    {clock} as event_on,
    a.currency,
    {row}
from amazon_removal_arrived a
left join lateral (
    select i.asin, i.product_name from amazon_inventory i
    where i.account_id = :account_id and i.channel_id = a.channel_id and i.sku = a.sku
    order by i.store limit 1
) item on true
where {units} > 0 and {clock} is not null
"""

# What was shipped and what arrived, for `event`.
EVIDENCE: Final = """
with own as (
    select event.event_key, event.document_id as event_document, event.row_number as event_row,
        a.*
    from event
    join amazon_removal_arrived a on a.channel_id = event.channel_id
        and concat_ws('|', a.order_id, a.tracking_number, a.sku) = event.event_key
)
select channel_id, event_key, 'shipped' as role, sent_on as day, shipped::integer as units,
    document_id, row_number
from own where (document_id, row_number) <> (event_document, event_row)
union all
select channel_id, event_key, 'received', coalesce(received_on, sent_on), received_units,
    receipt_document, receipt_row
from own where (receipt_document, receipt_row) <> (event_document, event_row)
"""

SHIPMENT_ROW: Final = "a.document_id, a.row_number"
RECEIPT_ROW: Final = "a.receipt_document as document_id, a.receipt_row as row_number"


def removal(units: str, clock: str, row: str) -> str:
    """The SELECT of parcels with `units` > 0, dated by `clock`, resting on `row`."""
    return fill(_EVENT, units=units, clock=clock, row=row)
