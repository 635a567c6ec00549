"""Which unit that came closes which unit that went: the one that went last.

Every unit that goes opens a seat, every unit that comes closes the seat opened last. The seats are
numbered with window functions (a running height that never falls below zero), which does for all
items at once what a loop over each item's history would do.
"""

from typing import Final

# Of `move` (channel_id, key, day, step: 1 opens and -1 closes, id, unit) the CTEs that end in
# `pair`: where step is -1 and opened_step 1, closed_id closes a unit of opened_id.
SEATS: Final = """
height as (
    select *, sum(step) over in_order as height from move
    window in_order as (partition by channel_id, key order by day, step desc, id, unit
        rows between unbounded preceding and current row)
),
lowest as (
    -- The lowest point so far: below zero, more came back than had gone missing.
    select *, least(0, min(height) over in_order) as lowest from height
    window in_order as (partition by channel_id, key order by day, step desc, id, unit
        rows between unbounded preceding and current row)
),
seat as (
    select *, height - lowest + case when step = 1 then 0 else 1 end as seat,
        lag(lowest, 1, 0::bigint) over in_order as lowest_before
    from lowest
    window in_order as (partition by channel_id, key order by day, step desc, id, unit)
),
pair as (
    select step, id as closed_id, day as closed_day,
        lag(id) over seats as opened_id, lag(step) over seats as opened_step
    from seat
    where step = 1 or lowest = lowest_before  -- a new low has nothing to close
    window seats as (partition by channel_id, key, seat order by day, step desc, id, unit)
)"""
