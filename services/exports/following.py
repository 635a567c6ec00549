"""The addresses that people's calendars follow: each can be seen, renewed and taken back.

What an address shows is what its person may see at that moment. It ends with the person, with the
account (services/access/people.py), and when they say so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, text

from services.access.rights import Right
from services.access.viewer import Viewer
from services.database.engine import Database
from services.database.sql import fill
from services.insights.answers import Filters


@dataclass(frozen=True)
class Followed:
    """One address."""

    account_id: int
    calendar_id: int
    filters: Filters
    made_at: datetime
    fetched_at: datetime | None  # to the minute


_FOLLOWED: Final = """
    select account_id, calendar_id, currency, channel, type, made_at, fetched_at
    from calendar_address where person_id = :person_id and {which}
"""
_ALL: Final = text(fill(_FOLLOWED, which="account_id = any(:accounts) order by made_at desc"))
_THE_SAME: Final = text(
    fill(
        _FOLLOWED,
        which="""account_id = :account_id and currency = :currency and channel = :channel
        and type = :type""",
    )
)
_THIS: Final = text(
    fill(_FOLLOWED, which="account_id = :account_id and calendar_id = :calendar_id")
)
_MAKE: Final = text("""
    insert into calendar_address (account_id, person_id, currency, channel, type)
    values (:account_id, :person_id, :currency, :channel, :type) on conflict do nothing
""")
_END: Final = text("""
    delete from calendar_address
    where account_id = :account_id and person_id = :person_id and calendar_id = :calendar_id
    returning currency, channel, type
""")
_FETCHED: Final = text("""
    update calendar_address set fetched_at = now()
    where account_id = :account_id and person_id = :person_id and calendar_id = :calendar_id
        and (fetched_at is null or fetched_at < now() - interval '1 minute')
""")


def followed(database: Database, viewer: Viewer) -> tuple[Followed, ...]:
    """All of the person's own, the newest first."""
    viewer.require(Right.KEEP_OWN_SETTINGS)
    numbers = [one.account_id for one in viewer.accounts]
    with database.asking(numbers, viewer.person_id) as connection:
        values = {"accounts": numbers, "person_id": viewer.person_id}
        return tuple(_of(row) for row in connection.execute(_ALL, values).mappings())


def followed_here(
    database: Database, viewer: Viewer, account_id: int, filters: Filters
) -> Followed | None:
    """The person's address of exactly these deadlines. Raises NotAllowedError."""
    _may(viewer, account_id)
    with database.asking(account_id, viewer.person_id) as connection:
        values = _values(viewer, account_id, filters)
        row = connection.execute(_THE_SAME, values).mappings().one_or_none()
        return _of(row) if row else None


def follow(database: Database, viewer: Viewer, account_id: int, filters: Filters) -> None:
    """Make an address of these deadlines, if there is none. Raises NotAllowedError."""
    _may(viewer, account_id)
    with database.asking(account_id, viewer.person_id) as connection:
        connection.execute(_MAKE, _values(viewer, account_id, filters))


def renew(database: Database, viewer: Viewer, account_id: int, calendar_id: int) -> None:
    """Another address in its place: the old one shows nothing any more. Raises NotAllowedError."""
    _may(viewer, account_id)
    own = {"account_id": account_id, "person_id": viewer.person_id}
    with database.asking(account_id, viewer.person_id) as connection:
        ended = connection.execute(_END, {**own, "calendar_id": calendar_id}).mappings()
        for row in ended.all():
            connection.execute(_MAKE, {**own, **row})


def revoke(database: Database, viewer: Viewer, account_id: int, calendar_id: int) -> None:
    """The address shows nothing any more. Raises NotAllowedError."""
    _may(viewer, account_id)
    values = {"account_id": account_id, "person_id": viewer.person_id, "calendar_id": calendar_id}
    with database.asking(account_id, viewer.person_id) as connection:
        connection.execute(_END, values)


def fetched(
    database: Database, viewer: Viewer, account_id: int, calendar_id: int
) -> Filters | None:
    """What an address shows, to whoever has it; None: there is none such any more.

    Raises NotAllowedError where its person may not see the account.
    """
    _may(viewer, account_id)
    values = {"account_id": account_id, "person_id": viewer.person_id, "calendar_id": calendar_id}
    with database.asking(account_id, viewer.person_id) as connection:
        connection.execute(_FETCHED, values)
        row = connection.execute(_THIS, values).mappings().one_or_none()
        return _of(row).filters if row else None


def _may(viewer: Viewer, account_id: int) -> None:
    viewer.require(Right.SEE_RECOVERY)
    viewer.require_account(account_id)


def _values(viewer: Viewer, account_id: int, filters: Filters) -> dict[str, object]:
    return {
        "account_id": account_id,
        "person_id": viewer.person_id,
        "currency": filters.currency,
        "channel": filters.channel or "",
        "type": filters.type or "",
    }


def _of(row: RowMapping) -> Followed:
    filters = Filters(row["currency"], row["channel"] or None, row["type"] or None)
    return Followed(
        account_id=row["account_id"],
        calendar_id=row["calendar_id"],
        filters=filters,
        made_at=row["made_at"],
        fetched_at=row["fetched_at"],
    )
