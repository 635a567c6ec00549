"""What the two warehouse rules share: units that an inventory ledger adjustment took away.

Source: Amazon help "Inventory Ledger" (reason codes and reconciliation). Reconciled and
unreconciled quantities are Amazon's own netting of what was found and what was reimbursed, so
where the file has them nothing is netted again. Where it has not (layouts of 12 columns), found
rows and payments of the same FNSKU are netted by us.
"""

from typing import Final

_ADJUSTMENT: Final = """
select
    e.channel_id,
    e.event_key,
    e.msku as sku,
    e.fnsku,
    e.asin as item_code,
    e.title,
    null as order_id,
    e.reference_id as reference,
    e.fulfillment_center as place,
    -e.quantity as units,
    case when e.unreconciled_quantity is not null
        -- Amazon writes it without a sign; more than the event itself cannot be open.
        then -e.quantity - least(abs(e.unreconciled_quantity), -e.quantity) end as resolved_units,
    case when e.unreconciled_quantity is not null then document.last_day end as known_until,
    e.day as event_on,
    false as event_on_approximate,
    channel.currency,
    null::numeric as unit_amount,
    null as basis,
    '{}'::jsonb as basis_inputs,
    e.document_id,
    e.row_number
from amazon_ledger_event e
join channel on channel.account_id = e.account_id and channel.channel_id = e.channel_id
join report_document document
    on document.account_id = e.account_id and document.document_id = e.document_id
join ledger_reason reason on reason.code = e.reason
where e.account_id = :account_id
    and channel.marketplace = :marketplace
    and e.event_type = 'Adjustments'
    and e.quantity < 0
    and reason.counts_as = '{counts_as}'
"""

FOUND: Final = """
select e.channel_id, e.fnsku as item, e.quantity as units, e.day, e.document_id, e.row_number
from amazon_ledger_event e
join channel on channel.account_id = e.account_id and channel.channel_id = e.channel_id
join ledger_reason reason on reason.code = e.reason
where e.account_id = :account_id
    and channel.marketplace = :marketplace
    and e.event_type = 'Adjustments'
    and e.quantity > 0
    and e.reconciled_quantity is null
    and reason.counts_as = 'found'
"""


def taken_away(counts_as: str) -> str:
    """The SELECT of adjustments whose reason counts as `counts_as` (lost or damaged)."""
    return _ADJUSTMENT.replace("{counts_as}", counts_as)
