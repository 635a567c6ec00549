"""Why a discrepancy is here: what happened, by which rows, and what has come of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, text

from services.database.calendar import remaining_state
from services.database.sql import fill, today_of
from services.insights.answers import (
    AutomaticPayment,
    Case,
    CaseEvent,
    ClaimWindow,
    Evidence,
    Rejected,
    Story,
)
from services.insights.ask import ask
from services.insights.cases import case_history
from services.insights.changes import own_movements
from services.insights.payments import payments_of
from services.insights.waiting import NEEDED_UNTIL
from services.marketplaces.registry import FORMAT_OF

_DISCREPANCY: Final = text(
    fill(
        """
select d.discrepancy_id, c.code as channel, c.name as channel_name, c.today, d.type, d.subtype,
    d.sku, d.fnsku, d.item_code, d.title, d.order_id, d.reference, d.location, d.event_on,
    d.event_on_approximate, d.units, d.found_units, d.paid_cash_units, d.paid_inventory_units,
    d.in_progress_units, d.denied_units, d.remaining_units, d.opens_on, d.expires_on,
    d.expires_on - c.today as days_left,
    {remaining_state} as remaining_state,
    d.currency, d.unit_amount, d.remaining_units * d.unit_amount as amount, d.basis,
    d.basis_inputs, d.claimed_gross, d.reversed, d.case_id, d.denied_on, d.appeal_until,
    d.held_units, d.held_because, d.awaits_kind, d.covered_until, needed.needed_until,
    d.claim_window_id, d.automatic_payment_id
from discrepancy d
join (
    select c.account_id, c.channel_id, c.code, c.marketplace, c.region, m.name,
        {today} as today
    from channel c join marketplace m on m.code = c.code
    where c.account_id = :account_id
) c on c.account_id = d.account_id and c.channel_id = d.channel_id
cross join lateral ({needed_until}) needed
where d.account_id = :account_id and d.discrepancy_id = :discrepancy_id
""",
        remaining_state=remaining_state("d", "c.today"),
        needed_until=NEEDED_UNTIL,
        today=today_of("c"),
    )
)

_WINDOW: Final = text("""
select subtype, countries, anchor, opens_after_days, closes_after, closes_unit, valid_from,
    valid_to, source, checked_on, confidence, note
from claim_window where claim_window_id = :claim_window_id
""")

# Whether and until when the marketplace's decision of that day can be appealed, where a source
# says so.
_APPEAL: Final = text("""
select w.subtype, w.countries, w.anchor, w.opens_after_days, w.closes_after, w.closes_unit,
    w.valid_from, w.valid_to, w.source, w.checked_on, w.confidence, w.note
from claim_window w
join marketplace m on m.marketplace = w.marketplace and m.country = any(w.countries)
where w.subtype = 'dispute_appeal' and m.code = :channel
    and cast(:denied_on as date) between coalesce(w.valid_from, '-infinity')
        and coalesce(w.valid_to, 'infinity')
order by w.claim_window_id limit 1
""")

_AUTOMATIC: Final = text("""
select pays_within_days, source, checked_on, confidence
from automatic_payment where automatic_payment_id = :automatic_payment_id
""")

_PROOF: Final = text("""
select p.role, d.document_id, d.file_name, d.kind, d.landed_at, p.row_number, p.units,
    case when d.parts <> '{}' then d.last_day end as reaches
from (
    select 0 as rank, 'event' as role, document_id, row_number, units, event_on as day
    from discrepancy where account_id = :account_id and discrepancy_id = :discrepancy_id
    union all
    -- What holds it back comes before what it rests on: of many rows the first are shown.
    select case when role in ('unread', 'doubt') then 1 else 2 end, role, document_id, row_number,
        units, day
    from discrepancy_evidence
    where account_id = :account_id and discrepancy_id = :discrepancy_id
) p
join report_document d on d.account_id = :account_id and d.document_id = p.document_id
order by p.rank, p.day, p.role, p.document_id, p.row_number
""")

# A row in several columns of which something could not be read stands once for each.
_UNREAD: Final = text("""
select r.document_id, d.file_name, r.row_number, r.column_name, r.expected, r.found, r.raw_text
from discrepancy_evidence e
join rejected_row r on r.account_id = e.account_id and r.document_id = e.document_id
    and r.row_number = e.row_number
join report_document d on d.account_id = r.account_id and d.document_id = r.document_id
where e.account_id = :account_id and e.discrepancy_id = :discrepancy_id and e.role = 'unread'
order by r.document_id, r.row_number, r.column_name
""")

_CELLS: Final = """
select t.document_id, t.row_number,
    (select jsonb_object_agg(key, value) from jsonb_each_text(to_jsonb(t))) as cells
from {table} t
join unnest(cast(:documents as bigint[]), cast(:rows as bigint[])) as p (document_id, row_number)
    on p.document_id = t.document_id and p.row_number = t.row_number
