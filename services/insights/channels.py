"""An account's channels: connected or not, served or not, and how fresh."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import fill, listed, today_of
from services.insights.answers import Channel
from services.insights.ask import ask
from services.marketplaces.registry import KINDS_BY_COUNTRY

# Reports may come a few days late without anything being wrong: reimbursements take up to five
# days to appear, a ledger two. Older than this, a page says so.
STALE_AFTER_DAYS: Final = 3

# Until when the reports of a channel `c` speak, and when the last one came. A ledger file may hold
# other countries of its region: it counts for their channels too.
# The kinds are our own names, never a user's.
_BY_COUNTRY: Final = listed(KINDS_BY_COUNTRY, "'{name}'")
TOLD_UNTIL: Final = fill(
    """
select max(spoken.landed_at) as last_landed_at, max(spoken.last_day) as data_until
from (
    select r.landed_at, r.last_day from report_document r
    where r.account_id = c.account_id and r.channel_id = c.channel_id
    union all
    select r.landed_at, newest.day
    from (
        select v.document_id, v.day from report_coverage v
        where v.account_id = c.account_id and v.kind = any(array[{by_country}]::text[])
            and v.scope = c.marketplace || ':' || c.region and v.part = c.country
        order by v.day desc limit 1
    ) newest
    join report_document r on r.account_id = c.account_id
        and r.document_id = newest.document_id
) spoken
""",
    by_country=_BY_COUNTRY,
)

_CHANNELS = text(
    fill(
        """
select c.code, m.name, c.marketplace, c.country, c.region, c.currency, c.time_zone, c.today,
    c.connection_state, m.supported, m.unsupported_reason, c.last_synced_at, c.next_sync_at,
    case
        when c.service_active then 'active'
        when exists (
            select 1 from activation_request r
            where r.account_id = c.account_id and r.channel_id = c.channel_id
                and r.status in ('new', 'need_info', 'answered', 'ready')
        ) then 'requested'
        when (
            select r.status from activation_request r
            where r.account_id = c.account_id and r.channel_id = c.channel_id
            order by r.requested_at desc, r.request_id desc limit 1
        ) = 'declined' then 'declined'
        else 'not_started'
    end as service_state,
    d.last_landed_at, d.data_until,
    coalesce(d.data_until < c.today - cast(:stale_after as integer), false) as stale
from (
    select *, {today} as today
    from channel where account_id = :account_id
) c
join marketplace m on m.code = c.code
cross join lateral (
    {told_until}
) d
order by c.code
""",
        told_until=TOLD_UNTIL,
        today=today_of(),
    )
)


def channels(connection: Connection, account_id: int, now: datetime) -> tuple[Channel, ...]:
    """The account's channels by code, each with its own today."""
    values = {"account_id": account_id, "now": now, "stale_after": STALE_AFTER_DAYS}
    return ask(connection, _CHANNELS, Channel, values)
