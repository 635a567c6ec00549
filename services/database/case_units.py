"""How a case's units are shared over the events that it covers, and what they then are.

A case of 11 units over events of 16 and 4, of which 5 were found: 11 of the first, none of the
second. What was found, or paid without the case, was not what the case asked for. Its units go
first to what no later case covers and what it was paid for, then to the oldest event. Of one event
the latest case comes first; an earlier one holds what that leaves.
"""

from typing import Final

from services.database.sql import fill

# Reads `wanted`, one row per case and event: {event}, channel_id, case_id, status, closed (true or
# not), most (units of the case; null: all), rank (1: the case filed last), event_on, paid (by the
# case), wanted (what it may have asked for: open, or paid by it), open_units (neither found nor
# paid). Ends in `of_case`: the same, with `asked`, what the case asked for; `held`, what it holds
# of the open units; and `outcome`, what these are: in_progress, denied or closed.
_OF_CASE: Final = """
shared as (
    select *, sum(wanted) over (partition by channel_id, case_id
        order by rank = 1 desc, paid > 0 desc, event_on, {event}
        rows between unbounded preceding and current row) as so_far
    from wanted
),
asked as (
    select *, greatest(0, least(wanted, coalesce(most, so_far) - (so_far - wanted))) as asked
    from shared
),
unpaid as (
    select *, greatest(asked - paid, 0) as unpaid from asked
),
of_case as (
    select *, greatest(0, least(unpaid, open_units - coalesce(sum(unpaid) over (
            partition by {event} order by rank
            rows between unbounded preceding and 1 preceding), 0))) as held,
        case when status in ('open', 'fully_reimbursed')
                or (status = 'partially_reimbursed' and closed is not true) then 'in_progress'
            when status in ('not_eligible', 'partially_reimbursed') then 'denied'
            else status end as outcome
    from unpaid
)
"""


def of_case(event: str) -> str:
    """The CTEs from `wanted` to `of_case`, for events that are told apart by this column."""
    return fill(_OF_CASE, event=event)
