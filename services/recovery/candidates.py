"""Ask every rule for its events, and set out the tables that matching works on.

`candidate`  one row per event, with the units still to be explained in two pools:
             resolved_left (the marketplace says found or paid) and open_left.
`settlement` one row per payment or found row that can explain units, with units_left.
`witness`    further report rows that an event rests on.
All are temporary: they live for one identification and are seen by nobody else.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.marketplaces.rules import (
    CANDIDATE_COLUMNS,
    EVIDENCE_COLUMNS,
    FOUND_COLUMNS,
    Rule,
)
from services.recovery.marketplaces import MARKETPLACES
from wording.subtypes import SUBTYPES

_TABLES = """
drop table if exists candidate, settlement, explained, witness;
create temp table candidate (
    candidate_id bigint generated always as identity primary key,
    marketplace text not null, type text not null, subtype text not null,
    channel_id bigint not null, event_key text not null,
    sku text, fnsku text, item_code text, title text, order_id text, reference text, place text,
    units integer not null, resolved_units integer, known_until date,
    event_on date not null, event_on_approximate boolean not null,
    currency text not null, unit_amount numeric, basis text, basis_inputs jsonb not null,
    document_id bigint not null, row_number bigint not null,
    resolved_left integer not null default 0, open_left integer not null default 0,
    case_key text, order_key text, reference_key text, item_key text,
    claim_window_id bigint, opens_on date, expires_on date, moment text not null,
    automatic_payment_id bigint, appeal_until date,
    is_dated boolean not null, needs_from date not null, reaches date, latest_on date not null,
    own_doubt text, own_kind text,
    held_units integer not null default 0, held_because text, awaits_kind text,
    besides_units integer not null default 0, besides_because text, covered_until date,
    case_id text, case_units integer not null default 0,
    in_progress_units integer not null default 0,
    denied_units integer not null default 0, denied_on date,
    closed_case_units integer not null default 0,
    undated_units integer not null default 0,
    found_units integer not null default 0, paid_cash integer not null default 0,
    paid_inventory integer not null default 0,
    claimed_gross numeric not null default 0, reversed numeric not null default 0
) on commit drop;
create temp table settlement (
    settlement_id bigint generated always as identity primary key,
    kind text not null, subtype text not null, channel_id bigint not null,
    reimbursement_key text, document_id bigint not null, row_number bigint not null,
    day date not null, units integer not null, units_left integer not null,
    set_aside integer not null default 0,
    sku text, order_id text, reference text, case_key text, order_key text, reference_key text,
    item_key text
) on commit drop;
create temp table explained (
    candidate_id bigint not null, settlement_id bigint not null,
    pool text not null, units integer not null
) on commit drop;
create temp table witness (
    subtype text not null, channel_id bigint not null, event_key text not null, role text not null,
    day date not null, units integer not null, document_id bigint not null,
    row_number bigint not null
) on commit drop;
"""

_COLUMNS = ", ".join(CANDIDATE_COLUMNS)
_POOLS = "resolved_left, open_left, order_key, reference_key, item_key"
_POOLED = """coalesce(resolved_units, 0), units - coalesce(resolved_units, 0),
    order_id || '|' || sku, reference || '|' || item_code, coalesce(fnsku, item_code)"""

_LANDED = "select distinct kind from report_document where account_id = :account_id"

_PAYMENTS = """
insert into settlement (kind, subtype, channel_id, reimbursement_key, document_id, row_number, day,
    units, units_left, sku, order_id, reference, case_key, order_key, reference_key, item_key)
select 'paid', r.subtype, r.channel_id, r.reimbursement_key, r.document_id, r.row_number,
    r.approved_on, r.units_cash + r.units_inventory, r.units_cash + r.units_inventory,
    nullif(r.sku, ''),
    r.order_id, r.reference,
    r.case_id || '|' || coalesce(r.fnsku, r.item_code), r.order_id || '|' || r.sku,
    r.reference || '|' || r.item_code,
    coalesce(nullif(r.fnsku, ''), r.item_code)
from reimbursement r
where r.account_id = :account_id and not r.is_reversal and r.units_cash + r.units_inventory > 0
-- The numbers break ties in matching: they must not depend on which file came first.
order by r.approved_on, r.reimbursement_key, r.channel_id
"""

_INDEXES = """
create index on candidate (subtype, marketplace);
create index on settlement (kind, subtype) where units_left > 0;
analyze candidate; analyze settlement;
"""


def gather_candidates(connection: Connection, account_id: int) -> None:
    """Fill `candidate` and `settlement` from the account's landed reports."""
    run_script(connection, _TABLES, {})
    landed = set(connection.execute(text(_LANDED), {"account_id": account_id}).scalars())
    for room in MARKETPLACES:
        for rule in room.rules:
            if landed.intersection(rule.reads):
                _add(connection, account_id, room.marketplace, rule)
    connection.execute(text(_PAYMENTS), {"account_id": account_id})
    run_script(connection, _INDEXES, {})


def _add(connection: Connection, account_id: int, marketplace: str, rule: Rule) -> None:
    values = {
        "account_id": account_id,
        "marketplace": marketplace,
        "subtype": rule.subtype,
        "type": SUBTYPES[rule.subtype].type,
        "moment": rule.moment,
        "own_kind": rule.doubt_ends_with,
    }
    for statement in _statements(rule):
        connection.execute(text(statement), values)


def _statements(rule: Rule) -> Iterator[str]:
    yield (
        "insert into candidate (marketplace, type, subtype, moment, own_kind, is_dated, needs_from,"
        f" reaches, latest_on, own_doubt, {_COLUMNS}, {_POOLS})"
        f" select :marketplace, :type, :subtype, :moment, :own_kind, {rule.is_dated},"
        f" {rule.needs_from}, {rule.reaches}, {rule.latest_on}, {rule.own_doubt},"
        f" {_COLUMNS}, {_POOLED}"
        f" from ({rule.sql}) events"
        " order by event_on, event_key, channel_id"
    )
    if rule.found_sql:
        yield (
            "insert into settlement (kind, subtype, channel_id, document_id, row_number, day,"
            f" units, units_left, {rule.found_by}_key)"
            " select 'found', :subtype, channel_id, document_id,"
            f" row_number, day, units, units, item from (select {', '.join(FOUND_COLUMNS)}"
            f" from ({rule.found_sql}) rows) found"
            " order by day, item, units, document_id, row_number"
        )
    if rule.evidence_sql:
        columns = ", ".join(EVIDENCE_COLUMNS)
        yield (
            "with event as (select * from candidate"
            " where marketplace = :marketplace and subtype = :subtype)"
            f" insert into witness (subtype, {columns})"
            f" select :subtype, {columns} from ({rule.evidence_sql}) rows"
        )
