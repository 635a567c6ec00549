"""What the inbound rules share: what was expected and received, by order and item.

The WFS inbound receipts file speaks first. Items of the API (inbound-shipment-items, its
shipments from inbound-shipments) count only where no receipts row knows the order and the item:
one event, once. Where both know it, the larger number received is the newer one, whichever file
came first: receiving goes on for weeks. Damaged units are part of those received.

A claim may be opened while a shipment is still being received, but not before it was delivered;
nothing that was cancelled was ever sent. Orders whose id contains MTR are moves between Walmart's
own warehouses: short is what is missing once the move was delivered or closed. Where it was closed
without a day of delivery and nothing was received, delivery has to be proven first.
Source: Walmart "open a dispute claim" for WFS receiving issues: the clock starts with delivery;
the models of both API answers; MTR: public source code of a WFS audit tool.
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.rules import Shared, Subtracted

# Receiving goes on for weeks: an old list, or a row of it that could not be read, may be short of
# what has been received since.
SUBTRACTED: Final = (
    Subtracted("walmart_inbound_receipts", ("orders", "items", "skus"), until="landed"),
    Subtracted("walmart_inbound_items", ("orders", "items", "skus"), until="never"),
    Subtracted("walmart_inbound_shipments", ("orders",), until="never"),
)

# Walmart writes a day without a time as midnight UTC, which is the day before in the channel's
# own zone.
_DAY: Final = """case when cast({moment} at time zone 'UTC' as time) = '00:00'
            then cast({moment} at time zone 'UTC' as date)
            else {day} end"""

# One row per line of a receipts row or of the API's items (channel and event_key), as Walmart
# received it. Units.
_INBOUND: Final = """
with arrived as (
    select channel_id, shipment_id, gtin, sum(received_units) as units
    from walmart_inbound_item where account_id = :account_id
    group by channel_id, shipment_id, gtin
),
known as (
    select channel_id, gtin, inbound_order_id as code
    from walmart_inbound_receipt where account_id = :account_id
    union
    select channel_id, gtin, purchase_order_number
    from walmart_inbound_receipt where account_id = :account_id
)
select w.channel_id,
    concat_ws('|', w.inbound_order_id, w.purchase_order_number, w.gtin, w.sku) as event_key,
    nullif(w.sku, '') as sku, w.gtin, w.description as title, w.inbound_order_id as order_id,
    w.purchase_order_number as reference, null as location, w.expected_units,
    greatest(w.received_units, by_order.units, by_purchase.units)::integer as received_units,
    w.damaged_units, w.created_on, w.delivered_on, coalesce(w.status, '') as status,
    w.inbound_order_id ilike '%mtr%' as is_transfer, w.document_id, w.row_number
from walmart_inbound_receipt w
left join arrived by_order on by_order.channel_id = w.channel_id
    and by_order.gtin = w.gtin and by_order.shipment_id = w.inbound_order_id
left join arrived by_purchase on by_purchase.channel_id = w.channel_id
    and by_purchase.gtin = w.gtin and by_purchase.shipment_id = w.purchase_order_number
where w.account_id = :account_id
union all
select i.channel_id, concat_ws('|', i.inbound_order_id, i.shipment_id, i.gtin, i.sku),
    nullif(i.sku, ''), i.gtin, i.description, i.inbound_order_id, i.shipment_id,
    coalesce(s.fulfillment_center, i.ship_node), i.expected_units, i.received_units,
    i.damaged_units, {created}, {delivered}, coalesce(s.status, ''),
    concat(i.inbound_order_id, ' ', i.shipment_id) ilike '%mtr%', i.document_id, i.row_number
from walmart_inbound_item i
join walmart_inbound_shipment s on s.account_id = i.account_id
    and s.channel_id = i.channel_id and s.inbound_order_id = i.inbound_order_id
    and s.shipment_id = i.shipment_id
join channel on channel.account_id = i.account_id and channel.channel_id = i.channel_id
where i.account_id = :account_id
    and not exists (select 1 from known k where k.channel_id = i.channel_id
        and k.gtin = i.gtin and k.code = i.inbound_order_id)
    and not exists (select 1 from known k where k.channel_id = i.channel_id
        and k.gtin = i.gtin and k.code = i.shipment_id)
"""


def _day(moment: str) -> str:
    return fill(_DAY, moment=moment, day=day_of(moment))


INBOUND: Final = Shared(
    "walmart_inbound",
    fill(_INBOUND, created=_day("s.created_at"), delivered=_day("s.delivered_at")),
)

_EVENTS: Final = """
select
    w.channel_id,
    w.event_key,
    w.sku,
    w.gtin as item_code,
    w.title,
    w.order_id,
    w.reference,
    w.location,
    {units} as units,
    {clock} as event_on,
    channel.currency,
    w.document_id,
    w.row_number
    {also}
from walmart_inbound w
join channel on channel.account_id = :account_id and channel.channel_id = w.channel_id
where channel.marketplace = :marketplace and channel.country = 'US'
    and {units} > 0
    and {clock} is not null
    and w.status not ilike 'cancel%'
    and {kind}
"""

# The shipment that says when it was delivered, and what the API says of a receipts row's item.
EVIDENCE: Final = """
select w.channel_id, w.event_key, 'shipped' as role, w.delivered_on as day,
    coalesce(s.shipment_units, 0) as units, s.document_id, s.row_number
from walmart_inbound w
join walmart_inbound_shipment s on s.account_id = :account_id and s.channel_id = w.channel_id
    and s.inbound_order_id = w.order_id and s.shipment_id = w.reference
where w.delivered_on is not null
union all
select w.channel_id, w.event_key, 'received', w.delivered_on, i.received_units,
    i.document_id, i.row_number
from walmart_inbound w
join walmart_inbound_item i on i.account_id = :account_id and i.channel_id = w.channel_id
    and i.gtin = w.gtin and i.shipment_id in (w.order_id, w.reference)
    and (i.document_id, i.row_number) <> (w.document_id, w.row_number)
where w.delivered_on is not null
"""

SHORT: Final = "w.expected_units - w.received_units"
DAMAGED: Final = "w.damaged_units"
IS_TRANSFER: Final = "w.is_transfer and (w.delivered_on is not null or w.status ilike 'closed%')"
IS_UNPROVEN: Final = ", w.delivered_on is null and w.received_units = 0 as is_unproven"
IS_SHIPMENT: Final = "not w.is_transfer and w.delivered_on is not null"


def receipt(units: str, clock: str, kind: str, also: str = "") -> str:
    """The SELECT of inbound lines with `units` > 0, dated by `clock`, of one kind of order."""
    return fill(_EVENTS, units=f"({units})", clock=clock, kind=kind, also=also)
