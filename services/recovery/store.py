"""Write what identification found: changed rows only, ids kept, what is no longer so removed."""

from typing import Final

from sqlalchemy import Connection

from services.database.mirror import mirror
from services.database.script import run_script
from services.database.sql import fill, listed

_FIELDS: Final = {
    "type": "c.type",
    "sku": "c.sku",
    "fnsku": "c.fnsku",
    "item_code": "c.item_code",
    "title": "c.title",
    "order_id": "c.order_id",
    "reference": "c.reference",
    "location": "c.location",
    "event_on": "c.event_on",
    "event_on_approximate": "c.event_on_approximate",
    "units": "c.units",
    "found_units": "c.found_units",
    "paid_cash_units": "c.paid_cash",
    "paid_inventory_units": "c.paid_inventory",
    "in_progress_units": "c.in_progress_units",
    "denied_units": "c.denied_units",
    "held_units": "c.held_units",
    "held_because": "c.held_because",
    "besides_units": "c.besides_units",
    "besides_because": "c.besides_because",
    "undated_units": "c.undated_units",
    "undated_on": "case when c.undated_units > 0 then c.known_until end",
    "claim_window_id": "c.claim_window_id",
    "opens_on": "c.opens_on",
    "expires_on": "c.expires_on",
    "currency": "c.currency",
    "unit_amount": "c.unit_amount",
    "basis": "c.basis",
    "basis_inputs": "c.basis_inputs",
    "claimed_gross": "c.claimed_gross",
    "reversed": "c.reversed",
    "case_id": "c.case_id",
    "case_units": "c.case_units",
    "denied_on": "c.denied_on",
    "automatic_payment_id": "c.automatic_payment_id",
    "awaits_kind": "c.awaits_kind",
    "covered_until": "c.covered_until",
    "appeal_until": "case when c.denied_units > 0 then c.appeal_until end",
    "document_id": "c.document_id",
    "row_number": "c.row_number",
}

_FORGET: Final = """
delete from discrepancy d
where d.account_id = :account_id and not exists (
    select 1 from candidate c
    where c.channel_id = d.channel_id and c.subtype = d.subtype and c.event_key = d.event_key)
"""

_STORE: Final = fill(
    """
insert into discrepancy (account_id, channel_id, subtype, event_key, {names})
select :account_id, c.channel_id, c.subtype, c.event_key, {values}
from candidate c order by c.channel_id, c.subtype, c.event_key
on conflict (account_id, channel_id, subtype, event_key) do update set {takes}
where ({stood}) is distinct from ({comes})
""",
    names=listed(_FIELDS),
    values=listed(_FIELDS.values()),
    takes=listed(_FIELDS, "{name} = excluded.{name}"),
    stood=listed(_FIELDS, "discrepancy.{name}"),
    comes=listed(_FIELDS, "excluded.{name}"),
)

_IDS: Final = """
drop table if exists numbered;
-- One row a candidate: the discrepancy that it has become.
create temp table numbered on commit drop as
select c.candidate_id, d.discrepancy_id
from candidate c
join discrepancy d on d.account_id = :account_id and d.channel_id = c.channel_id
    and d.subtype = c.subtype and d.event_key = c.event_key;
analyze numbered;
"""

_LINKS: Final = """
drop table if exists link;
-- As discrepancy_reimbursement.
create temp table link on commit drop as
select cast(:account_id as bigint) as account_id, n.discrepancy_id, m.channel_id,
    m.reimbursement_key, sum(m.units_cash)::integer as units_cash,
    sum(m.units_inventory)::integer as units_inventory, sum(m.share) as amount
from (
    select candidate_id, channel_id, reimbursement_key, units_cash, units_inventory, share
    from share
    union all
    select candidate_id, channel_id, reimbursement_key, units_cash, units_inventory, share
    from reversal_share
) m join numbered n on n.candidate_id = m.candidate_id
group by n.discrepancy_id, m.channel_id, m.reimbursement_key;
analyze link;
"""

# A row in several roles stands once in each; the latest day is the one from which it counts.
_EVIDENCE: Final = """
drop table if exists proof;
-- As discrepancy_evidence.
create temp table proof on commit drop as
select cast(:account_id as bigint) as account_id, n.discrepancy_id, p.document_id, p.row_number,
    p.role, max(p.day) as day, sum(p.units)::integer as units
from (
    select e.candidate_id, s.document_id, s.row_number, 'found' as role, s.day, e.units
    from explained e
    join remedy s on s.remedy_id = e.remedy_id and s.kind = 'found'
    union all
    select candidate_id, document_id, row_number, 'found', day, units from there_again
    union all
    select d.candidate_id, d.document_id, d.row_number,
        case d.because when 'unread_row' then 'unread' else 'doubt' end, c.event_on, 0
    from doubt d join candidate c on c.candidate_id = d.candidate_id
    where d.document_id is not null
    union all
    select c.candidate_id, w.document_id, w.row_number, w.role, w.day, w.units
    from witness w
    join candidate c on c.channel_id = w.channel_id and c.subtype = w.subtype
        and c.event_key = w.event_key
) p join numbered n on n.candidate_id = p.candidate_id
group by n.discrepancy_id, p.document_id, p.row_number, p.role;
"""


_CASES: Final = """
drop table if exists cased;
-- As discrepancy_case.
create temp table cased on commit drop as
select cast(:account_id as bigint) as account_id, n.discrepancy_id, k.channel_id, k.case_id
from covering k join numbered n on n.candidate_id = k.candidate_id;
"""


# What is mirrored, into which table, by which key.
KEYS: Final = (
    (
        "link",
        "discrepancy_reimbursement",
        ("account_id", "discrepancy_id", "channel_id", "reimbursement_key"),
    ),
    (
        "proof",
        "discrepancy_evidence",
        ("account_id", "discrepancy_id", "document_id", "row_number", "role"),
    ),
    ("cased", "discrepancy_case", ("account_id", "discrepancy_id", "case_id")),
)


def store(connection: Connection, account_id: int) -> None:
    """Bring discrepancy and what hangs on it to what `candidate` says."""
    values = {"account_id": account_id}
    for statement in (_FORGET, _STORE, _IDS, _LINKS, _EVIDENCE, _CASES):
        run_script(connection, statement, values)
    for source, table, key in KEYS:
        mirror(connection, source=source, table=table, key=key, account_id=account_id)
