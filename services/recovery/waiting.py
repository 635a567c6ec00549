"""What waits for another report before it may be called ready.

An event that one report shows and another takes away, such as a refund whose unit may yet come
back, is proven only when that other report covers the day on which the window opens: until then
it waits, so that nothing unproven is called ready.
"""

from typing import Final

from sqlalchemy import Connection

from services.database.script import run_script
from services.recovery.marketplaces import MARKETPLACES

# Held back beyond the last day: the event goes from "future" to "expired" without ever being
# ready. Where no last day is known it waits without end, which is the year 9999 of the calendar.
_NEVER: Final = "'9999-12-31'::date"

_COVERED: Final = """
with numbered as (
    select part, day, day - row_number() over (partition by part order by day)::integer as island
    from report_coverage where account_id = :account_id and kind = :kind
),
span as (
    select part, min(day) as first_day, max(day) as last_day from numbered group by part, island
)
update candidate c set covered_until = span.last_day
from span, channel
where channel.account_id = :account_id and channel.channel_id = c.channel_id
    and channel.code = span.part and c.event_on between span.first_day and span.last_day
    and c.marketplace = :marketplace and c.subtype = :subtype
"""

# An event on a day that the other report does not cover is neither proven nor disproven.
_UNKNOWABLE: Final = """
delete from candidate
where marketplace = :marketplace and subtype = :subtype and covered_until is null
"""

# Where no opening day is known for the country, the longest that the marketplace gives anywhere
# is waited for: that borrows no window, it only keeps from claiming early.
_WAITS: Final = f"""
update candidate c set
    awaits_kind = :kind,
    opens_on = coalesce(c.expires_on + 1, {_NEVER})
where c.marketplace = :marketplace and c.subtype = :subtype
    and c.covered_until < coalesce(c.opens_on, c.event_on + (
        select max(w.opens_after_days) from claim_window w
        where w.marketplace = c.marketplace and w.subtype = c.subtype), c.event_on)
"""


def hold_back(connection: Connection, account_id: int) -> None:
    """Move opens_on of what still waits; drop what no report can prove. After the windows."""
    for room in MARKETPLACES:
        for rule in room.rules:
            if rule.subtracts:
                whose = {"marketplace": room.marketplace, "subtype": rule.subtype}
                for statement in (_COVERED, _UNKNOWABLE, _WAITS):
                    run_script(
                        connection,
                        statement,
                        whose | {"account_id": account_id, "kind": rule.subtracts},
                    )
