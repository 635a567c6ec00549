"""Units of a closed inbound shipment that Amazon did not receive.

Only status CLOSED counts: until then Amazon is still receiving, and a shipment that was never
sent stays in WORKING. The clock starts with the shipment's arrival (arrival.py). Where its carriers
tell no day, the first receipt in the inventory ledger is the only trace of it. Where nothing was
received, the date in the shipment's name is the earliest day it can have been:
`FBA (2/11/20, 11:18 AM) - 1`, month first in the United States; elsewhere the earlier of the two
ways to read it. A shipment with neither has no window, and waits for the ledger. One of which
nothing was received was perhaps never sent, unless all its parcels were told delivered.
Received is what the API says or what the ledger says, whichever is more.
A shipment is one in its region, in whichever channels Amazon lists it: public programs saw it
listed in every one of them. It counts in the channel in which the ledger received it, else in the
only one that lists it, else where its fulfilment center received others, else in the account's
first of those that list it. Where these have several currencies nobody can tell whose it is: it has
no window, no amount, and waits for the ledger.
A receipt that names no shipment, or this one with letters lost or added, may be of its units.
Source: Fulfillment Inbound API v0 (getShipments, getShipmentItems: QuantityShipped,
QuantityReceived; it has no date of its own); inventory ledger, event type Receipts.
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.amazon.rules.arrival import (
    ARRIVED,
    DELIVERED,
    EVIDENCE,
    EXACT_BY,
    NAMED,
    NEEDS_DELIVERIES,
    arrival,
)
from services.marketplaces.rules import Rule, Subtracted

# What the ledger received of each shipment, whole, by FNSKU and by SKU. The API's answer is a
# picture of the day it was asked for; receiving goes on.
_RECEIVED: Final = """
by_item as (
    select upper(regexp_replace(e.reference_id, '[^A-Za-z0-9]', '', 'g')) as shipment_id, e.fnsku,
        e.msku, sum(e.quantity) as units
    from amazon_ledger_event e
    where e.account_id = :account_id and e.event_type = 'Receipts' and e.reference_id is not null
    group by 1, e.fnsku, e.msku
),
received as (
    select shipment_id, item, sum(units) as units from (
        select shipment_id, fnsku as item, units from by_item
        union all
        select shipment_id, msku, units from by_item where msku <> fnsku
    ) named
    group by shipment_id, item
)
"""

# Units of an item that came in under no shipment's name: none at all, or one that is the
# shipment's cut short or with something put to it, and no other shipment's.
_NAMELESS: Final = """
nameless as (
    select distinct i.channel_id, i.shipment_id, i.fnsku
    from amazon_inbound_item i
    join (
        select distinct e.fnsku,
            upper(regexp_replace(e.reference_id, '[^A-Za-z0-9]', '', 'g')) as named
        from amazon_ledger_event e
        where e.account_id = :account_id and e.event_type = 'Receipts' and e.quantity > 0
    ) r on r.fnsku = i.fnsku
    where i.account_id = :account_id and (r.named is null
        or r.named <> upper(i.shipment_id)
        and (strpos(r.named, upper(i.shipment_id)) > 0 or strpos(upper(i.shipment_id), r.named) > 0)
        and not exists (
            select 1 from amazon_inbound_shipment other
            where other.account_id = :account_id and upper(other.shipment_id) = r.named))
)
"""

# The channels that may be its own: those that received it; else the only one that lists it; else
# those in which its fulfilment center received others; else those that list it. Within a region
# channels of one currency have the same windows (tests/recovery/test_amazon_shipments.py).
_HOME: Final = """
listed as (
    select distinct channel.region, i.shipment_id, channel.channel_id, h.fulfillment_center,
        count(*) over (partition by channel.region, i.shipment_id) = 1 as is_only
    from (select distinct channel_id, shipment_id from amazon_inbound_item
        where account_id = :account_id) i
    join channel on channel.account_id = :account_id and channel.channel_id = i.channel_id
    left join amazon_inbound_shipment h on h.account_id = :account_id
        and h.channel_id = i.channel_id and h.shipment_id = i.shipment_id
),
received_in as (
    select distinct channel.region, channel.channel_id, e.fulfillment_center,
        upper(regexp_replace(e.reference_id, '[^A-Za-z0-9]', '', 'g')) as shipment_id
    from amazon_ledger_event e
    join channel on channel.account_id = e.account_id and channel.channel_id = e.channel_id
    where e.account_id = :account_id and e.event_type = 'Receipts' and e.quantity > 0
        and e.reference_id is not null
),
may_be as (
    select l.region, l.shipment_id, r.channel_id, 1 as rank
    from listed l
    join received_in r on r.region = l.region and r.shipment_id = upper(l.shipment_id)
    union all
    select l.region, l.shipment_id, l.channel_id, 2 from listed l where l.is_only
    union all
    select l.region, l.shipment_id, center.channel_id, 3
    from listed l
    join (select distinct region, fulfillment_center, channel_id from received_in) center
        on center.region = l.region and center.fulfillment_center = l.fulfillment_center
    union all
    select l.region, l.shipment_id, l.channel_id, 4 from listed l
),
home as (
    select best.region, best.shipment_id, min(best.channel_id) as channel_id,
        count(distinct channel.currency) > 1 as is_unclear
    from (
        select *, rank() over (partition by region, shipment_id order by rank) as place from may_be
    ) best
    join channel on channel.account_id = :account_id and channel.channel_id = best.channel_id
    where best.place = 1
    group by best.region, best.shipment_id
)
"""

_EVENTS: Final = """
with {named}, {arrived}, {received}, {nameless}, {home}, {delivered}
select
    home.channel_id,
    concat_ws('|', i.shipment_id, i.sku) as event_key,
    i.sku,
    nullif(i.fnsku, '') as fnsku,
    stock.asin as item_code,
    stock.product_name as title,
    i.shipment_id as reference,
    h.fulfillment_center as location,
    (i.quantity_shipped
        - greatest(everywhere.received, by_fnsku.units, by_sku.units))::integer as units,
    coalesce(arrival.day, named.day, {landed_on}) as event_on,
    not arrival.is_exact as event_on_approximate,
    coalesce(arrival.latest, named.day, {landed_on}) as latest_day,
    channel.currency,
    case when home.is_unclear then 'unknown' end as basis,
    i.document_id,
    i.row_number,
    greatest(whole.units, whole_ledger.units, 0) as received_units,
    nameless.fnsku is not null as has_nameless,
    arrival.contradicts,
    arrival.is_delivered,
    home.is_unclear,
    coalesce(arrival.day, named.day) is not null as has_day
