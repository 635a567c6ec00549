"""When each event may be claimed: claim windows applied to the day the clock started.

Marketplaces change a window for claims filed from a day on, whatever the day of the event
(docs/claim-windows.md). So an event may pass from one version of a window into the next: it can
be claimed on every day that some version in force allows. Days are the channel's; the last day
is inclusive; months are calendar months.
"""

from sqlalchemy import Connection, text

_APPLY = """
with event as (
    select distinct c.marketplace, channel.country, c.subtype, c.event_on
    from candidate c
    join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
),
version as (
    select event.*, w.claim_window_id,
        event.event_on + coalesce(w.opens_after_days, 0) as opens_on,
        case w.closes_unit when 'days' then event.event_on + w.closes_after
            else (event.event_on + make_interval(months => w.closes_after))::date end as closes_on,
        coalesce(w.valid_from, '-infinity'::date) as valid_from,
        coalesce(w.valid_to, 'infinity'::date) as valid_to
    from event
    join claim_window w on w.marketplace = event.marketplace and w.subtype = event.subtype
        and event.country = any(w.countries)
),
in_force as (
    select *, greatest(opens_on, valid_from) as from_day, least(closes_on, valid_to) as to_day
    from version
    -- An unknown version still in force makes the deadline unknown, not the older one's.
    where closes_on is not null
),
unknown as (
    select distinct marketplace, country, subtype, event_on from version
    where closes_on is null and valid_to = 'infinity'
),
answer as (
    select distinct on (marketplace, country, subtype, event_on)
        marketplace, country, subtype, event_on, claim_window_id,
        coalesce(min(from_day) filter (where from_day <= to_day) over one, opens_on) as opens_on,
        coalesce(max(to_day) filter (where from_day <= to_day) over one, closes_on) as expires_on
    from in_force
    window one as (partition by marketplace, country, subtype, event_on)
    order by marketplace, country, subtype, event_on,
        (from_day <= to_day) desc, to_day desc, valid_from desc
)
update candidate c set
    claim_window_id = answer.claim_window_id,
    opens_on = answer.opens_on,
    expires_on = answer.expires_on
from answer, channel
where channel.account_id = :account_id and channel.channel_id = c.channel_id
    and answer.country = channel.country and answer.marketplace = c.marketplace
    and answer.subtype = c.subtype and answer.event_on = c.event_on
    and not exists (
        select 1 from unknown u
        where u.marketplace = answer.marketplace and u.country = answer.country
            and u.subtype = answer.subtype and u.event_on = answer.event_on)
"""


def apply_windows(connection: Connection, account_id: int) -> None:
    """Set claim_window_id, opens_on and expires_on of every candidate; unknown stays null."""
    connection.execute(text(_APPLY), {"account_id": account_id})
