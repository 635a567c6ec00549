"""Amazon's ledger: rows without identity, so the newest document speaks alone for its days."""

from typing import Final

from sqlalchemy import Connection, text

from services.sync.documents import Incoming, take_days
from services.sync.homes import place_countries

NEWER_DAY: Final = "a newer report covers this day"

_SPANS: Final = """
select place.country as part, min(s.day) as first_day, max(s.day) as last_day
from staged s join staged_place place on place.written = s.country
group by place.country
"""

# The documents that spoke for the days before hold their rows. Naming them finds the rows by
# primary key, in one pass, however much else the account has.
_REPLACE: Final = """
delete from amazon_ledger_event e using staged_day taken
where e.account_id = :account_id
    and e.document_id = any (array(select distinct previous from staged_day))
    and e.document_id = taken.previous and e.country = taken.part and e.day = taken.day
"""

# The key leaves out what changes from download to download (title, reconciliation) and what
# shorter files lack (time, store). Three equal rows are three events: hence the ordinal.
_INSERT: Final = """
insert into amazon_ledger_event (account_id, document_id, row_number, channel_id, country, day,
    fnsku, asin, msku, title, event_type, reference_id, quantity, fulfillment_center, disposition,
    reason, reconciled_quantity, unreconciled_quantity, occurred_at, store, event_key)
select :account_id, :document_id, row_number, channel_id, own_country, day,
    fnsku, asin, msku, title, event_type, reference_id, quantity, fulfillment_center, disposition,
    reason, reconciled_quantity, unreconciled_quantity, occurred_at, store,
    digest || '-' || row_number() over (
        partition by channel_id, digest
        order by unreconciled_quantity desc nulls last, row_number)
from (
    select s.*, place.country as own_country, place.channel_id, left(encode(sha256(convert_to(
        concat_ws(E'\\x1f', to_char(s.day, 'YYYYMMDD'), s.fnsku, coalesce(s.asin, ''),
            coalesce(s.msku, ''), s.event_type, coalesce(s.reference_id, ''), s.quantity,
            coalesce(s.fulfillment_center, ''), coalesce(s.disposition, ''),
            coalesce(s.reason, ''), place.country), 'UTF8')), 'hex'), 32) collate "C" as digest
    from staged s
    join staged_place place on place.written = s.country
    join staged_day taken on taken.part = place.country and taken.day = s.day
) own
order by channel_id, digest
"""


def land_by_day(connection: Connection, incoming: Incoming) -> tuple[int, dict[str, int]]:
    """Move the staged rows in; rows landed, and rows passed over by reason."""
    values = incoming.values
    place_countries(connection, values, incoming.report.country)
    take_days(connection, incoming, _SPANS)
    connection.execute(text(_REPLACE), values)
    landed = connection.execute(text(_INSERT), values).rowcount
    staged = connection.execute(text("select count(*) from staged")).scalar_one()
    return landed, {NEWER_DAY: staged - landed}