from amazon_inbound_item i
left join received by_fnsku on by_fnsku.shipment_id = upper(i.shipment_id)
    and by_fnsku.item = i.fnsku
left join received by_sku on by_sku.shipment_id = upper(i.shipment_id) and by_sku.item = i.sku
join (
    select channel_id, shipment_id, sum(quantity_received) as units from amazon_inbound_item
    where account_id = :account_id group by channel_id, shipment_id
) whole on whole.channel_id = i.channel_id and whole.shipment_id = i.shipment_id
left join nameless on nameless.channel_id = i.channel_id
    and nameless.shipment_id = i.shipment_id and nameless.fnsku = i.fnsku
left join (
    select shipment_id, sum(units) as units from by_item group by shipment_id
) whole_ledger on whole_ledger.shipment_id = upper(i.shipment_id)
join channel listing on listing.account_id = i.account_id and listing.channel_id = i.channel_id
join home on home.region = listing.region and home.shipment_id = i.shipment_id
join channel on channel.account_id = i.account_id and channel.channel_id = home.channel_id
join amazon_inbound_shipment h on h.account_id = i.account_id and h.channel_id = i.channel_id
    and h.shipment_id = i.shipment_id
join named on named.channel_id = i.channel_id and named.shipment_id = i.shipment_id
left join arrived on arrived.shipment_id = upper(i.shipment_id)
left join delivered on delivered.region = listing.region
    and delivered.shipment_id = upper(i.shipment_id)
{arrival}
join report_document list on list.account_id = i.account_id and list.document_id = i.document_id
left join lateral (
    select s.asin, s.product_name from amazon_inventory s
    where s.account_id = :account_id and s.channel_id = home.channel_id and s.sku = i.sku
    order by s.store limit 1
) stock on true
-- Of several lists the one that received most is the newest, and one that is still open counts.
cross join lateral (
    select max(same.quantity_received) as received
    from amazon_inbound_item same
    join channel of_same on of_same.account_id = same.account_id
        and of_same.channel_id = same.channel_id
    where same.account_id = :account_id and same.shipment_id = i.shipment_id
        and same.sku = i.sku and of_same.region = channel.region
) everywhere
where i.account_id = :account_id and upper(h.status) = 'CLOSED'
    and i.quantity_shipped > greatest(everywhere.received, by_fnsku.units, by_sku.units)
    and not exists (
        select 1 from amazon_inbound_shipment still
        join channel of_still on of_still.account_id = still.account_id
            and of_still.channel_id = still.channel_id
        where still.account_id = :account_id and still.shipment_id = i.shipment_id
            and of_still.region = channel.region and upper(still.status) <> 'CLOSED')
    and not exists (
        select 1 from amazon_inbound_item listed
        join amazon_inbound_shipment known on known.account_id = listed.account_id
            and known.channel_id = listed.channel_id and known.shipment_id = listed.shipment_id
        join channel first on first.account_id = listed.account_id
            and first.channel_id = listed.channel_id
        where listed.account_id = :account_id and listed.shipment_id = i.shipment_id
            and listed.sku = i.sku and first.region = channel.region
            and (listed.channel_id <> home.channel_id, listed.channel_id)
                < (i.channel_id <> home.channel_id, i.channel_id))
