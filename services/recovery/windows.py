"""When each event may be claimed: claim windows applied to the day the clock started.

Marketplaces change a window for claims filed from a day on, whatever the day of the event
(docs/claim-windows.md). So an event may pass from one version of a window into the next: it can
be claimed on every day that some version in force allows. Days are the channel's; the last day
is inclusive; months are calendar months.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script

# Windows go by day, country and subtype: a few thousand answers for any number of events.
_ANSWERS: Final = """
drop table if exists answer;
-- One row a marketplace, country, subtype and day of an event.
create temp table answer on commit drop as
with event as (
    select distinct c.marketplace, channel.country, c.subtype, c.event_on
    from candidate c
    join channel on channel.account_id = :account_id and channel.channel_id = c.channel_id
),
version as (
    select event.*, w.claim_window_id, w.opens_after_days,
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
    -- Where only the closing day is unknown, the opening day still holds.
    select marketplace, country, subtype, event_on,
        min(claim_window_id) filter (where opens_after_days is not null) as claim_window_id,
        min(opens_on) filter (where opens_after_days is not null) as opens_on
    from version where closes_on is null and valid_to = 'infinity'
    group by marketplace, country, subtype, event_on
),
in_answer as (
    select distinct on (marketplace, country, subtype, event_on)
        marketplace, country, subtype, event_on, claim_window_id,
        coalesce(min(from_day) filter (where from_day <= to_day) over one, opens_on) as opens_on,
        coalesce(max(to_day) filter (where from_day <= to_day) over one, closes_on) as expires_on
    from in_force
    window one as (partition by marketplace, country, subtype, event_on)
    order by marketplace, country, subtype, event_on,
        (from_day <= to_day) desc, to_day desc, valid_from desc
),
paid as (
    select event.*, p.automatic_payment_id, p.pays_within_days
    from event
    join automatic_payment p on p.marketplace = event.marketplace and p.subtype = event.subtype
        and event.country = any(p.countries)
        and event.event_on between coalesce(p.valid_from, '-infinity')
            and coalesce(p.valid_to, 'infinity')
)
select marketplace, country, subtype, event_on, a.claim_window_id, a.expires_on,
    paid.automatic_payment_id,
    -- While the marketplace may still pay by itself nothing is claimed; where no source says how
    -- long that takes, nothing is held back.
    least(a.expires_on, greatest(a.opens_on, event_on + paid.pays_within_days + 1)) as opens_on
from event
left join (
    select a.* from in_answer a
    left join unknown u using (marketplace, country, subtype, event_on)
    where u.event_on is null
    union all
    select marketplace, country, subtype, event_on, claim_window_id, opens_on, null from unknown
) a using (marketplace, country, subtype, event_on)
left join paid using (marketplace, country, subtype, event_on);
analyze answer;
"""

_APPLY: Final = """
update candidate c set
    claim_window_id = answer.claim_window_id,
    automatic_payment_id = answer.automatic_payment_id,
    -- Of an approximate day the earliest ends the window, and the latest opens it.
    opens_on = least(answer.expires_on, answer.opens_on + (c.latest_on - c.event_on)),
    expires_on = answer.expires_on
from answer, channel
where channel.account_id = :account_id and channel.channel_id = c.channel_id and c.is_dated
    and answer.country = channel.country and answer.marketplace = c.marketplace
    and answer.subtype = c.subtype and answer.event_on = c.event_on
"""


def apply_windows(connection: Connection, account_id: int) -> None:
    """Set window, automatic payment, opens_on and expires_on of every candidate.

    Unknown stays null.
    """
    run_script(connection, _ANSWERS, {"account_id": account_id})
    connection.execute(text(_APPLY), {"account_id": account_id})


# Decided on that day, to be appealed once, by the window in force on that day.
_APPEAL: Final = """
with decided as (
    select candidate_id, marketplace, channel_id, denied_on as day
    from candidate where denied_units > 0
)
update candidate c set appeal_until = case w.closes_unit
    when 'days' then decided.day + w.closes_after
    else (decided.day + make_interval(months => w.closes_after))::date end
from decided, claim_window w, channel
where decided.candidate_id = c.candidate_id
    and channel.account_id = :account_id and channel.channel_id = decided.channel_id
    and w.marketplace = decided.marketplace and w.subtype = 'dispute_appeal'
    and channel.country = any(w.countries)
    and decided.day between coalesce(w.valid_from, '-infinity') and coalesce(w.valid_to, 'infinity')
"""


def apply_appeals(connection: Connection, account_id: int) -> None:
    """Set appeal_until of what a case has decided, where the marketplace takes appeals."""
    connection.execute(text(_APPEAL), {"account_id": account_id})
