"""Returns that arrived damaged by the carrier or by Amazon, not by the customer.

The window starts with the refund or the replacement, whichever was first. Where an order's item
was refunded more than once, nobody can tell which refund the unit was for: the first stands in.
Where no report tells of either, the earliest day is taken: a unit that is not back when a claim
for it opens is paid for as not returned, so one that came back was refunded no longer before.
Both are marked approximate, and err to the earlier deadline.
Source: Seller Central help G9N934L7Y4SFWPJ4; dispositions: FBA customer returns attributes.
"""

from typing import Final

from services.database.sql import day_of, fill
from services.marketplaces.amazon.rules.settlement import REFUND_LINES, WEIGHED
from services.marketplaces.rules import Rule

_EVENTS: Final = """
with given as (
    select order_id, sku, min(day) as day, max(day) as latest, count(*) as times
    from (
        select order_id, sku, day from amazon_weighed where units > 0
        union all
        select r.original_order_id, r.sku, {shipped_on}
        from amazon_replacement r
        join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
        where r.account_id = :account_id and channel.marketplace = :marketplace
    ) one
    group by order_id, sku
)
select
    r.channel_id,
    concat_ws('|', r.order_id, r.sku, r.fnsku, r.license_plate_number, r.line_ordinal) as event_key,
    r.sku,
    r.fnsku,
    r.asin as item_code,
    r.product_name as title,
    r.order_id,
    nullif(r.license_plate_number, '') as reference,
    r.fulfillment_center as location,
    r.quantity as units,
    coalesce(given.day, {returned_on} - coalesce(longest.days, 0)) as event_on,
    given.times is distinct from 1 as event_on_approximate,
    channel.currency,
    r.document_id,
    r.row_number,
    r.status ilike 'reimbursed%' as reimbursed,
    given.latest as given_latest
from amazon_customer_return r
join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
left join given on given.order_id = r.order_id and given.sku = r.sku
left join (
    select country, max(w.opens_after_days) as days
    from claim_window w cross join lateral unnest(w.countries) country
    where w.marketplace = :marketplace and w.subtype = 'returned_damaged'
    group by country
) longest on longest.country = channel.country
where r.account_id = :account_id
    and channel.marketplace = :marketplace
    and r.quantity > 0
    and upper(r.disposition) in ('CARRIER_DAMAGED', 'DAMAGED', 'WAREHOUSE_DAMAGED')
"""

RULE = Rule(
    subtype="returned_damaged",
    told=(
        "The customer returns report says that the unit came back damaged by Amazon or by the"
        " carrier, not by the customer."
    ),
    reads=("amazon_customer_returns",),
    shares=(WEIGHED,),
    sql=fill(_EVENTS, shipped_on=day_of("r.shipped_at"), returned_on=day_of("r.returned_at")),
    evidence_sql=REFUND_LINES,
    moment="after_order",
    # Amazon pays all returns under the one reason CustomerReturn.
    payment_subtypes=("returned_damaged", "refunded_not_returned", "customer_service_issue"),
    match_by=("order",),
    latest_on="coalesce(given_latest, event_on)",
    own_doubt="""case when given_latest is null then 'refund_unknown'
        when reimbursed then 'reimbursed_unseen' end""",
    doubt_ends_with="amazon_settlement",
    exact_by=(
        "The settlement with the refund would tell. Where an item of an order was refunded more"
        " than once, no report tells which of the refunds it was."
    ),
)
