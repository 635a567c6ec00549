"""How Walmart's reconciliation (payments) report reads as reimbursements.

Only money lines whose description a source calls a reimbursement count; sales, refunds and fees
do not. A payment for found inventory is negative: the unit is back in stock, so the money goes
back. Source: facts collected in docs/recovery.md (Walmart payment report overview; one public
settlement of 2026-07-28).

The report has no row id: the key is the line's own fields and its ordinal among equal lines of
one period, which stays the same when the whole file is landed again.
"""

from typing import Final

PAYMENTS: Final = """
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
    p.gtin as item_code,
    p.item_name as title,
    p.customer_order_id as order_id,
    p.purchase_order_id as reference,
    case when p.is_reversal then -p.units else p.units end as units_cash,
    case when p.is_reversal then p.units else 0 end as units_inventory,
    p.amount,
    p.currency,
    coalesce(p.posted_on, p.period_end) as approved_on,
    p.document_id,
    p.row_number
from (
    select
        w.*,
        -- A line without a quantity is about one unit.
        greatest(coalesce(abs(w.quantity), 1), 1) as units,
        means.is_reversal or w.amount < 0 as is_reversal,
        case when means.subtype = 'unknown' and w.reason_description ilike '%inbound%'
            then 'inbound_shortage' else means.subtype end as subtype,
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
) p
"""
