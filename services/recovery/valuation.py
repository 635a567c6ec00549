"""What a unit may be worth, and on what ground: never a number without its basis.

In this order: what the rule itself knows (a fee's difference); the seller's sourcing cost in
force on the day; the average of past cash payments for the same SKU, channel and currency; else
unknown, which is counted in units and never as nought.
Since 2025-03-31 Amazon pays sourcing cost for losses before an order (docs/recovery.md).
"""

from sqlalchemy import Connection, text

from services.recovery.settle import WHOLE_CURRENCIES

_VALUE = """
with past as (
    select channel_id, currency, sku, sum(amount) as amount, sum(units_cash) as units,
        count(*) as payments, max(approved_on) as latest
    from reimbursement
    where account_id = :account_id and not is_reversal and units_cash > 0 and amount > 0
    group by channel_id, currency, sku
),
valued as (
    select c.candidate_id,
        case when c.unit_amount is not null then c.basis
            when cost.unit_cost is not null then 'sourcing_cost'
            when past.units > 0 then 'past_payments' else 'unknown' end as basis,
        round(coalesce(c.unit_amount, cost.unit_cost, past.amount / past.units),
            case when c.currency = any(:whole) then 0 else 2 end) as unit_amount,
        case when c.unit_amount is not null then c.basis_inputs
            when cost.unit_cost is not null then jsonb_build_object(
                'unit_cost', cost.unit_cost::text, 'valid_from', cost.valid_from::text,
                'document_id', cost.document_id, 'row_number', cost.row_number)
            when past.units > 0 then jsonb_build_object('amount', past.amount::text,
                'units', past.units, 'payments', past.payments, 'latest', past.latest::text)
            else '{}'::jsonb end as basis_inputs
    from candidate c
    left join lateral (
        select s.unit_cost, s.valid_from, s.document_id, s.row_number from sourcing_cost s
        where s.account_id = :account_id and s.sku = c.sku and s.currency = c.currency
            and s.valid_from <= c.event_on
        order by s.valid_from desc limit 1
    ) cost on true
    left join past on past.channel_id = c.channel_id and past.currency = c.currency
        and past.sku = c.sku
)
update candidate c set basis = valued.basis, unit_amount = valued.unit_amount,
    basis_inputs = valued.basis_inputs
from valued where valued.candidate_id = c.candidate_id
"""


def value(connection: Connection, account_id: int) -> None:
    """Set unit_amount (in the currency's own decimals), basis and its inputs."""
    connection.execute(text(_VALUE), {"account_id": account_id, "whole": WHOLE_CURRENCIES})
