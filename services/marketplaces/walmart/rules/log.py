"""What the rules on the WFS inventory log share: stock that Walmart wrote off, and when.

The log has an id and a moment for each change of stock. Walmart publishes no list of its reasons:
the words that count stand in report_words.json with how far each is known, and a word that is not
there counts as nothing. Only adjustments of sellable stock count. A unit that goes to salvage was
written off before it got there, and what becomes of it there is no second loss. Units that come
back with the same reason were not lost after all.
Source: Walmart's model of GET /v3/fulfillment/inventory-log.
"""

from typing import Final

from services.marketplaces.rules import Subtracted

_ROWS: Final = """
from walmart_inventory_log w
join channel on channel.account_id = w.account_id and channel.channel_id = w.channel_id
where w.account_id = :account_id
    and channel.marketplace = :marketplace
    and channel.country = 'US'
    and lower(w.transaction_type) = 'adjustment'
    and coalesce(w.location, '') not ilike 'salvage%'
    and exists (
        select 1 from report_word means
        where means.marketplace = channel.marketplace and means.field = 'log_reason'
            and means.counts_as = '{counts_as}'
            and means.word in (
                lower(regexp_replace(w.reason_code, '[^A-Za-z0-9]', '', 'g')),
                lower(regexp_replace(w.reason_description, '[^A-Za-z0-9]', '', 'g')))
    )
"""

_EVENTS: Final = """
select
    w.channel_id,
    w.log_id as event_key,
    w.sku,
    null as fnsku,
    w.gtin as item_code,
    w.product_name as title,
    null as order_id,
    w.shipment_id as reference,
    w.fulfillment_center as place,
    -w.changed_units as units,
    null::integer as resolved_units,
    null::date as known_until,
    cast(w.transacted_at at time zone channel.time_zone as date) as event_on,
    false as event_on_approximate,
    channel.currency,
    null::numeric as unit_amount,
    null as basis,
    '{}'::jsonb as basis_inputs,
    w.document_id,
    w.row_number,
    told.until as told_until
"""

# How far the log tells of an item: it is asked for item by item. An answer that lacks a page, or a
# row of which could not be read, may lack the units that came back.
_TOLD: Final = """
join (
    select l.channel_id, l.gtin, max(list.last_day) filter (where list.is_whole) as until
    from walmart_inventory_log l
    join report_document list on list.account_id = l.account_id
        and list.document_id = l.document_id
    where l.account_id = :account_id
    group by l.channel_id, l.gtin
) told on told.channel_id = w.channel_id and told.gtin = w.gtin
"""

SUBTRACTED: Final = (Subtracted("walmart_inventory_log", ("items", "skus"), until="own"),)

_FOUND: Final = """
select w.channel_id, w.gtin as item, w.changed_units as units,
    cast(w.transacted_at at time zone channel.time_zone as date) as day,
    w.document_id, w.row_number
"""


def written_off(counts_as: str) -> str:
    """The SELECT of adjustments that took units away for reasons counting as `counts_as`."""
    rows = _ROWS.replace("{counts_as}", counts_as).replace("where w.acc", _TOLD + "where w.acc", 1)
    return _EVENTS + rows + "    and w.changed_units < 0"


def put_back(counts_as: str) -> str:
    """The SELECT of adjustments that gave units back for such a reason."""
    return _FOUND + _ROWS.replace("{counts_as}", counts_as) + "    and w.changed_units > 0"
