"""What the rules on returns share: one returned order line, and which subtype it is.

A line counts where the customer was refunded or sent a replacement, and Walmart takes a dispute:
the order was shipped by WFS (the payments report says so of the same order and item), the return
was not cancelled, the item has no keep-it rule, and the seller did not refund by hand. Then the
first of these that fits is its subtype, and no line has two:

lost      Walmart's own reason is that the order was lost on its way: return_lost, or
          replacement_lost where a replacement was sent
delayed   the return is expected, the day to send it by was over when the list was made, and it
          had not reached a return centre
damaged   it reached one, and Walmart's own reason is damage on the way

Walmart's list of tracking events has no word for a lost return. The day on which the dispute
window opens is in no report: the refund's day (payments report), else the day the return was
begun, is the earliest it can have been.
Source: Walmart's model of GET /v3/returns and its list of event tags; the guide "WFS customer
returns, reimbursement and dispute processes" for what Walmart answers for; "Dispute standards".
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.rules import Rule, Shared, Subtracted

# One row per returned line that Walmart takes a dispute of (channel, return order and line), with
# its subtype: null where none fits.
_RETURNED: Final = """
with tracked as (
    select r.document_id, r.row_number,
        bool_or(means.counts_as = 'cancelled') as cancelled,
        bool_or(means.counts_as = 'delivered') as delivered,
        bool_or(means.counts_as = 'refunded') as refunded
    from walmart_return r
    cross join lateral jsonb_array_elements(r.tracking) event
    join report_word means on means.marketplace = :marketplace and means.field = 'return_event'
        and means.word = lower(regexp_replace(event ->> 'eventTag', '[^A-Za-z0-9]', '', 'g'))
    where r.account_id = :account_id
    group by r.document_id, r.row_number
),
ordered as (
    select p.channel_id, p.purchase_order_id, lower(p.sku) as item, min(p.sku) as sku,
        max(p.gtin) as gtin, max(p.item_name) as title, max(p.customer_order_id) as order_id,
        min(coalesce(p.posted_on, p.period_end))
            filter (where p.transaction_type = 'Refund' and p.amount < 0) as refunded_on
    from walmart_payment p
    where p.account_id = :account_id and p.sku is not null
        and (p.channel_id, p.purchase_order_id) in (
            select r.channel_id, r.purchase_order_id from walmart_return r
            where r.account_id = :account_id)
    group by p.channel_id, p.purchase_order_id, lower(p.sku)
    having bool_or(p.fulfilment_type ilike '%walmart%')
)
select r.channel_id, concat_ws('|', r.return_order_id, r.return_line) as event_key,
    o.sku, o.item, o.gtin, coalesce(r.product_name, o.title) as title,
    coalesce(o.order_id, r.customer_order_id) as order_id, r.purchase_order_id,
    case when r.return_type ilike 'replacement' then r.quantity
        else coalesce(nullif(r.refunded_quantity, 0), r.quantity) end as units,
    coalesce(o.refunded_on, {returned_on})
        as event_on,
    channel.currency, r.document_id, r.row_number, list.last_day as list_day,
    concat_ws(' ', r.status, r.delivery_status, r.refund_status) ilike '%reimbursed%'
        as reimbursed,
    case
        when reason.counts_as = 'lost' and r.return_type ilike 'replacement'
            then 'replacement_lost'
        when reason.counts_as = 'lost' then 'return_lost'
        when r.return_expected and arrived is not true
            and {return_by} < list.last_day
            then 'delayed_return'
        when reason.counts_as = 'damaged' and arrived then 'returned_damaged'
    end as subtype
from walmart_return r
join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
join report_document list on list.account_id = r.account_id
    and list.document_id = r.document_id
join ordered o on o.channel_id = r.channel_id and o.purchase_order_id = r.purchase_order_id
    and o.item = lower(r.sku)
left join tracked on tracked.document_id = r.document_id
    and tracked.row_number = r.row_number
left join report_word reason on reason.marketplace = channel.marketplace
    and reason.field = 'return_reason'
    and reason.word = lower(regexp_replace(r.reason, '[^A-Za-z0-9]', '', 'g'))
left join report_word refunder on refunder.marketplace = channel.marketplace
    and refunder.field = 'return_channel'
    and refunder.word = lower(regexp_replace(r.refund_channel, '[^A-Za-z0-9]', '', 'g'))
cross join lateral (
    select tracked.delivered or upper(r.status) = 'DELIVERED' as arrived) goods
where r.account_id = :account_id
    and channel.marketplace = :marketplace
    and channel.country = 'US'
    and tracked.cancelled is not true
    and r.is_keep_it is not true
    and refunder.counts_as is distinct from 'seller'
    and (r.return_type ilike 'replacement' or tracked.refunded or r.refunded_quantity > 0
        or o.refunded_on is not null)
"""

_RETURNS: Final = Shared(
    "walmart_returned",
    fill(
        _RETURNED,
        return_by=day_of("r.return_by"),
        returned_on=day_of("r.returned_at"),
    ),
)

_EVENTS: Final = """
select
    r.channel_id,
    r.event_key,
    r.sku,
    r.gtin as item_code,
    r.title,
    r.order_id,
    r.purchase_order_id as reference,
    r.units,
    r.event_on,
    true as event_on_approximate,
    r.currency,
    r.document_id,
    r.row_number,
    r.list_day,
    r.reimbursed
from walmart_returned r
where r.subtype = '{subtype}' and r.units > 0
"""

_EVIDENCE: Final = """
select r.channel_id, r.event_key,
    case p.transaction_type when 'Sale' then 'ordered' else 'refunded' end as role,
    coalesce(p.posted_on, p.period_end) as day, coalesce(abs(p.quantity), 0) as units,
    p.document_id, p.row_number
from walmart_returned r
join walmart_payment p on p.account_id = :account_id and p.channel_id = r.channel_id
    and p.purchase_order_id = r.purchase_order_id and lower(p.sku) = r.item
where r.subtype = '{subtype}' and p.transaction_type in ('Sale', 'Refund')
    and p.amount_type = 'Product Price'
"""


def returned(subtype: str, *, told: str) -> Rule:
    """The rule of one subtype of returns.

    A dispute that was won names order and item, not what it was about, and so does a WFS refund.
    """
    return Rule(
        subtype=subtype,
        told=told,
        reads=("walmart_returns",),
        shares=(_RETURNS,),
        sql=fill(_EVENTS, subtype=subtype),
        evidence_sql=fill(_EVIDENCE, subtype=subtype),
        payment_subtypes=(subtype, "general_adjustment", "unknown"),
        match_by=("reference", "order"),
        # A unit on its way arrives after a list was made: only the newest list says overdue.
        subtracts=(
            Subtracted(
                "walmart_returns",
                ("orders", "skus"),
                until="own" if subtype == "delayed_return" else "landed",
            ),
        ),
        reaches="list_day",
        own_doubt="case when reimbursed then 'reimbursed_unseen' end",
        moment="after_order",
        exact_by="No report tells on which day Walmart's window for a dispute opens.",
    )
