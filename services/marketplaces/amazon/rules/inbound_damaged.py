"""Units that reached Amazon's shelf record as damaged by the carrier or by the warehouse.

The ledger's Receipts rows say in which disposition a unit was received. DISTRIBUTOR_DAMAGED,
DEFECTIVE and CUSTOMER_DAMAGED were so before Amazon had them: not counted. Such units are
received units, so they are never part of a shortage. A receipt taken back (a negative row) is
netted. The clock starts with the shipment's arrival (arrival.py), else with the receipt. Source:
Amazon help "Inventory Ledger", event type Receipts, dispositions.
"""

from typing import Final

from services.database.sql import fill
from services.marketplaces.amazon.rules.arrival import (
    ARRIVED,
    DELIVERED,
    EVIDENCE,
    EXACT_BY,
    NAMED,
    NEEDS_DELIVERIES,
    arrival,
)
from services.marketplaces.rules import Rule, Shared, Subtracted

# One row of the ledger each, with the shipment that it is of.
_DAMAGED: Final = Shared(
    "amazon_received_damaged",
    """
select e.*, coalesce(e.reference_id, e.day::text) as shipment
from amazon_ledger_event e
join channel on channel.account_id = e.account_id and channel.channel_id = e.channel_id
where e.account_id = :account_id
    and channel.marketplace = :marketplace
    and e.event_type = 'Receipts'
    and upper(e.disposition) in ('CARRIER_DAMAGED', 'WAREHOUSE_DAMAGED')
""",
)

_EVENTS: Final = fill(
    """
with {named}, {arrived}, {delivered},
made as (
    select upper(shipment_id) as shipment_id, min(day) as day from named group by 1
),
received as (
    select channel_id, shipment, fnsku, min(msku) as sku, min(asin) as asin, min(title) as title,
        min(reference_id) as reference, min(fulfillment_center) as location,
        sum(quantity)::integer as units, min(day) as day,
        (array_agg(document_id order by day, document_id, row_number))[1] as document_id,
        (array_agg(row_number order by day, document_id, row_number))[1] as row_number
    from amazon_received_damaged
    group by channel_id, shipment, fnsku
)
select
    r.channel_id,
    concat_ws('|', r.shipment, r.fnsku) as event_key,
    r.sku,
    r.fnsku,
    r.asin as item_code,
    r.title,
    r.reference,
    r.location,
    r.units,
    arrival.day as event_on,
    not arrival.is_exact as event_on_approximate,
    arrival.latest as latest_day,
    arrival.contradicts,
    channel.currency,
    r.document_id,
    r.row_number
from received r
join channel on channel.account_id = :account_id and channel.channel_id = r.channel_id
left join delivered on delivered.region = channel.region
    and delivered.shipment_id = {shipment}
left join arrived on arrived.shipment_id = {shipment}
left join made on made.shipment_id = {shipment}
{arrival}
where r.units > 0
""",
    named=NAMED,
    arrived=ARRIVED,
    delivered=DELIVERED,
    shipment="upper(regexp_replace(r.reference, '[^A-Za-z0-9]', '', 'g'))",
    # Beside a delivery the first receipt of the whole shipment counts, as it does for a shortage.
    arrival=arrival(
        "case when delivered.region is null then r.day else least(arrived.day, r.day) end",
        "made.day",
    ),
)

_EVIDENCE: Final = fill(
    """
select event.channel_id, event.event_key, 'received' as role, d.day, d.quantity as units,
    d.document_id, d.row_number
from event
join amazon_received_damaged d on d.channel_id = event.channel_id and d.fnsku = event.fnsku
    and concat_ws('|', d.shipment, d.fnsku) = event.event_key
where (d.document_id, d.row_number) <> (event.document_id, event.row_number)
union all
{delivered}
""",
    delivered=EVIDENCE,
)

RULE = Rule(
    subtype="inbound_damaged",
    told=(
        "Amazon's inventory ledger books units of your shipment as damaged on their arrival, by"
        " the carrier or in the warehouse."
    ),
    reads=("amazon_ledger_detail",),
    shares=(_DAMAGED,),
    sql=_EVENTS,
    evidence_sql=_EVIDENCE,
    moment="inbound",
    payment_subtypes=("inbound_damaged",),
    match_by=("item",),
    # A receipt that is taken back stands in the ledger itself.
    subtracts=(
        Subtracted("amazon_ledger_detail", ("orders", "fnskus", "skus")),
        NEEDS_DELIVERIES,
    ),
    own_doubt="case when contradicts then 'delivery_contradicts' end",
    latest_on="latest_day",
    exact_by=EXACT_BY,
    sister_subtypes=("inbound_shortage",),
    paid_within_days=365,
)
