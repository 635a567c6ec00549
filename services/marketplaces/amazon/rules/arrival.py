"""When a shipment to Amazon arrived: what its carriers told Amazon, beside the ledger's receipts.

The clock of a claim starts with the arrival (claim windows), and the ledger's first receipt may be
days later. So where all parcels of a shipment were told delivered, the first of these days starts
the clock, and the last opens the window; a receipt a day earlier is a matter of time zones. Of some
parcels only, the day counts where the ledger received as well: an earlier one is then possible.
A delivery more than a day after Amazon received units of it, or before the day on which its seller
made it, or more than 120 days before Amazon received any, is of another shipment (carriers use a
number again), or one of the two is wrong: the reports' own days stand, and nothing is claimed on
them. Source: Tracking API 2026-01-30, milestone DELIVERED
(client/deliveries.py), or proof of delivery that was written down by hand.
"""

from typing import Final

from services.database.sql import fill
from services.marketplaces.rules import Subtracted

# The date in its name; outside of the United States the earlier of the two ways to read it.
# The month is tested before the date is made: CASE keeps that order, WHERE does not.
NAMED: Final = r"""
part as (
    select h.account_id, h.channel_id, h.shipment_id, channel.country,
        regexp_match(h.shipment_name, '\((\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\y') as date
    from amazon_inbound_shipment h
    join channel on channel.account_id = h.account_id and channel.channel_id = h.channel_id
    where h.account_id = :account_id
        and channel.marketplace = :marketplace
),
reading as (
    select part.channel_id, part.shipment_id, read.day, case
            when read.month between 1 and 12 and read.day between 1 and 31
            then make_date(read.year, read.month, 1) + read.day - 1 end as date
    from part
    cross join lateral (
        select date[1]::integer as month, date[2]::integer as day,
            right('20' || date[3], 4)::integer as year
        union all
        select date[2]::integer, date[1]::integer, right('20' || date[3], 4)::integer
        where part.country <> 'US'
    ) read
),
named as (
    select channel_id, shipment_id, min(date) filter (where extract(day from date) = day) as day
    from reading group by channel_id, shipment_id
)
"""

# Its first receipt.
ARRIVED: Final = """
arrived as (
    select upper(regexp_replace(e.reference_id, '[^A-Za-z0-9]', '', 'g')) as shipment_id,
        min(e.day) as day
    from amazon_ledger_event e
    where e.account_id = :account_id and e.event_type = 'Receipts' and e.quantity > 0
        and e.reference_id is not null
    group by 1
)
"""

DELIVERED: Final = """
delivered as (
    select d.region, upper(regexp_replace(d.shipment_id, '[^A-Za-z0-9]', '', 'g')) as shipment_id,
        min(d.first_delivered_on) as first_day, max(d.last_delivered_on) as last_day,
        bool_and(d.delivered_parcels = d.parcels) as is_whole
    from amazon_inbound_delivery d
    where d.account_id = :account_id
    group by 1, 2
    having sum(d.delivered_parcels) > 0
)
"""

# day: of the arrival, null where neither report nor carrier tells it; latest: that it can have been
# by these words; is_exact: whether no other day is possible.
_ARRIVAL: Final = """
cross join lateral (
    select coalesce(delivered.first_day < {made_on} - 1, false)
        or coalesce(delivered.first_day < {received_on} - 120, false)
        or coalesce(delivered.is_whole and delivered.first_day > {received_on} + 1, false)
        as contradicts
) told
cross join lateral (
    select case when not told.contradicts and (delivered.is_whole or {received_on} is not null)
        then delivered.is_whole end as is_whole
) counts
cross join lateral (
    select case when counts.is_whole is null then {received_on}
        else least(delivered.first_day, {received_on}) end as day
) first
cross join lateral (
    select first.day, told.contradicts, coalesce(counts.is_whole, false) as is_delivered,
        case when counts.is_whole is null then first.day
            when counts.is_whole then greatest(first.day, delivered.last_day)
            else greatest({received_on}, delivered.last_day) end as latest,
        case when counts.is_whole is null then first.day is not null and not told.contradicts
            when counts.is_whole then first.day = delivered.last_day
            else first.day = {received_on} end as is_exact
) arrival
"""

EVIDENCE: Final = """
select event.channel_id, event.event_key, 'delivered' as role, d.first_delivered_on as day,
    0 as units, d.document_id, d.row_number
from event
join channel on channel.account_id = :account_id and channel.channel_id = event.channel_id
join amazon_inbound_delivery d on d.account_id = :account_id and d.region = channel.region
    and d.delivered_parcels > 0
    and upper(regexp_replace(d.shipment_id, '[^A-Za-z0-9]', '', 'g'))
        = upper(regexp_replace(event.reference, '[^A-Za-z0-9]', '', 'g'))
"""

# A row that could not be read may tell of another day.
NEEDS_DELIVERIES: Final = Subtracted("amazon_inbound_deliveries", ("orders",), until="never")

EXACT_BY: Final = (
    "The day of the delivery would tell: a connection asks for it, a few shipments a day, or load"
    " it as a file of inbound deliveries."
)


def arrival(received_on: str, made_on: str) -> str:
    """The joins that say when a shipment arrived, as `arrival`; `delivered` is joined before.

    received_on: the ledger's first receipt of it; made_on: the earliest day it can have been made.
    """
    return fill(_ARRIVAL, received_on=received_on, made_on=made_on)
