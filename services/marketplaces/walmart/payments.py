"""How Walmart's reconciliation (payments) report reads as reimbursements.

Only money lines whose description a source calls a reimbursement count; sales, refunds and fees
do not. A payment for found inventory is negative: the unit is back in stock, so the money goes
back. Any other negative line of these takes money back without giving a unit. Source: facts
collected in docs/recovery.md (Walmart payment report overview; one public settlement of
2026-07-28).

The report has no row id: the key is the line's own fields and its ordinal among equal lines of
one period, which stays the same when the whole file is landed again.

The WFS settlement is no second payment and adds no money (the sign of its Net Payable is verified
by nobody). It tells what a line was for: the line of the same kind, order, item and size, whatever
the sign, gives the reason of a `WFS Refund` and the number of units where the reconciliation
leaves it empty; settlement lines that disagree tell nothing. An item whose number was lost in the
file is known where all other lines of that SKU agree on one.

A payment that names no purchase order has the one of the settlement's line of the same kind, item,
units, day and size. One such line explains one payment: a line that a payment names by its order is
that payment's, and of two equal payments and one line neither is told.
"""

from typing import Final

PAYMENTS: Final = """
with line as (
    select w.*, means.subtype as said_subtype, means.is_reversal as gives_unit_back,
        lower(regexp_replace(w.description, '[^A-Za-z0-9]', '', 'g')) as word,
        row_number() over (
            partition by w.channel_id, w.period_start, w.transaction_key, w.description,
                w.amount_type, w.purchase_order_id, w.sku, w.gtin, w.amount
            order by w.row_number
        ) as ordinal
    from walmart_payment w
    join channel on channel.account_id = w.account_id and channel.channel_id = w.channel_id
    join payment_reason means on means.marketplace = 'walmart'
        and means.reason = lower(regexp_replace(w.description, '[^A-Za-z0-9]', '', 'g'))
    where w.account_id = :account_id and channel.marketplace = :marketplace and w.amount <> 0
),
item as (
    select channel_id, sku, min(gtin) as gtin
    from walmart_payment
    where account_id = :account_id and gtin is not null
        and (channel_id, sku) in (select l.channel_id, l.sku from line l where l.gtin is null)
    group by channel_id, sku having count(distinct gtin) = 1
),
known as (
    select l.*, coalesce(l.gtin, item.gtin) as item_code,
        count(*) over (partition by l.channel_id, l.word, l.purchase_order_id, l.gtin,
            abs(l.amount)) as equals
    from line l left join item on item.channel_id = l.channel_id and item.sku = l.sku
),
named as (
    select channel_id, word, item_code, posted_on as day, abs(amount) as size,
        purchase_order_id, count(*) as payments
    from known where purchase_order_id is not null
    group by 1, 2, 3, 4, 5, 6
),
settled as (
    select s.channel_id, kind.word, s.gtin as item_code, s.transacted_on as day,
        abs(s.net_payable) as size, s.customer_order_id, s.purchase_order_id,
        abs(s.quantity) as quantity, lower(concat_ws(' ', s.reason_code, s.detail)) as words,
        row_number() over (
            partition by s.channel_id, kind.word, s.gtin, s.transacted_on, abs(s.net_payable),
                s.purchase_order_id
            order by s.quantity, s.reference_id, s.net_payable, s.line_ordinal) as ordinal
    from walmart_settlement_line s
    cross join lateral (select 'wfs'
        || lower(regexp_replace(s.transaction_type, '[^A-Za-z0-9]', '', 'g')) as word) kind
    where s.account_id = :account_id
),
-- What no payment names by its order is left for those that name none.
left_over as (
    select s.* from settled s
    left join named n on n.channel_id = s.channel_id and n.word = s.word
        and n.item_code = s.item_code and n.day = s.day and n.size = s.size
        and n.purchase_order_id = s.purchase_order_id
    where s.ordinal > coalesce(n.payments, 0)
),
bare as (
    select document_id, row_number, channel_id, word, item_code, posted_on as day,
        abs(amount) as size, abs(quantity) as quantity, customer_order_id
    from known where purchase_order_id is null
),
matching as (
    select b.document_id, b.row_number, b.channel_id, b.word, b.item_code, b.day, b.size,
        b.quantity as units, count(*) as lines, min(s.purchase_order_id) as purchase_order_id,
        min(s.words) as words, min(s.quantity) as quantity
    from bare b
    join left_over s on s.channel_id = b.channel_id and s.word = b.word
        and s.item_code = b.item_code and s.day = b.day and s.size = b.size
        and (b.quantity is null or s.quantity is null or b.quantity = s.quantity)
        and (b.customer_order_id is null or s.customer_order_id is null
            or b.customer_order_id = s.customer_order_id)
    group by b.document_id, b.row_number, b.channel_id, b.word, b.item_code, b.day, b.size,
        b.quantity
    having count(distinct (s.purchase_order_id, s.words, s.quantity)) = 1
),
found as (
    select m.document_id, m.row_number, min(m.purchase_order_id) as purchase_order_id,
        min(m.words) as words, min(m.quantity) as quantity
    from matching m
    join bare rival on rival.channel_id = m.channel_id and rival.word = m.word
        and rival.item_code = m.item_code and rival.day = m.day and rival.size = m.size
        and (m.units is null or rival.quantity is null or m.units = rival.quantity)
    group by m.document_id, m.row_number
    having count(*) <= min(m.lines)
),
told as (
    select l.document_id, l.row_number,
        case when count(distinct abs(s.quantity)) = 1 then min(abs(s.quantity)) end as quantity,
        case when count(distinct said.words) = 1 then min(said.words) end as words
    from known l
    join walmart_settlement_line s on s.account_id = :account_id and s.channel_id = l.channel_id
        and 'wfs' || lower(regexp_replace(s.transaction_type, '[^A-Za-z0-9]', '', 'g')) = l.word
        and s.purchase_order_id is not distinct from l.purchase_order_id
        and abs(s.net_payable) = abs(l.amount)
        -- An order and a sum say enough where one file has lost the item's number.
        and (s.gtin = l.gtin
            or l.purchase_order_id is not null and (s.gtin is null or l.gtin is null))
    cross join lateral (
        select lower(concat_ws(' ', s.reason_code, s.detail)) as words) said
    group by l.document_id, l.row_number, l.purchase_order_id, l.equals
    having l.purchase_order_id is not null or count(*) >= l.equals
),
explained as (
    select l.*,
        coalesce(l.purchase_order_id, found.purchase_order_id) as reference,
        -- A line without a quantity is about one unit.
        greatest(coalesce(abs(l.quantity), told.quantity, found.quantity, 1), 1) as units,
        l.gives_unit_back or l.amount < 0 as is_reversal,
        concat_ws(' ', lower(l.reason_description), told.words, found.words) as words
    from known l
    left join told on told.document_id = l.document_id and told.row_number = l.row_number
    left join found on found.document_id = l.document_id and found.row_number = l.row_number
),
paid as (
    select explained.*,
        case when said_subtype <> 'unknown' or words not like '%inbound%' then said_subtype
            when words like '%damage%' then 'inbound_damaged'
            else 'inbound_shortage' end as subtype
    from explained
)
select
    p.channel_id,
    concat_ws('|', p.period_start, p.transaction_key, p.description, p.amount_type,
        p.purchase_order_id, p.sku, p.gtin, p.amount, p.ordinal) as reimbursement_key,
    p.transaction_key as external_id,
    null as case_id,
    null as original_key,
    p.is_reversal,
    p.description as reason,
    coalesce(cast(:type_of as jsonb) ->> p.subtype, 'unknown') as type,
    p.subtype,
    p.sku,
    null as fnsku,
    p.item_code,
    p.item_name as title,
    p.customer_order_id as order_id,
    p.reference,
    case when p.is_reversal then -p.units else p.units end as units_cash,
    case when p.gives_unit_back then p.units else 0 end as units_inventory,
    p.amount,
    p.currency,
    coalesce(p.posted_on, p.period_end) as approved_on,
    p.document_id,
    p.row_number
from paid p
"""