where t.account_id = :account_id
"""

# What is ours in a landed row, and not the marketplace's.
_OURS: Final = frozenset(
    {"account_id", "channel_id", "document_id", "row_number", "event_key", "line_ordinal", "region"}
)

# Whose units are what was expected less what was received.
_SHORTAGES: Final = frozenset({"inbound_shortage", "transfer_shortage"})
_EXPECTED: Final = frozenset({"quantity_shipped", "expected_units"})

_RowKey = tuple[int, int]


def story(
    connection: Connection, account_id: int, discrepancy_id: int, now: datetime
) -> Story | None:
    """One discrepancy, explained; None where the account has no such discrepancy."""
    values = {"account_id": account_id, "discrepancy_id": discrepancy_id}
    row = connection.execute(_DISCREPANCY, {**values, "now": now}).mappings().one_or_none()
    if row is None:
        return None
    told = dict(row)
    case, steps = _case(connection, account_id, told)
    evidence = _evidence(connection, values)
    return Story(
        window=_window(connection, told.pop("claim_window_id")),
        automatic=_automatic(connection, told.pop("automatic_payment_id")),
        appeal=_appeal(connection, told),
        payments=payments_of(connection, account_id, discrepancy_id),
        evidence=evidence,
        expected_units=_expected(told["subtype"], evidence),
        movements=own_movements(connection, account_id, discrepancy_id),
        case=case,
        case_events=steps,
        **told,
    )


def _case(
    connection: Connection, account_id: int, told: Mapping[str, Any]
) -> tuple[Case | None, tuple[CaseEvent, ...]]:
    named = told["case_id"]
    found = named and case_history(connection, account_id, told["channel"], named)
    return found or (None, ())


def _window(connection: Connection, claim_window_id: int | None) -> ClaimWindow | None:
    if claim_window_id is None:
        return None
    return ask(connection, _WINDOW, ClaimWindow, {"claim_window_id": claim_window_id})[0]


def _appeal(connection: Connection, told: Mapping[str, Any]) -> ClaimWindow | None:
    asked = {"channel": told["channel"], "denied_on": told["denied_on"]}
    return next(iter(ask(connection, _APPEAL, ClaimWindow, asked)), None)


def _automatic(connection: Connection, number: int | None) -> AutomaticPayment | None:
    if number is None:
        return None
    return ask(connection, _AUTOMATIC, AutomaticPayment, {"automatic_payment_id": number})[0]


# The report rows, as they were landed ------------------------------------------------------------


def _evidence(connection: Connection, values: Mapping[str, int]) -> tuple[Evidence, ...]:
    proofs = connection.execute(_PROOF, values).mappings().all()
    landed = [proof for proof in proofs if proof["role"] != "unread"]
    cells = _landed_cells(connection, values["account_id"], landed)
    unread = _unread_cells(connection, values)
    return tuple(
        Evidence(
            landed=_named(proof["kind"], cells.get((proof["document_id"], proof["row_number"]))),
            rejected=unread.get((proof["document_id"], proof["row_number"]), ()),
            **proof,
        )
        for proof in proofs
    )


def _expected(subtype: str, evidence: Iterable[Evidence]) -> int | None:
    """How many units the shipment was to hold, by the very row that came short of it."""
    if subtype not in _SHORTAGES:
        return None
    for each in evidence:
        if each.role == "event":
            columns = FORMAT_OF[each.kind].columns
            headers = {column.header for column in columns if column.field in _EXPECTED}
            return next((int(value) for name, value in each.landed if name in headers), None)
    return None


def _unread_cells(
    connection: Connection, values: Mapping[str, int]
) -> dict[_RowKey, tuple[Rejected, ...]]:
    """What could not be read in the rows that hold it back, by document and row."""
    faults = ask(connection, _UNREAD, Rejected, values)
    by_row = groupby(faults, key=lambda each: (each.document_id, each.row_number))
    return {key: tuple(alike) for key, alike in by_row}


def cells_of(table: str) -> str:
    """The statement that asks for the cells of landed rows."""
    return fill(_CELLS, table=table)


def _landed_cells(
    connection: Connection, account_id: int, proofs: Iterable[RowMapping]
) -> dict[_RowKey, dict[str, str | None]]:
    """The cells of each row by document and row; each kind of report asks its own table only."""
    cells: dict[_RowKey, dict[str, str | None]] = {}
    by_kind = groupby(sorted(proofs, key=lambda each: str(each["kind"])), lambda each: each["kind"])
    for kind, alike in by_kind:
        keys = {(each["document_id"], each["row_number"]) for each in alike}
        values = {
            "account_id": account_id,
            "documents": [document for document, _ in keys],
            "rows": [row for _, row in keys],
        }
        for row in connection.execute(text(cells_of(FORMAT_OF[kind].table)), values):
            cells[row.document_id, row.row_number] = row.cells
    return cells


def _named(kind: str, cells: Mapping[str, str | None] | None) -> tuple[tuple[str, str], ...]:
    """The filled cells in the file's order and under its own headers, then what else is known."""
    known = cells or {}
    report = FORMAT_OF[kind]
    # The headers of our own files are the fields' names, which read better as words.
    headers = {each.field: each.header for each in report.columns if report.marketplace}
    order = [*headers, *(name for name in known if name not in headers)]
    return tuple(
        (headers.get(name) or name.replace("_", " ").capitalize(), value)
        for name in order
        if (value := known.get(name)) and value != "[]" and name not in _OURS
    )
