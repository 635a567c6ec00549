"""Ask every rule for its events, and set out the tables that matching works on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import fill, listed
from services.marketplaces.registry import RECOVERIES
from services.marketplaces.rules import (
    CANDIDATE_COLUMNS,
    COLUMNS_OF_A_KEY,
    EVIDENCE_COLUMNS,
    FOUND_COLUMNS,
    Rule,
    Shared,
)
from wording.subtypes import SUBTYPES

_TABLES: Final = """
drop table if exists candidate, remedy, explained, witness;
-- One row an event: (channel_id, subtype, event_key) is its key, candidate_id stands for it within
-- this identification. Units are whole and of the event's own item, money is in its currency. What
-- later stages find of it they write here; services.recovery.store takes it from here.
create temp table candidate (
    candidate_id bigint generated always as identity primary key,
    marketplace text not null, type text not null, subtype text not null,
    channel_id bigint not null, event_key text not null,
    sku text, fnsku text, item_code text, title text, order_id text, reference text, location text,
    units integer not null, resolved_units integer, known_until date,
    event_on date not null, event_on_approximate boolean not null,
    currency text not null, unit_amount numeric, basis text, basis_inputs jsonb not null,
    document_id bigint not null, row_number bigint not null,
    -- Units still to be explained: of those that the marketplace calls found or paid, and of the
    -- others. By which keys: of a case, an order, a shipment, an item.
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
-- One row a payment, or a row that tells of units found, with the units that explain no loss yet
-- (units_left) and those that were given back to the seller (set_aside). kind: paid, of which
-- (channel_id, reimbursement_key) is the key, or found, of which (document_id, row_number) is.
create temp table remedy (
    remedy_id bigint generated always as identity primary key,
    kind text not null, subtype text not null, channel_id bigint not null,
    reimbursement_key text, document_id bigint not null, row_number bigint not null,
    day date not null, units integer not null, units_left integer not null,
    set_aside integer not null default 0,
    sku text, order_id text, reference text, case_key text, order_key text, reference_key text,
    item_key text
) on commit drop;
-- How many units of a candidate a remedy explains, of which pool (the name of its column).
-- Several rows may tell of one pair.
create temp table explained (
    candidate_id bigint not null, remedy_id bigint not null,
    pool text not null, units integer not null
) on commit drop;
-- One row a further report row that an event rests on, with its role (wording.labels.ROLES) and the
-- units that it tells of; (channel_id, subtype, event_key) is the event's.
create temp table witness (
    subtype text not null, channel_id bigint not null, event_key text not null, role text not null,
    day date not null, units integer not null, document_id bigint not null,
    row_number bigint not null
) on commit drop;
"""

# Of a candidate `c`: whether it is of the rule that is asked about.
OF_RULE: Final = "c.marketplace = :marketplace and c.subtype = :subtype"
# Its units that are neither found nor paid.
OPEN_UNITS: Final = "c.units - c.found_units - c.paid_cash - c.paid_inventory"

# What stands where a rule says nothing of a column: unknown, or no.
_UNSAID: Final = {
    **dict.fromkeys(
        ("sku", "fnsku", "item_code", "title", "order_id", "reference", "location", "basis"),
        "null::text",
    ),
    "resolved_units": "null::integer",
    "known_until": "null::date",
    "event_on_approximate": "false",
    "unit_amount": "null::numeric",
    "basis_inputs": "'{}'::jsonb",
}

# A column that the rule does not return is looked for one level further out: in `unsaid`.
_EVENTS: Final = """
insert into candidate (marketplace, type, subtype, moment, own_kind, is_dated, needs_from, reaches,
    latest_on, own_doubt, {columns}, resolved_left, open_left, order_key, reference_key, item_key)
select :marketplace, :type, :subtype, :moment, :own_kind, is_dated, needs_from, reaches,
    latest_on, own_doubt, {columns},
    coalesce(resolved_units, 0), units - coalesce(resolved_units, 0),
    order_id || '|' || sku, reference || '|' || item_code, coalesce(fnsku, item_code)
from (
    select said.* from (select {unsaid}) unsaid
    cross join lateral (
        select {columns}, {is_dated} as is_dated, {needs_from} as needs_from, {reaches} as reaches,
            {latest_on} as latest_on, {own_doubt} as own_doubt
        from ({events}) events
    ) said
) event
order by event_on, event_key, channel_id
"""

_FOUND: Final = """
insert into remedy (kind, subtype, channel_id, document_id, row_number, day, units, units_left,
    {found_by}_key)
select 'found', :subtype, channel_id, document_id, row_number, day, units, units, item
from (select {columns} from ({found}) rows) found
order by day, item, units, document_id, row_number
"""

_WITNESSES: Final = """
with event as (select * from candidate where marketplace = :marketplace and subtype = :subtype)
insert into witness (subtype, {columns})
select :subtype, {columns} from ({evidence}) rows
"""

_SHARED: Final = """
drop table if exists {name};
create temp table {name} on commit drop as {found};
analyze {name};
"""

_LANDED: Final = "select distinct kind from report_document where account_id = :account_id"

_PAYMENTS: Final = """
insert into remedy (kind, subtype, channel_id, reimbursement_key, document_id, row_number, day,
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

_INDEXES: Final = """
create index on candidate (subtype, marketplace);
create index on remedy (kind, subtype) where units_left > 0;
analyze candidate; analyze remedy;
"""


def gather_candidates(connection: Connection, account_id: int) -> None:
    """Fill `candidate` and `remedy` from the account's landed reports."""
    run_script(connection, _TABLES, {})
    landed = set(connection.execute(text(_LANDED), {"account_id": account_id}).scalars())
    for room in RECOVERIES:
        asked = [rule for rule in room.rules if landed.intersection(rule.reads)]
        values = {"account_id": account_id, "marketplace": room.marketplace}
        for one in shared_by(asked):
            run_script(connection, found_once(one), values)
        for rule in asked:
            _add(connection, values, rule)
    connection.execute(text(_PAYMENTS), {"account_id": account_id})
    run_script(connection, _INDEXES, {})


def found_once(one: Shared) -> str:
    """The statements that find what several rules read."""
    return fill(_SHARED, name=one.name, found=one.sql)


def shared_by(rules: Iterable[Rule]) -> tuple[Shared, ...]:
    """What these rules read that is found once for all of them, each after what it reads itself."""
    found: dict[str, Shared] = {}

    def take(shared: Iterable[Shared]) -> None:
        for one in shared:
            take(one.after)
            found[one.name] = one

    for rule in rules:
        take(rule.shares)
    return tuple(found.values())


def _add(connection: Connection, values: Mapping[str, object], rule: Rule) -> None:
    whose = {
        **values,
        "subtype": rule.subtype,
        "type": SUBTYPES[rule.subtype].type,
        "moment": rule.moment,
        "own_kind": rule.doubt_ends_with,
    }
    for statement in asked_of(rule):
        connection.execute(text(statement), whose)


def must_say(rule: Rule) -> frozenset[str]:
    """The columns without which nothing could ever be matched: a rule without them is refused.

    Of an item one name is enough, whichever a rule has: tests/recovery/test_rules.py asks for it.
    """
    exact = (key for key in rule.match_by if key != "item")
    return frozenset(column for key in exact for column in COLUMNS_OF_A_KEY[key])


def asked_of(rule: Rule) -> Iterator[str]:
    """The statements that take a rule's events, what was found of them, and their further rows."""
    yield fill(
        _EVENTS,
        columns=listed(CANDIDATE_COLUMNS),
        unsaid=", ".join(
            fill("{value} as {name}", value=value, name=name)
            for name, value in _UNSAID.items()
            if name not in must_say(rule)
        ),
        is_dated=rule.is_dated,
        needs_from=rule.needs_from,
        reaches=rule.reaches,
        latest_on=rule.latest_on,
        own_doubt=rule.own_doubt,
        events=rule.sql,
    )
    if rule.found_sql:
        columns = listed(FOUND_COLUMNS)
        yield fill(_FOUND, found_by=rule.found_by, columns=columns, found=rule.found_sql)
    if rule.evidence_sql:
        yield fill(_WITNESSES, columns=listed(EVIDENCE_COLUMNS), evidence=rule.evidence_sql)