"""

_EVIDENCE: Final = fill(
    """
select event.channel_id, event.event_key, 'received' as role, e.day, e.quantity as units,
    e.document_id, e.row_number
from event
join amazon_ledger_event e on e.account_id = :account_id and e.reference_id = event.reference
    and (e.fnsku = event.fnsku or e.msku = event.sku)
where e.event_type = 'Receipts'
union all
select event.channel_id, event.event_key, 'shipped', event.event_on, 0, h.document_id, h.row_number
from event
join channel on channel.account_id = :account_id and channel.channel_id = event.channel_id
cross join lateral (
    select said.document_id, said.row_number from amazon_inbound_shipment said
    join channel listing on listing.account_id = said.account_id
        and listing.channel_id = said.channel_id and listing.region = channel.region
    where said.account_id = :account_id and said.shipment_id = event.reference
    order by said.channel_id <> event.channel_id, said.channel_id limit 1
) h
union all
{delivered}
""",
    delivered=EVIDENCE,
)

RULE = Rule(
    subtype="inbound_shortage",
    told="Amazon has closed the shipment and counts fewer units received than you had shipped.",
    reads=("amazon_inbound_items",),
    sql=fill(
        _EVENTS,
        named=NAMED,
        arrived=ARRIVED,
        received=_RECEIVED,
        nameless=_NAMELESS,
        home=_HOME,
        delivered=DELIVERED,
        arrival=arrival("arrived.day", "named.day"),
        landed_on=day_of("list.landed_at"),
    ),
    evidence_sql=_EVIDENCE,
    moment="inbound",
    payment_subtypes=("inbound_shortage",),
    # The report of payments names no shipment.
    match_by=("item",),
    # What was received later stands in the ledger.
    subtracts=(
        Subtracted("amazon_ledger_detail", ("orders", "fnskus", "skus")),
        Subtracted("amazon_inbound_items", ("orders", "skus"), until="never"),
        NEEDS_DELIVERIES,
    ),
    own_doubt="""case when contradicts then 'delivery_contradicts'
        when is_unclear then 'shop_unknown'
        when received_units = 0 and not is_delivered then 'never_received'
        when has_nameless then 'nameless_receipt'
        when not has_day then 'arrival_unknown' end""",
    is_dated="has_day and not is_unclear",
    latest_on="latest_day",
    exact_by=EXACT_BY,
    doubt_ends_with="amazon_ledger_detail",
    sister_subtypes=("inbound_damaged",),
    # A claim may be filed for nine months (claim windows), and is then looked into.
    paid_within_days=365,
)
