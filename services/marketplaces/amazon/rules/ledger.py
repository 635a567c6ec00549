"""What the two warehouse rules share: units that an inventory ledger adjustment took away.

Source: Amazon help "Inventory Ledger" (reason codes and reconciliation). Reconciled and
unreconciled quantities are Amazon's own netting of what was found and what was reimbursed, so
where the file has them what it calls open is open; found rows and payments say which of the two
reconciled the rest. Where it has not (layouts of 12 columns), found rows and payments of the same
FNSKU are netted by us.
"""

from typing import Final

from services.database.sql import day_of, fill

_ADJUSTMENT: Final = """
select
    e.channel_id,
    e.event_key,
    e.msku as sku,
    e.fnsku,
    e.asin as item_code,
    e.title,
    e.reference_id as reference,
    e.fulfillment_center as location,
    -e.quantity as units,
    case when e.unreconciled_quantity is not null
        -- Amazon writes it without a sign; more than the event itself cannot be open.
        then -e.quantity - least(abs(e.unreconciled_quantity), -e.quantity) end as resolved_units,
    case when e.unreconciled_quantity is not null
        -- What was made on a day knows of all the days before it.
        then greatest(document.last_day, {made_on} - 1) end as known_until,
    e.day as event_on,
    channel.currency,
    e.document_id,
    e.row_number
from amazon_ledger_event e
join channel on channel.account_id = e.account_id and channel.channel_id = e.channel_id
join report_document document
    on document.account_id = e.account_id and document.document_id = e.document_id
join ledger_reason reason on reason.code = upper(e.reason)
where e.account_id = :account_id
    and channel.marketplace = :marketplace
    and e.event_type = 'Adjustments'
    and e.quantity < 0
    and reason.counts_as = '{counts_as}'
"""

# What was found again, as far as Amazon has set it against a loss: a found unit that is not
# reconciled yet belongs to none.
#
# A unit that was found after it had been paid for goes to Amazon (reason O, "because Amazon
# reimbursed you"): it is not back. The ledger joins neither row to the other, so the first found
# row of a quantity belongs to the first correction of that quantity, and so on. O also says that
# a unit was wrongly received: only one within 30 days, and after a payment for the item that is no
# older than a payment may be (180 days), takes a find away. Both spans are our assumption.
FOUND: Final = """
with moved as (
    select e.channel_id, e.fnsku, abs(e.quantity) as units, e.day, e.document_id, e.row_number,
        e.reconciled_quantity, reason.counts_as, row_number() over (
            partition by e.channel_id, e.fnsku, reason.counts_as, e.quantity
            order by e.day, e.document_id, e.row_number) as number
    from amazon_ledger_event e
    join channel on channel.account_id = e.account_id and channel.channel_id = e.channel_id
    join ledger_reason reason on reason.code = upper(e.reason)
    where e.account_id = :account_id
        and channel.marketplace = :marketplace
        and e.event_type = 'Adjustments'
        and (reason.counts_as, sign(e.quantity)) in (('found', 1), ('correction', -1))
)
select f.channel_id, f.fnsku as item,
    least(abs(coalesce(f.reconciled_quantity, f.units)), f.units) as units, f.day, f.document_id,
    f.row_number
from moved f
left join moved o on o.counts_as = 'correction' and o.channel_id = f.channel_id
    and o.fnsku = f.fnsku and o.units = f.units and o.number = f.number
    and o.day between f.day and f.day + 30
where f.counts_as = 'found' and f.reconciled_quantity is distinct from 0
    and (f.reconciled_quantity is not null or o.day is null or not exists (
    select 1 from reimbursement r
    where r.account_id = :account_id and r.channel_id = f.channel_id and r.fnsku = f.fnsku
        and r.subtype = 'lost_in_warehouse' and not r.is_reversal
        and r.approved_on between f.day - 180 and o.day))
"""

# A damaged unit that turned out to be whole: out of WAREHOUSE_DAMAGED (Q), into SELLABLE (P).
CORRECTED: Final = """
with moved as (
    select e.channel_id, e.fnsku, e.quantity, e.day, e.fulfillment_center, e.document_id,
        e.row_number, e.reason, row_number() over (
            partition by e.channel_id, e.fnsku, e.day, e.fulfillment_center, e.quantity
            order by e.document_id, e.row_number) as number
    from amazon_ledger_event e
    join channel on channel.account_id = e.account_id and channel.channel_id = e.channel_id
    where e.account_id = :account_id
        and channel.marketplace = :marketplace
        and e.event_type = 'Adjustments'
        and ((e.reason = 'Q' and e.quantity < 0 and upper(e.disposition) = 'WAREHOUSE_DAMAGED')
            or (e.reason = 'P' and e.quantity > 0 and upper(e.disposition) = 'SELLABLE'))
)
select whole.channel_id, whole.fnsku as item, whole.quantity as units, whole.day,
    whole.document_id, whole.row_number
from moved whole
join moved out on out.channel_id = whole.channel_id and out.fnsku = whole.fnsku
    and out.day = whole.day and out.quantity = -whole.quantity and out.number = whole.number
    and out.fulfillment_center is not distinct from whole.fulfillment_center
where whole.quantity > 0
"""


def taken_away(counts_as: str) -> str:
    """The SELECT of adjustments whose reason counts as `counts_as` (lost or damaged)."""
    return fill(_ADJUSTMENT, counts_as=counts_as, made_on=day_of("document.made_at"))
