"""Our service team's cases: the file landed last says what a case is, with all its events.

A row that could be read only later (rejected.reading_again) says nothing of a case that a
later file holds.
"""

import json
from typing import Final

from sqlalchemy import Connection, text

from services.landing.documents import Incoming
from services.landing.ways.way import Landed, Way
from services.marketplaces.contract import ByCase
from wording.subtypes import SUBTYPES

LATER_LINE: Final = "a later line of the file holds this case"
LATER_FILE: Final = "a later file holds this case"

# What no cell alone can show.
_FAULTS: Final = """
insert into staged_fault (row_number, field, expected, found)
select row_number, 'closed_on', 'a day on or after opened_on', closed_on::text
from staged where closed_on < opened_on
union all
select row_number, 'subtype', 'a subtype of the type ' || type, subtype
from staged where cast(:type_of as jsonb) ->> subtype <> type
"""

# Each row without a fault, with its channel, and whether a later line or file has the case too.
_JUDGE: Final = """
create temp table staged_row on commit drop as
select s.*, own.channel_id, own.time_zone,
    row_number() over (partition by s.channel, s.case_id order by s.row_number desc) = 1 as is_last,
    coalesce(held.document_id > :document_id, false) as is_older
from staged s
join channel own on own.account_id = :account_id and own.code = s.channel
left join reimbursement_case held on held.account_id = :account_id
    and held.channel_id = own.channel_id and held.case_id = s.case_id
where not exists (select 1 from staged_fault fault where fault.row_number = s.row_number)
"""

_UPSERT: Final = """
insert into reimbursement_case (account_id, channel_id, case_id, type, subtype, status, opened_on,
    closed_on, currency, requested_amount, approved_amount, units, reference_ids, document_id,
    row_number)
select :account_id, channel_id, case_id, type, subtype, status, opened_on, closed_on, currency,
    requested_amount, approved_amount, units,
    array(select jsonb_array_elements_text(reference_ids)), :document_id, row_number
from staged_row where is_last and not is_older
order by channel_id, case_id
on conflict (account_id, channel_id, case_id) do update set
    type = excluded.type, subtype = excluded.subtype, status = excluded.status,
    opened_on = excluded.opened_on, closed_on = excluded.closed_on, currency = excluded.currency,
    requested_amount = excluded.requested_amount, approved_amount = excluded.approved_amount,
    units = excluded.units, reference_ids = excluded.reference_ids,
    document_id = excluded.document_id, row_number = excluded.row_number
"""

_FORGET_EVENTS: Final = """
delete from case_event e using staged_row s
where e.account_id = :account_id and e.channel_id = s.channel_id and e.case_id = s.case_id
    and not s.is_older
"""

# An event without an offset happened at that time in the channel's zone.
_EVENTS: Final = """
insert into case_event (account_id, channel_id, case_id, event_number, at, status, note)
select :account_id, s.channel_id, s.case_id, event.number,
    case when (event.said ->> 'local')::boolean
        then (event.said ->> 'at')::timestamp at time zone s.time_zone
        else (event.said ->> 'at')::timestamptz end,
    event.said ->> 'status', event.said ->> 'note'
from staged_row s
cross join lateral jsonb_array_elements(s.events) with ordinality as event(said, number)
where s.is_last and not s.is_older
order by s.channel_id, s.case_id, event.number
"""

_PASSED_OVER: Final = """
select count(*) filter (where not is_last), count(*) filter (where is_last and is_older)
from staged_row
"""


class Case(Way[ByCase]):
    """A document's cases, each with all its events."""

    def land(self, connection: Connection, incoming: Incoming) -> Landed:
        """Move the staged cases in."""
        values = incoming.values
        types = json.dumps({subtype.code: subtype.type for subtype in SUBTYPES.values()})
        connection.execute(text(_FAULTS), {"type_of": types})
        connection.execute(text(_JUDGE), values)
        landed = connection.execute(text(_UPSERT), values).rowcount
        connection.execute(text(_FORGET_EVENTS), values)
        connection.execute(text(_EVENTS), values)
        later_line, later_file = connection.execute(text(_PASSED_OVER)).one()
        return landed, {LATER_LINE: later_line, LATER_FILE: later_file}
