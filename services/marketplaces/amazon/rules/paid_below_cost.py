"""Cash payments for losses before an order that were below the seller's own sourcing cost.

Since the day that `valuation_method` names (2025-03-31), Amazon values such losses at sourcing
cost. The countdown of 60 days starts with the payment. Units whose payment was taken back are no
longer underpaid. Nothing but a case of our team settles it: a further payment for the same item is
for another loss. Source: Amazon's announcement (seller-forums 68864b6f…), claim windows 1131, 1132.
"""

from typing import Final

from services.marketplaces.rules import Rule, Shared, Subtracted

# One row a payment (channel and reimbursement key) that was below the cost of that day.
_COMPARED: Final = """
with taken_back as (
    select channel_id, original_key, -sum(units_cash) as units
    from reimbursement
    where account_id = :account_id and is_reversal and original_key is not null
    group by channel_id, original_key
),
since as (
    select min(valid_from) as day from valuation_method
    where marketplace = :marketplace and moment = 'before_order' and method = 'sourcing_cost'
),
compared as (
    select r.*, r.amount / r.units_cash as paid,
        r.units_cash - coalesce(taken_back.units, 0) as units,
        least(cost.unit_cost, cap.amount) as cost, cost.valid_from,
        cost.document_id as cost_document, cost.row_number as cost_row
    from reimbursement r
    join channel on channel.account_id = r.account_id and channel.channel_id = r.channel_id
    join since on r.approved_on >= since.day
    left join taken_back on taken_back.channel_id = r.channel_id
        and taken_back.original_key = r.reimbursement_key
    join lateral (
        select s.unit_cost, s.valid_from, s.document_id, s.row_number
        from sourcing_cost s
        where s.account_id = :account_id and s.sku = r.sku and s.currency = r.currency
            and s.valid_from <= r.approved_on
        order by s.valid_from desc limit 1
    ) cost on true
    left join lateral (
        select min(c.amount) as amount from unit_cap c
        where c.marketplace = :marketplace and channel.country = any(c.countries)
            and c.currency = r.currency
            and r.approved_on between coalesce(c.valid_from, '-infinity')
                and coalesce(c.valid_to, 'infinity')
    ) cap on true
    where r.account_id = :account_id
        and channel.marketplace = :marketplace
        and not r.is_reversal
        and r.units_cash > 0
        and r.subtype in ('lost_in_warehouse', 'damaged_in_warehouse', 'inbound_shortage',
            'inbound_damaged', 'removal_lost', 'removal_other')
)
select * from compared where units > 0 and cost - paid > 0.01
"""

_UNDERPAID: Final = Shared("amazon_underpaid", _COMPARED)

_EVENTS: Final = """
select
    c.channel_id,
    c.reimbursement_key as event_key,
    c.sku,
    c.fnsku,
    c.item_code,
    c.title,
    c.order_id,
    c.external_id as reference,
    c.units::integer as units,
    c.approved_on as event_on,
    c.currency,
    c.cost - c.paid as unit_amount,
    'cost_difference' as basis,
    jsonb_build_object('unit_cost', c.cost::text, 'valid_from', c.valid_from::text,
        'paid_per_unit', round(c.paid, 4)::text, 'paid', c.amount::text,
        'units_paid', c.units_cash) as basis_inputs,
    c.document_id,
    c.row_number
from amazon_underpaid c
"""

_EVIDENCE: Final = """
select channel_id, reimbursement_key as event_key, 'expected' as role, valid_from as day,
    0 as units, cost_document as document_id, cost_row as row_number
from amazon_underpaid
"""

RULE = Rule(
    subtype="paid_below_cost",
    told=(
        "Amazon paid less for a lost or damaged unit than your sourcing cost in force on that day."
    ),
    reads=("amazon_reimbursements",),
    shares=(_UNDERPAID,),
    sql=_EVENTS,
    evidence_sql=_EVIDENCE,
    payment_subtypes=("paid_below_cost",),
    match_by=(),
    subtracts=(Subtracted("sourcing_cost", ("skus",), until="never"),),
)
