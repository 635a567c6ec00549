"""The SQL of a channel's request: what may be read of it, and how it is stored."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, text

from services.activation.states import OPEN

_CHANNELS: Final = text("""
    select c.channel_id, c.code, m.name, c.marketplace, c.country, c.currency, c.time_zone,
           c.connection_state, c.service_active, m.supported, m.unsupported_reason,
           exists (
               select 1 from report_document d
               where d.account_id = :account_id and d.account_id = c.account_id
                 and (d.channel_id = c.channel_id or d.scope = c.marketplace || ':' || c.region)
           ) as has_data,
           exists (
               select 1 from activation_request r
               where r.account_id = :account_id and r.account_id = c.account_id
                 and r.channel_id = c.channel_id and r.status = any (:open_statuses)
           ) as has_open_request
    from channel c
    join marketplace m on m.code = c.code
    where c.account_id = :account_id
      and (cast(:marketplace as text) is null or c.marketplace = :marketplace)
      and (cast(:code as text) is null or c.code = :code)
    order by m.supported desc, m.name
""")

_INSERT_REQUEST: Final = text("""
    insert into activation_request (account_id, channel_id, contact_name, email, phone,
        preferred_time, time_zone, start_with, message, consented_at, requested_by,
        requested_by_name)
    values (:account_id, :channel_id, :contact_name, :email, :phone,
        :preferred_time, :time_zone, :start_with, :message, now(), :person_id, :by_name)
    returning request_id
""")

_OPEN_REQUEST: Final = text("""
    select request_id from activation_request
    where account_id = :account_id and channel_id = :channel_id and status = any (:open_statuses)
""")

_LATEST_REQUEST: Final = text("""
    select r.request_id, r.status, r.contact_name, r.email, r.phone, r.preferred_time,
           r.time_zone, r.start_with, r.message, r.requested_at, r.version, r.taken_by_name
    from activation_request r
    join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
    where r.account_id = :account_id and c.account_id = :account_id and c.code = :code
    order by r.requested_at desc, r.request_id desc
    limit 1
""")

# What a seller has to be told of: a question, or a refusal of the last days that nobody has
# answered by asking again.
_NEWS: Final = text("""
    select newest.status, c.code, m.name, c.marketplace, c.currency
    from (
        select distinct on (channel_id) channel_id, status, settled_at
        from activation_request
        where account_id = :account_id
        order by channel_id, requested_at desc, request_id desc
    ) newest
    join channel c on c.account_id = :account_id and c.channel_id = newest.channel_id
    join marketplace m on m.code = c.code
    where newest.status = 'need_info' or newest.status = 'declined' and not c.service_active
        and newest.settled_at > cast(:now as timestamptz) - make_interval(days => :days)
    order by newest.status <> 'need_info', c.code
""")

_EVENTS: Final = text("""
    select event_id, kind, at, note, person_id, by_name, is_internal from activation_event
    where account_id = :account_id and request_id = :request_id
    order by at, event_id
""")


def channels(
    connection: Connection,
    account_id: int,
    *,
    marketplace: str | None = None,
    code: str | None = None,
) -> list[RowMapping]:
    """The account's channels with what an activation depends on; supported ones first."""
    found = connection.execute(
        _CHANNELS,
        {
            "account_id": account_id,
            "marketplace": marketplace,
            "code": code,
            "open_statuses": list(OPEN),
        },
    )
    return list(found.mappings())


def insert_request(connection: Connection, values: dict[str, Any]) -> int:
    """Store a request; returns its number."""
    return int(connection.execute(_INSERT_REQUEST, values).scalar_one())


def open_request(connection: Connection, account_id: int, channel_id: int) -> int | None:
    """The number of the channel's one open request."""
    found = connection.execute(
        _OPEN_REQUEST,
        {
            "account_id": account_id,
            "channel_id": channel_id,
            "open_statuses": list(OPEN),
        },
    ).scalar_one_or_none()
    return None if found is None else int(found)


def latest_request(connection: Connection, account_id: int, code: str) -> RowMapping | None:
    """The channel's newest request, open or settled."""
    found = connection.execute(_LATEST_REQUEST, {"account_id": account_id, "code": code})
    return found.mappings().one_or_none()


def events(connection: Connection, account_id: int, request_id: int) -> list[RowMapping]:
    """A request's history, oldest first."""
    found = connection.execute(_EVENTS, {"account_id": account_id, "request_id": request_id})
    return list(found.mappings())


def news(connection: Connection, account_id: int, now: datetime, days: int) -> list[RowMapping]:
    """The channels whose request waits for the seller, then those declined in the last `days`."""
    values = {"account_id": account_id, "now": now, "days": days}
    return list(connection.execute(_NEWS, values).mappings())
