"""How old a file is at least: it does not say when it was made, and its last row does not, either.

A file is no older than its last row, nor than the last day that it was asked for. Its items
together may prove that it was made later: where two or more of them have units reconciled that
nothing up to then explains, and later finds and payments come to just as many, the file knew of
these. It is not believed where another item of the file has more paid or found by that day than the
file calls reconciled.
"""

from typing import Final

from sqlalchemy import Connection

from services.database.script import run_script
from services.marketplaces.registry import RECOVERIES

# So many items must agree, and on so many units: one may be a coincidence, and so may two of one
# unit each. Both numbers are ours.
AGREEING: Final = 2
AGREEING_UNITS: Final = 5

_PROVE: Final = """
drop table if exists age;
-- One row a file that is younger than its rows say: the latest day that it is proven to know of.
create temp table age on commit drop as
with item as (
    select document_id, channel_id, item_key, known_until, sum(resolved_units) as resolved,
        min(event_on) as first_on
    from candidate
    where marketplace = :marketplace and subtype = :subtype and known_until is not null
        and item_key is not null
    group by document_id, channel_id, item_key, known_until
),
word as (
    select i.document_id, i.channel_id, i.item_key, i.known_until, i.resolved, s.day,
        sum(s.units) as units
    from item i
    join remedy s on s.channel_id = i.channel_id and s.item_key = i.item_key
        and (s.kind = 'found' and s.subtype = :subtype
            or s.kind = 'paid' and s.subtype = any(:payment_subtypes))
        and s.day >= i.first_on
    group by i.document_id, i.channel_id, i.item_key, i.known_until, i.resolved, s.day
),
told as (
    select *,
        greatest(resolved - coalesce(sum(units) filter (where day <= known_until) over one, 0), 0)
            as unexplained,
        coalesce(sum(units) filter (where day > known_until) over upto, 0) as later
    from word
    window one as (partition by document_id, channel_id, item_key),
        upto as (partition by document_id, channel_id, item_key order by day)
),
proof as (
    select document_id, day, count(*) over upto as agreeing, sum(unexplained) over upto as units
    from told where day > known_until and unexplained > 0 and later = unexplained
    window upto as (partition by document_id order by day)
)
select document_id, max(day) as made_on from proof
where agreeing >= :agreeing and units >= :agreeing_units and not exists (
    select 1 from told
    where told.document_id = proof.document_id and told.day > told.known_until
        and told.day <= proof.day and told.later > told.unexplained)
group by document_id;
update candidate c set known_until = age.made_on
from age
where age.document_id = c.document_id and c.known_until < age.made_on;
"""


def prove_ages(connection: Connection, _account_id: int) -> None:
    """Set known_until of every candidate to the latest day that its file is proven to know of."""
    for room in RECOVERIES:
        for rule in room.rules:
            if rule.leaves_rows:
                values = {
                    "marketplace": room.marketplace,
                    "subtype": rule.subtype,
                    "payment_subtypes": list(rule.payment_subtypes),
                    "agreeing": AGREEING,
                    "agreeing_units": AGREEING_UNITS,
                }
                run_script(connection, _PROVE, values)
