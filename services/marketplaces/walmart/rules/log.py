"""What the rules on the WFS inventory log share: stock that Walmart wrote off, and when.

The log has an id and a moment for each change of stock. Walmart publishes no list of its reasons:
the words that count stand in report_words.json with how far each is known, and a word that is not
there counts as nothing. Only adjustments of sellable stock count. A unit that goes to salvage was
written off before it got there, and what becomes of it there is no second loss. Units that come
back with the same reason were not lost after all.
Source: Walmart's model of GET /v3/fulfillment/inventory-log.
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.rules import Shared, Subtracted

# One row per adjustment of sellable stock (channel and log_id) and what its reason counts as.
# told_until: how far the log tells of the item. It is asked for item by item, as JSON, or comes as
# a report of all items: then it tells of each, as far as such reports follow one another without a
# gap from the adjustment's day on. An answer that lacks a page, or a row of which could not be
# read, may lack the units that came back.
_ADJUSTED: Final = """
with asked as (
    select l.channel_id, l.gtin, max(list.last_day) as until
    from walmart_inventory_log l
    join report_document list on list.account_id = l.account_id
        and list.document_id = l.document_id
    where l.account_id = :account_id and list.is_whole and list.delimiter = 'json'
    group by l.channel_id, l.gtin
),
reported as (
    select list.channel_id,
        unnest(range_agg(daterange(list.first_day, list.last_day, '[]'))) as days
    from report_document list
    where list.account_id = :account_id and list.kind = 'walmart_inventory_log'
        and list.is_whole and list.delimiter <> 'json' and list.first_day is not null
    group by list.channel_id
)
select w.channel_id, w.log_id, w.sku, w.gtin, w.product_name, w.shipment_id, w.fulfillment_center,
    w.changed_units, {day} as day, channel.currency, w.document_id, w.row_number, means.counts_as,
    greatest(asked.until, upper(reported.days) - 1) as told_until
from walmart_inventory_log w
join channel on channel.account_id = w.account_id and channel.channel_id = w.channel_id
left join asked on asked.channel_id = w.channel_id and asked.gtin = w.gtin
left join reported on reported.channel_id = w.channel_id and reported.days @> {day}
cross join lateral (
    select distinct word.counts_as from report_word word
    where word.marketplace = channel.marketplace and word.field = 'log_reason'
        and word.word in (
            lower(regexp_replace(w.reason_code, '[^A-Za-z0-9]', '', 'g')),
            lower(regexp_replace(w.reason_description, '[^A-Za-z0-9]', '', 'g')))
) means
where w.account_id = :account_id
    and channel.marketplace = :marketplace
    and channel.country = 'US'
    and lower(w.transaction_type) = 'adjustment'
    and coalesce(w.location, '') not ilike 'salvage%'
"""

ADJUSTED: Final = Shared("walmart_adjusted", fill(_ADJUSTED, day=day_of("w.transacted_at")))

_EVENTS: Final = """
select
    w.channel_id,
    w.log_id as event_key,
    w.sku,
    w.gtin as item_code,
    w.product_name as title,
    w.shipment_id as reference,
    w.fulfillment_center as location,
    -w.changed_units as units,
    w.day as event_on,
    w.currency,
    w.document_id,
    w.row_number,
    w.told_until
from walmart_adjusted w
where w.counts_as = '{counts_as}' and w.changed_units < 0
"""

_FOUND: Final = """
select w.channel_id, w.gtin as item, w.changed_units as units, w.day, w.document_id, w.row_number
from walmart_adjusted w
where w.counts_as = '{counts_as}' and w.changed_units > 0
"""

SUBTRACTED: Final = (Subtracted("walmart_inventory_log", ("items", "skus"), until="own"),)


def written_off(counts_as: str) -> str:
    """The SELECT of adjustments that took units away for reasons counting as `counts_as`."""
    return fill(_EVENTS, counts_as=counts_as)


def put_back(counts_as: str) -> str:
    """The SELECT of adjustments that gave units back for such a reason."""
    return fill(_FOUND, counts_as=counts_as)
