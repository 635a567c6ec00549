"""Why a discrepancy is here: what happened, by which rows, and what has come of it."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, text

from services.insights.answers import ClaimWindow, Evidence, Story
from services.insights.ask import ask
from services.insights.payments import payments_of

_DISCREPANCY: Final = text("""
select d.discrepancy_id, c.code as channel, c.name as channel_name, c.today, d.type, d.subtype,
    d.sku, d.fnsku, d.item_code, d.title, d.order_id, d.reference, d.place, d.event_on,
    d.event_on_approximate, d.units, d.found_units, d.paid_cash_units, d.paid_inventory_units,
    d.in_progress_units, d.denied_units, d.remaining_units, d.opens_on, d.expires_on,
    d.expires_on - c.today as days_left,
    case
        when c.today < d.opens_on then 'future'
        when d.expires_on is null or c.today <= d.expires_on then 'ready'
        else 'expired'
    end as remaining_state,
    d.currency, d.unit_amount, d.remaining_units * d.unit_amount as amount, d.basis,
    d.basis_inputs, d.claimed_gross, d.reversed, d.case_id, d.denied_on, d.claim_window_id
from discrepancy d
join (
    select c.account_id, c.channel_id, c.code, m.name,
        (cast(:now as timestamptz) at time zone c.time_zone)::date as today
    from channel c join marketplace m on m.code = c.code
    where c.account_id = :account_id
) c on c.account_id = d.account_id and c.channel_id = d.channel_id
where d.account_id = :account_id and d.discrepancy_id = :discrepancy_id
""")

_WINDOW: Final = text("""
select subtype, countries, anchor, opens_after_days, closes_after, closes_unit, valid_from,
    valid_to, source, checked_on, confidence, note
from claim_window where claim_window_id = :claim_window_id
""")

# A document holds rows of one kind, so at most one of the tables answers for each row.
_EVIDENCE: Final = text("""
with proof as (
    select 'event' as role, document_id, row_number, units
    from discrepancy where account_id = :account_id and discrepancy_id = :discrepancy_id
    union all
    select role, document_id, row_number, units
    from discrepancy_evidence
    where account_id = :account_id and discrepancy_id = :discrepancy_id
),
landed as (
    select t.document_id, t.row_number, to_jsonb(t) as cells from amazon_ledger_event t
    join proof p on p.document_id = t.document_id and p.row_number = t.row_number
    where t.account_id = :account_id
    union all
    select t.document_id, t.row_number, to_jsonb(t) from amazon_customer_return t
    join proof p on p.document_id = t.document_id and p.row_number = t.row_number
    where t.account_id = :account_id
    union all
    select t.document_id, t.row_number, to_jsonb(t) from amazon_reimbursement t
    join proof p on p.document_id = t.document_id and p.row_number = t.row_number
    where t.account_id = :account_id
    union all
    select t.document_id, t.row_number, to_jsonb(t) from walmart_payment t
    join proof p on p.document_id = t.document_id and p.row_number = t.row_number
    where t.account_id = :account_id
    union all
    select t.document_id, t.row_number, to_jsonb(t) from walmart_inventory_reconciliation t
    join proof p on p.document_id = t.document_id and p.row_number = t.row_number
    where t.account_id = :account_id
    union all
    select t.document_id, t.row_number, to_jsonb(t) from walmart_inbound_receipt t
    join proof p on p.document_id = t.document_id and p.row_number = t.row_number
    where t.account_id = :account_id
)
select p.role, d.file_name, d.kind, d.landed_at, p.row_number, p.units, l.cells
from proof p
join report_document d on d.account_id = :account_id and d.document_id = p.document_id
left join landed l on l.document_id = p.document_id and l.row_number = p.row_number
order by p.role, d.landed_at, p.row_number
""")

# What is ours in a landed row, and not the marketplace's.
_OURS: Final = frozenset(
    {"account_id", "channel_id", "document_id", "row_number", "event_key", "line_ordinal"}
)


def story(
    connection: Connection, account_id: int, discrepancy_id: int, now: datetime
) -> Story | None:
    """One discrepancy, explained; None where the account has no such discrepancy."""
    values = {"account_id": account_id, "discrepancy_id": discrepancy_id}
    row = connection.execute(_DISCREPANCY, {**values, "now": now}).mappings().one_or_none()
    if row is None:
        return None
    told = dict(row)
    return Story(
        window=_window(connection, told.pop("claim_window_id")),
        payments=payments_of(connection, account_id, discrepancy_id),
        evidence=tuple(map(_evidence, connection.execute(_EVIDENCE, values).mappings())),
        **told,
    )


def _window(connection: Connection, claim_window_id: int | None) -> ClaimWindow | None:
    if claim_window_id is None:
        return None
    return ask(connection, _WINDOW, ClaimWindow, {"claim_window_id": claim_window_id})[0]


def _evidence(row: RowMapping) -> Evidence:
    told = dict(row)
    cells = told.pop("cells") or {}
    landed = tuple(
        (name, str(value))
        for name, value in cells.items()
        if value not in (None, "") and name not in _OURS
    )
    return Evidence(landed=landed, **told)
